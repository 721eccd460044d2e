"""A second little feed, which gathers what the first one leaves waiting: references that start with WAI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.api import (
    Context,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Level,
    Options,
    Output,
    SentItem,
    Severity,
    Taken,
    check,
)
from tests.little import little, match, write
from tests.world import World

ROUTE = """
partner: Parcels
routes:
  parcels:
    feed: little.parcels
    from: {{items: PARCEL{source}}}
    to: [{{output: parcels, endpoint: out, folder: ""}}]
    mode: live
    owner: tests
{more}"""


class ParcelOptions(Options):
    refuse_all: bool = False
    shut: bool = False


@check("HEAVY", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def not_too_heavy(taken: list[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """A parcel of a thousand pounds and more waits for a person."""
    yield from (Found("too heavy", one.item.line) for one in taken if one.item.amount >= 100_000)


@check("REFUSE", level=Level.CROSS)
def is_welcome(taken: list[Taken], ctx: Context[ParcelOptions]) -> Iterator[Found]:
    """Nothing is refused unless the route says so."""
    if ctx.options.refuse_all:
        yield Found("the route refuses all")


@check("SHUT", level=Level.CROSS, severity=Severity.HOLD, at_send=True)
def door_is_open(taken: list[Taken], ctx: Context[ParcelOptions]) -> Iterator[Found]:
    """Nothing leaves while the route is shut."""
    if ctx.options.shut:
        yield Found("the route is shut")


def waits(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """References that start with WAI wait to be gathered; the others as ever."""
    if item.reference.startswith("WAI"):
        return Disposition(ItemState.WAITING, item.reference, waits_as="PARCEL")
    return match(item, ctx, sent)


def is_light(one: Taken, ctx: Context[Any]) -> str | None:
    return None if one.item.amount < 500 else "it is not light"


PARCELS = Feed(
    name="little.parcels",
    title="Parcels",
    direction=Direction.OUT,
    options=ParcelOptions,
    checks=(not_too_heavy, is_welcome, door_is_open),
    outputs=(Output("parcels", ("PAYMENT",), write=write, becomes=ItemState.SENT),),
    gathers=("PARCEL",),
    conditions={"light": is_light},
)


def parcels_world(folder: Path, *feeds: Feed) -> World:
    """A world in which `payments` brings what `parcels` gathers."""
    world = World(folder, feeds=list(feeds) or [little(match=waits), PARCELS])
    set_route(world)
    return world


def set_route(world: World, *lines: str, source: str = "") -> None:
    """Write the gathering route; `source` is added to its `from`, lines to the route."""
    more = "".join(f"    {line}\n" for line in lines)
    world.write("config/routes/parcels.yaml", ROUTE.format(source=source, more=more))


def lines_out(world: World) -> Counter[str]:
    """How often each line lies at the partner, under a final name."""
    files = [content for name, content in world.delivered().items() if name[0] != "."]
    return Counter(line for content in files for line in content.decode().split())
