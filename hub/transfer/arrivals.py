"""What should come to a route by when: promised a day ahead, kept by what comes, in time or late.

A file counts for the day that its content is for, where something is missing for that; else for the oldest
day for which something is missing and whose time had begun (when the one before it was due).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from hub.clock.due import Slot, slots
from hub.config.arrival import Arrival
from hub.config.routes import Route
from hub.model import PromiseState
from hub.store import queries
from hub.store.queries.arrivals import START, Came
from hub.transfer import promises
from hub.transfer.services import Services

ROUTE = "route"
AHEAD = timedelta(days=1)
BACK = timedelta(days=7)
"""How far back it is looked what was missed while the hub stood still, and what late files may be for."""


@dataclass(slots=True)
class Awaited:
    """What is expected for a day. `begins`: what came before then was for an earlier day."""

    day: date
    begins: datetime
    count: int
    came: int = 0


def expect_arrivals(services: Services) -> None:
    """Promise what is due within a day, and note what has come. A chore for each quarter of an hour: a run
    notes what came to its own route when it ends."""
    routes = {id: route for id, route in services.config.routes.items() if _is_meant(services, route)}
    for route in routes.values():
        settle_arrivals(services, route)
    with services.store.read() as conn:
        orphans = [one for one in queries.standing_arrivals(conn) if one[0] not in routes]
    if orphans:

        def commit(conn: Connection) -> None:
            for route, name in orphans:
                promises.void(conn, ROUTE, route, name)

        services.commit(commit)


def settle_arrivals(services: Services, route: Route) -> None:
    """For one route. Writes only where something is new."""
    if route.arrives is None or not _is_meant(services, route):
        return
    arrives = route.arrives
    with services.store.read() as conn:
        new = list(_unpromised(conn, services, route, arrives))
        stale = list(_stale(conn, services, route, arrives))
    if new or stale:
        services.commit(lambda conn: _promise(conn, services, route, arrives, new, stale))
    with services.store.read() as conn:
        kept = _kept(conn, services, route, arrives)
    if kept:
        services.commit(lambda conn: _keep(conn, route, kept))


def _is_meant(services: Services, route: Route) -> bool:
    on = route.mode == "live" and route.id not in services.config.unavailable
    return on and route.arrives is not None


def _unpromised(conn: Connection, services: Services, route: Route, arrives: Arrival) -> Iterator[Slot]:
    """The slots from the last promised one on, until a day ahead, but for those within a pause. Of a route
    for which nothing was ever promised, those to come."""
    now = services.clock.now()
    last = queries.last_promised_arrival(conn, route.id)
    start = now if last is None else max(last + timedelta(seconds=1), now - BACK)
    pause = queries.last_pause(conn, ROUTE, route.id)
    if start < now + AHEAD:
        for slot in slots(arrives, services.config.calendars, start, now + AHEAD):
            if pause is None or not pause.since <= slot.at <= pause.until:
                yield slot


def _stale(conn: Connection, services: Services, route: Route, arrives: Arrival) -> Iterator[str]:
    """The names of those to come that the route expects no more: it says otherwise now, or is paused then."""
    now = services.clock.now()
    promised = queries.promised_arrivals(conn, route.id, now)
    pause = queries.last_pause(conn, ROUTE, route.id)
    known = {slot.at for slot in slots(arrives, services.config.calendars, now, now + AHEAD)}
    for one in promised:
        paused = pause is not None and pause.since <= one.due_at <= pause.until
        if one.state is PromiseState.OPEN and (paused or one.due_at not in known):
            yield one.name


def _promise(
    conn: Connection,
    services: Services,
    route: Route,
    arrives: Arrival,
    new: Sequence[Slot],
    stale: Sequence[str],
) -> None:
    for name in stale:
        promises.void(conn, ROUTE, route.id, name)
    for slot in new:
        count = "a file comes" if arrives.count == 1 else f"{arrives.count} files come"
        promises.make(
            conn,
            services,
            name=f"{START}{slot.business_date}",
            subject=ROUTE,
            subject_id=route.id,
            says=f"{count} to {route.id} for {slot.business_date}",
            owner=route.owner,
            due_at=slot.at,
            amber=None if arrives.amber is None else timedelta(seconds=arrives.amber),
            compartment=services.compartment(route),
        )


def _kept(conn: Connection, services: Services, route: Route, arrives: Arrival) -> list[str]:
    """The names of the promises that stand and that what came keeps."""
    since = services.clock.now() - BACK
    promised = queries.promised_arrivals(conn, route.id, since)
    standing = {p.name for p in promised if p.state in (PromiseState.OPEN, PromiseState.BROKEN)}
    if not standing:
        return []
    begin = promised[0].made_at
    awaited = [
        Awaited(date.fromisoformat(p.name.removeprefix(START)), begins, arrives.count)
        for p, begins in zip(promised, [begin, *(p.due_at for p in promised)], strict=False)
    ]
    share_out(awaited, queries.came(conn, route.id, begin))
    full = {f"{START}{one.day}" for one in awaited if one.came >= one.count}
    return sorted(standing & full)


def share_out(awaited: Sequence[Awaited], files: Sequence[Came]) -> None:
    """Count each file for one day, at most. `awaited`: the first due first."""
    for file in files:
        missing = [one for one in awaited if one.came < one.count]
        own = next((one for one in missing if one.day == file.day), None)
        oldest = next((one for one in missing if one.begins <= file.at), None)
        one = own or oldest
        if one is not None:
            one.came += 1


def _keep(conn: Connection, route: Route, names: Sequence[str]) -> None:
    for name in names:
        promises.keep(conn, ROUTE, route.id, name)
