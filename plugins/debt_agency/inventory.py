"""What an agency says that it has (INV), beside what the hub knows. Source: debt_agency.md, section 3.9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import Field

from hub.api import (
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    SentItem,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.debt_agency.canonical import INV, TRAILER
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.placements import (
    ACTIVE,
    AT_AN_AGENCY,
    HELD,
    PLACEMENT,
    keys_of,
    placement_of,
)
from plugins.debt_agency.reading import header_of, main_items
from plugins.debt_agency.settings import AgencyOptions
from plugins.debt_agency.tally import AgencyTally
from plugins.debt_agency.types import MONEY

ITEM, LIST = "INVENTORY", "INVENTORY_LIST"
LOOKS_UP = (Lookup(PLACEMENT, keys=keys_of), Lookup(PLACEMENT, states=tuple(sorted(AT_AN_AGENCY))))


class InventoryOptions(AgencyOptions):
    """stale_days: after so long without anything done, somebody is told"""

    stale_days: int = Field(default=60, ge=1)


Options = Context[InventoryOptions]
_lines = main_items(INV, ITEM, "placed_date")


class InventoryTally(AgencyTally):
    """Also remembers which placements are listed."""

    def __init__(self, ctx: Options) -> None:
        super().__init__(ctx, INV)
        self.listed: list[str] = []

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        if chunk.layout.name == INV.main.name:
            self.listed += chunk.columns["placement_ref"]


def items(chunk: Chunk, tally: InventoryTally, ctx: Options) -> Iterator[Item]:
    """One a line, and at the end one of all that is listed: what is not is missed."""
    yield from _lines(chunk, tally, ctx)
    if chunk.layout.name == TRAILER and len(chunk):
        on = tally.business_date()
        data = {**header_of(tally), "listed": " ".join(sorted(tally.listed))}
        if on is not None:
            yield Item(LIST, chunk.lines[0], tally.kind.code, 0, on, data)


@check("DA-INV-1", level=Level.RECORD, severity=Severity.WARNING, layouts=("V",))
def balances_are_reckoned(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """current_balance = amount_placed + adjustments_to_date - payments_to_date."""
    names = ("amount_placed", "adjustments_to_date", "payments_to_date", "current_balance")
    for row in chunk.rows():
        if not all(row[name].strip() for name in names):
            continue  # a layout may lack some
        placed, adjusted, paid, now = (MONEY.read(row[name]) for name in names)
        if now != placed + adjusted - paid:
            expected = format_pounds(placed + adjusted - paid)
            yield Found(f"current_balance is {row['current_balance']}", row.line, "current_balance", expected)


def match(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    placement = placement_of(item, ctx.facts) if item.kind == ITEM else None
    return Disposition(ItemState.NOTED, placement.account if placement else None)


@check("DA-INV-2", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def both_sides_know_the_same(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The agency has what the hub says that it has: no more, no less, with the same balance and as it stands
    there. AGENCY_ONLY, HUB_ONLY, BALANCE_DIFF, STATUS_DIFF, STALE are each told and asked about."""
    for one in taken:
        for move in moves(one, ctx):
            yield Found(f"{move.data['code']}: {move.data['says']}", one.item.line, "placement_ref")


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    if one.item.kind == LIST:
        yield from _missed(one.item, ctx)
        return
    placement, data = placement_of(one.item, ctx.facts), one.item.data
    if placement is None or placement.data["agency"] != ctx.options.called:
        says = f"{ctx.options.called} has {one.item.reference}, which was not placed with it."
        yield _difference(one.item, "AGENCY_ONLY", says, None)
        return
    yield from _balance(one.item, placement, ctx)
    yield from _status(one.item, placement, ctx)
    last, since = data["last_activity_date"], _made(one.item) - timedelta(ctx.options.stale_days)
    if placement.state == ACTIVE and last and date.fromisoformat(str(last)) <= since:
        says = f"{ctx.options.called} has done nothing about {placement.key} since {last}."
        yield _difference(one.item, "STALE", says, placement)


def _made(item: Item) -> date:
    return date.fromisoformat(str(item.data["made_at"])[:10])


def _missed(item: Item, ctx: Options) -> Iterator[Move]:
    """What the hub says that the agency has, and the agency does not list: not what is on its way there."""
    listed = set(str(item.data["listed"]).split())
    for placement in ctx.facts.records.all(PLACEMENT) if ctx.facts.records else ():
        placed = str(placement.data.get("placed_on") or "")
        ours = placement.state in AT_AN_AGENCY and placement.data["agency"] == ctx.options.called
        if ours and placement.key not in listed and placed and placed < item.on.isoformat():
            says = (
                f"{placement.key} was placed with {ctx.options.called} on {placed}, which does not list it."
            )
            yield _difference(item, "HUB_ONLY", says, placement)


def _balance(item: Item, placement: Record, ctx: Options) -> Iterator[Move]:
    told, known = int(item.data["current_balance"]), int(placement.data["balance"])
    if told != known:
        says = (
            f"{ctx.options.called} says that {format_pounds(told)} of {placement.key} is owed, and the hub "
            f"reckons {format_pounds(known)}."
        )
        yield _difference(item, "BALANCE_DIFF", says, placement, told=told, known=known)


def _status(item: Item, placement: Record, ctx: Options) -> Iterator[Move]:
    """A debt that is collected although it is on hold is the one that must not wait; unless the hold crossed
    the inventory."""
    told = str(item.data["status"] or "")
    known = placement.state if placement.state in AT_AN_AGENCY else "CLOSED"
    action = placement.data.get("action") or {}
    newer = str(action.get("at") or "") > str(item.data["made_at"])
    if told in ("", known) or newer or (known in ("SENT", "ACCEPTED") and told == ACTIVE):
        return
    stops = "STOP IT TODAY: it is on hold here, and " if (told, known) == (ACTIVE, HELD) else ""
    says = f"{stops}{ctx.options.called} says {told} of {placement.key}, which is {placement.state} here."
    yield _difference(item, "STATUS_DIFF", says, placement, told=told, known=placement.state)


def _difference(item: Item, code: str, says: str, placement: Record | None, **told: Any) -> Move:
    ref = placement.key if placement is not None else item.reference
    file = item.data["file_seq"] or _made(item)
    return exception(f"{ref}/{code}/{file}", code, says, placement, **told)


CHECKS = (balances_are_reckoned, both_sides_know_the_same)
