"""`rent.reversals`: postings that were wrong, taken back by contra postings that two people agreed to.

Source: rent system interface, 6.2 (`reverses_transaction_id`, the sign of each kind) and 6.4
(`POST /{id}/reverse`); which kind takes which back is this project's own, so that every posting has a contra
that its rules allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field as Setting
from pydantic import StringConstraints

from hub.checks.base import Context
from hub.door.feed import Feed, Options, Output
from hub.model import Direction, Item, RentTransaction, Taken
from hub.rent.canonical import CODE, drawn

REVERSALS = "rent.reversals"
WAITS_AS = "REVERSAL"
"""What a contra waits as."""

BY_ROUTE = "by_route"
"""Among an item's facts: the only route that gathers it."""

CONTRA = "CONTRA"
TAKES_BACK: Mapping[str, str] = {
    "RECEIPT": "REVERSAL",
    "BENEFIT": "REVERSAL",
    "REVERSAL": "RECEIPT",
    "WRITE_OFF": "WRITE_ON",
    "WRITE_ON": "WRITE_OFF",
    "REFUND": "ADJUSTMENT",
    "DEBIT": "ADJUSTMENT",
    "BENEFIT_ADJ": "BENEFIT_ADJ",
    "ADJUSTMENT": "ADJUSTMENT",
    "TRANSFER": "TRANSFER",
    "OPENING": "OPENING",
}
"""The kind of posting that takes one of each kind back."""

Code = Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$")]


class ReversalOptions(Options):
    """type_codes: the rent system's code of a contra by that of the posting it takes back; else the same"""

    type_codes: Mapping[str, Code] = Setting(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting that left, and where it is. `batch`: what the rent system calls the whole that it was posted
    with, and `count` how many that were; only where all of them are taken back."""

    item_id: str
    posting: RentTransaction
    batch: str | None = None
    count: int = 0


def contra(posted: Posted, number: int, on: date, route: str) -> Item:
    """The item that takes a posting back, to be gathered by `route`."""
    posting = posted.posting
    return Item(
        kind=CONTRA,
        line=number,
        reference=posting.payment_ref,
        amount=-posting.amount,
        on=on,
        data={
            BY_ROUTE: route,
            "reverses": posting.transaction_id,
            "posted_as": posting.kind,
            "method": posting.method_code,
            "type": posting.type_code,
            "paid_on": posting.transaction_date.isoformat(),
            "vat": -posting.vat_amount,
            "batch": posted.batch,
            "count": posted.count,
        },
    )


def postings(taken: Taken, ctx: Context[ReversalOptions]) -> Sequence[RentTransaction]:
    """The contra: on the day that the posting was for, posted today, its sign turned round."""
    told = taken.item.data
    original = str(told["type"])
    return (
        RentTransaction(
            transaction_id=taken.id,
            payment_ref=taken.item.reference,
            tenancy_ref=taken.disposition.tenancy,
            kind=TAKES_BACK[str(told["posted_as"])],
            method_code=str(told["method"]) if told["method"] else None,
            type_code=ctx.options.type_codes.get(original, original),
            transaction_date=date.fromisoformat(str(told["paid_on"])),
            post_date=drawn(ctx).business_date,
            amount=taken.item.amount,
            external_ref=str(told["reverses"]),
            narrative=f"Reversal of {told['reverses']}",
            reverses_id=str(told["reverses"]),
            vat_amount=int(told["vat"] or 0),
            reverses_batch=str(told["batch"]) if told["batch"] else None,
            reverses_count=int(told["count"] or 0),
        ),
    )


def whole_batch(taken: Iterable[Taken]) -> str | None:
    """What the rent system calls the batch of its own that these contras take back as one; None when they are
    of several, or not all of it."""
    told = [(one.item.data.get("batch"), one.item.data.get("count")) for one in taken]
    batch, count = told[0] if told else (None, None)
    is_whole = batch is not None and set(told) == {(batch, count)} and len(told) == count
    return str(batch) if is_whole else None


REVERSAL = Feed(
    name=REVERSALS,
    title="Postings that are taken back",
    direction=Direction.OUT,
    options=ReversalOptions,
    outputs=(Output("postings", takes=(CONTRA,), makes=postings),),
    gathers=(WAITS_AS,),
)
