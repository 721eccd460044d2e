"""The lines of a file in an agency's own layout, and what its totals come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from hub.api import Delimited, Layout, Lines, Text, Unreadable, column, format_pounds
from plugins.debt_agency.canonical import HEADER, TRAILER
from plugins.debt_agency.mapping_json import json_rows
from plugins.debt_agency.mapping_spec import AgencyLayout, Total
from plugins.debt_agency.types import MONEY

STRUCTURE = "STRUCTURE"
Texts = Mapping[str, str]
"""The fields of a canonical record, as canonical texts."""

Row = Sequence[str] | str
"""A line of the agency's: cells, or the text of a fixed record."""


def rows(spec: AgencyLayout, stream: BinaryIO) -> Iterator[tuple[int, Row | Unreadable]]:
    """The file's lines below its labels, each with its number."""
    if spec.physical.form == "json":
        yield from json_rows(spec, stream)
        return
    skip = 1 if spec.physical.header == "labels" else 0
    if spec.physical.form == "delimited" and spec.physical.quote == "minimal":
        for row in delimited_of(spec).rows(stream):
            if isinstance(row, Unreadable):
                yield row.line, row
            elif row[0] > skip:
                yield row
        return
    for run in lines_of(spec).read(stream):
        if isinstance(run, Unreadable):
            yield run.line, run
            continue
        for number, text in enumerate(run[1], start=run[0]):
            if number > skip:
                fixed = spec.physical.form == "fixed"
                yield number, text if fixed else text.split(spec.physical.separator)


def cell(row: Row, first: int, last: int) -> str:
    """What stands at a place; blank where the line ends before it."""
    if isinstance(row, str):
        return row[first - 1 : last]
    return row[first - 1] if 0 < first <= len(row) else ""


def lines_of(spec: AgencyLayout) -> Lines:
    return Lines(spec.physical.encoding, STRUCTURE)


def delimited_of(spec: AgencyLayout) -> Delimited:
    any_row = Layout("any", (column("any", Text(), required=False),))
    return Delimited([any_row], delimiter=spec.physical.separator, encoding=spec.physical.encoding)


class Sums:
    """What a layout's own totals come to. `unknown`: a line could not be read, so that nobody can say."""

    def __init__(self, spec: AgencyLayout) -> None:
        self._spec, self.unknown = spec, False
        self._count = self._main = self._hash = 0
        self._pence: dict[str, int] = {}

    def add(self, record: str, texts: Texts) -> None:
        if record in (HEADER, TRAILER):
            return
        self._count += 1
        if record != self._spec.of.main.name:
            return
        self._main += 1
        self._hash += int(texts["placement_ref"]) if texts.get("placement_ref", "").isdigit() else 0
        for name in {name for total in self._spec.totals for name in total.of}:
            if MONEY.fits(texts.get(name, "")):
                self._pence[name] = self._pence.get(name, 0) + MONEY.read(texts[name])

    def text(self, total: Total) -> str:
        """What a total should be."""
        if total.func == "sum":
            pence = sum(self._pence.get(name, 0) for name in total.of)
            return str(pence) if self._spec.money.unit == "pence" else format_pounds(pence)
        return str({"count": self._count, "count_main": self._main, "hash": self._hash}[total.func])

    def wrong(self, record: str, line: int, row: Row) -> Iterator[Unreadable]:
        for total in self._spec.totals_of(record) if not self.unknown else ():
            told = cell(row, total.first, total.last).strip()
            bare = told.lstrip("0") if total.pad == "0" else told
            expected = self.text(total)
            if bare != (expected.lstrip("0") if total.pad == "0" else expected):
                message = f"line {line}: the trailer says {told or 'nothing'} where the file has {expected}"
                yield Unreadable(line, b"", "DA-01", message, expected)
