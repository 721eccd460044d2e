"""The cross-reference of claims and rent accounts: how it grows, and what it decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.model import Account, Facts, ItemState, Move, Record
from hub.transfer.records import Snapshot
from plugins.housing_benefit.claims import CLAIM, CLAIM_LIFE, DROPPED, FEED, KNOWN, claim_moves
from tests.unit.housing_benefit.posting_files import (
    ACCOUNTS,
    Outcome,
    Row,
    account,
    days_later,
    facts,
    posting_file,
    read,
)

CLAIM_REF, FIRST, SECOND = "90000012X", "1900000001", "1900000002"
GONE = {"status": "ENDED", "end_date": date(2026, 3, 1)}


def known(*accounts: str, until: str = "2026-03-29", state: str = KNOWN) -> Record:
    """The claim, paid for these accounts; the latest is the last named."""
    paid = dict.fromkeys(accounts, until)
    return Record(kind=CLAIM, key=CLAIM_REF, state=state, account=accounts[-1], data={"accounts": paid})


def told(*accounts: Account, claim: Record | None = None) -> Facts:
    return replace(facts(*(accounts or ACCOUNTS)), records=Snapshot([claim] if claim else []))


def worked(row: Row, known_facts: Facts, **options: Any) -> Outcome:
    return read(posting_file(row), known_facts, **options)


def moved(outcome: Outcome) -> list[Move]:
    return [move for one in outcome.taken for move in claim_moves(one, outcome.ctx)]


def test_a_posting_that_finds_its_account_says_whose_claim_it_is() -> None:
    (move,) = moved(worked(Row(), told()))
    assert (move.key, move.to, move.account) == (CLAIM_REF, KNOWN, FIRST)
    assert move.data == {"accounts": {FIRST: "2026-04-12"}}


def test_a_posting_without_a_sure_account_says_nothing() -> None:
    assert moved(worked(Row(rent_ref="FAKE9999/9"), told())) == []
    assert moved(read(posting_file(Row(), flag="T"), told(), live_or_test="T")) == []


@pytest.mark.parametrize(("until", "moves"), [("2026-03-29", 0), ("2026-03-16", 0), ("2026-03-15", 1)])
def test_what_is_known_is_told_again_every_four_weeks_only(until: str, moves: int) -> None:
    assert len(moved(worked(Row(), told(claim=known(FIRST, until=until))))) == moves


def test_a_claimant_who_moves_home_is_no_conflict_and_both_accounts_are_kept() -> None:
    row = Row(rent_ref="FAKE0002/1")
    outcome = worked(row, told(account(1, **GONE), account(2), claim=known(FIRST)))
    assert (outcome.states, outcome.reasons) == ([ItemState.TAKEN], [None])
    (move,) = moved(outcome)
    assert (move.account, set(move.data["accounts"])) == (SECOND, {FIRST, SECOND})


def test_a_claim_that_is_paid_for_another_live_account_is_a_conflict() -> None:
    outcome = worked(Row(rent_ref="FAKE0002/1"), told(claim=known(FIRST)))
    assert (outcome.states, outcome.reasons) == ([ItemState.SUSPENDED], ["CONFLICT"])
    assert outcome.taken[0].disposition.candidates == (SECOND, FIRST)


def test_a_pair_that_was_dropped_decides_nothing() -> None:
    outcome = worked(Row(rent_ref="FAKE0002/1"), told(claim=known(FIRST, state=DROPPED)))
    assert outcome.states == [ItemState.TAKEN]


def test_an_unknown_reference_finds_the_one_account_of_its_claim_only_where_that_is_allowed() -> None:
    row, seen = Row(rent_ref="FAKE9999/9"), told(claim=known(FIRST))
    forbidden = worked(row, seen)
    assert (forbidden.states, forbidden.taken[0].disposition.candidates) == ([ItemState.SUSPENDED], (FIRST,))
    allowed = worked(row, seen, allow_claim_match=True)
    assert (allowed.states, allowed.reasons) == ([ItemState.TAKEN], ["CLAIM_MATCH"])
    two = worked(row, told(claim=known(FIRST, SECOND)), allow_claim_match=True)
    assert two.states == [ItemState.SUSPENDED]


def test_a_later_posting_follows_the_claim_in_the_same_file() -> None:
    """The second row of a file sees what the first has moved."""
    later = Row(first="20260330", last=days_later(28))
    outcome = worked(later, told(claim=known(FIRST, until="2026-04-12")))
    assert len(moved(outcome)) == 1


def cleared(**changes: Any) -> list[Any]:
    """What follows when two people have cleared money of the claim to the second account."""
    data = {"feed": FEED, "claim": CLAIM_REF, "on": "2026-04-13"}
    pair = Record(
        kind="learned_pair",
        key=f"{FEED}:FAKE9999/9:{CLAIM_REF}",
        state="ACTIVE",
        account=SECOND,
        data=data,
        since=datetime(2026, 4, 14, tzinfo=UTC),
    )
    (follow,) = CLAIM_LIFE.follows
    return list(follow.when(None, replace(pair, **changes), told(claim=known(FIRST))))


def test_clearing_suspended_money_says_whose_claim_it_is() -> None:
    (move,) = cleared()
    assert (move.key, move.account) == (CLAIM_REF, SECOND)
    assert move.data["accounts"] == {FIRST: "2026-03-29", SECOND: "2026-04-13"}


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "DROPPED"},
        {"data": {"feed": "rent.cash", "claim": CLAIM_REF, "on": "2026-04-13"}},
        {"data": {"feed": FEED, "claim": None, "on": "2026-04-13"}},
    ],
)
def test_what_is_no_clearing_of_a_claim_says_nothing(changes: dict[str, Any]) -> None:
    assert cleared(**changes) == []
