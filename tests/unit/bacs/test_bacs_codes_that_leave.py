"""01 for a first collection, 17 after it, 18 only within its rules: by what is known of the mandate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.door.feed import Left
from hub.model import DeliveryState, Facts, ItemState, Record, Severity, Verdict
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import ARUDD, SUBMISSION
from plugins.bacs.represent import last_day
from plugins.bacs.unpaid_debits import UNPAID_LIFE
from tests.unit.bacs.bacs_files import (
    DAILY,
    FACTS,
    Outcome,
    call,
    ddcall,
    golden,
    lines,
    submission,
    unpaid,
    unpaid_record,
)

REFERENCE = "RENT0010000123"
REGULAR = f"{REFERENCE},1900000011,2026-12-01,521.48,17,RUN1"
FIRST = REGULAR.replace(",17,", ",01,")
AGAIN = REGULAR.replace(",17,", ",18,")
LATER = REGULAR.replace("2026-12-01", "2026-12-08")


def mandate(**data: str | None) -> Record:
    return Record(kind="mandate", key=REFERENCE, state="ACTIVE", account="1900000011", data=data)


def known(*records: Record) -> Facts:
    return replace(FACTS, records=Snapshot(records))


LODGED = mandate(lodged="2026-11-16")
TAKEN = mandate(lodged="2026-11-16", first_collected="2026-11-23")
MOVED = mandate(
    lodged="2026-11-16", first_collected="2026-03-02"
)  # to another bank, after it was collected from
PAPER = mandate()


def codes(outcome: Outcome) -> list[str]:
    """Of the payments in the written file."""
    return [record[15:17] for record in lines(outcome.rendered()[1])[4:-3] if "CONTRA" not in record]


@pytest.mark.parametrize(
    ("record", "row", "code", "told"),
    [
        (LODGED, REGULAR, "01", [Severity.NOTE]),
        (LODGED, FIRST, "01", []),
        (MOVED, REGULAR, "01", [Severity.NOTE]),
        (TAKEN, REGULAR, "17", []),
        (TAKEN, FIRST, "01", [Severity.WARNING]),
        (PAPER, REGULAR, "17", []),
        (PAPER, FIRST, "01", []),
    ],
    ids=[
        "first",
        "first, asked for",
        "first at the new bank",
        "later",
        "once more",
        "unknown",
        "said to be first",
    ],
)
def test_the_first_collection_of_a_lodged_mandate_leaves_as_01(
    record: Record, row: str, code: str, told: Sequence[Severity]
) -> None:
    outcome = call(ddcall(row), known(record))
    assert codes(outcome) == [code]
    assert [(f.check, f.line, f.severity) for f in outcome.findings] == [("S18-026", 2, s) for s in told]


def test_only_the_earliest_of_a_file_is_the_first() -> None:
    outcome = call(ddcall(LATER, REGULAR), known(LODGED), days="multi")
    assert codes(outcome) == ["01", "17"]
    assert [f.line for f in outcome.findings] == [3]


def test_where_the_rent_system_must_say_so_it_waits() -> None:
    outcome = call(ddcall(REGULAR), known(LODGED), first_collection="verify")
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD]
    assert outcome.told == [("S18-026", 2)]


def test_a_ready_made_file_is_only_told_of() -> None:
    outcome = submission(DAILY, known(LODGED, unpaid_record()))
    assert [(f.check, f.line, f.severity) for f in outcome.findings] == [("S18-026", 5, Severity.WARNING)]


def left(outcome: Outcome, state: DeliveryState = DeliveryState.SENT) -> list[dict[str, Any]]:
    """What is remembered once the file has left."""
    moves = SUBMISSION.left(outcome.carried, Left("submission", state), outcome.ctx)
    return [{"kind": move.kind, "to": move.to, **move.data} for move in moves]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("record", "row", "remembered"),
    [(LODGED, REGULAR, True), (PAPER, FIRST, True), (TAKEN, FIRST, False), (PAPER, REGULAR, False)],
)
def test_that_the_first_was_collected_is_remembered_once(record: Record, row: str, remembered: bool) -> None:
    outcome = call(ddcall(row), known(record))
    moved = [{"kind": "mandate", "to": None, "first_collected": "2026-11-30"}] if remembered else []
    assert left(outcome) == moved
    assert left(outcome, DeliveryState.CONFIRMED) == []


OUTSTANDING = unpaid_record(REFERENCE, 521_48)


def again(*records: Record, row: str = AGAIN, **options: Any) -> Outcome:
    return call(ddcall(row), known(*records), **options)


def test_an_unpaid_debit_may_be_asked_for_again() -> None:
    outcome = again(OUTSTANDING)
    assert (outcome.told, codes(outcome)) == ([], ["18"])


REFUSED = [
    ("nothing came back", (), AGAIN, "no unpaid debit of this amount"),
    ("another amount", (OUTSTANDING,), AGAIN.replace("521.48", "521.47"), "no unpaid debit of this amount"),
    ("another mandate's", (unpaid_record("RENT0010000456", 521_48),), AGAIN, "no unpaid debit"),
    ("the payer died", (unpaid_record(REFERENCE, 521_48, reason="2"),), AGAIN, "reason 2"),
    ("cancelled", (unpaid_record(REFERENCE, 521_48, reason="1"),), AGAIN, "reason 1"),
    ("an unknown reason", (unpaid_record(REFERENCE, 521_48, reason="?"),), AGAIN, "reason ?"),
    ("too late", (unpaid_record(REFERENCE, 521_48, first="2026-10-30"),), AGAIN, "up to 2026-11-29"),
    ("first presented who knows when", (unpaid_record(REFERENCE, 521_48, first=None),), AGAIN, "not known"),
]


@pytest.mark.parametrize(
    ("records", "row", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_outside_the_rules_only_that_item_is_refused(records: tuple[Record, ...], row: str, why: str) -> None:
    sound = "RENT0010000456,1900000029,2026-12-01,498.05,17,RUN1"
    outcome = call(ddcall(row, sound), known(*records))
    assert [one.disposition.state for one in outcome.taken] == [ItemState.REJECTED, ItemState.TAKEN]
    assert outcome.told == [("S18-027", 2)]
    assert why in outcome.messages


def test_in_a_ready_made_file_it_refuses_the_file() -> None:
    outcome = submission(DAILY, known())
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("S18-027", 7)])


def test_on_the_last_day_it_may_still_be_asked_for() -> None:
    assert again(unpaid_record(REFERENCE, 521_48, first="2026-10-31")).told == []


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 9), date(2026, 12, 9)),  # a month of 30 days: both agree
        (date(2026, 10, 9), date(2026, 11, 8)),  # 30 days are sooner
        (date(2027, 1, 31), date(2027, 2, 28)),  # a month is sooner
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 14)),
    ],
)
def test_the_last_day_is_the_earlier_of_a_month_and_thirty_days(first: date, last: date) -> None:
    assert last_day(first) == last


def test_one_unpaid_debit_is_asked_for_once() -> None:
    twice = call(ddcall(AGAIN, AGAIN.replace("RUN1", "RUN2")), known(OUTSTANDING), same_payment_twice="warn")
    assert ("S18-027", 3) in twice.told
    assert ("S18-027", 2) not in twice.told


def test_of_equal_debits_the_latest_is_asked_for_again() -> None:
    old, new = (
        unpaid_record(REFERENCE, 521_48, first=day).data["outstanding"]
        for day in ("2026-09-07", "2026-11-09")
    )
    record = replace(OUTSTANDING, data={"outstanding": [*old, *new]})
    outcome = again(record)
    assert outcome.told == []
    (moved,) = left(outcome)
    assert (moved["outstanding"], moved["presented"]) == (old, new)


def test_what_the_hub_was_never_told_of_passes_where_that_is_set() -> None:
    outcome = again(unseen_unpaid="warn")
    assert [(f.check, f.severity) for f in outcome.findings] == [("S18-027", Severity.WARNING)]
    assert codes(outcome) == ["18"]
    dead = again(unpaid_record(REFERENCE, 521_48, reason="2"), unseen_unpaid="warn")
    assert [one.disposition.state for one in dead.taken] == [ItemState.REJECTED]


@pytest.mark.parametrize(("days", "warned"), [(5, False), (14, False), (15, True)])
def test_a_payer_who_cannot_have_been_told_in_time_is_a_warning(days: int, warned: bool) -> None:
    outcome = again(OUTSTANDING, represent_notice=days)  # returned on 11 November, debited on 1 December
    assert [f.severity for f in outcome.findings] == [Severity.WARNING] * warned


def test_without_records_it_is_not_checked() -> None:
    outcome = call(ddcall(AGAIN), replace(FACTS, records=None))
    assert {"S18-026", "S18-027"} <= outcome.examined.reading.not_checked.keys()


def returned(*records: Record) -> list[Record]:
    """What the report of unpaid debits leaves as records."""
    facts = replace(known(*records), sent=None)
    outcome = unpaid(golden("arudd/arudd.xml"), facts)
    moves = [move for one in outcome.of("UNPAID_DEBIT") for move in ARUDD.moves(one, outcome.ctx)]
    return [
        Record(kind=move.kind, key=move.key, state=str(move.to), account=move.account, data=move.data)
        for move in moves
        if move.kind == UNPAID_LIFE.kind
    ]


def test_a_report_of_unpaid_debits_leaves_what_may_be_asked_for_again() -> None:
    records = returned()
    assert records
    for record in records:
        (one,) = record.data["outstanding"]
        assert set(one) == {"amount", "first", "reason", "returned"}
        assert record.state == "OUTSTANDING"


def test_what_left_again_is_outstanding_no_more_until_it_comes_back_with_its_first_day() -> None:
    outcome = again(OUTSTANDING)
    (moved,) = left(outcome)
    assert (moved["to"], moved["outstanding"]) == ("SETTLED", [])
    settled = Record(kind="unpaid_debit", key=REFERENCE, state="SETTLED", data={**moved})
    assert again(settled).told == [("S18-027", 2)]
    (back,) = left(replace(outcome, ctx=replace(outcome.ctx, facts=known(settled))), DeliveryState.REFUSED)
    assert back["outstanding"] == OUTSTANDING.data["outstanding"]
    item = replace(unpaid(golden("arudd/arudd.xml")).of("UNPAID_DEBIT")[0].item, reference=REFERENCE)
    item = replace(item, amount=521_48, data={**item.data, "transaction_code": "18"}, on=date(2026, 11, 30))
    one = replace(outcome.carried[0], item=item)
    (move,) = ARUDD.moves(one, replace(outcome.ctx, facts=known(settled)))
    (once_more,) = move.data["outstanding"]
    assert once_more["first"] == "2026-11-09"
    (unknown,) = ARUDD.moves(one, replace(outcome.ctx, facts=known()))
    assert unknown.data["outstanding"][0]["first"] is None
