"""What a mandate allows, and whether what it says of the payer can be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import (
    Calendar,
    Context,
    FieldType,
    Found,
    Item,
    ItemState,
    Level,
    Mandate,
    Matching,
    Need,
    Severity,
    Taken,
    check,
)
from plugins.bacs.codes import FIRST, INSTRUCTION, LODGE
from plugins.bacs.days import entry_day
from plugins.bacs.layouts import ACCOUNT, SORT_CODE
from plugins.bacs.settings import SubmissionOptions

Options = Context[SubmissionOptions]
NAME = Matching(r".*\S.*", expected="a name")


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
    """Why a mandate may not be collected from; None where it may. One that the hub knows to be lodged is used
    first by an 01, whatever else the rent system says of it."""
    if not is_ready(mandate):
        return f"the mandate is {mandate.status}, not ACTIVE (MANDATE_NOT_ACTIVE)"
    if mandate.status == "NEW" and item.data["transaction_code"] != FIRST:
        return "the mandate is NEW: its first collection has code 01 (FIRST_IS_01)"
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
    lodged = [one.item for one in taken if one.item.kind == INSTRUCTION and _code(one) == LODGE]
    here = {item.reference: item.on for item in lodged}
    for one in taken:
        if one.item.kind != "COLLECTION" or one.disposition.state is not ItemState.TAKEN or calendar is None:
            continue
        earliest = first_day(register.mandate(one.item.reference) if register else None, ctx)
        if one.item.reference in here:
            earliest = calendar.add_working_days(here[one.item.reference], ctx.options.lead_time)
        if earliest is not None and one.item.on < earliest:
            expected = f"{earliest} or later"
            message = f"the collection comes too soon after its new instruction: expected {expected}"
            yield Found(message, one.item.line, "processing_day", expected)


def _code(one: Taken) -> str:
    return str(one.item.data["transaction_code"])


@check("S18-010", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def account_can_be_debited(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Sort code and account number of the mandate are such as a collection file may hold."""
    yield from _unwritable(taken, "sort_code", SORT_CODE)
    yield from _unwritable(taken, "account_number", ACCOUNT)


@check("S18-021", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def payer_has_a_name(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Something of the mandate's account name is left when it is written in the Bacs set."""
    yield from _unwritable(taken, "account_name", NAME)


def _unwritable(taken: Sequence[Taken], name: str, kind: FieldType) -> Iterator[Found]:
    carried = [one.item for one in taken if one.disposition.state is ItemState.TAKEN]
    for row in kind.bad([item.personal[name] for item in carried]):
        message = f"{name} of the mandate cannot be written: expected {kind.expected}; correct the mandate"
        yield Found(message, carried[row].line, name, kind.expected)
