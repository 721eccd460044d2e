"""Milestones: a route that stays behind one, or behind another route, works a file when it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.config.routes import Route
from hub.door.milestone import KIND, REACHED, milestone_key
from hub.model import Move
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer import move
from hub.transfer.effects import apply_moves
from hub.transfer.services import Services


def reach(
    conn: Connection,
    services: Services,
    name: str,
    day: date,
    *,
    who: str,
    transfer_id: str | None = None,
    reason: str | None = None,
) -> bool:
    """Whether the milestone was reached only now. It is reached once for a business date."""
    data = {"name": name, "on": day.isoformat()}
    reached = Move(kind=KIND, key=milestone_key(name, day), to=REACHED, data=data, reason=reason)
    is_new = not is_reached(conn, services, name, day)
    apply_moves(conn, services, [reached], who=who, transfer_id=transfer_id)
    return is_new


def is_reached(conn: Connection, services: Services, name: str, day: date) -> bool:
    return queries.get_record(conn, services.store.keys, KIND, milestone_key(name, day)) is not None


def waits_for(services: Services, route: Route, day: date) -> str | None:
    """Why a file of that business date is not worked yet, in words; None when all that its route stays behind
    is reached."""
    if not route.after:
        return None
    with services.store.read() as conn:
        missing = [name for name in route.after if not _is_past(conn, services, name, day)]
    return f"waits for {' and '.join(missing)} of {day.day} {day:%B %Y}" if missing else None


def _is_past(conn: Connection, services: Services, name: str, day: date) -> bool:
    """A route is past when one of its transfers is over for that day."""
    if name in services.config.routes:
        return queries.is_route_over(conn, name, day)
    return is_reached(conn, services, name, day)


def stay(services: Services, row: TransferRow, reason: str | None, columns: Mapping[str, Any]) -> TransferRow:
    """A transfer that waits stays as it is: one event, however many runs find it waiting for the same."""
    if row.reason == reason:
        return row
    return services.commit(
        lambda conn: move.transfer(conn, services, row, row.state, event="waits", reason=reason, **columns)
    )
