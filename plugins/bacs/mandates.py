"""What a mandate allows, and whether what it says of the payer can be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import (
    Calendar,
    Context,
    FieldType,
    Found,
    ItemState,
    Level,
    Mandate,
    Matching,
    Severity,
    Taken,
    check,
)
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
