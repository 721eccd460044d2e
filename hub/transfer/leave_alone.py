"""What is not to be touched now, and why: a route or endpoint that a person has paused, an endpoint in its
hours of maintenance, one that does not answer or has refused us. Deliveries stay READY, sources as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from hub.clock.now import LONDON
from hub.config.maintenance import maintained_until
from hub.errors import LeftAlone
from hub.store import queries
from hub.store.alert_rows import PauseRow
from hub.transfer import circuits, goes_first

if TYPE_CHECKING:
    from hub.config.routes import Route
    from hub.transfer.services import Services


def now(services: Services, route: str, endpoint: str | None = None) -> LeftAlone | None:
    """As `why`, asked outside of a transaction."""
    with services.store.read() as conn:
        return why(conn, services, route, endpoint)


def paused(services: Services, routes: Collection[str]) -> Set[str]:
    """Those whose due times wait until a pause is over."""
    with services.store.read() as conn:
        if queries.is_all_well(conn):
            return frozenset()
        return {id for id in routes if id in services.config.routes and why(conn, services, id) is not None}


def leaving_now(services: Services, route: str, endpoint: str) -> LeftAlone | None:
    """As `leaving`, asked outside of a transaction."""
    with services.store.read() as conn:
        return leaving(conn, services, route, endpoint)


def route_now(services: Services, route: Route) -> str | None:
    """Sentences about a route and all of its endpoints, each once."""
    with services.store.read() as conn:
        found = [why(conn, services, route.id), *(of_endpoint(conn, services, e) for e in route.endpoints)]
        found += [goes_first.standing(conn, services, route.id, way.endpoint) for way in route.ways]
    return " ".join(dict.fromkeys(str(one) for one in found if one is not None)) or None


def fails(services: Services, route: Route) -> bool:
    """Whether an endpoint of a route failed when it was last tried."""
    with services.store.read() as conn:
        return any(queries.get_circuit(conn, circuits.name_of(one)) for one in route.endpoints)


def why(
    conn: Connection,
    services: Services,
    route: str | None,
    endpoint: str | None = None,
    *,
    all_well: bool | None = None,
) -> LeftAlone | None:
    """Why nothing may be done for a route, at an endpoint, or both; None when it may. `all_well`:
    `queries.is_all_well`, where it was asked already."""
    if queries.is_all_well(conn) if all_well is None else all_well:
        return _maintained(services, endpoint) if endpoint else None
    pause = _paused(conn, "route", route) if route else None
    if pause is not None or endpoint is None:
        return pause
    pause = _paused(conn, "endpoint", endpoint)
    return pause or _maintained(services, endpoint) or circuits.standing(conn, services, endpoint)


def leaving(conn: Connection, services: Services, route: str, endpoint: str) -> LeftAlone | None:
    """Why nothing of a route may leave for an endpoint: as `why`, or another route goes first there."""
    return why(conn, services, route, endpoint) or goes_first.standing(conn, services, route, endpoint)


def of_endpoint(
    conn: Connection, services: Services, endpoint: str, *, all_well: bool | None = None
) -> LeftAlone | None:
    """Why an endpoint is left alone."""
    return why(conn, services, None, endpoint, all_well=all_well)


def _maintained(services: Services, endpoint: str) -> LeftAlone | None:
    """It is in its hours of maintenance."""
    settings = services.config.endpoints.get(endpoint)
    windows = getattr(settings, "maintenance", ())
    until = maintained_until(windows, services.config.calendars, services.clock.now()) if windows else None
    return None if until is None else is_maintained(endpoint, until)


def is_paused(row: PauseRow) -> LeftAlone:
    said = f"The {row.kind} {row.name} is paused until {_shown(row.until)} by {row.by}: {row.reason}."
    return LeftAlone(said, row.until)


def is_maintained(endpoint: str, until: datetime) -> LeftAlone:
    return LeftAlone(f"The endpoint {endpoint} is in maintenance until {_shown(until)}.", until)


def _paused(conn: Connection, kind: str, name: str) -> LeftAlone | None:
    row = queries.standing_pause(conn, kind, name)
    return None if row is None else is_paused(row)


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%a %d %b %H:%M}"
