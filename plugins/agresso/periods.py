"""Accounting periods: from the master data's calendar, or counted from the start of the financial year.

Source: formats page agresso.md, section 3.6.
"""

from __future__ import annotations

from datetime import date

from hub.api import Context, Lifecycle, Lookup, Record
from plugins.agresso.settings import LedgerOptions

PERIOD, OPEN, CLOSED = "agresso_period", "OPEN", "CLOSED"
PERIOD_LIFE = Lifecycle(
    kind=PERIOD,
    title="Accounting periods of the financial system",
    begins=(OPEN, CLOSED),
    moves={OPEN: (CLOSED,), CLOSED: (OPEN,)},
    owner="finance",
)
"""data: first and last (ISO days), client, and by ledger (`gl`, `ar`, `ap`) whether it is closed there."""

OF_PERIODS = Lookup(PERIOD)
Options = Context[LedgerOptions]


def period_of(day: date, ctx: Options) -> str | None:
    """The period YYYYPP of a day; None where the calendar does not know it, and nobody guesses."""
    known = _periods(ctx)
    if known or ctx.options.period_calendar:
        found = next((one for one in known if one.data["first"] <= day.isoformat() <= one.data["last"]), None)
        return str(found.data["period"]) if found else None
    return counted(day, ctx.options)


def counted(day: date, options: LedgerOptions) -> str:
    """By the calendar month, the first of the year being `year_start_month`."""
    months = (day.month - options.year_start_month) % 12
    year = day.year - (day.month < options.year_start_month)
    return f"{year + (options.year_label == 'end' and options.year_start_month > 1)}{months + 1:02}"


def is_closed(period: str, ledgers: frozenset[str], ctx: Options) -> bool:
    """Whether the period is closed for one of the ledgers that a voucher goes through."""
    found = next((one for one in _periods(ctx) if one.data["period"] == period), None)
    if found is None:
        return False
    return found.state == CLOSED or any(found.data.get(f"{ledger}_closed") for ledger in ledgers)


def _periods(ctx: Options) -> list[Record]:
    records = ctx.facts.records
    every = records.all(PERIOD) if records else ()
    return [one for one in every if one.data["client"] == ctx.options.client]
