"""Code maps: what one system's code means in another's, as data with dates (config/codes/*.csv).

The first two columns are the code and what it becomes, under names of the file's own; `valid_from` and
`valid_to` (both days included, empty = open) say when. Codes are re-used over the years, so a lookup names
its day; a code that the map does not hold on that day is unmapped, and nobody guesses. The maps are checked
with the configuration. Feeds and profiles ask them as `ctx.facts.codes`, under the names that options of
their route give.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.errors import ConfigError

_OPTIONAL = {"description", "valid_from", "valid_to"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code becomes from one day to another, both included. `line` is where the file says so."""

    value: str
    first: date
    last: date
    line: int

    def overlaps(self, other: Meaning) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class CodeMap:
    """Codes of one kind. Codes are compared as they are written, capitals and all."""

    name: str
    meanings: Mapping[str, Sequence[Meaning]]

    def value(self, code: str, on: date) -> str | None:
        """What the code becomes on a day; None = unmapped."""
        meanings = self.meanings.get(code, ())
        return next((each.value for each in meanings if each.first <= on <= each.last), None)


@dataclass(frozen=True, slots=True)
class CodeMaps:
    """The code maps of a configuration by name (`hub.model.Codes`)."""

    maps: Mapping[str, CodeMap]

    def value(self, name: str, code: str, on: date) -> str | None:
        """Raises ConfigError when there is no such map."""
        if name not in self.maps:
            known = ", ".join(sorted(self.maps)) or "none"
            raise ConfigError(f"There is no code map {name} (codes/{name}.csv). Known: {known}.")
        return self.maps[name].value(code, on)


def parse_codes(text: str, place: str) -> CodeMap:
    """A code map from the text of its CSV file. `place` names the file in mistakes.

    Raises ConfigError with every mistake: columns, empty cells, dates, periods of one code that overlap.
    """
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    header = [cell.strip() for cell in next(rows, [])]
    if len(header) < 2 or not set(header[2:]) <= _OPTIONAL:
        expected = "code, what it becomes, and of description, valid_from, valid_to those that are needed"
        raise ConfigError(f"{place} line 1: expected the columns {expected}")
    meanings: dict[str, list[Meaning]] = {}
    mistakes: list[str] = []
    for row in rows:
        where = f"{place} line {rows.line_num}"
        mistakes += [f"{where}: {mistake}" for mistake in _take_row(row, header, rows.line_num, meanings)]
    if mistakes:
        raise ConfigError(*mistakes)
    return CodeMap(place, meanings)


def _take_row(
    row: Sequence[str], header: Sequence[str], line: int, meanings: dict[str, list[Meaning]]
) -> Iterator[str]:
    """Enter one row into `meanings`, or say what is wrong with it."""
    if len(row) != len(header):
        yield f"{len(row)} cells where the header has {len(header)}"
        return
    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
    code, value = (cells[name] for name in header[:2])
    if not code or not value:
        yield "the code and what it becomes must both be given"
        return
    try:
        first = _day(cells.get("valid_from"), date.min)
        last = _day(cells.get("valid_to"), date.max)
    except ValueError:
        yield "valid_from and valid_to are dates as YYYY-MM-DD, or empty"
        return
    yield from _enter(code, Meaning(value, first, last, line), meanings)


def _day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise


def _enter(code: str, meaning: Meaning, meanings: dict[str, list[Meaning]]) -> Iterator[str]:
    if meaning.first > meaning.last:
        yield "valid_from is after valid_to"
    for earlier in meanings.setdefault(code, []):
        if meaning.overlaps(earlier):
            yield f"code {code} is mapped on line {earlier.line} already for some of these days"
    meanings[code].append(meaning)
