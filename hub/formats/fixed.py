"""Fixed-width files: one record a line, LF or CRLF."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

from hub.formats.layout import Layout
from hub.formats.lines import Lines, Run
from hub.formats.types import Literal
from hub.model import Chunk, Unreadable

ROWS = 4096
REPADDED = "_repadded"
"""Column that a chunk has when stripped lines were filled up again: the length that came, or empty."""

Tolerate = Callable[[Any, Layout], bool]
ByWidth = dict[int, Layout]


def never(options: Any, layout: Layout) -> bool:
    """Tolerates nothing."""
    return False


class Fixed:
    """A format of fixed-width lines.

    layouts:   the first is the one that opens a file. A line's layout is chosen by tag, else it is the one
               without tag; where several fit, by width
    eof:       a byte that may follow the last record (0x1A in old exports)
    tolerate:  asked with (options, layout) whether a line that lost trailing spaces is filled up again; such
               chunks have the column `REPADDED`, so that a check can warn
    structure: the check id of lines that cannot be read
    """

    def __init__(
        self,
        layouts: Sequence[Layout],
        *,
        encoding: str = "ascii",
        eof: bytes | None = None,
        tolerate: Tolerate = never,
        structure: str = "STRUCTURE",
    ) -> None:
        self.layouts = tuple(layouts)
        self._lines = Lines(encoding, structure, eof)
        self._tolerate = tolerate
        self._tags = _by_tag(layouts)
        self._cuts = {layout.name: _cuts(layout) for layout in layouts}

    def recognises(self, head: bytes) -> bool:
        """Whether the first line opens a file by its tag and constants, or fits one of the layouts wholly."""
        line = self._lines.first(head)
        if self._opens(line):
            return True
        layout = self._candidates(line).get(len(line))
        return layout is not None and all(f.kind.fits(line[f.start - 1 : f.end]) for f in layout.fields)

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout each, in file order; lines that no layout fits in between. Memory is flat."""
        for run in self._lines.read(stream):
            if isinstance(run, Unreadable):
                yield run
            else:
                yield from self._chunks(run, options)

    def encode(self, records: Iterable[str], end: str = "\r\n") -> bytes:
        """Records as a file, each ended by `end`. Raises CannotRender for what the encoding cannot carry."""
        return self._lines.encode(records, end)

    def _opens(self, line: str) -> bool:
        opening = self.layouts[0]
        start, tag = opening.tag_place
        return (
            bool(tag)
            and line.startswith(tag, start - 1)
            and all(
                line[field.start - 1 : field.end] == field.kind.text
                for field in opening.fields
                if isinstance(field.kind, Literal)
            )
        )

    def _chunks(self, run: Run, options: Any) -> Iterator[Chunk | Unreadable]:
        number, lines = run
        for layout, group in groupby(lines, self._layout):
            same = list(group)
            if layout is None:
                yield from (self._misfit(number + i, line, options) for i, line in enumerate(same))
            else:
                for start in range(0, len(same), ROWS):
                    yield self._chunk(layout, number + start, same[start : start + ROWS])
            number += len(same)

    def _chunk(self, layout: Layout, first: int, lines: list[str]) -> Chunk:
        columns: dict[str, list[str]] = {}
        for blank, run in groupby(self._cuts[layout.name], key=lambda field: field.is_blank(lines[0])):
            fields = list(run)
            columns |= _blank(fields, lines) if blank else _cut(fields, lines)
        return Chunk(layout, range(first, first + len(lines)), columns)

    def _layout(self, line: str) -> Layout | None:
        """The layout that a line fits by tag and length."""
        return self._candidates(line).get(len(line))

    def _candidates(self, line: str) -> ByWidth:
        """The layouts that a line may be of by its tag."""
        for place, tagged in self._tags:
            if (found := tagged.get(line[place])) is not None:
                return found
        return {}

    def _misfit(self, number: int, line: str, options: Any) -> Chunk | Unreadable:
        """A line of a wrong length: filled up where that is tolerated, else unreadable."""
        candidates = self._candidates(line)
        for width, layout in candidates.items():
            if len(line) < width and self._tolerate(options, layout):
                filled = self._chunk(layout, number, [line.ljust(width)])
                return Chunk(layout, filled.lines, {**filled.columns, REPADDED: [str(len(line))]})
        if candidates:
            expected = " or ".join(f"{width} characters" for width in candidates)
            message = f"line {number} is {len(line)} characters long: expected {expected}"
        else:
            expected = " or ".join(f"“{tag}”" for _, tagged in self._tags for tag in tagged)
            begins = "begins like no record of this format" if line.strip() else "is blank"
            message = f"line {number} {begins}: expected {expected}"
        raw = line.encode(self._lines.plain)
        return Unreadable(number, raw, self._lines.structure, message, expected)


def _by_tag(layouts: Iterable[Layout]) -> list[tuple[slice, dict[str, ByWidth]]]:
    """Where tags stand; for each place the tags there, and for each tag its layouts. No tag comes last."""
    places: dict[tuple[int, int], dict[str, ByWidth]] = defaultdict(dict)
    for layout in sorted(layouts, key=lambda layout: layout.tag is None):
        start, tag = layout.tag_place
        tagged = places[start - 1, start - 1 + len(tag)].setdefault(tag, {})
        if layout.width is None or layout.width in tagged:
            raise ValueError(f"layout {layout.name} cannot be told by tag and width from the others")
        tagged[layout.width] = layout
    return [(slice(*place), tagged) for place, tagged in places.items()]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field stands in a line."""

    name: str
    start: int
    end: int

    def is_blank(self, line: str) -> bool:
        return line[self.start : self.end].isspace()


def _cuts(layout: Layout) -> list[_Place]:
    return [_Place(field.name, field.start - 1, field.end) for field in layout.fields]


def _cut(fields: Iterable[_Place], lines: list[str]) -> dict[str, list[str]]:
    return {field.name: list(map(itemgetter(slice(field.start, field.end)), lines)) for field in fields}


def _blank(fields: list[_Place], lines: list[str]) -> dict[str, list[str]]:
    """Fields side by side that the first line leaves blank: looked at as one where all lines do, which makes
    wide records quick."""
    start, end = fields[0].start, fields[-1].end
    if list(map(itemgetter(slice(start, end)), lines)).count(" " * (end - start)) < len(lines):
        return _cut(fields, lines)
    return {field.name: [" " * (field.end - field.start)] * len(lines) for field in fields}
