"""How an export for the NFI is read: delimited text below a header row, its columns in any order.

Source: formats page rtb_fraud.md, section 2. Columns are found by what the export calls them; what is not
asked for is passed over. Every cell comes without the blanks round it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO

from hub.api import Chunk, Delimited, Layout, Text, Unreadable, column
from plugins.rtb_fraud.nfi_columns import Column, default_columns
from plugins.rtb_fraud.nfi_settings import ExtractOptions

CHECK = "NFI-FILE"
DELIMITERS = "|\t,~;"
ROWS = 4096
_HEAD = 64 << 10
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ANY = Text(r"^\n", expected="text without a line break")
_CSV = {
    delimiter: Delimited([Layout("row", ())], delimiter=delimiter, structure=CHECK)
    for delimiter in DELIMITERS
}


class ExtractFile:
    """The format of the exports for one data set."""

    def __init__(self, dataset: str) -> None:
        self._columns = default_columns(dataset)

    def recognises(self, head: bytes) -> bool:
        """Whether the first line names every column that must be there, as it is called by default."""
        if head.startswith(_WORKBOOKS) or not self._columns:
            return False
        names = set(map(plain, _CSV[delimiter_of(head)].first_cells(head)))
        return all(
            {plain(one.field), plain(one.label)} & names for one in self._columns if one.presence == "M"
        )

    def decode(self, stream: BinaryIO, options: ExtractOptions) -> Iterator[Chunk | Unreadable]:
        """Chunks of the columns that are there, and what cannot be read in between."""
        head = stream.read(_HEAD)
        stream.seek(0)
        if head.startswith(_WORKBOOKS):
            yield _unreadable(1, "the file is a workbook, whatever its name says", "delimited text")
            return
        rows = _CSV[delimiter_of(head)].rows(stream)
        first = next(rows, None)
        if first is None or isinstance(first, Unreadable):
            yield first or _unreadable(1, "the file is empty", "a header row")
            return
        heading = _heading(first[1], options)
        if isinstance(heading, Unreadable):
            yield heading
            return
        yield from _chunks(rows, heading, len(first[1]))


def _chunks(
    rows: Iterator[tuple[int, list[str]] | Unreadable], places: Mapping[str, int], width: int
) -> Iterator[Chunk | Unreadable]:
    layout = Layout(
        "row", tuple(column(name, _ANY, required=False, check=CHECK, personal=True) for name in places)
    )
    while batch := list(islice(rows, ROWS)):
        lines: list[int] = []
        sound: list[list[str]] = []
        for row in batch:
            if isinstance(row, Unreadable):
                yield row
            elif len(row[1]) == width:
                lines.append(row[0])
                sound.append(row[1])
            elif row[1]:
                told = f"line {row[0]} has {len(row[1])} columns"
                yield _unreadable(row[0], told, f"{width}, as the header row; quote what holds the delimiter")
        if sound:
            cells = list(zip(*sound, strict=True))
            columns = {name: list(map(str.strip, cells[place])) for name, place in places.items()}
            yield Chunk(layout, lines, columns)


def _heading(cells: Sequence[str], options: ExtractOptions) -> Mapping[str, int] | Unreadable:
    """Where each field's column is."""
    names = [plain(cell) for cell in cells]
    places: dict[str, int] = {}
    missing: list[str] = []
    for one in options.own_columns:
        known = _called(one, options.sources)
        place = next((place for place, name in enumerate(names) if name in known), None)
        if place is not None:
            places[one.field] = place
        elif one.presence == "M":
            missing.append(options.sources.get(one.field, one.label))
    if missing:
        told = f"line 1 is not the header row, or lacks {', '.join(missing)}"
        return _unreadable(1, told, "a header row that names every column which must be there")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        return _unreadable(1, f"the header row names {', '.join(twice)} twice", "each column once")
    return places


def _called(one: Column, sources: Mapping[str, str]) -> frozenset[str]:
    """What the export may call a field: what is set, else its name and its header."""
    if one.field in sources:
        return frozenset({plain(sources[one.field])})
    return frozenset({plain(one.field), plain(one.header)}) - {""}


def delimiter_of(head: bytes) -> str:
    """What parts the cells of the first line: whichever of the known ones is there most often."""
    first = head.partition(b"\n")[0].decode("utf-8", "replace")
    return max(DELIMITERS, key=first.count)


def plain(name: str) -> str:
    """A column's name as names are compared: "Tenancy  Ref." and "tenancy_ref" are one."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _unreadable(line: int, told: str, expected: str) -> Unreadable:
    return Unreadable(line, b"", CHECK, f"{told}: expected {expected}", expected)
