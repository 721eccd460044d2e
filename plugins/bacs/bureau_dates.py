"""Dates as bureau software takes them: in one of several ways, and with two-digit years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.api import FieldType

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_PARTS: Mapping[str, str] = {
    "YYYY": "(?P<year>[0-9]{4})",
    "MMM": f"(?P<month>(?i:{'|'.join(_MONTHS)}))",
    "YY": "(?P<year>[0-9]{2})",
    "MM": "(?P<month>[0-9]{2})",
    "DD": "(?P<day>[0-9]{2})",
}
_PART = re.compile("|".join(_PARTS))


class BureauDay(FieldType):
    """A real date in one of some ways, such as `DD/MM/YYYY` or `DD-MMM-YYYY`; the first is the one written.
    A year of two digits is one of 2000 to 2099."""

    joined = False

    def __init__(self, *ways: str) -> None:
        self.ways = ways
        self._patterns = [re.compile(_pattern(way)) for way in ways]
        anything = "|".join(re.sub(r"\(\?P<[a-z]+>", "(?:", _pattern(way)) for way in ways)
        super().__init__(anything, f"a date as {' or '.join(ways)}")

    def sound(self, text: str) -> bool:
        return self._day(text) is not None

    def read(self, text: str) -> date:
        day = self._day(text)
        if day is None:
            raise ValueError(f"expected {self.expected}")
        return day

    def _day(self, text: str) -> date | None:
        for pattern in self._patterns:
            if found := pattern.fullmatch(text):
                return _real(found["year"], found["month"], found["day"])
        return None

    def _text(self, value: Any) -> str:
        if not isinstance(value, date):
            raise self._refusal()
        parts = {
            "YYYY": f"{value.year:04}",
            "YY": f"{value.year % 100:02}",
            "MMM": _MONTHS[value.month - 1],
            "MM": f"{value.month:02}",
            "DD": f"{value.day:02}",
        }
        return _PART.sub(lambda found: parts[found[0]], self.ways[0])


def _pattern(way: str) -> str:
    pieces = re.split(f"({_PART.pattern})", way)
    return "".join(_PARTS.get(piece, re.escape(piece)) for piece in pieces)


def _real(year: str, month: str, day: str) -> date | None:
    number = _MONTHS.index(month.upper()) + 1 if month.isalpha() else int(month)
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), number, int(day))
    except ValueError:
        return None
