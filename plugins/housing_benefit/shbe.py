"""Awards, from the D records of the benefits system's monthly extract (SHBE): the few facts that rents needs.

The extract is a return to DWP with incomes, health and household of every claimant. Nothing of these is read:
a record is cut to the positions that `positions` names, and those may be facts of the award only.

Source: formats pages housing_benefit.md, section 6, and dwp_cis.md, section 10. The positions are those of
the files that are released to researchers, from which some items were removed: a council finds out its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import Field, field_validator

from hub.api import (
    Chunk,
    Context,
    Delimited,
    Digits,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Options,
    SentItem,
    Severity,
    Taken,
    Tally,
    Text,
    Unreadable,
    check,
    column,
    format_pounds,
    normal_reference,
)
from hub.api import Code as CodeType
from hub.api import Day as DayType
from plugins.housing_benefit.settings import RAW

AWARD = "hb_award"
IN_PAYMENT, SUSPENDED, OTHER = "IN_PAYMENT", "SUSPENDED", "OTHER"
STATES = {"1": IN_PAYMENT, "2": SUSPENDED, "0": OTHER}
FIELDS = ("claim_ref", "tenancy_type", "status", "weekly", "paid_to")
ROWS = 4096
Position = Annotated[int, Field(ge=2, le=400)]
FieldName = Literal["claim_ref", "tenancy_type", "status", "weekly", "paid_to"]


class AwardOptions(Options):
    """Options of `housing_benefit.shbe`.

    positions:     where each fact stands in a D record, 1 = the record type
    tenancy_types: those of the council's own tenants; other claims are passed over
    date_format:   of the day up to which a claim was paid
    """

    positions: Mapping[FieldName, Position] = Field(
        default={"claim_ref": 2, "tenancy_type": 6, "status": 29, "weekly": 39, "paid_to": 275}
    )
    tenancy_types: frozenset[str] = frozenset({"1", "8"})
    date_format: str = "%d/%m/%Y"

    @field_validator("positions")
    @classmethod
    def _are_complete(cls, positions: Mapping[FieldName, int]) -> Mapping[FieldName, int]:
        missing = [name for name in FIELDS if name not in positions]
        if missing:
            raise ValueError(f"positions: {', '.join(missing)} has none")
        return positions

    @field_validator("date_format")
    @classmethod
    def _is_a_date_format(cls, format: str) -> str:
        DayType(format)
        return format


def layout(options: AwardOptions) -> Layout:
    """What is kept of a D record."""
    return Layout(
        "award",
        (
            column("claim_ref", Text(), check="SHBE-03"),
            column("tenancy_type", Digits(), check="SHBE-03"),
            column("status", CodeType(*sorted(STATES)), check="SHBE-03"),
            column("weekly", Matching("[0-9]{1,9}", "whole pence"), check="SHBE-03"),
            column("paid_to", DayType(options.date_format), required=False, check="SHBE-03"),
        ),
    )


class DRecords:
    """The D records of an extract; records of other types are passed over unread."""

    def __init__(self) -> None:
        self._lines = Delimited([Layout("record", (column("type", Text()),))], structure="SHBE-00")

    def recognises(self, head: bytes) -> bool:
        """Whether one of the first lines is a D record as long as those have been for many years."""
        return any(line.startswith(b"D,") and line.count(b",") > 200 for line in head.splitlines()[:20])

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        kept, places = layout(options), [options.positions[name] - 1 for name in FIELDS]
        rows = self._records(stream, places)
        while batch := list(islice(rows, ROWS)):
            sound = [row for row in batch if not isinstance(row, Unreadable)]
            yield from (row for row in batch if isinstance(row, Unreadable))
            columns = zip(*(cells for _, cells in sound), strict=True)
            if sound:
                yield Chunk(kept, [line for line, _ in sound], dict(zip(FIELDS, columns, strict=True)))

    def _records(
        self, stream: BinaryIO, places: Sequence[int]
    ) -> Iterator[tuple[int, Sequence[str]] | Unreadable]:
        for row in self._lines.rows(stream):
            if isinstance(row, Unreadable):
                yield row
            elif row[1] and row[1][0] == "D":
                yield _cut(*row, places)


def _cut(line: int, cells: Sequence[str], places: Sequence[int]) -> tuple[int, Sequence[str]] | Unreadable:
    if len(cells) > max(places):
        return line, [cells[place].strip() for place in places]
    told = f"line {line}: the D record has {len(cells)} fields: expected at least {max(places) + 1}"
    return Unreadable(line, b"", "SHBE-00", told)


class AwardTally(Tally):
    """Awards of the council's own tenants, and what they come to a week; `others` are passed over."""

    others = 0

    def add(self, chunk: Chunk) -> None:
        wanted = self.ctx.options.tenancy_types
        own = [kind in wanted for kind in chunk.columns["tenancy_type"]]
        self.records += sum(own)
        self.others += len(own) - sum(own)
        weekly = zip(chunk.columns["weekly"], own, strict=True)
        self.value += sum(int(pence) for pence, is_own in weekly if is_own)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value), "other_tenants": self.others}


@check("SHBE-04", level=Level.FILE, severity=Severity.HOLD)
def some_are_our_tenants(tally: AwardTally, ctx: Context[AwardOptions]) -> Iterator[Found]:
    """The extract has claims of the council's own tenants: else `positions` is not that of this council."""
    if tally.others and not tally.records:
        yield Found(f"none of {tally.others} claims is of a tenancy type of {_told(ctx)}; see positions")


def _told(ctx: Context[AwardOptions]) -> str:
    return " or ".join(sorted(ctx.options.tenancy_types))


def award_items(chunk: Chunk, tally: AwardTally, ctx: Context[AwardOptions]) -> Iterator[Item]:
    """One AWARD a claim of the council's own tenants. None is kept: they live on as records."""
    day = chunk.layout.field("paid_to").kind
    for row in chunk.rows():
        if row["tenancy_type"] in ctx.options.tenancy_types:
            paid_to: date | None = day.read(row["paid_to"])
            data: dict[str, str | int | bool | None] = {
                "status": STATES[row["status"]],
                "weekly": int(row["weekly"]),
                "paid_to": paid_to.isoformat() if paid_to else None,
            }
            on = paid_to or ctx.facts.today or date(1900, 1, 1)
            yield Item("AWARD", row.line, normal_reference(row["claim_ref"]), 0, on, data)


def match_award(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.NOTED)


def award_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The award as the extract has it, where that is news."""
    item = taken.item
    state = str(item.data["status"])
    data = {name: item.data[name] for name in ("weekly", "paid_to")}
    known = ctx.facts.records.get(AWARD, item.reference) if ctx.facts.records else None
    if known is None or known.state != state or any(known.data.get(k) != v for k, v in data.items()):
        yield Move(kind=AWARD, key=item.reference, to=state, data=data)


AWARD_LIFE = Lifecycle(
    kind=AWARD,
    title="Housing Benefit awards of the council's own tenants",
    begins=(IN_PAYMENT, SUSPENDED, OTHER),
    moves={
        IN_PAYMENT: (SUSPENDED, OTHER),
        SUSPENDED: (IN_PAYMENT, OTHER),
        OTHER: (IN_PAYMENT, SUSPENDED),
    },
    owner="benefits-team",
)
"""By the claim's reference. Data: `weekly` pence and `paid_to`, as the last extract has them."""

SHBE = Feed(
    name="housing_benefit.shbe",
    title="Housing Benefit awards, from the benefits system's monthly extract",
    direction=Direction.IN,
    options=AwardOptions,
    formats={"shbe-d": DRecords()},
    tally=AwardTally,
    checks=(some_are_our_tenants,),
    items=award_items,
    match=match_award,
    looks_up=(Lookup(AWARD, keys=lambda item: (item.reference,)),),
    moves=award_moves,
    keep=RAW,
    keeps_items=False,
)
