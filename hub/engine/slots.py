"""The clock rings: each due time becomes a slot in the store, once, in the commit that says how far the clock
has looked. A crash between two looks loses nothing, and a second ring finds the slot there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.clock.due import Slot
from hub.clock.now import LONDON
from hub.clock.ring import Missed, Timeline, missed
from hub.config.routes import Route
from hub.store import queries
from hub.store.rows import SlotRow
from hub.transfer.services import Services

_MOMENT = timedelta(microseconds=1)
_TURNED_BACK = timedelta(hours=1)
"""A clock that stands further behind than that was turned, or was wrong before."""


def timeline_of(services: Services) -> Timeline:
    """Of the routes that run by themselves."""
    routes = services.config.routes.values()
    schedules = {one.id: one.schedule for one in routes if one.schedule is not None and one.mode != "off"}
    return Timeline(schedules, services.config.calendars)


def ring(services: Services, timeline: Timeline) -> int:
    """Ring what is due by now; how many slots wait anew. The first time there is nothing to make up for."""
    until = services.clock.now() + _MOMENT
    with services.store.read() as conn:
        since = _since(queries.looked_until(conn), until)
    due = timeline.between(since, until) if since is not None else {}
    return services.commit(lambda conn: _ring(conn, services, due, until))


def _since(looked: datetime | None, until: datetime) -> datetime | None:
    """Where the clock went on; after it was turned back, from now on: what rang before stands."""
    if looked is None:
        return None
    return until if looked - until > _TURNED_BACK else looked


def _ring(conn: Connection, services: Services, due: Mapping[str, list[Slot]], until: datetime) -> int:
    looked = queries.looked_until(conn)
    in_time = [slot for id, slots in due.items() for slot in _ring_route(conn, services, id, slots, until)]
    rung = len(queries.insert_rung(conn, in_time))
    if looked is None or until > looked or looked - until > _TURNED_BACK:
        queries.look_until(conn, until)
    return rung


def _ring_route(
    conn: Connection, services: Services, id: str, slots: Sequence[Slot], until: datetime
) -> list[SlotRow]:
    """What is to be worked. In time is what rings within the grace; of what comes later, the route says
    what is made up for."""
    route = services.route(id)
    patience = until - timedelta(seconds=services.config.hub.clock.grace)
    late = missed([slot for slot in slots if slot.at < patience], route.catch_up)
    _leave_out(conn, services, route, late)
    wanted = [*late.made_up, *(slot for slot in slots if slot.at >= patience)]
    return [_row(services, route, slot) for slot in wanted]


def _leave_out(conn: Connection, services: Services, route: Route, late: Missed) -> None:
    """Nothing is dropped in silence: each is there with the reason, and the route has an event."""
    if not late.left_out:
        return
    why = late.why(route.catch_up)
    rows = queries.insert_rung(conn, [_row(services, route, slot) for slot in late.left_out])
    queries.end_slots(conn, [row.id for row in rows], why)
    if rows:
        first, last = (row.at.astimezone(LONDON).isoformat(timespec="minutes") for row in (rows[0], rows[-1]))
        queries.append_event(
            conn,
            subject="route",
            subject_id=route.id,
            kind="runs_missed",
            data={"runs": len(rows), "first": first, "last": last, "why": why},
            compartment=services.compartment(route),
        )


def waiting(services: Services) -> list[SlotRow]:
    """Rung and not over, of the routes that who acts may know of."""
    known = services.known.routes
    with services.store.read() as conn:
        return [slot for slot in queries.waiting_slots(conn) if slot.route in known]


def _row(services: Services, route: Route, slot: Slot) -> SlotRow:
    return SlotRow(
        id=services.clock.new_id(),
        route=route.id,
        due=slot.key,
        at=slot.at,
        business_date=slot.business_date,
    )
