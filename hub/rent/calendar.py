"""Rent weeks by the usual rule: a rent year starts on the first Monday on or after 1 April.

A year is named after the calendar year in which it ends, its weeks run Monday to Sunday without gaps, and it
has 53 of them when 53 Mondays fall before the next year's first. Schedules ask for them (`rent_weeks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class RentWeek:
    """Week `number` (from 1) of the rent year that ends in calendar year `year`; `start` is its Monday."""

    year: int
    number: int
    start: date


def first_day(year: int) -> date:
    """The Monday on which the rent year that ends in `year` starts.

    >>> first_day(2025)
    datetime.date(2024, 4, 1)
    """
    april = date(year - 1, 4, 1)
    return april + timedelta(days=-april.weekday() % 7)


def weeks_in(year: int) -> int:
    """52 or 53.

    >>> weeks_in(2024), weeks_in(2025)
    (52, 53)
    """
    return (first_day(year + 1) - first_day(year)).days // 7


def week_of(day: date) -> RentWeek:
    """The rent week that a day lies in.

    >>> week_of(date(2025, 4, 6)).number
    53
    """
    year = day.year + 1 if day >= first_day(day.year + 1) else day.year
    number = (day - first_day(year)).days // 7 + 1
    return RentWeek(year, number, first_day(year) + timedelta(weeks=number - 1))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month.

    >>> months_before(date(2030, 8, 31), 18)
    datetime.date(2029, 2, 28)
    """
    first = date(day.year + (day.month - 1 - months) // 12, (day.month - 1 - months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
