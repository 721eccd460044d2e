"""The calendar: on which days who rests, what runs by itself, what was reached."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.here import Looks
from hub.console.month import next_month, weeks_of
from hub.errors import UsageError

NAV = ("Calendar", "/calendar")
router = APIRouter()
YEARS = range(2000, 2100)


@router.get("/calendar")
def calendar(here: Looks, month: str = "") -> Response:
    today = here.services.local(here.services.clock.now())
    shown = _month(month) or today.replace(day=1)
    with here.look() as look:
        weeks = weeks_of(here, look, shown)
    return here.page(
        "calendar.html",
        month=f"{shown:%B %Y}",
        weeks=weeks,
        today=today,
        before=f"{shown - timedelta(days=1):%Y-%m}",
        after=f"{next_month(shown):%Y-%m}",
        known=max(here.services.config.calendars.nation.known, default=None),
        assumed=any(cell.assumed and cell.inside for week in weeks for cell in week),
    )


def _month(written: str) -> date | None:
    """Raises UsageError for what is no month."""
    if not written:
        return None
    year, _, month = written.partition("-")
    if not (year.isdigit() and month.isdigit() and int(year) in YEARS and 1 <= int(month) <= 12):
        raise UsageError("Write the month as 2026-11")
    return date(int(year), int(month), 1)
