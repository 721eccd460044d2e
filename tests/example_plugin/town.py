"""Garage rents, as one town's letting agent reports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Day,
    Delimited,
    Direction,
    Feed,
    Item,
    Layout,
    Pounds,
    Tally,
    Text,
    column,
    format_pounds,
    hookimpl,
)

AMOUNT, DAY = Pounds(), Day("%Y-%m-%d")
LINE = Layout("line", (column("reference", Text()), column("amount", AMOUNT), column("day", DAY)))


class Sums(Tally):
    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.value += sum(map(AMOUNT.read, chunk.columns["amount"]))

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}


def payments(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        yield Item("PAYMENT", row.line, row["reference"], -AMOUNT.read(row["amount"]), DAY.read(row["day"]))


GARAGES = Feed(
    name="town.garages",
    title="Garage rents from the letting agent",
    direction=Direction.IN,
    formats={"csv": Delimited([LINE], header=True)},
    tally=Sums,
    items=payments,
)


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return [GARAGES]
