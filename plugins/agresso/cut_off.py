"""The week that spans two periods: its charges are raised on the Monday, and the income of the days that lie
in the next period is moved there by two vouchers beside the journal (`value_day: days`).

The debt is the tenant's from the Monday on, and tax stays where it was charged: only income moves, through
the account for what is raised in advance. Source: formats page agresso.md, section 10.1 (cut-off).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hub.api import Line, Role
from plugins.agresso.outgoing import Options, Outgoing
from plugins.agresso.periods import period_of

WEEK = 7


def accrued(journal: Outgoing, ctx: Options) -> Iterator[Outgoing]:
    """None when the whole week lies in one period, or in days that the calendar does not know (AGR08)."""
    monday = journal.voucher.valued
    days = [monday + timedelta(day) for day in range(WEEK)]
    later = [day for day in days if period_of(day, ctx) not in (None, period_of(monday, ctx))]
    lines = [
        line for line in journal.voucher.lines if line.coding.get("account") in ctx.options.accrued_accounts
    ]
    if not later or not lines:
        return
    for sign, day in ((-1, monday), (1, later[0])):
        moved = [one for line in lines for one in _moved(line, sign, len(later), day, ctx)]
        if moved:
            voucher = replace(journal.voucher, dated=day, valued=day, lines=moved)
            yield Outgoing(voucher, journal.items, beside=True)


def _moved(line: Line, sign: int, days: int, day: date, ctx: Options) -> Iterator[Line]:
    """The share of a line, and the same of the account for what is raised in advance."""
    pence = sign * int((Decimal(line.amount * days) / WEEK).quantize(Decimal(1), ROUND_HALF_UP))
    told = f"{days} of {WEEK} days: {line.description}"[:240]
    if pence:
        key = f"{line.key}/{day}"
        yield replace(line, role=Role.LEDGER, amount=pence, description=told, key=key)
        coding = {**line.coding, "account": str(ctx.options.accrual_account)}
        yield Line(role=Role.LEDGER, amount=-pence, coding=coding, description=told, key=f"{key}/advance")
