"""The writer of the CSV files that bureau software takes. Source: formats page bacs.md, section 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.api import CannotRender, Context, Delimited
from plugins.bacs.bureau_layouts import NAMED, mapped
from plugins.bacs.days import entry_day
from plugins.bacs.outgoing import Outgoing
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.ways import MAPPED

Options = Context[SubmissionOptions]
ACTIONS = {"instruction": "Initial Mandate", "debit": "Scheduled Payment", "credit": "Refund"}
"""AccessPay's word for what a row does [the last is ours]."""


def layout_of(format: str, ctx: Options) -> Delimited:
    """Raises CannotRender where the route has no columns of its own and needs them."""
    if format != MAPPED:
        return NAMED[format]
    if ctx.options.csv is None:
        raise CannotRender("the columns of the file are not known: set the option csv")
    return mapped(ctx.options.csv)


def encoded(payments: Sequence[Outgoing], format: str, ctx: Options) -> bytes:
    """The rows of a file, below its titles where it has any. Raises CannotRender."""
    csv = layout_of(format, ctx)
    layout = csv.layouts[0]
    names = [field.name for field in layout.fields]
    rows = []
    for one in payments:
        values = _values(one, ctx)
        rows.append(csv.write_row(layout, {name: values.get(name) for name in names}))
    return csv.encode(rows, "\r\n" if ctx.options.line_end == "crlf" else "\n")


def _values(one: Outgoing, ctx: Options) -> Mapping[str, Any]:
    return {
        "sort_code": one.sort_code,
        "account_number": one.account_number,
        "account_name": one.account_name,
        "amount": one.amount,
        "transaction_code": one.code,
        "originating_sort_code": one.origin.sort_code,
        "originating_account": one.origin.account_number,
        "originating_account_name": one.origin.account_name,
        "user_name": one.user_name,
        "reference": one.reference,
        "day": _day(one, ctx),
        "service_user_number": ctx.options.service_user_number,
        "action": "Cancel Mandate" if one.code == "0C" else ACTIONS[one.side],
    }


def _day(one: Outgoing, ctx: Options) -> object:
    """The day as the bureau counts it: that of processing, or that on which the payer is debited."""
    if ctx.options.csv_day == "processing" or ctx.facts.calendar is None:
        return one.day
    return entry_day(one.day, ctx.facts.calendar)
