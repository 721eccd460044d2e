"""Learned pairs: what two people cleared once is found again, by its feed, reference and claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hub.checks.base import Context
from hub.door.feed import Options
from hub.model import Account, Facts, Item, ItemState, Record
from hub.rent.learned import LEARNED_PAIR, PAIR, learn, learned_pairs, pair_key
from hub.rent.matching import by_account, by_learned_pair, first_match
from hub.rent.register import AccountRegister

FEED = "little.payments"
RULES = (by_account(), by_learned_pair(FEED))


class Known:
    """Records by kind and key."""

    def __init__(self, *records: Record) -> None:
        self._records: Mapping[tuple[str, str], Record] = {(one.kind, one.key): one for one in records}

    def get(self, kind: str, key: str) -> Record | None:
        return self._records.get((kind, key))

    def about(self, kind: str, account: str) -> Sequence[Record]:
        return [one for one in self._records.values() if (one.kind, one.account) == (kind, account)]

    def all(self, kind: str) -> Sequence[Record]:
        return [one for one in self._records.values() if one.kind == kind]


def item(reference: str = "X9", claim: str | None = None) -> Item:
    return Item("PAYMENT", 1, reference, -100, date(2030, 6, 4), {"claim_ref": claim} if claim else {})


def pair(one: Item, account: str = "R1", state: str = "ACTIVE", feed: str = FEED) -> Record:
    move = learn(feed, one, account, "cleared")
    return Record(kind=PAIR, key=move.key, state=state, account=move.account)


def found(one: Item, *pairs: Record, accounts: Sequence[Account] = (Account("R1"),)) -> tuple[object, ...]:
    ctx = Context(Options(), Facts(register=AccountRegister(accounts), records=Known(*pairs)), "")
    disposition = first_match(one, RULES, ctx)
    return disposition.state, disposition.account, (disposition.reason or "").partition(":")[0]


SUSPENDED = (ItemState.SUSPENDED, None, "no rent account, or more than one, fits (E14)")


def test_a_learned_pair_finds_the_account_and_says_so() -> None:
    assert found(item(), pair(item())) == (ItemState.TAKEN, "R1", "LEARNED_PAIR")
    assert found(item(" x9"), pair(item("X9"))) == (ItemState.TAKEN, "R1", "LEARNED_PAIR")


def test_an_exact_reference_goes_before_a_learned_pair() -> None:
    accounts = (Account("R1"), Account("X9"))
    assert found(item(), pair(item()), accounts=accounts) == (ItemState.TAKEN, "X9", "")


def test_a_pair_is_of_one_feed_and_one_claim() -> None:
    assert found(item(), pair(item(), feed="other.payments")) == SUSPENDED
    assert found(item(claim="C2"), pair(item(claim="C1"))) == SUSPENDED
    assert found(item(claim="C1"), pair(item(claim="C1")))[1] == "R1"


def test_a_dropped_pair_or_one_of_an_account_that_is_gone_finds_nothing() -> None:
    assert found(item(), pair(item(), state="DROPPED")) == SUSPENDED
    assert found(item(), pair(item(), account="R7")) == SUSPENDED


def test_a_pair_of_an_account_that_has_ended_is_for_a_person() -> None:
    state, account, _ = found(item(), pair(item()), accounts=(Account("R1", status="ENDED"),))
    assert (state, account) == (ItemState.SUSPENDED, None)


def test_a_pair_may_be_dropped_and_learned_again() -> None:
    assert LEARNED_PAIR.may(None, "ACTIVE")
    assert LEARNED_PAIR.may("ACTIVE", "DROPPED")
    assert LEARNED_PAIR.may("DROPPED", "ACTIVE")


def test_a_feed_looks_up_the_pairs_of_its_own_items() -> None:
    keys = learned_pairs(FEED).keys
    assert keys is not None
    assert list(keys(item(claim="C1"))) == [pair_key(FEED, item(claim="C1"))] == ["little.payments:X9:C1"]
