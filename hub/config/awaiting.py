"""Whether what routes await at the bank can ever be there, and be waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.bank.dues import PARTS
from hub.config.document import Path
from hub.config.routes import RouteSettings, Waiting
from hub.config.sentences import near
from hub.door.feed import Feed
from hub.model import Compartment

RECEIPTS = "bank.receipts"


def await_mistakes(route: RouteSettings, feeds: Sequence[Feed]) -> Iterator[tuple[Path, str]]:
    """What of `awaits:` does not fit the route and its feeds."""
    awaits = route.awaits
    if awaits is None:
        return
    if isinstance(route.source, Waiting):
        yield ("awaits",), "the route gathers what waits in the hub, and only files await the bank"
    closed = [feed.name for feed in feeds if feed.compartment is not Compartment.OPEN]
    if closed:
        yield ("awaits",), f"{closed[0]} is not open to everybody, and everybody sees what the bank awaits"
    for feed in feeds:
        parts = {**PARTS, **feed.parts}
        if awaits.each not in parts:
            text = f"{feed.name} has no parts “{awaits.each}”{near(awaits.each, parts)}"
            yield ("awaits", "each"), text
    if awaits.lets_go == "part" and route.reaches:
        text = f"a file of which parts wait does not reach “{route.reaches}”: let it go whole"
        yield ("awaits", "lets_go"), text


def money_mistakes(routes: Mapping[str, RouteSettings]) -> Iterator[tuple[str, Path, str]]:
    """Money that no route of statements names: the id of the route that awaits it, where, and a sentence."""
    named = {
        name
        for route in routes.values()
        if RECEIPTS in route.feeds and isinstance(route.options.get("money"), dict)
        for name in route.options["money"]
    }
    for id, route in routes.items():
        if route.awaits is not None and route.awaits.money not in named:
            name = route.awaits.money
            text = f"no route of {RECEIPTS} names the money “{name}”{near(name, named)}"
            yield id, ("awaits", "money"), text
