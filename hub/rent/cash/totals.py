"""`rent.cash_totals`: what an income system says that it sent, apart from the files themselves.

A CSV with a header line `source,business_date,count,total`, one row a file [project layout]: the sidecar of
formats that carry no control total. `rent.cash` compares with it where its route says `totals_from`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.checks.base import Context, Tally
from hub.door.feed import Feed
from hub.door.lifecycle import Lifecycle
from hub.formats.delimited import Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Day, Matching, Pounds
from hub.model import Chunk, Direction, Item, Move, Taken, format_pounds
from hub.rent.generic_csv import PARTY

TOTALS, TOLD = "cash_total", "TOLD"
TOTAL_LIFE = Lifecycle(
    kind=TOTALS,
    title="What senders of payments say that they sent",
    begins=(TOLD,),
    moves={TOLD: (TOLD,)},
)

ROW = Layout(
    "cash total",
    (
        column("source", Matching(PARTY.strip("^$"), expected="up to 12 capitals and digits"), check="E13"),
        column("business_date", Day("%Y-%m-%d"), check="E11"),
        column("count", Matching("[0-9]{1,9}", expected="a whole number"), check="E12"),
        column("total", Pounds(), check="E12"),
    ),
)
CSV = Delimited((ROW,), header=True, structure="E10")
_day, _total = ROW.field("business_date").kind.read, ROW.field("total").kind.read


def total_key(source: str, day: date) -> str:
    """The key of the record of one total.

    >>> total_key("INCOME", date(2030, 6, 4))
    'INCOME/2030-06-04'
    """
    return f"{source}/{day.isoformat()}"


class TotalsTally(Tally):
    """`value` is the sum of all that was told."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.latest: date | None = None

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.value += sum(map(_total, chunk.columns["total"]))
        days = {*map(_day, chunk.columns["business_date"]), *([self.latest] if self.latest else ())}
        self.latest = max(days, default=None)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}

    def business_date(self) -> date | None:
        return self.latest


def total_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"count": int(row["count"]), "total": _total(row["total"])}
        yield Item("CASH_TOTAL", row.line, row["source"], 0, _day(row["business_date"]), data)


def total_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """A total that is told again takes the place of what was told before."""
    item = taken.item
    key = total_key(item.reference, item.on)
    yield Move(kind=TOTALS, key=key, to=TOLD, data=dict(item.data), reason="the sender told it")


CASH_TOTALS = Feed(
    name="rent.cash_totals",
    title="What an income system says that it sent",
    direction=Direction.IN,
    formats={"csv": CSV},
    tally=TotalsTally,
    items=total_items,
    moves=total_moves,
    keeps_items=False,
)
