"""Debts of rents that are written off, or on again: the provision against the debtors' control.

Source: formats page agresso.md, section 10.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import Context, Line, Role, Taken, Voucher
from plugins.agresso.outgoing import Outgoing
from plugins.agresso.settings import WriteOffOptions

WRITE_OFF, WRITE_ON = "WRITE_OFF", "WRITE_ON"


def write_offs(taken: Sequence[Taken], ctx: Context[WriteOffOptions]) -> Iterator[Outgoing]:
    """One voucher an item: what the customer owes less, the provision bears."""
    for one in taken:
        sides = ((ctx.options.debtors_account, 1), (ctx.options.provision_account, -1))
        lines = [
            Line(
                role=Role.LEDGER,
                amount=sign * one.item.amount,
                coding={"account": account} if account else {},
                description=f"{'Written off' if one.item.amount < 0 else 'Written on'} {one.item.reference}",
                key=one.id if sign == 1 else f"{one.id}/provision",
            )
            for account, sign in sides
        ]
        yield Outgoing(
            Voucher(kind=one.item.kind, dated=one.item.on, valued=one.item.on, lines=lines), (one,)
        )
