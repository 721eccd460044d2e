"""Tables: records below a header row, in a workbook or a CSV file. Columns are found by their names.

What people keep in a spreadsheet, or export from a portal, has its columns in any order and under names of
its own. A route's options say what they are called there, so that another export needs no code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, BinaryIO, cast

from hub.formats import workbook
from hub.formats.delimited import ROWS, Delimited
from hub.formats.layout import Layout
from hub.model import Chunk, Unreadable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cells = Sequence[workbook.Cell]
Row = tuple[int, Cells]
"""The number of a line, and its cells."""


class Table:
    """A format of one kind of record below a header row, and maybe a last row of totals.

    layout: the fields are the columns; those that are not required may be missing
    total:  a row that its first cell tells, in the order of its fields

    It looks at these options of a feed, where they are there: `columns` (field → the names that its column
    may have, beside its own), `sheet` (of a workbook; else the first), `header_row` (1 = the first line).
    """

    def __init__(self, layout: Layout, *, total: Layout | None = None, structure: str = "STRUCTURE") -> None:
        self.layout, self.total, self._structure = layout, total, structure
        self._csv = Delimited([layout], skip_blank=True, structure=structure)

    def recognises(self, head: bytes) -> bool:
        """Whether it is a workbook, or the first line names every column that must be there."""
        if workbook.is_workbook(head):
            return True
        names = set(map(_plain, self._csv.first_cells(head)))
        return all(_plain(field.name) in names for field in self.layout.fields if field.required)

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout each, in file order; what cannot be read in between."""
        rows = self._rows(stream, options)
        heading = self._heading(rows, options)
        if isinstance(heading, Unreadable):
            yield heading
            return
        for layout, group in groupby(rows, self._layout):
            if layout is None:
                yield from cast("Iterator[Unreadable]", group)
                continue
            fitting = cast("Iterator[Row]", group)
            places = heading if layout is self.layout else _in_order(layout)
            while batch := list(islice(fitting, ROWS)):
                yield _chunk(layout, places, batch)

    def _rows(self, stream: BinaryIO, options: Any) -> Iterator[Row | Unreadable]:
        """Rows that are not blank."""
        head = stream.read(8)
        stream.seek(0)
        if not workbook.is_workbook(head + b"xl/"):
            yield from self._csv.rows(stream)
            return
        try:
            for line, cells in enumerate(workbook.cells(stream, getattr(options, "sheet", None)), start=1):
                if any(cell != "" for cell in cells):
                    yield line, cells
        except workbook.Unfit as unfit:
            yield self._unreadable(1, f"the file {unfit}")

    def _heading(self, rows: Iterator[Row | Unreadable], options: Any) -> Mapping[str, int] | Unreadable:
        """Where each field's column is."""
        at = getattr(options, "header_row", 1)
        row = next((row for row in rows if isinstance(row, Unreadable) or row[0] >= at), None)
        if row is None:
            return self._unreadable(1, "the file has no header row", self._expected())
        if isinstance(row, Unreadable):
            return row
        line, cells = row
        names = [_plain(str(cell)) for cell in cells]
        aliases: Mapping[str, Sequence[str]] = getattr(options, "columns", {})
        places = dict(self._places(names, aliases))
        missing = [f.name for f in self.layout.fields if f.required and f.name not in places]
        if missing:
            told = f"line {line} is not the header row, or lacks {', '.join(missing)}"
            return self._unreadable(line, told, self._expected())
        return places

    def _places(
        self, names: Sequence[str], aliases: Mapping[str, Sequence[str]]
    ) -> Iterable[tuple[str, int]]:
        for field in self.layout.fields:
            known = {_plain(name) for name in (field.name, *aliases.get(field.name, ()))}
            for place, name in enumerate(names):
                if name in known:
                    yield field.name, place
                    break

    def _layout(self, row: Row | Unreadable) -> Layout | None:
        if isinstance(row, Unreadable):
            return None
        is_total = self.total is not None and str(row[1][0]).strip() == self.total.tag_place[1]
        return self.total if is_total else self.layout

    def _expected(self) -> str:
        return f"columns {', '.join(field.name for field in self.layout.fields if field.required)}"

    def _unreadable(self, line: int, message: str, expected: str | None = None) -> Unreadable:
        told = f"{message}: expected {expected}" if expected else message
        return Unreadable(line, b"", self._structure, told, expected)


def write_csv(layout: Layout, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file for people, who open it with a spreadsheet: text that a spreadsheet would take for a formula
    is led by an apostrophe. Raises CannotRender."""
    out = Delimited([layout], header=True)
    return out.encode(out.join(map(_no_formula, layout.texts(row))) for row in rows)


def _no_formula(text: str) -> str:
    is_amount = text[1:2].isdigit() and text[:1] == "-"
    return f"'{text}" if text[:1] in _FORMULA and not is_amount else text


def _plain(name: str) -> str:
    """A column's name as names are compared: "Payment  Ref." and "payment_ref" are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _in_order(layout: Layout) -> Mapping[str, int]:
    return {field.name: place for place, field in enumerate(layout.fields)}


def _chunk(layout: Layout, places: Mapping[str, int], rows: Sequence[Row]) -> Chunk:
    columns = {
        field.name: [_text(cells, places.get(field.name), field.kind) for _, cells in rows]
        for field in layout.fields
    }
    return Chunk(layout, [line for line, _ in rows], columns)


def _text(cells: Cells, place: int | None, kind: Any) -> str:
    """A row may end early: a spreadsheet stores no blanks behind the last value."""
    if place is None or place >= len(cells):
        return ""
    return workbook.text_of(cells[place], kind)
