"""How a table is drawn in so many columns of a screen: pure. A word, such as an id, is never broken.

Columns get as much room as there is, the first ones first. What has no room beside them follows below its
row, with its name.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

GAP = "  "
ROOM = 24
"""A column is not made narrower than this for the sake of another, if it has so much to say."""

Row = Sequence[str]


def drawn(names: Sequence[str], rows: Sequence[Row], width: int, *, rule: bool = False) -> Iterator[str]:
    """The lines of a table. Names that start with `>` are of columns aligned right.

    rule: whether a line is drawn below the names"""
    right = [name.startswith(">") for name in names]
    heads = [name.lstrip(">") for name in names]
    widths = _widths(heads, rows, width)
    beside = len(widths)
    yield from _beside(heads[:beside], widths, right)
    if rule:
        yield "─" * (sum(widths) + len(GAP) * (beside - 1))
    for row in rows:
        yield from _beside(row[:beside], widths, right)
        yield from _below(heads[beside:], row[beside:], width)


def _widths(heads: Row, rows: Sequence[Row], width: int) -> list[int]:
    """Of the columns that have room beside each other; always one."""
    table = [heads, *rows]
    least = [_least([row[place] for row in table]) for place in range(len(heads))]
    most = [max(_longest(row[place].split("\n")) for row in table) for place in range(len(heads))]
    beside = 1
    while beside < len(heads) and sum(least[: beside + 1]) + len(GAP) * beside <= width:
        beside += 1
    room = width - len(GAP) * (beside - 1)
    return _share(least[:beside], most, room)


def _least(cells: Sequence[str]) -> int:
    return max(max(_longest(cell.split()), min(_longest(cell.split("\n")), ROOM)) for cell in cells)


def _longest(parts: Sequence[str]) -> int:
    return max(map(len, parts), default=0)


def _share(least: list[int], most: Sequence[int], room: int) -> list[int]:
    """Give what room is left to the columns that want more, the one that wants least of it first."""
    widths, spare = list(least), room - sum(least)
    wanting = sorted(range(len(widths)), key=lambda place: most[place] - least[place])
    for position, place in enumerate(wanting):
        more = min(most[place] - least[place], max(spare, 0) // (len(wanting) - position))
        widths[place] += more
        spare -= more
    return [min(one, room) for one in widths]


def _beside(cells: Row, widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    folded = [_folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for line in zip_longest(*folded, fillvalue=""):
        placed = (
            text.rjust(width) if to_the_right else text.ljust(width)
            for text, width, to_the_right in zip(line, widths, right, strict=False)
        )
        yield GAP.join(placed).rstrip()


def _below(heads: Row, cells: Row, width: int) -> Iterator[str]:
    """What follows below a row: as many of the named values in a line as fit."""
    line = ""
    told = zip(heads, ("; ".join(cell.splitlines()) for cell in cells), strict=True)
    for part in (f"{head}: {' '.join(text.split())}" for head, text in told if text):
        if line and len(GAP + line + GAP + part) > width:
            yield from _wrapped(line, width, GAP)
            line = ""
        line = f"{line}{GAP}{part}" if line else part
    if line:
        yield from _wrapped(line, width, GAP)


def _folded(text: str, width: int) -> list[str]:
    return [line for part in text.split("\n") for line in _wrapped(part, width) or [""]]


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Of a word that is longer than the whole screen nothing is left out."""
    return textwrap.wrap(
        text, max(width, ROOM), initial_indent=indent, subsequent_indent=2 * indent, break_on_hyphens=False
    )
