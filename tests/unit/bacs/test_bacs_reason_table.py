"""Every row of the table of reasons, whichever report: what the code means, and what follows from it.

The table is read here with a few lines of this test's own."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import plugins.bacs.codes
from hub.door.feed import Feed
from hub.model import ItemState, Mandate, Move, SentItem, Severity, Taken, Verdict
from hub.rent.mandates import MANDATE_KIND, REVIEW
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import ADDACS, ARUCS, ARUDD, AUDDIS, AWACS, DDIC
from tests.unit.bacs.bacs_files import ACCOUNTS, FACTS, Outcome, golden, register, report

TABLE = Path(plugins.bacs.codes.__file__).parent / "data/reason_codes.csv"
with TABLE.open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(line for line in stream if not line.startswith("#")))

FEEDS: dict[str, Feed] = {
    "ARUDD": ARUDD, "ADDACS": ADDACS, "AUDDIS": AUDDIS, "ARUCS": ARUCS, "AWACS": AWACS, "DDIC": DDIC,
}  # fmt: skip
FILES = {
    "ARUDD": ("arudd/arudd.xml", 'returnCode="0128"', 'returnCode="{}128"'),
    "ADDACS": ("reports/addacs.xml", 'reason-code="1"', 'reason-code="{}"'),
    "AUDDIS": ("reports/auddis-returned.xml", 'reason-code="5"', 'reason-code="{}"'),
    "ARUCS": ("reports/arucs.xml", 'returnCode="B128"', 'returnCode="{}128"'),
    "AWACS": ("reports/awacs.xml", 'reason-code="3"', 'reason-code="{}"'),
    "DDIC": ("reports/ddica.xml", "<ReasonCode>2<", "<ReasonCode>{}<"),
}
BECOMES = {"cancel": "CANCELLED", "suspend": "SUSPENDED", "relodge": "SUSPENDED", "reinstate": "ACTIVE"}
"""Without new bank details, so that what needs some stops the mandate instead."""
REFUND = SentItem("r1", "REFUND 0010000123", 7500, date(2026, 11, 30), ACCOUNTS[0].payment_ref, kind="REFUND")
IDS = [f"{row['report']}-{row['code']}" for row in ROWS]


def told(name: str, code: str, *, cancelled: bool = False) -> Outcome:
    """A report whose first advice has the code, its mandate and its refund known."""
    path, old, new = FILES[name]
    text = golden(path).decode()
    assert old in text
    text = text.replace(old, new.format(code), 1).replace("REFER TO PAYER", "")
    text = text.replace("No advance notice received by payer, or amount disputed", "")
    first = Mandate("RENT0010000123", ACCOUNTS[0].payment_ref, "A TENANT", "000299", "40154823")
    second = replace(first, mandate_ref="RENT0010000456", sort_code="000100", account_number="04859888")
    status = "CANCELLED" if cancelled else "ACTIVE"
    known = register(*(replace(one, status=status) for one in (first, second)))
    sent = (REFUND,) if name == "ARUCS" else None
    facts = replace(FACTS, register=known, records=Snapshot(()), sent=sent)
    options: dict[str, Any] = {"arucs_layout_proven": True} if name == "ARUCS" else {}
    return report(FEEDS[name], text.encode(), facts, **options)


def of_the_first(outcome: Outcome) -> list[Taken]:
    """The items of the first advice, which has the code."""
    first = min(one.item.line for one in outcome.taken)
    return [one for one in outcome.taken if one.item.line == first]


def moves(name: str, outcome: Outcome) -> list[Move]:
    """What they move."""
    settled = (ItemState.TAKEN, ItemState.NOTED)
    taken = [one for one in of_the_first(outcome) if one.disposition.state in settled]
    return [move for one in taken for move in FEEDS[name].moves(one, outcome.ctx)]


def test_the_table_has_a_row_for_each_report_and_no_code_twice() -> None:
    assert {row["report"] for row in ROWS} == set(FEEDS)
    assert len(set(IDS)) == len(ROWS) == 56


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_each_reason_does_what_its_row_says(row: dict[str, str]) -> None:
    name, code, action = row["report"], row["code"], row["mandate_action"]
    outcome = told(name, code, cancelled=action == "reinstate")
    assert outcome.verdict is Verdict.ACCEPTED
    assert not [f for f in outcome.findings if f.severity is Severity.HOLD_ITEM and f.check[-2:] == "05"]
    items = [one.item for one in of_the_first(outcome)]
    assert {item.data["reason_code"] for item in items} == {code}
    assert items and {item.data["reason_text"] for item in items} == {row["meaning"]}

    made = moves(name, outcome)
    holds = {str(move.data["kind"]) for move in made if move.kind == "hold"}
    assert holds == set(filter(None, [row["hold"]]))
    of_mandates = [move for move in made if move.kind == MANDATE_KIND]
    if action in ("keep", "n/a"):
        assert [move.to for move in of_mandates if move.to] == []
    elif action == "amend":
        assert {move.to for move in of_mandates} == {"SUSPENDED"}
    else:
        assert {move.to for move in of_mandates} == {BECOMES[action]}
    if name in ("ADDACS", "AUDDIS"):
        asked = {bool(move.data[REVIEW]) for move in of_mandates}
        assert asked == {row["person"] == "yes" or action in ("suspend", "relodge", "amend")}


@pytest.mark.parametrize("name", FEEDS)
def test_a_code_that_is_in_no_row_is_kept_shown_and_guessed_by_nobody(name: str) -> None:
    outcome = told(name, "X")
    assert outcome.verdict is Verdict.ACCEPTED
    held = [f for f in outcome.findings if f.severity is Severity.HOLD_ITEM]
    assert held and {f.check for f in held} == {f"{name}-05"}
    first = of_the_first(outcome)[0]
    assert (first.disposition.state, first.item.data["reason_text"]) == (ItemState.HELD, "Reason not known")
    assert [move for move in moves(name, outcome) if move.kind == MANDATE_KIND and move.to] == []
