"""Whom Universal Credit stopped paying for is listed; DWP does not say so itself."""

from __future__ import annotations

from datetime import date, timedelta

from hub.door.report import Reported, ReportedItem
from hub.model import ItemState
from plugins.dwp_cis.money_reports import missing_payers

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def paid(account: str, on: date, pence: int = 51333, kind: str = "UC_HOUSING") -> ReportedItem:
    words = {"id": f"{account}{on}{kind}", "feed": "dwp_cis.uc_payments", "kind": kind, "reference": account}
    rest = {"state": ItemState.POSTED, "reason": None, "data": {}, "route": "dwp.uc", "came": on}
    return ReportedItem(**words, amount=-pence, on=on, account=account, **rest)  # type: ignore[arg-type]


def missing(*items: ReportedItem) -> list[tuple[object, ...]]:
    rows = missing_payers(Reported(FIRST, LAST, LAST, items))
    return [tuple(row.values()) for row in rows]


def test_who_was_paid_for_last_month_and_not_now_is_listed_with_the_last_payment() -> None:
    october, november = date(2026, 10, 17), date(2026, 11, 17)
    assert missing(paid("A", october), paid("A", november), paid("B", october), paid("B", october, 100)) == [
        ("B", october, 51433, "1", "1")
    ]


def test_one_gap_in_a_year_of_four_weekly_schedules_is_told_as_the_only_one() -> None:
    weeks = [date(2026, 10, 20) - timedelta(weeks=4 * n) for n in range(11)]
    with_a_gap = [day for day in weeks if day != weeks[5]]
    (row,) = missing(*(paid("A", day) for day in weeks))
    assert row[3:] == ("11", "1")
    (row,) = missing(*(paid("A", day) for day in with_a_gap))
    assert row[3:] == ("10", "2")


def test_what_ended_long_ago_and_what_is_no_rent_are_not_expected() -> None:
    assert missing(paid("A", date(2026, 9, 1)), paid("B", date(2026, 10, 20), kind="UC_ARREARS")) == []
