"""Instructions (0N, 0C, 0S): which are due, the file of them, and what a mandate knows afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.checks.base import BATCH, Context
from hub.checks.run import failing_at_send
from hub.door.feed import Left
from hub.door.lifecycle import Waiting
from hub.fields.modulus import Tables, parse_weights
from hub.model import (
    DeliveryState,
    Disposition,
    Facts,
    Item,
    ItemState,
    Level,
    Mandate,
    Moment,
    Move,
    Record,
    Severity,
    Taken,
    Verdict,
)
from hub.rent.mandates import MANDATE_KIND
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import FEEDS, INSTRUCTIONS, SUBMISSION
from plugins.bacs.instructions import AWAITS, due, start
from plugins.bacs.settings import InstructionOptions, SubmissionOptions
from tests.unit.bacs.bacs_files import (
    ACCOUNTS,
    DAILY,
    DDCALL,
    FACTS,
    MOMENT,
    OPTIONS,
    STANDARD18,
    call,
    ddcall,
    golden,
    joined,
    lines,
    look,
    register,
)
from tests.unit.bacs.bacs_files import INSTRUCTIONS as FILE

TODAY = date(2026, 11, 24)
MADE = replace(MOMENT, numbers={"serial": 126, "file_number": 3})
NEW_ONE = Mandate("RENT0010000456", "1900000029", "B TENANT-SMITH", "000100", "04859888", "NEW", by_hub=True)
ENDED = Mandate("RENT0010000999", "1900000045", "D TENANT", "000350", "63291013", "CANCELLED", by_hub=True)
BY_HUB = {"instructed_by": "hub"}
ENDED_BY_US = {**BY_HUB, "ended_by": "rent_system"}


def record(state: str, key: str = "RENT0010000456", **data: Any) -> Record:
    return Record(kind=MANDATE_KIND, key=key, state=state, data=data)


KNOWN = Snapshot([record("NEW", **BY_HUB), record("CANCELLED", "RENT0010000999", **ENDED_BY_US)])
HERE = replace(FACTS, register=register(NEW_ONE, ENDED), records=KNOWN)


PROCESSED = date(2026, 11, 26)


def waiting(line: int, reference: str, code: str) -> Taken:
    item = Item("INSTRUCTION", line, reference, 0, PROCESSED, {"transaction_code": code})
    return Taken(f"i{line}", item, Disposition(ItemState.TAKEN, ACCOUNTS[1].payment_ref))


BOTH = [waiting(2, "RENT0010000456", "0N"), waiting(3, "RENT0010000999", "0C")]


def context(facts: Facts = HERE, moment: Moment | None = None, **options: Any) -> Context[Any]:
    return Context(InstructionOptions(**{**OPTIONS, **options}), facts, BATCH, moment)


DUE: list[tuple[str, Mapping[str, Any], str | None]] = [
    ("NEW", BY_HUB, "0N"),
    ("NEW", {**BY_HUB, "lodged": "2026-11-25"}, None),
    ("NEW", {}, None),
    ("NEW", {"instructed_by": "rent_system"}, None),
    ("CANCELLED", ENDED_BY_US, "0C"),
    ("PENDING_CANCEL", ENDED_BY_US, "0C"),
    ("CANCELLED", {**ENDED_BY_US, "withdrawn": "2026-11-25"}, None),
    ("CANCELLED", {**BY_HUB, "ended_by": "bank"}, None),
    ("CANCELLED", BY_HUB, None),
    ("ACTIVE", {**BY_HUB, "paper": True}, "0S"),
    ("ACTIVE", {**BY_HUB, "paper": False}, None),
    ("ACTIVE", BY_HUB, None),
    ("SUSPENDED", BY_HUB, None),
]


@pytest.mark.parametrize(("state", "data", "code"), DUE)
def test_what_a_mandate_needs_follows_from_what_is_known_of_it(
    state: str, data: Mapping[str, Any], code: str | None
) -> None:
    assert due(record(state, **data)) == code


def started(old: Record | None, new: Record) -> tuple[list[Move], list[Waiting]]:
    effects = list(start(old, new, FACTS))
    return (
        [effect for effect in effects if isinstance(effect, Move)],
        [effect for effect in effects if isinstance(effect, Waiting)],
    )


def test_a_mandate_that_comes_as_new_makes_its_instruction_wait() -> None:
    moves, items = started(None, record("NEW", **BY_HUB))
    assert [move.data for move in moves] == [{AWAITS: "0N"}]
    (one,) = items
    assert (one.feed, one.waits_as, one.item.reference) == (
        INSTRUCTIONS.name,
        "INSTRUCTION",
        "RENT0010000456",
    )
    assert (one.item.data, one.item.personal) == ({"transaction_code": "0N"}, {})


def test_what_waits_already_does_not_wait_twice() -> None:
    assert started(None, record("NEW", **BY_HUB, awaits="0N")) == ([], [])


def test_what_is_not_needed_any_more_waits_no_more() -> None:
    moves, items = started(None, record("CANCELLED", **BY_HUB, awaits="0N"))
    assert ([move.data for move in moves], items) == ([{AWAITS: None}], [])


# The file.


def write(taken: list[Taken], ctx: Context[Any]) -> Any:
    made = INSTRUCTIONS.output("instructions").write
    assert made is not None
    return made(taken, ctx)


def test_what_waited_becomes_the_worked_example_byte_for_byte() -> None:
    rendered = write(BOTH, context(moment=MADE))
    assert rendered.data == FILE
    assert rendered.name == "654321_instructions_20261126_000126.txt"
    assert (rendered.identity, rendered.business_date) == ("654321/000126", PROCESSED)


def test_it_reads_back_as_what_waited_without_a_finding() -> None:
    written = write(BOTH, context(moment=MADE)).data
    outcome = look(
        INSTRUCTIONS, STANDARD18, written, InstructionOptions(**OPTIONS), replace(HERE, register=None)
    )
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [(one.item.reference, one.item.data["transaction_code"]) for one in outcome.taken] == [
        ("RENT0010000456", "0N"),
        ("RENT0010000999", "0C"),
    ]
    assert {one.item.on for one in outcome.taken} == {PROCESSED}


@pytest.mark.parametrize(
    ("made", "processing"),
    [
        (date(2026, 11, 27), date(2026, 11, 30)),  # Friday
        (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday: it reaches Bacs on Monday
        (date(2026, 12, 23), date(2026, 12, 24)),
        (date(2026, 12, 24), date(2026, 12, 29)),  # over Christmas
    ],
)
def test_it_is_processed_on_the_working_day_after_it_reaches_bacs(made: date, processing: date) -> None:
    assert INSTRUCTIONS.dated is not None
    assert INSTRUCTIONS.dated(BOTH[0], context(replace(HERE, today=made))) == processing


def test_a_file_whose_input_day_passed_does_not_leave() -> None:
    assert stopped(context(replace(HERE, today=date(2026, 11, 25)), MADE)) == []
    assert stopped(context(replace(HERE, today=PROCESSED), MADE)) == ["S18-008"]


def stopped(ctx: Context[Any], taken: list[Taken] = BOTH) -> list[str]:
    checks = [check for check in INSTRUCTIONS.checks if check.concerns(ctx.format)]
    return [found.check for found in failing_at_send(checks, taken, ctx, lambda finding: finding)]


def found(ctx: Context[Any], taken: list[Taken]) -> list[tuple[str, Severity, int | None]]:
    checks = [c for c in INSTRUCTIONS.checks if c.concerns(BATCH) and c.level is Level.CROSS]
    able = [check for check in checks if check.obstacle(ctx) is None]
    findings = [check.finding(one) for check in able for one in check.run(taken, ctx)]
    return [(finding.check, finding.severity, finding.line) for finding in findings]


def test_an_instruction_that_nobody_needs_any_more_is_refused_alone() -> None:
    gone = Snapshot([record("CANCELLED", **BY_HUB), record("CANCELLED", "RENT0010000999", **ENDED_BY_US)])
    ctx = context(replace(HERE, records=gone))
    assert found(ctx, BOTH) == [("INSTR-01", Severity.REFUSE_ITEM, 2)]
    assert stopped(ctx) == ["INSTR-01"]


def test_the_same_instruction_leaves_once_though_it_waited_twice() -> None:
    assert found(context(), [*BOTH, waiting(4, "RENT0010000456", "0N")]) == [
        ("INSTR-01", Severity.REFUSE_ITEM, 4)
    ]


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"sort_code": "000000"}, "S18-010"),
        ({"account_number": "4015482X"}, "S18-010"),
        ({"account_name": "李"}, "S18-021"),
    ],
)
def test_bank_details_that_no_file_can_hold_keep_their_own_instruction_back(
    wrong: dict[str, str], check: str
) -> None:
    facts = replace(HERE, register=register(replace(NEW_ONE, **wrong), ENDED))  # type: ignore[arg-type]
    assert (check, Severity.HOLD_ITEM, 2) in found(context(facts), BOTH)


def test_a_payers_name_that_is_written_otherwise_is_told() -> None:
    facts = replace(HERE, register=register(replace(NEW_ONE, account_name="RENÉE TENANT"), ENDED))
    assert ("S18-003", Severity.WARNING, None) in found(context(facts), BOTH)


def test_a_new_instruction_to_an_account_that_cannot_exist_waits() -> None:
    tables = Tables(parse_weights("000100 000350 MOD11" + " 0" * 13 + " 1"), {})
    wrong = context(replace(HERE, modulus_tables=tables))
    assert found(wrong, BOTH) == [("S18-019", Severity.HOLD_ITEM, 2), ("S18-019", Severity.HOLD_ITEM, 3)]


# A file of the rent system's own.


def test_a_file_of_instructions_is_told_from_one_of_payments() -> None:
    for data, feed in (
        (FILE, INSTRUCTIONS),
        (DAILY, SUBMISSION),
        (golden("submission/auddis-daily.txt"), INSTRUCTIONS),
    ):
        assert [one for one in FEEDS if one.recognise(data)] == [feed]
    mixed = joined([*lines(FILE)[:5], *lines(DAILY)[4:]])
    assert [one for one in FEEDS if one.recognise(mixed)] == [SUBMISSION]


def test_payments_do_not_leave_among_instructions() -> None:
    outcome = look(INSTRUCTIONS, STANDARD18, DAILY, InstructionOptions(**OPTIONS), FACTS)
    assert (outcome.verdict, outcome.checks >= {"S18-011"}) == (Verdict.REJECTED, True)


@pytest.mark.parametrize("feed", [INSTRUCTIONS, SUBMISSION])
@pytest.mark.parametrize(
    ("mandate", "told"),
    [
        (replace(NEW_ONE, by_hub=False), []),
        (replace(NEW_ONE, by_hub=False, status="CANCELLED"), [("INSTR-02", 5)]),
        (NEW_ONE, [("INSTR-02", 5)]),
    ],
    ids=["new", "cancelled here", "made by the hub"],
)
def test_a_file_that_contradicts_what_the_hub_knows_waits_for_a_person(
    feed: Any, mandate: Mandate, told: list[tuple[str, int]]
) -> None:
    facts = replace(FACTS, register=register(mandate, replace(ENDED, by_hub=False)))
    outcome = look(feed, STANDARD18, FILE, feed.options(**OPTIONS), facts)
    assert outcome.told == told
    assert outcome.verdict is (Verdict.HELD if told else Verdict.ACCEPTED)


# Afterwards.


def left(state: DeliveryState, taken: list[Taken] = BOTH, facts: Facts = HERE) -> list[Move]:
    return list(INSTRUCTIONS.left(taken, Left("instructions", state), context(facts)))  # type: ignore[arg-type]


def test_a_mandate_knows_the_processing_day_of_what_left_for_it() -> None:
    lodged, withdrawn = left(DeliveryState.SENT)
    assert (lodged.key, lodged.to, lodged.data) == (
        "RENT0010000456",
        None,
        {"lodged": "2026-11-26", AWAITS: None},
    )
    assert withdrawn.data == {"withdrawn": "2026-11-26", AWAITS: None}


def test_what_bacs_refused_was_not_lodged_after_all() -> None:
    assert [move.data for move in left(DeliveryState.REFUSED)] == [{"lodged": None}, {"withdrawn": None}]
    assert left(DeliveryState.CONFIRMED) == []


def test_a_mandate_that_is_to_be_cancelled_is_once_its_0c_has_left() -> None:
    facts = replace(HERE, register=register(replace(ENDED, status="PENDING_CANCEL")))
    (move,) = left(DeliveryState.SENT, BOTH[1:], facts)
    assert move.to == "CANCELLED"


def test_a_paper_mandate_is_converted_once() -> None:
    (move,) = left(DeliveryState.SENT, [waiting(2, "RENT0010000456", "0S")])
    assert move.data == {"paper": False, AWAITS: None}


# The lead time.

LODGED = replace(NEW_ONE, lodged=date(2026, 11, 23))
"""Five working days after it: Monday, 30 November."""


def request(code: str, collection: str = "2026-12-01") -> bytes:
    return ddcall(f"RENT0010000456,1900000029,{collection},100.00,{code},RUN1")


@pytest.mark.parametrize(
    ("mandate", "code", "collection", "reason"),
    [
        (LODGED, "01", "2026-12-01", None),
        (LODGED, "01", "2026-11-30", "TOO_SOON"),
        (LODGED, "17", "2026-12-01", None),
        (NEW_ONE, "01", "2026-12-01", "MANDATE_NOT_ACTIVE"),
        (replace(LODGED, status="ACTIVE"), "17", "2026-12-01", None),
        (replace(LODGED, status="ACTIVE"), "17", "2026-11-30", "TOO_SOON"),
        (replace(LODGED, status="SUSPENDED"), "01", "2026-12-01", "MANDATE_NOT_ACTIVE"),
    ],
)
def test_a_lodged_mandate_is_collected_from_once_its_lead_time_is_over(
    mandate: Mandate, code: str, collection: str, reason: str | None
) -> None:
    outcome = call(request(code, collection), replace(FACTS, register=register(mandate)))
    (one,) = outcome.taken
    assert one.disposition.state is (ItemState.HELD if reason else ItemState.TAKEN)
    assert reason is None or reason in str(one.disposition.reason)
    assert outcome.told == []


@pytest.mark.parametrize(("days", "taken"), [(2, True), (4, True), (5, False)])
def test_the_lead_time_is_the_councils_own(days: int, taken: bool) -> None:
    outcome = call(request("01", "2026-11-30"), replace(FACTS, register=register(LODGED)), lead_time=days)
    assert bool(outcome.carried) is taken


def test_an_instruction_that_left_meanwhile_stops_the_collection_at_the_door() -> None:
    facts = replace(FACTS, register=register(replace(NEW_ONE, status="ACTIVE")))
    outcome = call(request("17"), facts)
    ctx = replace(outcome.ctx, facts=replace(facts, register=register(replace(LODGED, lodged=TODAY))))
    stopping = failing_at_send(SUBMISSION.checks, outcome.taken, ctx, lambda finding: finding)
    assert [finding.check for finding in stopping] == ["S18-023"]


def test_a_file_of_the_rent_systems_own_is_refused_for_a_collection_that_comes_too_soon() -> None:
    lodged = Mandate("RENT0010000123", "1900000011", "A TENANT", "000299", "40154823", lodged=TODAY)
    facts = replace(FACTS, register=register(lodged))
    outcome = look(SUBMISSION, STANDARD18, DAILY, SubmissionOptions(**OPTIONS), facts)
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("S18-023", 5)])


def collected(state: DeliveryState, code: str, **mandate: Any) -> list[str | None]:
    """Into which states the mandate comes when a collection of it left, or was refused."""
    item = Item("COLLECTION", 5, "RENT0010000456", 100, TODAY, {"transaction_code": code})
    known = Snapshot([record(mandate.pop("is_now"), **mandate)])
    facts = replace(FACTS, register=register(LODGED), records=known)
    ctx = Context(SubmissionOptions(**OPTIONS), facts, DDCALL)
    taken = Taken("c1", item, Disposition(ItemState.TAKEN, "1900000029"))
    return [move.to for move in SUBMISSION.left([taken], Left("submission", state), ctx)]  # type: ignore[union-attr]


def test_a_mandate_is_in_use_once_its_first_collection_left_and_new_again_if_that_was_refused() -> None:
    sent, refused, lodged = DeliveryState.SENT, DeliveryState.REFUSED, {"lodged": "2026-11-16"}
    for code in ("01", "17"):  # the hub writes the first as 01
        assert collected(sent, code, is_now="NEW", **lodged) == ["ACTIVE"]
    assert collected(refused, "01", is_now="ACTIVE", **lodged, first_collected=str(TODAY)) == ["NEW"]
    assert collected(refused, "17", is_now="ACTIVE", **lodged, first_collected="2026-11-17") == []
    assert collected(sent, "17", is_now="ACTIVE", **lodged, first_collected="2026-11-17") == []
    assert collected(DeliveryState.CONFIRMED, "01", is_now="NEW", **lodged) == []
