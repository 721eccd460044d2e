"""What is promised to arrive at routes, and what did. The promise is about the route and bears the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from hub.model import PromiseState, TransferState
from hub.store.rows import PromiseRow
from hub.store.schema import LIVE, promise, transfer

START = "arrival "
"""What the name of such a promise starts with; the day follows."""

_PROMISED = (
    select(promise)
    .where(
        promise.c.subject == "route",
        promise.c.subject_id == bindparam("route"),
        promise.c.name.startswith(START),
        promise.c.due_at >= bindparam("since"),
    )
    .order_by(promise.c.due_at, promise.c.id)
)
_LAST = (
    select(promise.c.due_at)
    .where(
        promise.c.subject == "route",
        promise.c.subject_id == bindparam("route"),
        promise.c.name.startswith(START),
    )
    .order_by(promise.c.due_at.desc())
    .limit(1)
)
_STANDING = select(promise.c.subject_id, promise.c.name).where(
    promise.c.subject == "route",
    promise.c.name.startswith(START),
    promise.c.state.in_((PromiseState.OPEN, PromiseState.BROKEN)),
)
_CAME = (
    select(transfer.c.business_date, transfer.c.found_at)
    .where(
        transfer.c.route == bindparam("route"),
        transfer.c.found_at >= bindparam("since"),
        transfer.c.state.in_(
            (TransferState.STAGED, TransferState.HELD, TransferState.ACCEPTED, TransferState.APPLIED)
        ),
        transfer.c.parent_id.is_(None),
        transfer.c.mode == LIVE,
    )
    .order_by(transfer.c.id)
)


@dataclass(frozen=True, slots=True)
class Came:
    """A file that came and was not refused. `day`: the business date of its content, once that is known."""

    day: date | None
    at: datetime


def promised_arrivals(conn: Connection, route: str, since: datetime) -> list[PromiseRow]:
    """Those due from an instant on, whatever became of them; the first due first."""
    return [PromiseRow(**row._mapping) for row in conn.execute(_PROMISED, {"route": route, "since": since})]


def last_promised_arrival(conn: Connection, route: str) -> datetime | None:
    """When the last of them is, or was, due."""
    found: datetime | None = conn.execute(_LAST, {"route": route}).scalar()
    return found


def standing_arrivals(conn: Connection) -> list[tuple[str, str]]:
    """Of all routes: route and name of each that is awaited."""
    return [(row.subject_id, row.name) for row in conn.execute(_STANDING)]


def came(conn: Connection, route: str, since: datetime) -> list[Came]:
    """What came for a route from an instant on, in the order that it came."""
    return [Came(*row) for row in conn.execute(_CAME, {"route": route, "since": since})]
