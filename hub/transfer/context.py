"""What a feed's functions may look at when a transfer's stored items are asked about again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.model import Departing, Heard, Moment, Taken
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer.records import look_up
from hub.transfer.services import Services, known


def todays_context(
    conn: Connection,
    services: Services,
    row: TransferRow,
    taken: Sequence[Taken],
    **own: Any,
) -> Context[Any]:
    """The facts of this moment, with the records that the items' feed looks up for them; `own`: those that
    only what is asked for now has."""
    feed, now = services.feed(known(row.feed, "feed")), services.clock.now()
    records = look_up(conn, services, feed, taken, feed.compartment)
    facts = services.facts(conn, records=records, **own)
    ctx = services.context(services.route(row.route), feed, known(row.format, "format"), facts)
    return replace(ctx, moment=Moment(now, row.business_date or services.local(now), row.id))


def of_coming(conn: Connection, row: TransferRow) -> dict[str, Any]:
    """The facts of how a file came in: by whom from where, or by which calls."""
    by_hand, by_hand_at = _handed_in_by(conn, row)
    return {
        "by_hand": by_hand,
        "by_hand_at": by_hand_at,
        "file_name": row.name,
        "came_at": row.found_at,
        "heard": _heard(conn, row),
    }


def of_leaving(
    services: Services, row: TransferRow, delivery: DeliveryRow, by_hand: str | None
) -> dict[str, Any]:
    """The facts of a delivery that leaves now; `by_hand`: the login of who takes it to the partner."""
    owner = services.route(row.route).owner
    return {
        "by_hand": by_hand,
        "by_hand_at": services.viewer.at if by_hand else None,
        "departing": Departing(delivery.output, delivery.endpoint, owner),
    }


def _handed_in_by(conn: Connection, row: TransferRow) -> tuple[str | None, str | None]:
    """The login of who handed the file in, None for one that the hub fetched; and from which address, None
    for one at the hub's own machine."""
    if row.source_endpoint is not None:
        return None, None
    events = queries.events_of(conn, "transfer", row.id)
    put = next((event for event in events if event.kind == "put"), None)
    return (put.who, put.data.get("at")) if put else (None, None)


def _heard(conn: Connection, row: TransferRow) -> Sequence[Heard]:
    """The answered calls of the conversation that brought it, if one did."""
    deliveries = queries.deliveries_of(conn, row.parent_id) if row.parent_id else ()
    return [
        Heard(call.name, call.status, call.reply, call.milliseconds)
        for delivery in deliveries
        for call in queries.calls_of(conn, delivery.id)
        if call.status is not None and call.reply is not None
    ]
