"""`rent.suspense`: suspended money that two people have placed, on its way to its rent account.

Source: rent system interface, 2.12 and 6.2 (SuspenseResolution); how it is written is this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field as Setting
from pydantic import StringConstraints, model_validator

from hub.checks.base import Context, Found, check
from hub.door.feed import Feed, Options, Output
from hub.model import Direction, Item, Level, RentTransaction, Severity, Taken
from hub.rent.canonical import CODE, KINDS, REFERENCE, drawn

CLEARED = "SUSPENSE_CLEARED"
"""What a cleared item waits as."""

Code = Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$")]


class SuspenseOptions(Options):
    """How a cleared posting is written; the codes are the council's own.

    suspense_posted: whether the rent system holds the money on a suspense account. By default it does not:
                     the hub leaves suspended items out of what it posts, and posts them once, when they are
                     cleared. Where somebody else books them to suspense, as an income system does, true makes
                     a contra pair: out of that account and into the tenant's, on one date
    suspense_account: that account's reference
    type_codes:      the rent system's code by the kind of item (`BENEFIT: RHB`), on both legs of a pair
    types:           the code map that turns an item's own method of payment into such a code; where there is
                     none of either, `type_codes` says it
    kinds:           the kind of posting, for kinds of item that are no posting's (`DHP: BENEFIT`)
    method_code:     for rent systems that want a method of payment
    """

    a_route_sets = ("type_codes",)

    suspense_posted: bool = False
    suspense_account: str | None = None
    type_codes: Mapping[str, Code] = Setting(default_factory=dict)
    types: str | None = None
    kinds: Mapping[str, str] = Setting(default_factory=dict)
    method_code: Code | None = None

    @model_validator(mode="after")
    def _has_an_account_to_take_from(self) -> Self:
        if self.suspense_posted and not self.suspense_account:
            raise ValueError("suspense_posted needs suspense_account, which the money is taken from")
        return self

    @model_validator(mode="after")
    def _knows_its_kinds(self) -> Self:
        unknown = sorted(set(self.kinds.values()) - KINDS)
        if unknown:
            raise ValueError(f"kinds: {', '.join(unknown)} is no kind of posting; {', '.join(sorted(KINDS))}")
        return self

    def code_maps(self) -> Sequence[str]:
        return () if self.types is None else (self.types,)

    def kind_of(self, item_kind: str) -> str:
        return "TRANSFER" if self.suspense_posted else self.kinds.get(item_kind, item_kind)


@check("E16", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def code_is_mapped(taken: Sequence[Taken], ctx: Context[SuspenseOptions]) -> Iterator[Found]:
    """A cleared item has a code of the rent system, by its method of payment or by its kind, and its kind is
    one of posting or is said to be posted as one in the route's options; else it waits."""
    for one in taken:
        kind = one.item.kind
        if type_code(one.item, ctx) is None:
            method = one.item.data.get("method")
            told = (
                f"{ctx.options.types} has no code for {method}, and " if method and ctx.options.types else ""
            )
            yield Found(f"{told}type_codes has no code for {kind}", one.item.line, "kind")
        elif ctx.options.kind_of(kind) not in KINDS:
            yield Found(f"kinds does not say what a {kind} is posted as", one.item.line, "kind")


def type_code(item: Item, ctx: Context[SuspenseOptions]) -> str | None:
    """The rent system's code of an item: its own, that of its method of payment, or that of its kind."""
    options, codes, method = ctx.options, ctx.facts.codes, item.data.get("method")
    mapped = codes.value(options.types, str(method), item.on) if codes and options.types and method else None
    return str(item.data.get("type") or "") or mapped or options.type_codes.get(item.kind)


def postings(taken: Taken, ctx: Context[SuspenseOptions]) -> Sequence[RentTransaction]:
    """The posting to the rent account; before it, where the money lies in suspense, the one that takes it out
    there. Both bear the item's id as external reference, so that the rent system shows them as a pair."""
    posting, options = _into_the_account(taken, ctx), ctx.options
    if not options.suspense_posted:
        return (posting,)
    out = replace(
        posting,
        transaction_id=f"{taken.id}-S",
        payment_ref=str(options.suspense_account),
        tenancy_ref=None,
        amount=-posting.amount,
    )
    return (out, posting)


def _into_the_account(taken: Taken, ctx: Context[SuspenseOptions]) -> RentTransaction:
    item, disposition, options = taken.item, taken.disposition, ctx.options
    quoted = item.reference
    return RentTransaction(
        transaction_id=taken.id,
        payment_ref=disposition.account or "",
        tenancy_ref=disposition.tenancy,
        kind=options.kind_of(item.kind),
        method_code=options.method_code or _text(item.data.get("method")),
        type_code=type_code(item, ctx) or "",
        transaction_date=item.on,
        post_date=drawn(ctx).business_date,
        amount=item.amount,
        external_ref=taken.id,
        narrative=f"Cleared from suspense: {quoted}",
        original_payment_ref=quoted if REFERENCE.fits(quoted) else None,
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


SUSPENSE = Feed(
    name="rent.suspense",
    title="Suspended money that was cleared to a rent account",
    direction=Direction.OUT,
    options=SuspenseOptions,
    checks=(code_is_mapped,),
    outputs=(Output("postings", takes=None, makes=postings),),
    gathers=(CLEARED,),
)
