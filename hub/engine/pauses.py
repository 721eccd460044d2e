"""What a person may do about routes and endpoints: stop one for a while, let it go on, say that it works."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand, route_for
from hub.errors import UsageError
from hub.model import Compartment
from hub.store import queries
from hub.store.alert_rows import PauseRow
from hub.transfer import circuits
from hub.transfer.services import Services

ROUTE, ENDPOINT = "route", "endpoint"


def pause(services: Services, kind: str, name: str, until: datetime, reason: str) -> PauseRow:
    """Nothing is fetched, sent or tidied there until then; what is on its way stays where it is.

    Raises UsageError when there is none of that name, the time is past, or the person may not."""
    name, inside = _known(services, kind, name)
    now = services.clock.now()
    if until <= now:
        raise UsageError("--until is over already; say when the pause ends. Nothing was done.")
    row = PauseRow(
        kind=kind, name=name, reason=reason, by=services.who, since=now, until=until, compartment=inside
    )

    def commit(conn: Connection) -> None:
        queries.keep_pause(conn, row)
        _tell(conn, services, row, "paused", {"until": until.isoformat(), "reason": reason})

    services.commit(commit)
    return row


def resume(services: Services, kind: str, name: str, reason: str) -> bool:
    """Whether it was paused. Raises as `pause`."""
    name, _ = _known(services, kind, name)

    def commit(conn: Connection) -> bool:
        row = queries.standing_pause(conn, kind, name)
        if row is not None:
            queries.end_pause(conn, kind, name)
            _tell(conn, services, row, "resumed", {"reason": reason})
        return row is not None

    return services.commit(commit)


def found_working(services: Services, endpoint: str) -> None:
    """Somebody has signed in there: what was refused or did not answer is tried afresh."""
    with services.store.read() as conn:
        if queries.get_circuit(conn, circuits.name_of(endpoint)) is None:
            return
    services.commit(lambda conn: circuits.found_working(conn, services, endpoint))


def _known(services: Services, kind: str, name: str) -> tuple[str, Compartment]:
    """Its full name, and in which compartment that it is paused lies."""
    if kind == ROUTE:
        route = route_for(services, Right.PAUSE, name)
        return route.id, services.compartment(route)
    demand(services, Right.PAUSE)
    services.known.endpoint(name)
    return name, Compartment.OPEN


def _tell(conn: Connection, services: Services, row: PauseRow, kind: str, data: dict[str, str]) -> None:
    queries.append_event(
        conn,
        subject=row.kind,
        subject_id=row.name,
        kind=kind,
        who=services.who,
        data=data,
        compartment=row.compartment,
    )
