"""One statement in four ways of writing it: the same lines, kinds of money and control totals."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from hub.bank.receipts import RECEIPTS
from hub.model import Verdict, format_pounds
from tests.unit.bank.bank_files import Seen, known_account, read

HERE = Path(__file__).parent
FILES = {
    "statement_107.mt940": "mt940",
    "statement_107.camt053.001.02.xml": "camt053",
    "statement_107.camt053.001.08.xml": "camt053",
    "statement_107.csv": "bank-lines-csv1",
}
BEFORE = known_account(statement="106", closing=1_000_000, on="2026-04-16")
AFTER = {"year": "2026", "statement": "107", "closing": 1_131_706, "final": True, "on": "2026-04-17"}
golden = pytest.mark.parametrize(("name", "format"), FILES.items(), ids=list(FILES))


def seen(name: str, format: str) -> Seen:
    return read((HERE / name).read_bytes(), format, BEFORE, today=date(2026, 4, 18))


def table(outcome: Seen) -> list[dict[str, str]]:
    """Lines as a person sees them, in the columns of `lines.csv`."""
    return [
        {
            "kind": item.kind,
            "booked": item.on.isoformat(),
            "at_the_bank": format_pounds(-item.amount),
            "money": str(item.data["money"] or ""),
            "reference": item.personal.get("reference", ""),
        }
        for item in outcome.lines
    ]


@golden
def test_it_is_recognised_and_sound(name: str, format: str) -> None:
    assert RECEIPTS.recognise((HERE / name).read_bytes()) == format
    outcome = seen(name, format)
    assert (outcome.verdict, outcome.messages) == (Verdict.ACCEPTED, "")
    assert outcome.examined.tally.totals()["value"] == "1317.06"


@golden
def test_the_lines_are_as_a_person_reads_them(name: str, format: str) -> None:
    with (HERE / "lines.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert table(seen(name, format)) == expected


@pytest.mark.parametrize(("name", "format"), list(FILES.items())[:3])
def test_a_credit_that_was_taken_back_says_so(name: str, format: str) -> None:
    assert [item.data["reversal"] for item in seen(name, format).lines] == [False, False, False, True, False]


@golden
def test_a_folded_narrative_is_whole_again(name: str, format: str) -> None:
    text = seen(name, format).lines[-1].personal["text"]
    assert text.endswith("A LONG NARRATIVE THAT NEEDS MORE THAN ONE LINE OF SIXTY-FIVE")


@golden
def test_the_account_stands_as_the_statement_leaves_it(name: str, format: str) -> None:
    taken = [one.item for one in seen(name, format).taken if one.item.kind == "BANK_STATEMENT"][-1]
    told = {name: taken.data[name] for name in AFTER if name != "on"}
    assert {**told, "on": taken.on.isoformat()} == AFTER
