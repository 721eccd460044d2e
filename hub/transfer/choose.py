"""Which feed and format content is of."""

from __future__ import annotations

from collections.abc import Sequence
from io import BufferedReader

from hub.config.routes import Route
from hub.door.feed import Feed
from hub.transfer.inspect import HEAD, recognise
from hub.transfer.services import Services


def choose(services: Services, route: Route, stream: BufferedReader) -> tuple[Feed, str] | str:
    """The feed and format by content. A format that the route names is taken at its word, so that a broken
    file is refused with its findings; of content that nothing here reads a sentence why not."""
    feeds = {name: services.feed(name) for name in route.feeds}
    if route.format is not None:
        named = [feed for feed in feeds.values() if route.format in feed.formats]
        return named[0], route.format
    head = stream.peek(HEAD)
    fitting = recognise(head, feeds)
    if len(fitting) == 1:
        return fitting[0]
    elsewhere = [feed.name for feed, _ in recognise(head, services.catalogue.feeds)]
    return _not_one(fitting, elsewhere, route)


def _not_one(fitting: Sequence[tuple[Feed, str]], elsewhere: Sequence[str], route: Route) -> str:
    if fitting:
        return "more than one feed of the route reads this: " + ", ".join(f.name for f, _ in fitting)
    if elsewhere:
        return f"this is {', '.join(elsewhere)}, which the route {route.id} does not take"
    return "no feed that is installed recognises this content; somebody should look at it"
