"""Mandates that nothing was collected from for long: their banks have cancelled them.

Source: formats page bacs.md, section 7. What was collected is known as far back as the hub has sent files.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hub.api import (
    MANDATE_KIND,
    REVIEW,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Mandate,
    Move,
    Need,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.settings import SubmissionOptions

UNUSED = "UNUSED"
Options = Context[SubmissionOptions]


def unused_since(mandate: Mandate | None, item: Item, ctx: Options) -> date | None:
    """The day of its last use, if `unused_months` or more have passed since; None if not, or not known."""
    left = ctx.facts.left or {}
    days = [day for day in (left.get(item.reference), mandate.lodged if mandate else None) if day]
    last = max(days, default=None)
    return last if last is not None and item.on >= _months_after(last, ctx.options.unused_months) else None


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last that this has.

    >>> _months_after(date(2024, 2, 29), 24), _months_after(date(2026, 11, 30), 3)
    (datetime.date(2026, 2, 28), datetime.date(2027, 2, 28))
    """
    years, before = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, before + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@check("S18-028", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.LEFT,))
def mandate_is_still_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Something was collected from the mandate within `unused_months`: else its bank has cancelled it, and it
    needs a new instruction (0N). In a file that the hub writes such a collection stays behind, the mandate is
    DORMANT and a person is asked."""
    for one in taken:
        mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
        if one.item.kind == "COLLECTION" and (since := unused_since(mandate, one.item, ctx)):
            message = f"mandate {one.item.reference} was not used since {since}: it needs a new instruction"
            yield Found(message, one.item.line, "reference")


def dormant(mandate: Mandate, item: Item, ctx: Options) -> Disposition | None:
    """What becomes of a collection from a mandate that its bank no longer knows."""
    since = unused_since(mandate, item, ctx)
    if since is None:
        return None
    reason = f"the mandate was not used since {since}, so its bank has cancelled it ({UNUSED})"
    return Disposition(ItemState.NOTED, account=mandate.payment_ref, reason=reason)


def dormant_moves(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """The mandate sleeps until the rent system says NEW, and a person is asked for that."""
    if one.disposition.state is ItemState.NOTED and str(one.disposition.reason).endswith(f"({UNUSED})"):
        review = (
            f"{UNUSED}: Its bank has cancelled it, as nothing was collected for long. Lodge it anew (0N)."
        )
        yield Move(
            kind=MANDATE_KIND,
            key=normal_reference(one.item.reference),
            to="DORMANT",
            data={REVIEW: review},
            reason=one.disposition.reason,
        )
