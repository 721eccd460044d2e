"""`rent.mandates`: bank details come in, and never out in a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.checks.base import Context
from hub.model import Disposition, Facts, Item, ItemState, Mandate, Move, Record, Severity, Taken, Verdict
from hub.rent.mandates import (
    MANDATE_LIFE,
    MANDATES,
    STATUSES,
    MandateOptions,
    mandate_moves,
    mandate_of,
    reference_is_told_apart,
)
from hub.rent.register import AccountRegister
from hub.transfer.records import Snapshot, moved
from tests.unit.rent.rent_files import enveloped, read

FIRST = "DD00000011,1900000011,A PRETEND,12-34-56,00000001,ACTIVE,1,WEEKLY,VARIABLE,2029-04-01,"
SECOND = "dd00000029,1900000029,B PRETEND,123457,00000002,SUSPENDED,28,MONTHLY,98.20,2029-04-01,2031-03-31"
TRAILER = "2,98.20,0.00,98.20,3800000040"
GOOD = enveloped("MANDATE", [FIRST, SECOND], TRAILER)


NOW = datetime(2030, 6, 5, tzinfo=UTC)


def moves_of(items: Sequence[Item], *known: Record, **options: Any) -> list[Move]:
    """What the items of an extract move, where the hub knows some mandates."""
    ctx = Context(MandateOptions(**options), Facts(records=Snapshot(known)), "generic-csv")
    taken = [Taken("", item, Disposition(ItemState.NOTED)) for item in items]
    return [move for one in taken for move in mandate_moves(one, ctx)]


def records_of(items: Sequence[Item], *known: Record, **options: Any) -> list[Record]:
    by_key = {record.key: record for record in known}
    moves = moves_of(items, *known, **options)
    return [moved(MANDATE_LIFE, by_key.get(move.key), move, NOW) for move in moves]


def test_an_extract_becomes_mandates_with_plain_sort_codes() -> None:
    outcome = read(MANDATES, GOOD)
    assert outcome.verdict is Verdict.ACCEPTED
    register = AccountRegister((), map(mandate_of, records_of(outcome.items)))
    assert register.mandate("DD00000011") == Mandate(
        "DD00000011", "1900000011", "A PRETEND", "123456", "00000001", "ACTIVE", date(2029, 4, 1)
    )
    second = register.mandate("DD00000029")
    assert second is not None
    assert (second.sort_code, second.status) == ("123457", "SUSPENDED")
    assert (second.start_date, second.end_date) == (date(2029, 4, 1), date(2031, 3, 31))


def test_an_extract_that_says_nothing_new_changes_nothing() -> None:
    items = read(MANDATES, GOOD).items
    known = records_of(items)
    assert records_of(items, *known) == known
    assert [record.version for record in known] == [1, 1]


NEW = FIRST.replace("ACTIVE", "NEW")
LODGED = {"lodged": "2030-06-03"}
BY_HUB = {"instructed_by": "hub"}


def extract(row: str, *known: Record, **options: Any) -> Record:
    """The first mandate as an extract with this row leaves it."""
    items = read(MANDATES, enveloped("MANDATE", [row, SECOND], TRAILER)).items
    return records_of(items[:1], *known, **options)[0]


def known(state: str, **data: Any) -> Record:
    return replace(extract(FIRST), state=state, data=data)


def test_the_rent_system_makes_the_instructions_unless_the_route_says_otherwise() -> None:
    assert "instructed_by" not in extract(NEW).data
    assert extract(NEW, instructions="hub").data["instructed_by"] == "hub"
    assert extract(FIRST, known("ACTIVE", **BY_HUB)).data["instructed_by"] == "rent_system"


@pytest.mark.parametrize(
    ("before", "row", "state"),
    [
        (known("NEW", **BY_HUB), FIRST, "NEW"),  # it was not lodged yet
        (known("NEW", **BY_HUB, **LODGED), FIRST, "ACTIVE"),
        (known("NEW"), FIRST, "ACTIVE"),  # the rent system lodged it
        (known("ACTIVE", **LODGED), NEW, "ACTIVE"),  # it was collected from meanwhile
        (known("ACTIVE"), NEW, "NEW"),
        (known("ACTIVE", **LODGED), NEW.replace("00000001", "00000009"), "NEW"),  # it moved to another bank
    ],
)
def test_an_extract_that_lags_behind_the_instruction_does_not_undo_it(
    before: Record, row: str, state: str
) -> None:
    options = {"instructions": "hub"} if before.data.get("instructed_by") else {}
    assert extract(row, before, **options).state == state


def test_a_mandate_of_another_bank_must_be_lodged_anew() -> None:
    moved_on = extract(NEW.replace("00000001", "00000009"), known("ACTIVE", **LODGED))
    assert moved_on.data["lodged"] is None
    assert extract(FIRST, known("ACTIVE", **LODGED)).data["lodged"] == "2030-06-03"


@pytest.mark.parametrize("status", ["CANCELLED", "PENDING_CANCEL"])
@pytest.mark.parametrize(
    ("before", "ended_by"),
    [
        (known("ACTIVE"), "rent_system"),
        (known("NEW", **LODGED), "rent_system"),
        (known("NEW"), None),  # no bank knows of it
        (known("CANCELLED", ended_by="bank"), "bank"),
    ],
)
def test_it_is_known_who_ended_a_mandate_that_a_bank_knows(
    status: str, before: Record, ended_by: str | None
) -> None:
    ended = moves_of(read(MANDATES, GOOD.replace("ACTIVE", status)).items[:1], before)[0]
    assert {**before.data, **ended.data}.get("ended_by") == ended_by


def test_paper_mandates_are_converted_only_where_the_route_says_so_and_once() -> None:
    asked = {"instructions": "hub", "convert_paper": True}
    assert extract(FIRST, **asked).data["paper"] is True
    assert "paper" not in extract(FIRST, instructions="hub").data
    assert "paper" not in extract(NEW, **asked).data
    assert "paper" not in extract(FIRST, known("ACTIVE", **LODGED), **asked).data
    assert extract(FIRST, known("ACTIVE", paper=False), **asked).data["paper"] is False


@pytest.mark.parametrize("status", STATUSES)
def test_the_first_extract_may_name_a_mandate_in_any_status_and_any_may_be_cancelled(status: str) -> None:
    assert MANDATE_LIFE.may(None, status)
    assert MANDATE_LIFE.may(status, "CANCELLED")


def test_name_and_bank_details_are_personal_and_the_rest_is_open() -> None:
    for item in read(MANDATES, GOOD).items:
        assert set(item.personal) == set(MANDATES.personal_data)
        assert set(item.data) == {"payment_ref", "status", "start_date", "end_date"}


BAD = {
    "sort code of five": ("12-34-56", "12345", "E20"),
    "sort code half dashed": ("12-34-56", "12-3456", "E20"),
    "account of seven": ("00000001", "0000001", "E20"),
    "day 29": ("ACTIVE,1", "ACTIVE,29", "E20"),
    "unknown status": ("ACTIVE", "LIVE", "E16"),
    "no such day": ("VARIABLE,2029-04-01", "VARIABLE,2029-02-29", "E11"),
    "variable misspelt": ("VARIABLE", "VARIES", "E12"),
    "no name": ("A PRETEND", "", "E10"),
    "sort code of zeros": ("12-34-56", "000000", "E20"),
    "sort code of zeros with hyphens": ("12-34-56", "00-00-00", "E20"),
    "account of zeros": ("00000001", "00000000", "E20"),
    "ends before it starts": ("2029-04-01,\n", "2029-04-01,2019-01-01\n", "E20"),
    "frequency of its own": ("WEEKLY", "SOMETIMES", "E16"),
    "reference that starts with DDIC": ("DD00000011", "DDIC000011", "E13"),
    "reference of five": ("DD00000011", "DD011", "E13"),
    "reference of 19": ("DD00000011", "DD00000011000000011", "E13"),
    "reference of one letter": ("DD00000011", "AAAAAA", "E13"),
    "reference with a letter Bacs does not know": ("DD00000011", "DD0000_011", "E13"),
}


@pytest.mark.parametrize(("good", "bad", "check"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_refuses_the_extract(good: str, bad: str, check: str) -> None:
    outcome = read(MANDATES, GOOD.replace(good, bad))
    assert outcome.told == [(check, 2)]
    assert outcome.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("good", "bad"), [("12-34-56", "98765"), ("00000001", "7654321"), ("A PRETEND", "A\x01PRET")]
)
def test_no_message_holds_what_is_personal(good: str, bad: str) -> None:
    outcome = read(MANDATES, GOOD.replace(good, bad))
    assert outcome.told
    assert bad not in outcome.messages


@pytest.mark.parametrize("reference", ["RENT.12&3/4-5", "DD 0000 0011", "dd00000011"])
def test_a_reference_may_be_whatever_bacs_takes(reference: str) -> None:
    outcome = read(MANDATES, GOOD.replace("DD00000011", reference))
    assert outcome.told == []
    assert outcome.items[0].reference == reference.upper()


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({}, [(2, None), (3, None)]),
        ({"status": "NEW"}, [(2, None), (3, Severity.HOLD_ITEM)]),
        ({"status": "CANCELLED"}, []),
        ({"account_number": "00000002"}, []),
        ({"reference": "DD00000012"}, []),
    ],
)
def test_a_reference_that_is_part_of_another_of_the_same_bank_account_is_told(
    second: dict[str, str], told: list[tuple[int, Severity | None]]
) -> None:
    item, _ = read(MANDATES, GOOD).items
    status, reference = second.pop("status", "ACTIVE"), second.pop("reference", "DD000000110")
    other = replace(
        item,
        line=3,
        reference=reference,
        data={**item.data, "status": status},
        personal={**item.personal, **second},
    )
    taken = [Taken(str(one.line), one, Disposition(ItemState.NOTED)) for one in (item, other)]
    found = reference_is_told_apart.run(taken, Context(MandateOptions(), Facts(), "generic-csv"))
    assert [(one.line, one.severity) for one in found] == told


def test_a_mandate_that_ends_on_the_day_it_starts_is_taken() -> None:
    assert read(MANDATES, GOOD.replace("2029-04-01,\n", "2029-04-01,2029-04-01\n")).told == []
    assert read(MANDATES, GOOD.replace("2029-04-01,\n", ",2029-04-01\n")).told == []


def test_a_mandate_named_twice_is_refused() -> None:
    twice = GOOD.replace("dd00000029", "dd00000011")
    assert read(MANDATES, twice).told == [("E18", 3)]


def test_a_fixed_amount_counts_in_the_total() -> None:
    wrong = GOOD.replace("T,2,98.20,0.00,98.20", "T,2,98.21,0.00,98.21")
    assert read(MANDATES, wrong).told == [("E03", 4), ("E03", 4)]
    unsummed = GOOD.replace("T,2,98.20,0.00,98.20", "T,2,0.00,0.00,0.00")
    assert read(MANDATES, unsummed).verdict is Verdict.ACCEPTED
