"""Values of a GL07 record: text, and whole numbers with a leading minus in one of the styles that sites use.

Source: formats page agresso.md, section 3.4.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal

from hub.api import FieldType, Layout, Text, at

Style = Literal["left", "right", "wcg", "zero"]
Record = Mapping[str, object]
"""A line of GL07 by the names of its fields."""

LARGEST = 9_999_999_999_99
"""Pence; the project's own limit of one amount."""

WCG_RIGHT = frozenset({
    "cur_amount", "amount", "number_1", "value_1", "value_2", "value_3", "base_amount", "base_curr",
    "commitment",
})  # fmt: skip
"""What style `wcg` sets to the right; its other numbers stand on the left."""


class Whole(FieldType):
    """A whole number in any style, or blank (None). Written as its style says."""

    def __init__(self, fill: Literal["left", "right", "zero"] = "left") -> None:
        super().__init__(
            " *+(?:-?[0-9]{1,20}+)?+ *+", "a whole number without decimal point, a minus in front"
        )
        self._style = fill

    def read(self, text: str) -> int | None:
        """Negative zero is zero."""
        bare = text.strip(" ")
        return int(bare) if bare else None

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
) -> Layout:
    """A record of text fields at their positions; `right`: those that are filled with spaces on the left."""
    return Layout(
        name,
        tuple(
            at(field, first, last, OnTheRight() if field in right else Words(), personal=field in personal)
            for field, first, last in fields
        ),
    )


def filled(style: Style, name: str) -> Literal["left", "right", "zero"]:
    """How a style fills a numeric field."""
    if style == "wcg":
        return "right" if name in WCG_RIGHT else "left"
    return style
