"""Whom Universal Credit paid for and, in the period asked for, did not.

Source: formats page dwp_cis.md, section 8.5 (7). When a managed payment stops, DWP does not say why. A tenant
who is paid for twelve times a year is missing from one of thirteen four-weekly schedules: one gap is normal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hub.api import Day, Digits, ItemState, Layout, Pounds, Report, Reported, Text, column
from plugins.dwp_cis.payments import HOUSING, UC_PAYMENTS

CYCLE = timedelta(days=35)
"""Longer than a month or four weeks: who was paid for so long before the period is expected in it."""
YEAR = timedelta(days=365)

MISSING = Layout(
    "missing payers",
    (
        column("account", Text()),
        column("last_paid", Day("%Y-%m-%d")),
        column("last_amount", Pounds()),
        column("payments_in_a_year", Digits()),
        column("gaps_in_a_year", Digits()),
    ),
)


def missing_payers(reported: Reported) -> Iterator[Mapping[str, Any]]:
    """Accounts that were paid for in the cycle before the period and not in it, the longest missing first."""
    paid: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for item in reported.items:
        if item.kind == HOUSING and item.account is not None:
            paid[item.account][item.on] -= item.amount
    rows = [
        _row(account, days, reported)
        for account, days in paid.items()
        if reported.first - CYCLE <= max(days) < reported.first
    ]
    yield from sorted(rows, key=lambda row: (row["last_paid"], row["account"]))


def _row(account: str, days: Mapping[date, int], reported: Reported) -> dict[str, Any]:
    last = max(days)
    year = sorted(day for day in days if day > reported.last - YEAR)
    gaps = sum(later - earlier > CYCLE for earlier, later in pairwise(year))
    return {
        "account": account,
        "last_paid": last,
        "last_amount": days[last],
        "payments_in_a_year": str(len(year)),
        "gaps_in_a_year": str(gaps + 1),
    }


REPORTS = (
    Report(
        name="dwp_cis.missing_payers",
        title="Accounts that Universal Credit paid for, and in this period does not",
        layout=MISSING,
        rows=missing_payers,
        feeds=(UC_PAYMENTS,),
        states=(ItemState.POSTED, ItemState.ANSWERED, ItemState.SENT),
        dated=False,
    ),
)
