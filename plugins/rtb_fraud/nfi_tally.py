"""What is remembered while an export for the NFI streams by: counts, who was seen, which rows stay behind.

Persons and references are remembered by their hashes alone, so that half a million tenants fit into little
memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import Chunk, Context, Facts, Tally
from plugins.rtb_fraud.nfi_columns import Column
from plugins.rtb_fraud.nfi_settings import ExtractOptions
from plugins.rtb_fraud.settings import settings_of


def extract_date(ctx: Context[ExtractOptions]) -> date | None:
    """The day that the export is a picture of."""
    return ctx.options.extract_date or ctx.facts.today


def cycle_of(facts: Facts) -> str:
    return settings_of(facts).nfi.cycle


class ExtractTally(Tally):
    """Counts of one export. `records` are those that leave, of all `rows`.

    dropped: lines that stay behind, each with the check that says so; of them only those of the last chunk
    left:    how many stayed behind, by check; told: what was found beside that, by check
    blank:   by field, how many rows have nothing there, and the first of them
    begun:   whether rows were seen before this chunk
    """

    def __init__(self, ctx: Context[ExtractOptions]) -> None:
        super().__init__(ctx)
        self.columns: Mapping[str, Column] = {one.field: one for one in ctx.options.own_columns}
        self.dropped: dict[int, str] = {}
        self.left: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.rows = 0
        self.begun = False
        self.blank: Counter[str] = Counter()
        self.first_blank: dict[str, int] = {}
        self.bad_days: Counter[str] = Counter()
        self.stock_days: Counter[date] = Counter()
        self.first_stock: dict[date, int] = {}
        self.persons: set[int] = set()
        self.ninos: dict[int, int] = {}
        self.with_first: set[int] = set()
        self.without_first: dict[int, int] = {}
        self.undecided = 0
        self.first_undecided = 0

    def add(self, chunk: Chunk) -> None:
        self.begun = self.rows > 0
        self.rows += len(chunk)
        self.records += len(chunk)
        self.dropped.clear()

    def drop(self, line: int, check: str) -> None:
        """The row of a line stays behind, if it does not already."""
        if line not in self.dropped:
            self.dropped[line] = check
            self.left[check] += 1
            self.records -= 1

    def label(self, field: str) -> str:
        return self.columns[field].label

    def totals(self) -> Mapping[str, str | int]:
        left = {f"left out by {check}": count for check, count in sorted(self.left.items())}
        told = {f"found by {check}": count for check, count in sorted(self.told.items())}
        return {"count": self.records, "value": "0.00", "rows": self.rows, **left, **told}

    def business_date(self) -> date | None:
        return extract_date(self.ctx)

    def summary(self) -> Mapping[str, str | int | None]:
        return {"cycle": cycle_of(self.ctx.facts), "rows": self.records}


def rows_of(chunk: Chunk, tally: ExtractTally, *fields: str) -> Iterator[tuple[Any, ...]]:
    """(line, values…) of the rows that have not been left behind; a column that is not there is blank."""
    empty = [""] * len(chunk)
    columns = [chunk.columns.get(field, empty) for field in fields]
    rows = zip(chunk.lines, *columns, strict=True)
    return (row for row in rows if row[0] not in tally.dropped) if tally.dropped else rows
