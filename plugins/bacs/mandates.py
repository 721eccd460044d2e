"""What a mandate allows: whether and from which day something may be collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import Calendar, Context, Found, Item, ItemState, Level, Mandate, Need, Taken, check
from plugins.bacs.codes import INSTRUCTION, LODGE, code_of
from plugins.bacs.days import entry_day
from plugins.bacs.settings import SubmissionOptions

Options = Context[SubmissionOptions]


def out_of_force(mandate: Mandate, processing: date, calendar: Calendar | None) -> str | None:
    """Why a mandate doesn't cover the day on which the tenant would be debited; None where it does.

    Not known, and so None, without a calendar."""
    if calendar is None:
        return None
    entry = entry_day(processing, calendar)
    if mandate.end_date is not None and entry > mandate.end_date:
        return f"ends on {mandate.end_date}, before the tenant is debited on {entry}"
    if mandate.start_date is not None and entry < mandate.start_date:
        return f"starts on {mandate.start_date}, after the tenant is debited on {entry}"
    return None


def unusable(mandate: Mandate, item: Item, ctx: Options) -> str | None:
    """Why a mandate may not be collected from; None where it may."""
    if not is_ready(mandate):
        return f"the mandate is {mandate.status}, not ACTIVE (MANDATE_NOT_ACTIVE)"
    if (earliest := first_day(mandate, ctx)) is not None and item.on < earliest:
        return f"its instruction is still new: processed on {earliest} or later (TOO_SOON)"
    why = out_of_force(mandate, item.on, ctx.facts.calendar)
    return f"the mandate {why} (MANDATE_NOT_IN_FORCE)" if why else None


def is_ready(mandate: Mandate | None) -> bool:
    """Whether it is in use, or new and lodged, as far as its status tells."""
    if mandate is None:
        return False
    return mandate.status == "ACTIVE" or (mandate.status == "NEW" and mandate.lodged is not None)


def first_day(mandate: Mandate | None, ctx: Options) -> date | None:
    """The first processing day on which a mandate may be collected from, `lead_time` working days after that
    of its 0N; None where nothing is known of one."""
    if mandate is None or mandate.lodged is None or ctx.facts.calendar is None:
        return None
    return ctx.facts.calendar.add_working_days(mandate.lodged, ctx.options.lead_time)


@check("S18-023", level=Level.CROSS, needs=(Need.CALENDAR,), at_send=True)
def first_collection_waits(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Nothing is collected sooner than `lead_time` working days after the mandate's new instruction (0N), be
    that in this file or in one that left before: a bank that does not know it yet returns the debit."""
    calendar, register = ctx.facts.calendar, ctx.facts.register
    items = [one.item for one in taken if one.disposition.state is ItemState.TAKEN]
    here = {item.reference: item.on for item in items if _lodges(item)}
    for item in items:
        if item.kind != "COLLECTION" or calendar is None:
            continue
        earliest = first_day(register.mandate(item.reference) if register else None, ctx)
        if item.reference in here:
            earliest = calendar.add_working_days(here[item.reference], ctx.options.lead_time)
        if earliest is not None and item.on < earliest:
            expected = f"{earliest} or later"
            message = f"the collection comes too soon after its new instruction: expected {expected}"
            yield Found(message, item.line, "processing_day", expected)


def _lodges(item: Item) -> bool:
    return item.kind == INSTRUCTION and code_of(item) == LODGE
