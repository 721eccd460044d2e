"""Which rent account something that came back is about."""

from __future__ import annotations

from typing import Any

from hub.api import Context, Disposition, Item, ItemState


def account_of(item: Item, ctx: Context[Any]) -> str | None:
    """The rent account of the mandate that the item's reference names, where the register knows it."""
    mandate = ctx.facts.register.mandate(item.reference) if ctx.facts.register else None
    return mandate.payment_ref if mandate else None


def to_account(payment_ref: str | None, ctx: Context[Any]) -> Disposition:
    """Taken to a rent account, or held where it is not known."""
    if payment_ref is None:
        return Disposition(ItemState.HELD, reason="its rent account is not known (NO_ACCOUNT)")
    account = ctx.facts.register.account(payment_ref) if ctx.facts.register else None
    tenancy = account.tenancy_ref if account else None
    return Disposition(ItemState.TAKEN, account=payment_ref, tenancy=tenancy)
