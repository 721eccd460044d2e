"""Working days: Monday to Friday except bank holidays, which are data that the council owns.

Both files have the columns `date,name,status`; lines that start with `#` are remarks.
`bank-holidays-<nation>.csv` holds bank holidays, `settled` or computed `by_rule` ahead of the announcement;
`changes.csv` adds to them, takes a day away with the status `working`, or names a day on which the council
alone is `closed`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.errors import ConfigError
from hub.rent.calendar import RentCalendar

COLUMNS = ["date", "name", "status"]
SETTLED, BY_RULE = "settled", "by_rule"
HOLIDAY = (SETTLED, BY_RULE)
WORKING, CLOSED = "working", "closed"
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One row: a bank holiday; (`working`) one that is none; (`closed`) the council's own day of rest."""

    day: date
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Implements `hub.model.Calendar`. Arithmetic raises OverflowError outside the years 1 to 9999.

    known: the years for which bank holidays were loaded
    """

    holidays: Mapping[date, Day]
    known: frozenset[int]

    @classmethod
    def of(cls, holidays: Iterable[Day], changes: Iterable[Day] = ()) -> WorkingCalendar:
        """Bank holidays, then the changes to them."""
        by_day = {row.day: row for row in holidays}
        known = frozenset(day.year for day in by_day)
        by_day.update((row.day, row) for row in changes)
        return cls({day: row for day, row in by_day.items() if row.status != WORKING}, known)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays

    def why_not(self, day: date) -> str | None:
        """Why it is no working day: the holiday, and whether it is settled, or Saturday or Sunday."""
        found = self.holidays.get(day)
        if found is not None:
            return f"{found.name} (by rule)" if found.status == BY_RULE else found.name
        return f"{day:%A}" if day.weekday() >= _SATURDAY else None

    def add_working_days(self, day: date, days: int) -> date:
        """The working day `days` after (or, negative, before) `day`; 0 rolls forward to a working day."""
        if days == 0:
            return self._roll(day, _DAY)
        step = _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            day = self._roll(day + step, step)
        return day

    def is_assumed(self, day: date) -> bool:
        """Whether no bank holidays were loaded for the day's year, so that only weekends are sure."""
        return day.year not in self.known

    def _roll(self, day: date, step: timedelta) -> date:
        while not self.is_working_day(day):
            day += step
        return day


@dataclass(frozen=True, slots=True)
class Calendars:
    """Whose working days there are, and the rent weeks.

    nation:  the banks' of the council's nation
    bacs:    those of Bacs, which follows the bank holidays of England and Wales
    council: the nation's, without the days on which the council is closed
    rent:    the rent years, and the periods of each rent group
    """

    nation: WorkingCalendar
    bacs: WorkingCalendar
    council: WorkingCalendar
    rent: RentCalendar

    @classmethod
    def of(
        cls,
        nation: Sequence[Day],
        england: Sequence[Day] | None,
        changes: Sequence[Day],
        rent: RentCalendar | None = None,
    ) -> Calendars:
        """england: the bank holidays of England and Wales; None when they are the nation's.
        rent: None for the usual rent years, and no rent group."""
        banks = WorkingCalendar.of(nation, [row for row in changes if row.status != CLOSED])
        bacs = banks if england is None else WorkingCalendar.of(england)
        return cls(banks, bacs, WorkingCalendar.of(nation, changes), rent or RentCalendar())


def read_days(place: str, text: str, statuses: Sequence[str] = HOLIDAY) -> list[Day]:
    """The rows of one file. Raises ConfigError with every bad row; `place` is how messages name the file."""
    lines = _lines(text)
    if next(lines, (0, []))[1] != COLUMNS:
        raise ConfigError(f"{place}: must start with the header row date,name,status")
    mistakes: list[str] = []
    days: dict[date, Day] = {}
    for number, cells in lines:
        problem = _problem(cells, statuses, days)
        if problem is None:
            day = date.fromisoformat(cells[0])
            days[day] = Day(day, cells[1], cells[2])
        else:
            mistakes.append(f"{place} line {number}: {problem}")
    if mistakes:
        raise ConfigError(*mistakes)
    return list(days.values())


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their line; remarks are left out also where a spreadsheet has filled them up with commas."""
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        if any(cells) and not cells[0].startswith("#"):
            yield number, cells


def _problem(cells: list[str], statuses: Sequence[str], earlier: Mapping[date, Day]) -> str | None:
    if len(cells) != len(COLUMNS):
        return f"has {len(cells)} columns; expected three: date,name,status"
    text, name, status = cells
    day = read_date(text)
    if day is None:
        return f"“{text}” is not a date; write it as 2026-12-25"
    if day in earlier:
        return f"{text} is there twice; keep one row"
    if not name:
        return "the name is empty; say which day it is"
    if status not in statuses:
        return f"the status is “{status}”; expected {' or '.join(statuses)}"
    return None


def read_date(text: str) -> date | None:
    """A date as 2026-12-25; None when it is none."""
    try:
        return date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None
