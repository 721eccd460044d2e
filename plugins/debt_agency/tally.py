"""What is gathered of an agency's file while it streams by: header, trailer, counts, sums and the hash.

Source: debt_agency.md, section 3.1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.api import Chunk, Context, Row, Tally, format_pounds
from plugins.debt_agency.canonical import HEADER, TRAILER, Kind
from plugins.debt_agency.mapping import LAYOUT
from plugins.debt_agency.types import DAY, MONEY

HASHED = 10**15


class AgencyTally(Tally):
    """Of a file of one kind.

    frame:           which of the two the file must have: a layout of an agency's own may lack them
    header, trailer: their first rows; None where there are none
    places:          the lines on which headers and trailers stand
    counted:         sound records by their letter
    sums:            pence of the kind's two totals; hashed: the sum of placement_ref over the main records
    last:            the last line seen
    """

    def __init__(self, ctx: Context[Any], kind: Kind) -> None:
        super().__init__(ctx)
        self.kind = kind
        self.frame = _frame_of(ctx)
        self.header: Row | None = None
        self.trailer: Row | None = None
        self.places: dict[str, list[int]] = {HEADER: [], TRAILER: []}
        self.counted: Counter[str] = Counter()
        self.sums = [0, 0]
        self.hashed = 0
        self.last = 0

    def add(self, chunk: Chunk) -> None:
        name = chunk.layout.name
        self.last = max(self.last, chunk.lines[-1] if len(chunk) else 0)
        if name in self.places:
            self.places[name] += chunk.lines
            if len(chunk):
                self._frame(chunk.row(0))
            return
        self.counted[name] += len(chunk)
        if name == self.kind.main.name:
            self._add_main(chunk)

    def _frame(self, row: Row) -> None:
        if row.layout.name == HEADER:
            self.header = self.header or row
        else:
            self.trailer = self.trailer or row

    def _add_main(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        refs = chunk.columns["placement_ref"]
        self.hashed = (self.hashed + sum(map(int, refs))) % HASHED
        for place, column in enumerate(self.kind.totals):
            if column:
                self.sums[place] += sum(MONEY.read(text) for text in chunk.columns[column] if text)
        self.value = self.sums[0]

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}

    def business_date(self) -> date | None:
        told = self.told("business_date")
        return DAY.read(told) if told else None

    def told(self, name: str) -> str | None:
        """What the header says, if it does."""
        return self.header[name].strip() or None if self.header else None

    def summary(self) -> Mapping[str, str | int | None]:
        return {"file_seq": self.told("file_seq")}

    def used(self) -> Mapping[str, frozenset[str]]:
        scope, number = self.scope(), self.told("file_seq")
        return {scope: frozenset({str(int(number))})} if number and scope else {}

    def scope(self) -> str | None:
        """What counts the files of a sender and a kind."""
        sender = self.told("sender_id")
        return came_in(sender, self.kind.code) if sender else None


def _frame_of(ctx: Context[Any]) -> frozenset[str]:
    layout = ctx.options.own if ctx.format == LAYOUT else None
    return layout.frame if layout is not None else frozenset({HEADER, TRAILER})


def came_in(sender: str, kind: str) -> str:
    """The counter of the files of a kind that a partner sends us."""
    return f"debt_agency.in:{sender}/{kind}"
