"""Requests that finance pays a refund: who and how much, never to which account (this project's own CSV).

Source: formats page agresso.md, section 10.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    Context,
    Day,
    Delimited,
    Found,
    Layout,
    Level,
    Need,
    Pounds,
    Rendered,
    Severity,
    Taken,
    Text,
    check,
    column,
    format_pounds,
)
from plugins.agresso.writing import batch_id

REFUND, WAITS_AS = "REFUND", "REFUND_REQUEST"
REQUEST = Layout(
    "refund request",
    (
        column("refund_ref", Text()),
        column("payment_ref", Text()),
        column("amount", Pounds()),
        column("method", Text()),
        column("approved_on", Day("%Y-%m-%d")),
    ),
)
FORMAT = Delimited([REQUEST], header=True)


def write_requests(taken: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    rows = [
        FORMAT.write_row(
            REQUEST,
            {
                "refund_ref": one.item.reference,
                "payment_ref": one.disposition.account,
                "amount": one.item.amount,
                "method": one.item.data["method"],
                "approved_on": one.item.on,
            },
        )
        for one in taken
    ]
    batch, total = batch_id(ctx), sum(one.item.amount for one in taken)
    told: dict[str, str | int] = {"count": len(rows), "value": format_pounds(total)}
    return Rendered(f"{batch}.csv", FORMAT.encode(rows), told, f"{ctx.options.client}/{batch}")


@check("REFUND-01", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.REGISTER,), at_send=True)
def credit_still_covers_it(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """The account's credit still covers all refunds of it in hand, as the last extract has it: a payment that
    bounced meanwhile blocks its refund."""
    register, asked = ctx.facts.register, dict[str, int]()
    for one in taken:
        name = str(one.disposition.account)
        account = register.account(name) if register else None
        asked[name] = asked.get(name, 0) + one.item.amount
        if account is not None and account.balance is not None and asked[name] > max(-account.balance, 0):
            credit = format_pounds(max(-account.balance, 0))
            told = f"{one.item.reference}: {format_pounds(asked[name])} asked for"
            yield Found(f"{told}, the credit is {credit}", one.item.line, "amount")
