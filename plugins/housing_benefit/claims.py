"""Which rent account a claim is paid for: a cross-reference that grows from every posting and every clearing.

Source: formats page housing_benefit.md, sections 3.1, 4.10 and 5.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    LEARNED_PAIR,
    Context,
    Facts,
    Follow,
    Item,
    ItemState,
    Lifecycle,
    Lookup,
    Move,
    Record,
    Taken,
)

FEED = "housing_benefit.postings"
SCHEDULES = "housing_benefit.schedules"
CLAIM = "hb_claim"
KNOWN, DROPPED = "KNOWN", "DROPPED"
REFRESHED_AFTER = timedelta(weeks=4)
"""How far behind a claim's record may be, so that not every posting of each week moves it."""


def _claim_of(item: Item) -> tuple[str, ...]:
    return (str(item.data["claim_ref"]),)


def _claim_of_pair(pair: Record) -> tuple[str, ...]:
    return (str(pair.data["claim"]),) if pair.data.get("claim") else ()


def _when_cleared(old: Record | None, pair: Record, facts: Facts) -> Iterator[Move]:
    """Two people have said to which account money of the claim belongs."""
    if pair.data.get("feed") not in (FEED, SCHEDULES) or pair.state != "ACTIVE" or pair.account is None:
        return
    for claim in _claim_of_pair(pair):
        known = facts.records.get(CLAIM, claim) if facts.records else None
        yield _paid(claim, pair.account, date.fromisoformat(pair.data["on"]), known)


CLAIM_LIFE = Lifecycle(
    kind=CLAIM,
    title="Housing Benefit claims and the rent accounts that they are paid for",
    begins=(KNOWN,),
    moves={KNOWN: (DROPPED,), DROPPED: (KNOWN,)},
    follows=(Follow(LEARNED_PAIR, _when_cleared, looks_up=(Lookup(CLAIM, keys=_claim_of_pair),)),),
    owner="benefits-team",
)
"""By the claim's reference. Data: `accounts`, for each rent account a day up to which it was paid."""

LOOKS_UP = Lookup(CLAIM, keys=_claim_of)


def claim_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """That the claim is paid for the account of a posting, where its record does not tell yet. What is taken
    back is no payment."""
    item, account = taken.item, taken.disposition.account
    if taken.disposition.state is not ItemState.TAKEN or account is None or item.amount > 0:
        return
    (claim,) = _claim_of(item)
    known = ctx.facts.records.get(CLAIM, claim) if ctx.facts.records else None
    until = date.fromisoformat(str(item.data["to_date"])) if item.data["to_date"] else item.on
    told = _paid_until(known, account)
    if known is None or known.account != account or told is None or until - told >= REFRESHED_AFTER:
        yield _paid(claim, account, until, known)


def claimed_accounts(item: Item, ctx: Context[Any]) -> Sequence[str]:
    """The rent accounts that the item's claim was paid for, the latest first."""
    (claim,) = _claim_of(item)
    known = ctx.facts.records.get(CLAIM, claim) if ctx.facts.records else None
    if known is None or known.state != KNOWN:
        return ()
    accounts = known.data["accounts"]
    return sorted(accounts, key=lambda account: (accounts[account], account), reverse=True)


def _paid(claim: str, account: str, until: date, known: Record | None) -> Move:
    accounts = dict(known.data["accounts"]) if known is not None else {}
    accounts[account] = max(until.isoformat(), accounts.get(account, ""))
    return Move(kind=CLAIM, key=claim, to=KNOWN, account=account, data={"accounts": accounts})


def _paid_until(known: Record | None, account: str) -> date | None:
    until = known.data["accounts"].get(account) if known is not None else None
    return date.fromisoformat(until) if until else None
