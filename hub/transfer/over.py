"""What follows when a file has left and when a transfer is over, in the commit that says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from hub.model import DeliveryState, ItemState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import milestones, move, promises
from hub.transfer.services import Services, known

_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.WITHDRAWN)


def has_left(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, **how: Any
) -> DeliveryRow:
    """A delivery is SENT. Its items are when every file that carries them has left; when all files have, the
    answers to the transfer are promised, and it is over. `how` as for `move.delivery`."""
    sent = move.delivery(conn, delivery, DeliveryState.SENT, **how)
    deliveries = queries.deliveries_of(conn, row.id)
    output = services.feed(known(row.feed, "feed")).output(delivery.output)
    if _all_gone(d for d in deliveries if d.output == output.name):
        queries.set_item_states(conn, row.id, ItemState.TAKEN, output.becomes, output.takes)
    if _all_gone(deliveries):
        promises.expect_answers(conn, services, row)
        is_over(conn, services, row)
    return sent


def is_over(conn: Connection, services: Services, row: TransferRow) -> None:
    """A transfer is over well: APPLIED, or all of it has left. The milestone of its route is reached."""
    route = services.config.routes.get(row.route)
    if route is not None and route.reaches is not None and not row.rehearsed:
        day = known(row.business_date, "business date")
        milestones.reach(conn, services, route.reaches, day, who=services.who, transfer_id=row.id)


def _all_gone(deliveries: Iterable[DeliveryRow]) -> bool:
    return all(delivery.state in _GONE for delivery in deliveries)
