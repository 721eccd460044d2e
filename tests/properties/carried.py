"""Values that fields can carry, derived from the declaration of a layout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from hub.formats.layout import Field, Layout
from hub.formats.types import (
    Blank,
    Code,
    Day,
    Digits,
    FieldType,
    Julian,
    Literal,
    Matching,
    Pence,
    Pounds,
    Right,
    Spaces,
    Text,
)
from hub.rent.canonical import ShortText
from hub.rent.exports.columns import Number, Reference, SortCode
from hub.rent.nec import NamedDay, NecPounds
from hub.rent.nec import Number as NecNumber
from hub.rent.receipts import Quoted
from plugins.agresso.types import Whole

_PRINTABLE = st.characters(exclude_categories=["C", "Z"], exclude_characters="\x85")


def _text(kind: FieldType, width: int) -> st.SearchStrategy[str]:
    ascii = "".join(character for character in map(chr, range(128)) if kind.fits(character))
    return st.text(_PRINTABLE if kind.fits("é") else ascii, max_size=width).map(str.rstrip)


def _pence(width: int, lowest: int) -> st.SearchStrategy[int]:
    return st.integers(lowest * (10**width - 1), 10**width - 1)


CARRIED: dict[type[FieldType], Callable[[Any, int], st.SearchStrategy[Any]]] = {
    Text: _text,
    Code: lambda kind, width: st.sampled_from(kind.values),
    Literal: lambda kind, width: st.none(),
    Spaces: lambda kind, width: st.none(),
    Digits: lambda kind, width: st.text("0123456789", min_size=width, max_size=width),
    Pence: lambda kind, width: _pence(min(width, 15) - 1, -1) if kind.signed else _pence(min(width, 15), 0),
    Pounds: lambda kind, width: _pence(width - 2, -1),
    Day: lambda kind, width: st.dates(date(1900, 1, 1)),
    Julian: lambda kind, width: st.dates(date(1980, 1, 1), date(2079, 12, 31)),
    ShortText: lambda kind, width: _text(kind, min(kind.most, 12)),
    Reference: lambda kind, width: st.text("09AZaz/-", min_size=1, max_size=width),
    SortCode: lambda kind, width: st.text("0123456789", min_size=6, max_size=6).filter(kind.fits),
    Number: lambda kind, width: st.integers(kind.first, kind.last),
    Whole: lambda kind, width: st.integers(0, 10 ** min(width, 12) - 1),
    Matching: lambda kind, width: st.from_regex(kind.pattern, fullmatch=True).filter(
        lambda text: kind.fits(text) and len(text) <= width
    ),
    Quoted: lambda kind, width: st.from_regex("[1-9][0-9]{7}", fullmatch=True),
    Right: lambda kind, width: values(kind.kind, width),
    NamedDay: lambda kind, width: st.dates(date(1900, 1, 1)),
    NecPounds: lambda kind, width: _pence(11, -1 if kind.signed else 0),
    NecNumber: lambda kind, width: st.integers(0, 99),
    Blank: lambda kind, width: st.none() | values(kind.kind, width),
}
"""Values that a field of each type and some width can carry."""


def values(kind: FieldType, width: int) -> st.SearchStrategy[Any]:
    """A type that the table does not name carries what the one does that it is made from."""
    return next(CARRIED[base] for base in type(kind).__mro__ if base in CARRIED)(kind, width)


def records(layout: Layout) -> st.SearchStrategy[dict[str, Any]]:
    kinds = {field.name: _of_field(field) for field in layout.fields}
    return st.fixed_dictionaries(kinds)


def _of_field(field: Field) -> st.SearchStrategy[Any]:
    found = values(field.kind, field.width or 12)
    return found.filter(lambda value: str(value).strip() != "") if field.required else found
