"""Whether a route that starts inside the hub gathers something that waits, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.config.document import Path
from hub.config.routes import DUE, NOW, RouteSettings, Waiting
from hub.config.sentences import near
from hub.door.feed import Feed


def gather_mistakes(route: RouteSettings, feeds: Sequence[Feed]) -> Iterator[tuple[Path, str]]:
    """What a route gathers and its feed does not, a condition that it has not, a feed that reads no files."""
    if not isinstance(route.source, Waiting):
        for feed in feeds:
            if feed.gathers and not feed.formats:
                choice = " or ".join(f"{{items: {name}}}" for name in feed.gathers)
                yield ("from",), f"{feed.name} reads no files; write {choice}"
        return
    gathering = [feed for feed in feeds if feed.gathers]
    if len(gathering) > 1:
        names = " and ".join(feed.name for feed in gathering)
        yield ("feeds",), f"{names} gather; give each a route of its own: the other feeds of one read replies"
    else:
        yield from _source_mistakes(route.source, (gathering or feeds)[0])


def _source_mistakes(source: Waiting, feed: Feed) -> Iterator[tuple[Path, str]]:
    conditions = (NOW, DUE, *feed.conditions)
    if source.items not in feed.gathers:
        text = f"{feed.name} gathers no “{source.items}”{near(source.items, feed.gathers)}"
        yield ("from", "items"), text
    if source.when not in conditions:
        text = f"{feed.name} has no condition “{source.when}”{near(source.when, conditions)}"
        yield ("from", "when"), text
