"""Values of a GL07 record: text, and whole numbers with a leading minus in one of the styles that sites use.

Source: formats page agresso.md, section 3.4.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal

from hub.api import Field, FieldType, Layout, Text, at, spaces

Style = Literal["left", "right", "wcg", "zero"]
Record = Mapping[str, object]
"""A line of GL07 by the names of its fields."""

LARGEST = 9_999_999_999_99
"""Pence; the project's own limit of one amount."""

LONGEST = 20
"""Digits of the widest number."""

WCG_RIGHT = frozenset({
    "cur_amount", "amount", "number_1", "value_1", "value_2", "value_3", "base_amount", "base_curr",
    "commitment",
})  # fmt: skip
"""What style `wcg` sets to the right; its other numbers stand on the left."""


class Whole(FieldType):
    """A whole number in any style, or blank (None). Written as its style says."""

    def __init__(self, fill: Literal["left", "right", "zero"] = "left") -> None:
        super().__init__(
            f" *+(?:-?[0-9]{{1,{LONGEST}}}+)?+ *+", "a whole number without decimal point, a minus in front"
        )
        self._style = fill

    def read(self, text: str) -> int | None:
        """Negative zero is zero."""
        bare = text.strip(" ")
        return int(bare) if bare else None

    def write(self, value: Any, width: int | None = None) -> str:
        """A number that is no wider than its field needs no second look."""
        if type(value) is int and width is not None:
            text = self._fill(str(value), width)
            if len(text) == width <= LONGEST:
                return text
        return super().write(value, width)

    def _text(self, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, int):
            raise self._refusal()
        return str(value)

    def _fill(self, text: str, width: int | None) -> str:
        if self._style == "zero":
            return text.zfill(width or 0)
        return text.rjust(width or 0) if self._style == "right" else text.ljust(width or 0)


class Words(Text):
    """Text, or none."""

    def write(self, value: Any, width: int | None = None) -> str:
        """Plain letters that are no wider than their field need no second look."""
        if type(value) is str and width is not None and value.isascii() and value.isprintable():
            text = self._fill(value, width)
            if len(text) == width:
                return text
        return super().write(value, width)

    def _text(self, value: Any) -> str:
        return "" if value is None else super()._text(value)


class OnTheRight(Words):
    """Text that is filled with spaces on the left."""

    def read(self, text: str) -> str:
        return text.strip(" ")

    def _fill(self, text: str, width: int | None) -> str:
        return text.rjust(width or 0)


def laid_out(
    name: str,
    fields: Iterable[tuple[str, int, int]],
    right: Container[str] = (),
    personal: Container[str] = (),
    width: int | None = None,
) -> Layout:
    """A record of text fields at their positions, in order, with blanks between them and up to its width;
    `right`: those that are filled with spaces on the left."""
    made, end = list[Field](), 0
    for field, first, last in fields:
        made += _gap(end, first)
        made.append(
            at(field, first, last, OnTheRight() if field in right else Words(), personal=field in personal)
        )
        end = last
    return Layout(name, (*made, *_gap(end, (width or end) + 1)))


def _gap(end: int, start: int) -> list[Field]:
    return [spaces(end + 1, start - 1)] if start > end + 1 else []


def put(layout: Layout, values: Record) -> str:
    """A record of what there is to say. Raises CannotRender for what does not fit, or has no field."""
    return layout.write({name: value for name, value in values.items() if value not in (None, "")})


def width_of(layout: Layout, name: str, otherwise: int) -> int:
    """Characters of a field; `otherwise` where the layout has none."""
    widths = [field.width for field in layout.fields if field.name == name]
    return widths[0] or otherwise if widths else otherwise


def filled(style: Style, name: str) -> Literal["left", "right", "zero"]:
    """How a style fills a numeric field."""
    if style == "wcg":
        return "right" if name in WCG_RIGHT else "left"
    return style
