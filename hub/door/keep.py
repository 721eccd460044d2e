"""How long something is kept before its bytes and personal values are let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Keep:
    """So many years and days after something was over.

    >>> Keep(years=7).until(date(2026, 3, 1)), Keep(years=1).until(date(2028, 2, 29))
    (datetime.date(2033, 3, 1), datetime.date(2029, 3, 1))
    """

    years: int = 0
    days: int = 0

    def until(self, day: date) -> date:
        """The last day on which what was over on `day` is kept; never one sooner than was said."""
        try:
            later = day.replace(year=day.year + self.years)
        except ValueError:  # the 29th of February
            later = date(day.year + self.years, 3, 1)
        return later + timedelta(days=self.days)

    @property
    def at_least(self) -> timedelta:
        """No longer than the time that it comes to, wherever it starts."""
        return timedelta(days=365 * self.years + self.days)


def years(number: int) -> Keep:
    return Keep(years=number)


def days(number: int) -> Keep:
    return Keep(days=number)
