"""The rent calendar: rent years and their weeks, and the periods in which a rent group is charged.

By the usual rule a rent year starts on the first Monday on or after 1 April. It is named after the calendar
year in which it ends, its weeks run Monday to Sunday without gaps, and it has 53 of them when 53 Mondays fall
before the next year's first. Where a landlord differs is data (`hub.rent.calendar_files`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hub.model import RentPeriod

WEEKLY, MONTHLY = "weekly", "monthly"
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class RentWeek:
    """Week `number` (from 1) of the rent year that ends in calendar year `year`; `start` is its Monday."""

    year: int
    number: int
    start: date


@dataclass(frozen=True, slots=True)
class RentYears:
    """first_days: the Mondays on which those years start that don't start by the usual rule."""

    first_days: Mapping[int, date] = field(default_factory=dict)

    def first_day(self, year: int) -> date:
        """The Monday on which the rent year that ends in `year` starts.

        >>> RentYears().first_day(2025)
        datetime.date(2024, 4, 1)
        """
        april = date(year - 1, 4, 1)
        return self.first_days.get(year, april + timedelta(days=-april.weekday() % 7))

    def weeks_in(self, year: int) -> int:
        """52 or 53.

        >>> RentYears().weeks_in(2024), RentYears().weeks_in(2025)
        (52, 53)
        """
        return (self.first_day(year + 1) - self.first_day(year)) // _WEEK

    def week_of(self, day: date) -> RentWeek:
        """The rent week that a day lies in.

        >>> RentYears().week_of(date(2025, 4, 6)).number
        53
        """
        year = day.year + 1 if day >= self.first_day(day.year + 1) else day.year
        weeks = (day - self.first_day(year)) // _WEEK
        return RentWeek(year, weeks + 1, self.first_day(year) + weeks * _WEEK)


@dataclass(frozen=True, slots=True)
class RentGroup:
    """Rent accounts that are charged alike.

    periods:    WEEKLY, by rent weeks; or MONTHLY, by the calendar months from April
    free_weeks: year → the numbers of the weeks in which no rent is charged
    """

    code: str
    name: str = ""
    periods: str = WEEKLY
    free_weeks: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def is_decided(self, year: int) -> bool:
        """Whether the free weeks of a year are known; a group that never names any has none."""
        return not self.free_weeks or year in self.free_weeks


@dataclass(frozen=True, slots=True)
class RentCalendar:
    """Implements `hub.model.RentCalendar`. `groups`: by code."""

    years: RentYears = RentYears()
    groups: Mapping[str, RentGroup] = field(default_factory=dict)

    def period(self, group: str, year: int, number: int) -> RentPeriod | None:
        """None when the group is not known, or has no such period in that year."""
        if group not in self.groups:
            return None
        periods = self.periods(self.groups[group], year)
        return periods[number - 1] if 0 < number <= len(periods) else None

    def week_start(self, day: date) -> date:
        """The Monday of the rent week that a day lies in."""
        return self.years.week_of(day).start

    def period_at(self, group: str, day: date) -> RentPeriod | None:
        """The period of a rent group that a day lies in; None when the group is not known."""
        if group not in self.groups:
            return None
        known = self.groups[group]
        year = _tax_year(day) if known.periods == MONTHLY else self.years.week_of(day).year
        return next(one for one in self.periods(known, year) if one.start <= day <= one.end)

    def weeks_in(self, year: int) -> int:
        return self.years.weeks_in(year)

    def starts_a_period(self, day: date) -> bool:
        """A Monday of a rent week; the first of a month only where a rent group is charged by the month."""
        monthly = any(group.periods == MONTHLY for group in self.groups.values())
        return self.week_start(day) == day or (monthly and day.day == 1)

    def periods(self, group: RentGroup, year: int) -> Sequence[RentPeriod]:
        """All of a year, in their order."""
        return self._months(group, year) if group.periods == MONTHLY else self._weeks(group, year)

    def charged_weeks(self, group: RentGroup, year: int) -> int:
        """The weeks of a year in which a weekly rent is charged."""
        return self.years.weeks_in(year) - len(group.free_weeks.get(year, ()))

    def _weeks(self, group: RentGroup, year: int) -> Sequence[RentPeriod]:
        first, free = self.years.first_day(year), group.free_weeks.get(year, ())
        starts = [first + n * _WEEK for n in range(self.years.weeks_in(year))]
        return [
            RentPeriod(group.code, year, number, start, start + _WEEK - _DAY, number in free)
            for number, start in enumerate(starts, start=1)
        ]

    def _months(self, group: RentGroup, year: int) -> Sequence[RentPeriod]:
        starts = [date(year - 1, month, 1) for month in range(4, 13)]
        starts += [date(year, month, 1) for month in range(1, 5)]
        return [
            RentPeriod(group.code, year, number, start, starts[number] - _DAY)
            for number, start in enumerate(starts[:-1], start=1)
        ]


def _tax_year(day: date) -> int:
    """The year in which the twelve months from April end that a day lies in."""
    return day.year + (day.month >= 4)


def year_name(year: int) -> str:
    """A rent year as people call it.

    >>> year_name(2027)
    '2026/27'
    """
    return f"{year - 1}/{year % 100:02d}"


def monthly_amount(weekly: int, weeks: int) -> int:
    """What who pays by the month pays for so many charged weeks a year: pence, half a penny up.

    >>> [monthly_amount(128_64, weeks) for weeks in (52, 53, 48)]
    [55744, 56816, 51456]
    """
    return (weekly * weeks * 2 + 12) // 24


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month.

    >>> months_before(date(2030, 8, 31), 18)
    datetime.date(2029, 2, 28)
    """
    first = date(day.year + (day.month - 1 - months) // 12, (day.month - 1 - months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
