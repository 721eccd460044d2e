"""Learned pairs: to which rent account a reference belongs that fits none, or somebody who pays without one,
because two people said so once.

A pair is made when the clearing of suspended money is approved. It is of one feed: what a reference means at
one partner says nothing about another.
"""

from __future__ import annotations

from typing import Any

from hub.checks.base import Context
from hub.door.lifecycle import Lifecycle, Lookup
from hub.model import Account, Item, Move
from hub.rent.canonical import normal_reference

PAIR = "learned_pair"
PAYER = "payer"
"""The fact of an item that tells who paid, where that says more than the reference: a keyed digest."""
ACTIVE, DROPPED = "ACTIVE", "DROPPED"

LEARNED_PAIR = Lifecycle(
    kind=PAIR,
    title="References that people have cleared to a rent account",
    begins=(ACTIVE,),
    moves={ACTIVE: (DROPPED,), DROPPED: (ACTIVE,)},
)


def pair_key(feed: str, item: Item) -> str:
    """The feed and who paid, where the item tells that; else the reference as the partner quotes it, and the
    claim where the item has one: a claim that moves to another tenancy is another pair."""
    payer, claim = item.data.get(PAYER), item.data.get("claim_ref")
    if payer:
        return f"{feed}:{payer}"
    parts = (feed, normal_reference(item.reference), *([str(claim)] if claim else ()))
    return ":".join(parts)


def learn(feed: str, item: Item, account: str, reason: str) -> Move:
    """The move that makes the pair, or gives it another account. Its data tell feed, claim and day of the
    money that was cleared."""
    told = {"feed": feed, "claim": item.data.get("claim_ref"), "on": item.on.isoformat()}
    key = pair_key(feed, item)
    return Move(kind=PAIR, key=key, to=ACTIVE, account=account, data=told, reason=reason)


def learned_pairs(feed: str) -> Lookup:
    """For `Feed.looks_up` of a feed whose rules ask for them."""
    return Lookup(PAIR, keys=lambda item: (pair_key(feed, item),))


def learned_account(feed: str, item: Item, ctx: Context[Any]) -> Account | None:
    """The account of the item's pair, while the pair is in use and the register still knows the account."""
    records, register = ctx.facts.records, ctx.facts.register
    pair = records.get(PAIR, pair_key(feed, item)) if records else None
    if register is None or pair is None or pair.state != ACTIVE or pair.account is None:
        return None
    return register.account(pair.account)
