"""On which days a route runs: those that its schedule names, each kept, moved or left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hub.clock.calendar import Calendars, WorkingCalendar
from hub.clock.words import LAST, Schedule
from hub.rent.calendar import RentYears

REACH = timedelta(days=31)
"""How far a day may be moved. One that finds no working day within it is left out."""

_DAY = timedelta(days=1)
# No day is counted further from its collection than this: 32 working days, and Christmas among them.
_FURTHEST = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day that a schedule names.

    day:     when the route runs for it; None when it is left out
    why:     what kept it from the named day: “Good Friday”, “Sunday”, “excepted”; None when nothing did
    counted: the day that it was counted from: a collection; else the named day itself
    assumed: whether it hangs on bank holidays that are not known yet
    """

    named: date
    day: date | None
    why: str | None
    counted: date
    assumed: bool


def due_days(schedule: Schedule, calendars: Calendars, first: date, last: date) -> Iterator[DueDay]:
    """The days that a schedule names from `first` to `last`, and what becomes of each."""
    for named, counted in _named(schedule, calendars, first, last):
        if not schedule.rent_weeks or _in_rent_weeks(schedule.rent_weeks, calendars.rent.years, named):
            yield _placed(schedule, calendars, named, counted)


def _named(schedule: Schedule, calendars: Calendars, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Each with the day that it is counted from."""
    if schedule.collections:
        yield from _for_collections(schedule, calendars.bacs, first, last)
        return
    if schedule.cron is not None:
        days = schedule.cron.days(first, last)
    elif schedule.dates:
        days = (day for day in _days(first, last) if _month_holds(schedule.dates, day))
    elif schedule.nth_working_day:
        days = _nth_working_days(schedule.nth_working_day, calendars.council, first, last)
    else:
        days = (day for day in _days(first, last) if day.weekday() in schedule.weekdays)
    yield from ((day, day) for day in days)


def _for_collections(
    schedule: Schedule, bacs: WorkingCalendar, first: date, last: date
) -> Iterator[tuple[date, date]]:
    """A collection on a day on which Bacs rests is made on its next working day."""
    for written in _days(first - _FURTHEST, last + _FURTHEST):
        if _month_holds(schedule.collections, written):
            collected = bacs.add_working_days(written, 0)
            named = bacs.add_working_days(collected, schedule.on) if schedule.on else collected
            if first <= named <= last:
                yield named, collected


def _nth_working_days(
    wanted: tuple[int, ...], council: WorkingCalendar, first: date, last: date
) -> Iterator[date]:
    month: list[date] = []
    for day in _days(first.replace(day=1), last + REACH):
        if council.is_working_day(day):
            month.append(day)
        if _is_last_of_month(day):
            found = {month[n - 1 if n > 0 else n] for n in wanted if abs(n) <= len(month)}
            yield from sorted(one for one in found if first <= one <= last)
            month = []


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _is_last_of_month(day: date) -> bool:
    return (day + _DAY).day == 1


def _month_holds(dates: tuple[int, ...], day: date) -> bool:
    return day.day in dates or (LAST in dates and _is_last_of_month(day))


def _in_rent_weeks(wanted: tuple[int, ...], years: RentYears, day: date) -> bool:
    week = years.week_of(day)
    return week.number in wanted or (LAST in wanted and week.number == years.weeks_in(week.year))


def _placed(schedule: Schedule, calendars: Calendars, named: date, counted: date) -> DueDay:
    calendar, step = _keeps_off(schedule, calendars)
    why = _obstacle(schedule, calendar, named)
    day = named if why is None else _beside(schedule, calendar, named, step)
    assumed = _is_assumed(schedule, calendars, calendar, (named, counted, day or named))
    return DueDay(named, day, why, counted, assumed)


def _keeps_off(schedule: Schedule, calendars: Calendars) -> tuple[WorkingCalendar | None, timedelta]:
    """Whose days of rest matter, and which way a run goes that falls on one: no way when it is left out."""
    if schedule.days == ("bacs",):
        return calendars.bacs, timedelta(0)
    if schedule.days == ("working",):
        return calendars.council, timedelta(0)
    if schedule.moved == "stays":
        return None, timedelta(0)
    return calendars.council, {"earlier": -_DAY, "later": _DAY, "skip": timedelta(0)}[schedule.moved]


def _obstacle(schedule: Schedule, calendar: WorkingCalendar | None, day: date) -> str | None:
    if day in schedule.excluded:
        return "excepted"
    return calendar.why_not(day) if calendar is not None else None


def _beside(
    schedule: Schedule, calendar: WorkingCalendar | None, named: date, step: timedelta
) -> date | None:
    """The nearest day without an obstacle."""
    if not step:
        return None
    nearest = (named + n * step for n in range(1, REACH.days + 1))
    return next((day for day in nearest if _obstacle(schedule, calendar, day) is None), None)


def _is_assumed(
    schedule: Schedule, calendars: Calendars, calendar: WorkingCalendar | None, days: tuple[date, ...]
) -> bool:
    used = [] if calendar is None else [calendar]
    if schedule.nth_working_day:
        used.append(calendars.council)
    if schedule.collections:
        used.append(calendars.bacs)
    return any(one.is_assumed(day) for one in used for day in days)
