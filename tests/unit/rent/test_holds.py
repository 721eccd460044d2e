"""Holds: when one counts, and what the extract of rent accounts makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.checks.base import Context
from hub.door.feed import Options
from hub.model import Disposition, Facts, Item, ItemState, Move, Record, Taken
from hub.rent.holds import HOLD, HOLD_LIFE, begin, effective_holds, end, extract_moves, is_effective
from hub.transfer.records import Snapshot

TODAY = date(2026, 11, 2)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
ACCOUNT, TENANCY = "1900000011", "0190001/01"


def a_hold(kind: str = "DISPUTE", until: date | None = None, state: str = "ACTIVE", **origin: str) -> Record:
    data = {"kind": kind, "until": until and until.isoformat(), **(origin or {"source": "person"})}
    return Record(kind=HOLD, key=f"{ACCOUNT}/{kind}", state=state, account=ACCOUNT, data=data)


def of_extract(kind: str = "DISPUTE", until: date | None = None, tenancy: str = TENANCY) -> Record:
    return a_hold(kind, until, source="rent.accounts", tenancy=tenancy)


@pytest.mark.parametrize(
    ("until", "state", "counts"),
    [
        (None, "ACTIVE", True),
        (TOMORROW, "ACTIVE", True),
        (TODAY, "ACTIVE", True),
        (YESTERDAY, "ACTIVE", False),
        (None, "ENDED", False),
    ],
)
def test_a_hold_counts_until_its_last_day_is_over_or_it_is_ended(
    until: date | None, state: str, counts: bool
) -> None:
    hold = a_hold(until=until, state=state)
    assert is_effective(hold, TODAY) is counts
    assert effective_holds(Snapshot([hold]), ACCOUNT, TODAY) == [hold] * counts
    assert effective_holds(Snapshot([hold]), "1900000029", TODAY) == []


def test_a_hold_that_has_ended_stays_so() -> None:
    assert HOLD_LIFE.has_ended("ENDED")
    assert not HOLD_LIFE.may("ENDED", "ACTIVE")


def test_a_second_hold_of_a_day_has_a_key_of_its_own() -> None:
    first = begin(ACCOUNT, "DISPUTE", TODAY, None, taken=(), reason="a letter")
    second = begin(ACCOUNT, "DISPUTE", TODAY, None, taken={first.key}, reason="another letter")
    assert first.key == "1900000011/DISPUTE/2026-11-02"
    assert second.key == "1900000011/DISPUTE/2026-11-02/2"


def said_by(kind: str | None, until: date | None, *holds: Record, tenancy: str = TENANCY) -> Sequence[Move]:
    """The moves of a row of the extract that names a hold, or none."""
    last = until.isoformat() if until else None
    data = {"tenancy_ref": tenancy, "hold_kind": kind, "hold_until": last}
    taken = Taken("t1.1", Item("ACCOUNT", 2, ACCOUNT, 0, TODAY, data), Disposition(ItemState.NOTED))
    return list(extract_moves(taken, Context(Options(), Facts(today=TODAY, records=Snapshot(holds)), "")))


def test_a_row_that_names_a_hold_begins_it() -> None:
    (move,) = said_by("DISPUTE", TOMORROW)
    assert (move.key, move.to, move.account) == (
        "1900000011/DISPUTE/2026-11-02/0190001/01", "ACTIVE", ACCOUNT,
    )  # fmt: skip
    assert move.data == {
        "kind": "DISPUTE", "from": "2026-11-02", "until": "2026-11-03",
        "source": "rent.accounts", "tenancy": TENANCY,
    }  # fmt: skip


def test_a_row_that_names_a_hold_that_is_over_begins_none() -> None:
    assert said_by("DISPUTE", YESTERDAY) == []


def test_a_row_that_names_what_a_person_set_begins_no_second() -> None:
    assert said_by("DISPUTE", None, a_hold()) == []


def test_a_row_that_names_it_still_keeps_its_last_day_up() -> None:
    (move,) = said_by("DISPUTE", TOMORROW, of_extract())
    assert (move.to, move.data) == (None, {"until": "2026-11-03"})


@pytest.mark.parametrize("named", [None, "DECEASED"])
def test_a_row_that_names_it_no_more_ends_it(named: str | None) -> None:
    moves = said_by(named, None, of_extract())
    assert moves[0] == end(of_extract(), "the rent system names it no more")
    assert [move.data["kind"] for move in moves[1:]] == ([named] if named else [])


def test_a_row_ends_neither_a_persons_hold_nor_another_tenancys() -> None:
    assert said_by(None, None, a_hold(), of_extract("LEGAL", tenancy="0190009/01")) == []


def test_whose_last_day_has_passed_is_ended_whoever_set_it() -> None:
    over = a_hold(until=YESTERDAY), replace(of_extract("LEGAL", YESTERDAY), key="another")
    assert said_by(None, None, *over) == [end(hold, "its last day has passed") for hold in over]


def test_without_records_nothing_is_moved() -> None:
    taken = Taken("", Item("ACCOUNT", 2, ACCOUNT, 0, TODAY, {}), Disposition(ItemState.NOTED))
    assert list(extract_moves(taken, Context(Options(), Facts(today=TODAY), ""))) == []
