"""How an item finds its rent account: ordered rules, the first that answers decides.

A rule that finds nothing, or more than one account, says None and the next is asked. What no rule decides is
suspended with the accounts that a person might mean; nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hub.checks.base import Context
from hub.model import Account, Disposition, Item, ItemState, Register
from hub.rent.learned import learned_account

Rule = Callable[[Item, Context[Any]], Disposition | None]
"""What it decides for an item; None when it is not sure."""

ReferenceOf = Callable[[Item], str | None]


def quoted_reference(item: Item) -> str | None:
    """The reference that the partner quoted."""
    return item.reference


def by_account(reference_of: ReferenceOf = quoted_reference) -> Rule:
    """The one account that a reference of the item names."""

    def rule(item: Item, ctx: Context[Any]) -> Disposition | None:
        register, reference = ctx.facts.register, reference_of(item)
        if register is None or not reference:
            return None
        account = register.account(reference)
        return take(account) if account else None

    return rule


def by_claim(claim_of: ReferenceOf) -> Rule:
    """The one account, not ended, that carries the item's benefit claim."""

    def rule(item: Item, ctx: Context[Any]) -> Disposition | None:
        register, claim = ctx.facts.register, claim_of(item)
        if register is None or not claim:
            return None
        live = [account for account in register.by_claim(claim) if account.status != "ENDED"]
        return take(live[0]) if len(live) == 1 else None

    return rule


def by_learned_pair(feed: str) -> Rule:
    """The account that two people cleared the same reference to before; the reason says so.

    The feed that asks has `learned_pairs(feed)` among what it `looks_up`."""

    def rule(item: Item, ctx: Context[Any]) -> Disposition | None:
        account = learned_account(feed, item, ctx)
        return learned(take(account)) if account else None

    return rule


def learned(disposition: Disposition) -> Disposition:
    """The same, marked as found by a learned pair unless it tells a reason already."""
    return replace(disposition, reason=disposition.reason or "LEARNED_PAIR: cleared to this account before")


def take(account: Account) -> Disposition:
    """TAKEN for the account; money for an account that has ended waits in suspense for a person (E15)."""
    if account.status == "ENDED":
        reason = "the rent account has ended (E15)"
        return Disposition(ItemState.SUSPENDED, reason=reason, candidates=(account.payment_ref,))
    return Disposition(ItemState.TAKEN, account=account.payment_ref, tenancy=account.tenancy_ref)


def first_match(
    item: Item,
    rules: Sequence[Rule],
    ctx: Context[Any],
    *,
    otherwise: ItemState = ItemState.SUSPENDED,
) -> Disposition:
    """What the first rule that answers decides; else `otherwise` (for what is no money, REJECTED)."""
    for rule in rules:
        disposition = rule(item, ctx)
        if disposition is not None:
            return disposition
    return _unmatched(item, ctx.facts.register, otherwise)


def _unmatched(item: Item, register: Register | None, state: ItemState) -> Disposition:
    if register is None:
        return Disposition(state, reason="the register of rent accounts is not known here")
    candidates = tuple(register.candidates(item.reference))
    return Disposition(state, reason="no rent account, or more than one, fits (E14)", candidates=candidates)
