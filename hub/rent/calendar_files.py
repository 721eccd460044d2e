"""The files of the rent calendar: what of it is the landlord's own choice (config/calendars/rent-*.csv).

    rent-groups.csv       group,name,periods     periods: weekly or monthly
    rent-free-weeks.csv   group,year,weeks       the numbers of the weeks without a charge, or none
    rent-years.csv        year,first_day         only years that don't start by the usual rule

A year is the one in which the rent year ends, or as people write it: 2027 or 2026/27. Lines that start with
`#` are remarks. Each reader raises ConfigError with every mistake; `place` is how messages name the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from hub.errors import ConfigError
from hub.rent.calendar import MONTHLY, WEEKLY, RentGroup, RentYears, year_name
from hub.rent.canonical import CODE

_YEAR = re.compile(r"(20\d\d)(?:/(\d\d))?", re.ASCII)
_USUAL_LENGTHS = (52, 53)

K = TypeVar("K")
V = TypeVar("V")
Cells = Mapping[str, str]


def read_years(place: str, text: str) -> RentYears:
    """A year that is given has 52 or 53 weeks."""
    days: dict[int, date] = {}

    def take(cells: Cells) -> None:
        year, day = year_of(cells["year"]), _monday(cells["first_day"])
        if day.year != year - 1:
            raise ValueError(f"the rent year {year_name(year)} does not start in {day.year}")
        _put(days, year, day)

    _each(place, text, ("year", "first_day"), take)
    years = RentYears(days)
    lengths = {year: years.weeks_in(year) for year in days}
    _refuse(
        f"{place}: the rent year {year_name(year)} would have {weeks} weeks; see the first day of the next"
        for year, weeks in lengths.items()
        if weeks not in _USUAL_LENGTHS
    )
    return years


def read_groups(place: str, text: str) -> dict[str, RentGroup]:
    """By code."""
    groups: dict[str, RentGroup] = {}

    def take(cells: Cells) -> None:
        code, periods = cells["group"], cells["periods"]
        if not CODE.fits(code):
            raise ValueError(f"“{code}” is not {CODE.expected}")
        if periods not in (WEEKLY, MONTHLY):
            raise ValueError(f"the periods are “{periods}”; expected {WEEKLY} or {MONTHLY}")
        _put(groups, code, RentGroup(code, cells["name"], periods))

    _each(place, text, ("group", "name", "periods"), take)
    return groups


def with_free_weeks(
    groups: Mapping[str, RentGroup], years: RentYears, place: str, text: str
) -> dict[str, RentGroup]:
    """The groups, with the free weeks that the file gives them."""
    free: dict[str, dict[int, frozenset[int]]] = {code: {} for code in groups}

    def take(cells: Cells) -> None:
        code, year = cells["group"], year_of(cells["year"])
        if code not in groups:
            raise ValueError(f"there is no rent group “{code}” in rent-groups.csv")
        if groups[code].periods != WEEKLY:
            raise ValueError(f"the rent group {code} is charged by the month and has no weeks")
        _put(free[code], year, frozenset(_weeks(cells["weeks"], years.weeks_in(year))))

    _each(place, text, ("group", "year", "weeks"), take)
    return {code: replace(group, free_weeks=free[code]) for code, group in groups.items()}


def year_of(text: str) -> int:
    """The year that a rent year is called by: of “2027” or “2026/27”. Raises ValueError with a sentence."""
    found = _YEAR.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}” is not a rent year; write it as 2027 or 2026/27")
    year = int(found[1]) + (found[2] is not None)
    if found[2] is not None and year % 100 != int(found[2]):
        raise ValueError(f"“{text}” is not a rent year: {found[1]} is followed by {year}")
    return year


def _weeks(text: str, last: int) -> Iterator[int]:
    words = text.split()
    if words == ["none"]:
        return
    if not words:
        raise ValueError("the weeks are empty; write none where each week has a charge")
    for word in words:
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= last):
            raise ValueError(f"“{word}” is no week of that year; expected numbers from 1 to {last}")
        yield int(word)


def _monday(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a date; write it as 2026-04-06") from None
    if day.weekday():
        raise ValueError(f"{day} is a {day:%A}; a rent year starts on a Monday")
    return day


def _put(into: dict[K, V], key: K, value: V) -> None:
    if key in into:
        raise ValueError(f"{key} is there twice; keep one row")
    into[key] = value


def _each(place: str, text: str, columns: Sequence[str], take: Callable[[Cells], None]) -> None:
    """Hand over each row; its ValueError becomes a mistake with its line."""
    lines = _lines(text)
    if next(lines, (0, []))[1] != list(columns):
        raise ConfigError(f"{place}: must start with the header row {','.join(columns)}")
    mistakes = []
    for number, cells in lines:
        try:
            if len(cells) != len(columns):
                raise ValueError(f"has {len(cells)} columns; expected {','.join(columns)}")
            take(dict(zip(columns, cells, strict=True)))
        except ValueError as mistake:
            mistakes.append(f"{place} line {number}: {mistake}")
    _refuse(mistakes)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        if any(cells) and not cells[0].startswith("#"):
            yield number, cells


def _refuse(mistakes: Iterable[str]) -> None:
    if found := list(mistakes):
        raise ConfigError(*found)
