"""Routes that go first: while something of theirs is to leave for an endpoint, nothing else leaves for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from hub.errors import LeftAlone
from hub.store import queries

if TYPE_CHECKING:
    from hub.config.routes import Route
    from hub.transfer.services import Services


def standing(conn: Connection, services: Services, route: str, endpoint: str) -> LeftAlone | None:
    """Why nothing of a route leaves for an endpoint yet; None when it may. Those that go first always may."""
    first = [one for one in services.config.routes.values() if one.goes_first and one.mode == "live"]
    if any(one.id == route for one in first):
        return None
    for one in first:
        if any(way.endpoint == endpoint for way in one.ways) and _has_something(
            conn, services, one, endpoint
        ):
            said = f"Nothing goes to {endpoint} before what {one.id} has for it: run that first."
            return LeftAlone(said, None)
    return None


def _has_something(conn: Connection, services: Services, route: Route, endpoint: str) -> bool:
    from hub.transfer.steps.gather import anything_ready  # which sends by way of this module

    waiting = route.waiting
    waits = waiting is not None and queries.anything_waits(conn, waiting.items)
    return queries.anything_to_leave(conn, route.id, endpoint) or (
        waits and anything_ready(conn, services, route)
    )
