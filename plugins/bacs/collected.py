"""What the rent system is told of the collections that Bacs accepted: a receipt each, on the day of entry.

For rent systems that do not credit a collection themselves when they ask for it. Source: formats page
bacs.md, section 7 (day 3: tenants are debited, the council is credited).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import StringConstraints

from hub.api import (
    CODE,
    Answered,
    Calendar,
    Context,
    DeliveryState,
    Found,
    Item,
    Left,
    Level,
    Options,
    RentTransaction,
    Severity,
    Taken,
    Waiting,
    check,
)
from plugins.bacs.codes import code_of
from plugins.bacs.days import drawn, entry_day, local_day
from plugins.bacs.settings import SubmissionOptions

COLLECTED = "COLLECTED"
FEED = "bacs.collected"
_TAKEN_BY_BACS = (Answered.ACCEPTED, Answered.AMENDED)
Code = Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$")]


class CollectedOptions(Options):
    """Options of `bacs.collected`: the rent system's codes for a Direct Debit."""

    method_code: Code = "DDE"
    type_code: Code = "RDD"


def accepted_collections(
    carried: Sequence[Taken], left: Left, ctx: Context[SubmissionOptions]
) -> Iterator[Waiting]:
    """One COLLECTED for each collection that Bacs accepted, as sent or amended, due on its entry day."""
    calendar = ctx.facts.calendar
    if left.state is not DeliveryState.CONFIRMED or not ctx.options.post_collections or calendar is None:
        return
    for one in carried:
        if one.item.kind == "COLLECTION" and left.answers.get(one.id) in _TAKEN_BY_BACS:
            yield Waiting(FEED, COLLECTED, _collected(one, calendar), one.disposition.account)


def _collected(one: Taken, calendar: Calendar) -> Item:
    item = one.item
    data = {"collection": one.id, "transaction_code": code_of(item)}
    return Item(COLLECTED, item.line, item.reference, -abs(item.amount), entry_day(item.on, calendar), data)


@check("COLLECTED-01", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def rent_account_is_known(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """The rent account of each collection is known: a file that the rent system made itself may name a
    mandate that it has not told the hub of."""
    for one in taken:
        if one.disposition.account is None:
            yield Found("the collection's rent account is not known", one.item.line, "reference")


def to_receipt(one: Taken, ctx: Context[CollectedOptions]) -> tuple[RentTransaction, ...]:
    """The payment, under the id of its collection, which an unpaid debit names when it takes it back."""
    collection = str(one.item.data["collection"])
    receipt = RentTransaction(
        transaction_id=collection,
        payment_ref=str(one.disposition.account),
        tenancy_ref=one.disposition.tenancy,
        kind="RECEIPT",
        method_code=ctx.options.method_code,
        type_code=ctx.options.type_code,
        transaction_date=one.item.on,
        post_date=local_day(drawn(ctx)),
        amount=one.item.amount,
        external_ref=collection,
        narrative=f"DIRECT DEBIT {one.item.reference}",
    )
    return (receipt,)
