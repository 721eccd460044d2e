"""How one would read the same files without thinking of speed: the yardstick of the benchmarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from hub.fields.modulus import Weights
from hub.formats.layout import Layout
from hub.formats.types import Blank, Code, Day, Julian, Literal, Pence


@dataclass
class NaiveRecord:
    line: int
    values: dict[str, object]


def read(stream: BinaryIO, layouts: Sequence[Layout]) -> int:
    """Cut and check field by field; the number of records."""
    by_width = {(layout.tag_place[1], layout.width): layout for layout in layouts}
    tags = sorted({tag for tag, _ in by_width}, key=len, reverse=True)
    count = 0
    for number, raw in enumerate(stream, start=1):
        line = raw.decode("ascii").rstrip("\r\n")
        tag = next(tag for tag in tags if line.startswith(tag))
        layout = by_width[tag, len(line)]
        values: dict[str, object] = {}
        for field in layout.fields:
            values[field.name] = _value(field.kind, line[field.start - 1 : field.end])
        NaiveRecord(number, values)
        count += 1
    return count


def can_exist(rows: Sequence[Weights], sort_code: str, account: str) -> bool:
    """The modulus check without its exceptions: row by row, digit by digit."""
    sound = True
    for row in rows:
        if row.first <= sort_code <= row.last:
            products = [
                weight * int(digit) for weight, digit in zip(row.weights, sort_code + account, strict=True)
            ]
            if row.method == "DBLAL":
                products = [int(digit) for product in products for digit in str(product)]
            sound = sound and sum(products) % (11 if row.method == "MOD11" else 10) == 0
    return sound


def _pence(text: str) -> int:
    if not re.fullmatch("[+-]?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


_READERS: dict[type, Callable[[str], object]] = {Pence: _pence, Day: _day}


def _value(kind: object, text: str) -> object:
    if isinstance(kind, Blank):
        return _value(kind.kind, text) if text.strip() else None
    if isinstance(kind, (Code, Literal)) and text not in kind.values:
        raise ValueError(text)
    if isinstance(kind, Julian):
        return date.fromordinal(date(2000 + int(text[1:3]), 1, 1).toordinal() + int(text[3:]) - 1)
    return _READERS.get(type(kind), str.strip)(text)
