"""Delimited files: RFC 4180 quoting, with or without header row and record types."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice, zip_longest
from typing import Any, BinaryIO, cast

from hub.formats.layout import Layout
from hub.formats.lines import Lines, Run
from hub.formats.types import Literal
from hub.model import Chunk, Unreadable

ROWS = 4096
ByCount = dict[int, Layout]
Row = tuple[int, list[str]]
"""The number of the first physical line of a record, and its cells."""


class Delimited:
    """A format of delimited records.

    layouts:    the first is the one that opens a file (below the header row). A record's layout is chosen by
                tag, else it is the one without tag; where several fit, by the number of columns
    encoding:   as for `hub.formats.lines.Lines`
    header:     whether the first row must name the columns of the first layout
    titles:     how it names them, where not by the fields' names
    headless:   whether that row may be missing
    longer:     whether records may go on after the columns of their layout; what follows is not read
    quote_all:  whether every cell is written in quotes
    tag_column: 0-based column that tells record types apart
    skip_blank: whether blank lines are passed over; else they are unreadable
    structure:  the check id of records that cannot be read
    """

    def __init__(
        self,
        layouts: Sequence[Layout],
        *,
        delimiter: str = ",",
        encoding: str = "utf-8-sig",
        header: bool = False,
        titles: Sequence[str] = (),
        headless: bool = False,
        longer: bool = False,
        quote_all: bool = False,
        tag_column: int | None = None,
        skip_blank: bool = False,
        structure: str = "STRUCTURE",
    ) -> None:
        self.layouts = tuple(layouts)
        self.header = list(titles or (field.name for field in layouts[0].fields)) if header else None
        self._headless = headless
        self._longer = longer
        self._dialect = csv.unix_dialect if quote_all else csv.excel
        self._delimiter = delimiter
        self._lines = Lines(encoding, structure)
        self._skip_blank = skip_blank
        self._tag_column = tag_column
        self._by_tag = _by_tag(layouts)

    def recognises(self, head: bytes) -> bool:
        """Whether the first row is the header row, opens a file by tag and constants, or fits a layout."""
        cells = self.first_cells(head)
        if self.header and (not self._headless or self._names_columns(cells)):
            return self._names_columns(cells)
        if self._opens(cells):
            return True
        layout = self._fitting(cells)
        return layout is not None and all(
            not field.bad([cell]) for field, cell in zip(layout.fields, cells, strict=not self._longer)
        )

    def first_cells(self, head: bytes) -> Sequence[str]:
        """The cells of the first row; none where it cannot be read."""
        try:
            return next(csv.reader([self._lines.first(head)], delimiter=self._delimiter), [])
        except csv.Error:
            return []

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout each, in file order; what cannot be read in between. Memory is flat."""
        rows = self.rows(stream)
        if self.header:
            first = next(rows, (1, list[str]()))
            named = not isinstance(first, Unreadable) and self._names_columns(first[1])
            if not named and not self._headless:
                yield self._wrong_header()
                return
            if not named and first != (1, []):
                rows = chain([first], rows)
        for layout, group in groupby(rows, self._layout):
            if layout is None:
                yield from map(self._misfit, group)
                continue
            fitting = cast("Iterator[Row]", group)
            while batch := list(islice(fitting, ROWS)):
                yield _chunk(layout, batch)

    def write_row(self, layout: Layout, values: Mapping[str, object]) -> str:
        """One record as a line without its end. Raises CannotRender."""
        return self.join(layout.texts(values))

    def join(self, cells: Iterable[str]) -> str:
        """Cells as a line without its end, quoted where they must be."""
        line = io.StringIO()
        csv.writer(line, self._dialect, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return line.getvalue()

    def encode(self, rows: Iterable[str], end: str = "\r\n") -> bytes:
        """Lines as a file, below the header row where there is one. Raises CannotRender."""
        return self._lines.encode(chain([self.join(self.header)] if self.header else [], rows), end)

    def _opens(self, cells: Sequence[str]) -> bool:
        opening = self.layouts[0]
        return (
            bool(opening.tag)
            and self._tag(cells) == opening.tag_place[1]
            and all(
                cell == field.kind.text
                for field, cell in zip_longest(opening.fields, cells[: len(opening.fields)])
                if isinstance(field.kind, Literal)
            )
        )

    def rows(self, stream: BinaryIO) -> Iterator[Row | Unreadable]:
        """Every record's cells, whatever its layout; what cannot be read in between. Memory is flat."""
        feed = _Feed(self._lines.read(stream))
        reader = csv.reader(feed, delimiter=self._delimiter, strict=True)
        while True:
            first = feed.line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._unreadable(
                    first, f"holds a record that cannot be read as delimited text: {error}"
                )
            except _Fault as fault:
                yield fault.unreadable
            else:
                if cells or not self._skip_blank:
                    yield first, cells

    def _tag(self, cells: Sequence[str]) -> str | None:
        if self._tag_column is None or len(cells) <= self._tag_column:
            return None
        return cells[self._tag_column]

    def _layout(self, row: Row | Unreadable) -> Layout | None:
        if isinstance(row, Unreadable):
            return None
        return self._fitting(row[1])

    def _fitting(self, cells: Sequence[str]) -> Layout | None:
        """The layout that a record is of by its tag and its number of columns."""
        candidates = self._candidates(cells)
        if not self._longer:
            return candidates.get(len(cells))
        return candidates.get(max((count for count in candidates if count <= len(cells)), default=0))

    def _names_columns(self, cells: Sequence[str]) -> bool:
        """Whether the cells are the header row of the first layout, or of a shorter one that opens a file."""
        wanted, found = _names(self.header or ()), _names(cells)
        if self._longer:
            found = found[: len(wanted)]
        opening = self._by_tag[self.layouts[0].tag_place[1] or None]
        return len(found) in opening and found == wanted[: len(found)]

    def _candidates(self, cells: Sequence[str]) -> ByCount:
        """The layouts that a record may be of by its tag."""
        tagged = self._by_tag.get(self._tag(cells))
        return self._by_tag.get(None, {}) if tagged is None else tagged

    def _misfit(self, row: Row | Unreadable) -> Unreadable:
        if isinstance(row, Unreadable):
            return row
        number, cells = row
        if not cells:
            return self._unreadable(number, "is blank", "a record on every line")
        candidates = self._candidates(cells)
        if candidates:
            expected = " or ".join(f"{count} columns" for count in candidates)
            return self._unreadable(number, f"has {len(cells)} columns: expected {expected}", expected)
        expected = " or ".join(f"“{tag}”" for tag in self._by_tag)
        return self._unreadable(
            number, f"begins like no record of this format: expected {expected}", expected
        )

    def _wrong_header(self) -> Unreadable:
        expected = self.join(self.header or [])
        return self._unreadable(1, f"is not the header row: expected {expected}", expected)

    def _unreadable(self, line: int, what: str, expected: str | None = None) -> Unreadable:
        return Unreadable(line, b"", self._lines.structure, f"line {line} {what}", expected)


class _Fault(Exception):
    """A line that could not be decoded, on its way through the csv reader."""

    def __init__(self, unreadable: Unreadable) -> None:
        super().__init__()
        self.unreadable = unreadable


@dataclass
class _Feed:
    """The lines of a stream, one by one for the csv reader. Unlike a generator it goes on after a fault."""

    parts: Iterator[Run | Unreadable]
    line: int = 0
    """The last physical line that was read."""

    def __post_init__(self) -> None:
        self._run: Iterator[str] = iter(())

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        text = next(self._run, None)
        while text is None:
            part = next(self.parts)
            if isinstance(part, Unreadable):
                self.line = part.line
                raise _Fault(part)
            self._run = iter(part[1])
            text = next(self._run, None)
        self.line += 1
        return text + "\n"


def _by_tag(layouts: Iterable[Layout]) -> dict[str | None, ByCount]:
    """For each tag (None = without) its layouts by their number of columns."""
    found: dict[str | None, ByCount] = defaultdict(dict)
    for layout in layouts:
        by_count = found[layout.tag_place[1] or None]
        if len(layout.fields) in by_count:
            raise ValueError(f"layout {layout.name} cannot be told by tag and columns from the others")
        by_count[len(layout.fields)] = layout
    return dict(found)


def _names(cells: Iterable[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _chunk(layout: Layout, rows: Sequence[Row]) -> Chunk:
    count = len(layout.fields)
    cells = zip(*(row[1][:count] for row in rows), strict=True)
    columns = {field.name: column for field, column in zip(layout.fields, cells, strict=True)}
    return Chunk(layout, [row[0] for row in rows], columns)
