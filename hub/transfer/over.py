"""What follows when a file has left and when a transfer is over, in the commit that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from hub.door.feed import Feed
from hub.model import DeliveryState, ItemState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import departing, milestones, move, promises
from hub.transfer.outputs import NOWHERE
from hub.transfer.services import Services, known

GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.WITHDRAWN)


def has_left(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, **how: Any
) -> DeliveryRow:
    """A delivery is SENT, with what follows from that. `how` as for `move.delivery`."""
    sent = move.delivery(conn, services, delivery, DeliveryState.SENT, **how)
    stays_no_more(conn, services, row, [sent])
    return sent


def stays_no_more(
    conn: Connection, services: Services, row: TransferRow, gone: Iterable[DeliveryRow]
) -> None:
    """Deliveries have left, or are given up after others have. Items are SENT when every file that carries
    their kind has left; when all files have, the answers to the transfer are promised, and it is over."""
    deliveries = queries.deliveries_of(conn, row.id)
    _items_left(conn, services.feed(known(row.feed, "feed")), row, deliveries)
    for output in dict.fromkeys(delivery.output for delivery in gone):
        its = [delivery for delivery in deliveries if delivery.output == output]
        sent = [delivery for delivery in its if delivery.state is DeliveryState.SENT]
        if sent and _all_gone(its):
            departing.left(conn, services, row, sent[-1])
    if _all_gone(deliveries):
        promises.expect_answers(conn, services, row)
        _reach(conn, services, row)


def is_over(conn: Connection, services: Services, row: TransferRow) -> None:
    """A transfer is APPLIED. Items that nothing took are noted, and the milestone of its route is reached."""
    queries.set_item_states(conn, row.id, ItemState.TAKEN, ItemState.NOTED, None, reason=NOWHERE)
    _reach(conn, services, row)


def _reach(conn: Connection, services: Services, row: TransferRow) -> None:
    route = services.config.routes.get(row.route)
    if route is not None and route.reaches is not None and not row.rehearsed:
        day = known(row.business_date, "business date")
        milestones.reach(conn, services, route.reaches, day, who=services.who, transfer_id=row.id)


def _items_left(conn: Connection, feed: Feed, row: TransferRow, deliveries: Sequence[DeliveryRow]) -> None:
    """Kind by kind: once all that carries it is gone. One output whose partner answers is enough to wait.
    Kinds that nothing carries are noted once all is gone."""
    live = [d for d in deliveries if d.state is not DeliveryState.WITHDRAWN]
    for kind in queries.taken_kinds(conn, row.id):
        carrying = [d for d in live if feed.output(d.output).carries(kind)]
        if not carrying and _all_gone(live):
            queries.set_item_states(conn, row.id, ItemState.TAKEN, ItemState.NOTED, (kind,), reason=NOWHERE)
        elif carrying and _all_gone(carrying):
            states = {feed.output(d.output).becomes for d in carrying}
            becomes = ItemState.SENT if ItemState.SENT in states else feed.output(carrying[0].output).becomes
            queries.set_item_states(conn, row.id, ItemState.TAKEN, becomes, (kind,))


def _all_gone(deliveries: Iterable[DeliveryRow]) -> bool:
    return all(delivery.state in GONE for delivery in deliveries)
