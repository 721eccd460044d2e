"""What a field of a record may hold: each type checks a column, reads a text and writes a value.

A type is a pattern that one whole text must match, and where a pattern cannot decide (real calendar dates) a
second test of the text. A column is matched as one joined string and opened row by row only when that fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from hub.errors import CannotRender

FIRST_YEAR = 1900
_NO_CONTROLS = r"^\x00-\x1f\x7f-\x9f"
_DAY_PARTS = {"%Y": "(?P<year>[0-9]{4})", "%m": "(?P<month>[0-9]{2})", "%d": "(?P<day>[0-9]{2})"}


class FieldType:
    """Base of all types.

    pattern:  regular expression that a whole text must match
    expected: what people are told was expected, e.g. "a date as YYYYMMDD"
    joined:   whether a column may be matched as one text, because the pattern matches no line feed and has no
              groups or anchors. Else each different text of a column is looked at once
    """

    joined = True

    def __init__(self, pattern: str, expected: str) -> None:
        self.pattern = pattern
        self.expected = expected
        self._one = re.compile(pattern)
        self._column = re.compile(rf"(?>(?:{pattern})\n)*+(?:{pattern})") if self.joined else self._one

    def sound(self, text: str) -> bool:
        """Whether a text that matches the pattern is right in itself."""
        return True

    def fits(self, text: str) -> bool:
        return self._one.fullmatch(text) is not None and self.sound(text)

    def bad(self, column: Sequence[str]) -> list[int]:
        """Indices of the texts that do not fit."""
        if column and column.count(column[0]) == len(column):
            return [] if self.fits(column[0]) else list(range(len(column)))
        if self.joined and self._all_fit("\n".join(column), len(column)):
            return []
        wrong = {text for text in set(column) if not self.fits(text)}
        return [row for row, text in enumerate(column) if text in wrong] if wrong else []

    def read(self, text: str) -> Any:
        """The value of a text that fits."""
        return text.rstrip(" ")

    def write(self, value: Any, width: int | None = None) -> str:
        """The text of a value, filled to `width` where one is given. Raises CannotRender."""
        text = self._fill(self._text(value), width)
        if (width is not None and len(text) > width) or not self.fits(text):
            raise self._refusal(width)
        return text

    def _all_fit(self, texts: str, count: int) -> bool:
        return texts.count("\n") == count - 1 and self._column.fullmatch(texts) is not None

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refusal()
        return value

    def _fill(self, text: str, width: int | None) -> str:
        return text if width is None else text.ljust(width)

    def _refusal(self, width: int | None = None) -> CannotRender:
        room = "" if width is None else f" in {width} characters"
        return CannotRender(f"the value cannot be written as {self.expected}{room}")


class Text(FieldType):
    """Text, filled with spaces on the right; reads without them.

    charset: the inside of a regular expression's character class (`"A-Z0-9 .&/-"`); None = all but controls
    """

    def __init__(self, charset: str | None = None, expected: str | None = None) -> None:
        told = "text without control characters" if charset is None else f"only the characters {charset}"
        super().__init__(f"[{charset or _NO_CONTROLS}]*+", expected or told)
        if self.fits("\n"):
            raise ValueError(f"the characters {charset} would let a line feed through")


class Matching(FieldType):
    """Text that matches a regular expression as a whole, filling spaces included."""

    joined = False

    def __init__(self, regex: str, expected: str) -> None:
        super().__init__(regex, expected)


class Digits(FieldType):
    """Digits only; reads as text, because a reference or code is not a number."""

    def __init__(self) -> None:
        super().__init__("[0-9]++", "digits")


class Code(FieldType):
    """One of the values given, exactly."""

    joined = False

    def __init__(self, *values: str) -> None:
        told = " or ".join(f"“{value}”" for value in values)
        super().__init__("|".join(map(re.escape, values)), told if len(values) < 2 else f"one of {told}")
        self.values = values


class Literal(Code):
    """A constant; needs no value to be written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def _text(self, value: Any) -> str:
        return self.text if value is None else super()._text(value)


class Spaces(FieldType):
    """Nothing but spaces; reads as None and needs no value to be written."""

    def __init__(self) -> None:
        super().__init__(" *+", "spaces")

    def read(self, text: str) -> None:
        return None

    def _text(self, value: Any) -> str:
        return "" if value is None else super()._text(value)


class Pence(FieldType):
    """Whole pence, zero-filled, at most 15 digits. `signed`: a plus or minus must lead."""

    def __init__(self, *, signed: bool = False) -> None:
        self.signed = signed
        if signed:
            super().__init__("[+-][0-9]{1,15}+", "pence in digits after a plus or minus sign")
        else:
            super().__init__("[0-9]{1,15}+", "pence in digits, without sign")

    def read(self, text: str) -> int:
        return int(text)

    def _text(self, value: Any) -> str:
        if not isinstance(value, int):
            raise self._refusal()
        return f"{value:+d}" if self.signed else str(value)

    def _fill(self, text: str, width: int | None) -> str:
        return text.zfill(width or 0)


class Pounds(FieldType):
    """Pounds with two decimals, as pence inside.

    sign:     "optional" (a minus may lead) or "required" (a plus or minus must)
    grouping: whether thousands commas are read; they are never written
    """

    def __init__(self, sign: str = "optional", *, grouping: bool = False) -> None:
        self.signed = sign == "required"
        whole = "[0-9]{1,13}+" + ("|[0-9]{1,3}(?:,[0-9]{3}){1,4}" if grouping else "")
        told = "after a plus or minus sign" if self.signed else "without plus sign"
        told += ", thousands commas allowed" if grouping else " or thousands comma"
        leading = "[+-]" if self.signed else "-?"
        super().__init__(rf"{leading}(?:{whole})\.[0-9]{{2}}", f"pounds with two decimals {told}")

    def read(self, text: str) -> int:
        return int(text.replace(",", "").replace(".", ""))

    def _text(self, value: Any) -> str:
        if not isinstance(value, int):
            raise self._refusal()
        sign = "-" if value < 0 else "+" if self.signed else ""
        return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"

    def _fill(self, text: str, width: int | None) -> str:
        return text.zfill(width or 0)


class Day(FieldType):
    """A real calendar date from 1900 on, in a format of `%Y`, `%m`, `%d` and separators."""

    joined = False

    def __init__(self, format: str) -> None:
        pieces = re.split("(%.)", format)
        pattern = "".join(_DAY_PARTS.get(piece, re.escape(piece)) for piece in pieces)
        if sorted(pieces[1::2]) != ["%Y", "%d", "%m"]:
            raise ValueError(f"a date format holds %Y, %m and %d once each, which {format} does not")
        super().__init__(pattern, f"a date as {_told(format)}")
        self.format = format

    def sound(self, text: str) -> bool:
        return _calendar_day(self._one, text) is not None

    def read(self, text: str) -> date:
        day = _calendar_day(self._one, text)
        if day is None:
            raise ValueError(f"expected {self.expected}")
        return day

    def _text(self, value: Any) -> str:
        if not isinstance(value, date):
            raise self._refusal()
        parts = {"%Y": f"{value.year:04d}", "%m": f"{value.month:02d}", "%d": f"{value.day:02d}"}
        return re.sub("%[Ymd]", lambda found: parts[found[0]], self.format)


class Julian(FieldType):
    """A date as a space, two-digit year and day of the year (` 26334`); 00-79 is 20yy, 80-99 is 19yy."""

    joined = False

    def __init__(self) -> None:
        super().__init__(" [0-9]{5}", "a date as a space, two-digit year and day of the year")

    def sound(self, text: str) -> bool:
        return _ordinal_day(text) is not None

    def read(self, text: str) -> date:
        day = _ordinal_day(text)
        if day is None:
            raise ValueError(f"expected {self.expected}")
        return day

    def _text(self, value: Any) -> str:
        if not isinstance(value, date) or not 1980 <= value.year <= 2079:
            raise self._refusal()
        return f" {value:%y%j}"


class Blank(FieldType):
    """Another type, or nothing but spaces (reads as None)."""

    def __init__(self, kind: FieldType) -> None:
        self.joined = kind.joined
        self.kind = kind
        super().__init__(f"{kind.pattern}| *+", f"{kind.expected}, or blank")

    def sound(self, text: str) -> bool:
        return not text.strip(" ") or self.kind.sound(text)

    def read(self, text: str) -> Any:
        return self.kind.read(text) if text.strip(" ") else None

    def write(self, value: Any, width: int | None = None) -> str:
        return " " * (width or 0) if value is None else self.kind.write(value, width)


def filled(kind: FieldType) -> FieldType:
    """The type of what stands there, if anything does."""
    return kind.kind if isinstance(kind, Blank) else kind


class Right(FieldType):
    """Another type, filled with spaces on the left."""

    def __init__(self, kind: FieldType) -> None:
        self.joined = kind.joined
        self.kind = kind
        super().__init__(f" *+(?:{kind.pattern})", f"{kind.expected}, filled with spaces on the left")

    def sound(self, text: str) -> bool:
        return self.kind.sound(text.lstrip(" "))

    def read(self, text: str) -> Any:
        return self.kind.read(text.lstrip(" "))

    def _text(self, value: Any) -> str:
        return self.kind.write(value)

    def _fill(self, text: str, width: int | None) -> str:
        return text.rjust(width or 0)


def _told(format: str) -> str:
    return format.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")


@lru_cache(maxsize=4096)
def _calendar_day(pattern: re.Pattern[str], text: str) -> date | None:
    found = pattern.fullmatch(text)
    if found is None or int(found["year"]) < FIRST_YEAR:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _ordinal_day(text: str) -> date | None:
    year, day = int(text[1:3]), int(text[3:])
    start = date(2000 + year if year < 80 else 1900 + year, 1, 1)
    found = start + timedelta(days=day - 1)
    return found if found.year == start.year else None
