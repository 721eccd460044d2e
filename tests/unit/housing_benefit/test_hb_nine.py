"""Nine columns without header or totals: nothing is taken before the council has said what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import History, ItemState, Record, Severity, Verdict
from hub.transfer.records import Snapshot
from plugins.housing_benefit.mapping import item_key
from plugins.housing_benefit.settings import ACADEMY
from tests.unit.housing_benefit.posting_files import Outcome, facts, read

ROWS = (
    "90000012X,01,FAKE0001/1,13/04/2026,98.15,86.60,11.55,0.00,0.00",
    "90000027B,01,FAKE0002/1,13/04/2026,98.15,-44.10,0.00,1.00,0.00",
)


def nine(*rows: str, known: Any = None, **options: Any) -> Outcome:
    settings = {"posted_value_column": "value2", "control": "none", **options}
    return read("\n".join([*rows, ""]).encode(), known, format=ACADEMY, **settings)


def test_without_the_posted_column_the_file_is_refused() -> None:
    outcome = nine(*ROWS, posted_value_column=None)
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-POSTED-COLUMN", None)])


@pytest.mark.parametrize(
    ("options", "amounts", "recovered"),
    [
        ({}, [-8660, 4410], "11.55"),
        ({"posted_value_column": "value1"}, [-9815, -9815], "11.55"),
        ({"recovered_value_column": None}, [-8660, 4410], "0.00"),
        ({"credit_sign": "negative"}, [8660, -4410], "11.55"),
    ],
)
def test_the_options_say_which_value_is_which(
    options: dict[str, Any], amounts: list[int], recovered: str
) -> None:
    outcome = nine(*ROWS, **options)
    assert [item.amount for item in outcome.items] == amounts
    assert outcome.examined.tally.totals()["recovered"] == recovered


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("90000012X,01,FAKE0001/1,13/04/2026,98.15,86.60,0.00,0.00,0.00", "BENEFIT"),
        ("90000012X,01,FAKE0001/1,13/04/2026,98.15,86.60,0.00,1.00,0.00", "BENEFIT_ADJ"),
        ("90000012X,01,FAKE0001/1,13/04/2026,98.15,-86.60,0.00,0.00,0.00", "BENEFIT_ADJ"),
    ],
)
def test_what_is_marked_and_what_debits_is_an_adjustment(row: str, kind: str) -> None:
    assert [item.kind for item in nine(row).items] == [kind]


def test_control_totals_come_from_a_person_unless_the_route_opts_out_aloud() -> None:
    waiting = nine(*ROWS, control="manual")
    assert (waiting.verdict, waiting.told) == (Verdict.HELD, [("HB-CONTROL", None)])
    assert "2 rows, posted 42.50" in waiting.findings[0].message
    out_loud = nine(*ROWS)
    assert (out_loud.verdict, out_loud.warned) == (Verdict.ACCEPTED, ["HB-CONTROL"])


@pytest.mark.parametrize(
    ("count", "total", "verdict"),
    [(2, "42.50", Verdict.ACCEPTED), (3, "42.50", Verdict.REJECTED), (2, "42.51", Verdict.REJECTED)],
)
def test_the_control_report_is_compared_to_the_penny(count: int, total: str, verdict: Verdict) -> None:
    outcome = nine(*ROWS, control="manual", expected_count=count, expected_total=total)
    assert outcome.verdict is verdict


def test_other_delimiters_and_dates_and_blank_lines_are_options() -> None:
    row = "90000012X;01;FAKE0001/1;2026-04-13;98.15;86.60;11.55;0.00;0.00"
    outcome = nine(row, "", delimiter=";", date_format="%Y-%m-%d")
    assert (outcome.verdict, outcome.states) == (Verdict.ACCEPTED, [ItemState.TAKEN])
    assert nine(row).verdict is Verdict.UNREADABLE


@pytest.mark.parametrize(
    "row",
    [
        "90000012X,01,FAKE0001/1,31/02/2026,98.15,86.60,11.55,0.00,0.00",
        "90000012X,01,FAKE0001/1,13/04/26,98.15,86.60,11.55,0.00,0.00",
        "90000012X,01,FAKE0001/1,46125,98.15,86.60,11.55,0.00,0.00",
        "90000012X,01,FAKE0001/1,13/04/2026,98.15,86.6,11.55,0.00,0.00",
        "90000012X,01,1.2E+10,13/04/2026,98.15,86.60,11.55,0.00,0.00",
        "9000001234X,01,FAKE0001/1,13/04/2026,98.15,86.60,11.55,0.00,0.00",
        "90000012X,01,FAKE0001/1,13/04/2026,98.15,86.60,11.55,0.00",
    ],
)
def test_a_wrong_row_refuses_the_file(row: str) -> None:
    outcome = nine(ROWS[0], row)
    assert outcome.verdict is Verdict.REJECTED
    assert {line for _, line in outcome.told} == {2}


def test_a_claim_may_come_twice_but_not_with_the_same_amount() -> None:
    other = ROWS[0].replace("86.60", "12.50")
    assert nine(ROWS[0], other).told == []
    assert nine(ROWS[0], ROWS[0]).told == [("HB-REPEAT-FILE", 2)]


def test_rows_of_an_earlier_file_wait_although_the_file_has_no_number() -> None:
    posted = frozenset(key for item in nine(*ROWS).items if (key := item_key(item)))
    other = ROWS[0].replace("86.60", "12.50")
    outcome = nine(*ROWS, other, known=facts(history=History(posted=posted)))
    assert outcome.states == [ItemState.HELD, ItemState.HELD, ItemState.TAKEN]
    assert {one.check for one in outcome.findings if one.severity is Severity.HOLD_ITEM} == {"HB-REPEAT"}


def test_an_implausible_amount_waits_for_the_longest_period() -> None:
    assert nine(ROWS[0].replace("86.60", "2400.00")).states == [ItemState.TAKEN]
    assert nine(ROWS[0].replace("86.60", "2400.01")).states == [ItemState.HELD]


SIDECAR = {"control": "sidecar", "totals_from": "ACADEMY"}


def told(count: int, total: int, day: str = "2026-04-13") -> Any:
    """What the benefits system says that it sent."""
    data = {"count": count, "total": total}
    record = Record(kind="cash_total", key=f"ACADEMY/{day}", state="TOLD", data=data)
    return facts(records=Snapshot([record]))


def test_a_sidecar_that_agrees_lets_the_file_go_without_a_person() -> None:
    outcome = nine(*ROWS, known=told(2, 4250), **SIDECAR)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])


@pytest.mark.parametrize(("count", "total"), [(3, 4250), (2, 4251), (2, 4249)])
def test_a_sidecar_that_differs_by_a_row_or_a_penny_refuses_the_file(count: int, total: int) -> None:
    outcome = nine(*ROWS, known=told(count, total), **SIDECAR)
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-CONTROL", None)])


def test_without_its_sidecar_the_file_waits() -> None:
    outcome = nine(*ROWS, known=told(2, 4250, "2026-04-06"), **SIDECAR)
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("HB-CONTROL", None)])


def test_a_sidecar_is_of_somebody() -> None:
    with pytest.raises(ValueError, match="totals_from"):
        nine(*ROWS, control="sidecar")
