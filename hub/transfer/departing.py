"""What a feed says follows when its items leave: with the intent, and with what became of them.

It is told of what happens anyway, so nothing here stops a file: an illegal move becomes a task for a person.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from hub.config.people import HUB_LOGIN
from hub.door.feed import Left, leaves_nothing, left_nothing
from hub.door.lifecycle import Waiting
from hub.errors import IllegalMove, PluginError
from hub.model import DeliveryState, ItemState, Move, WorkKind
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import worklist
from hub.transfer.context import todays_context
from hub.transfer.effects import RECORD, apply_moves, insert_waiting
from hub.transfer.services import Services, known

AFTERWARDS = "departure"
"""The name of the task that an illegal move becomes."""

_CARRIED = (
    ItemState.TAKEN,  # by another output too, which has not left
    ItemState.SENT,
    ItemState.POSTED,
    ItemState.ANSWERED,
    ItemState.UNANSWERED,
)


def leaves(conn: Connection, services: Services, row: TransferRow) -> None:
    """In the commit of the first intent of a transfer, before the delivery is SENDING."""
    feed = services.feed(known(row.feed, "feed"))
    if feed.leaves is leaves_nothing or row.rehearsed:
        return
    if any(_was_sending(conn, delivery) for delivery in queries.deliveries_of(conn, row.id)):
        return
    items = queries.items_of(conn, services.store.keys, row.id)
    taken = [item.taken() for item in items if item.state is ItemState.TAKEN]
    carried = [one for one in taken if any(output.carries(one.item.kind) for output in feed.outputs)]
    _follow(conn, services, row, feed.leaves(carried, todays_context(conn, services, row, carried)))


def _was_sending(conn: Connection, delivery: DeliveryRow) -> bool:
    """Attempts are counted anew after a wait, and when a person retries."""
    return any(event.kind == "sending" for event in queries.events_of(conn, "delivery", delivery.id))


def left(conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow) -> None:
    """In the commit that says SENT, CONFIRMED or REFUSED. An answer that was taken back and is given again is
    told once."""
    feed = services.feed(known(row.feed, "feed"))
    if feed.left is left_nothing or row.rehearsed or _told_before(conn, delivery):
        return
    takes = feed.output(delivery.output).takes
    items = queries.items_of(conn, services.store.keys, row.id, takes)
    carried = [item.taken() for item in items if item.state in _CARRIED]
    told = Left(
        delivery.output,
        delivery.state,
        delivery.identity,
        delivery.remote.get("reference"),
        delivery.reason,
    )
    _follow(conn, services, row, feed.left(carried, told, todays_context(conn, services, row, carried)))


def _told_before(conn: Connection, delivery: DeliveryRow) -> bool:
    if delivery.state is DeliveryState.SENT:
        return False
    events = queries.events_of(conn, "delivery", delivery.id)
    return sum(event.kind == delivery.state.value.lower() for event in events) > 1


def _follow(
    conn: Connection, services: Services, row: TransferRow, effects: Iterable[Move | Waiting]
) -> None:
    for effect in effects:
        if isinstance(effect, Move):
            _move(conn, services, row, effect)
        else:
            insert_waiting(conn, services, effect, f"The feed {row.feed} makes", row.compartment)


def _move(conn: Connection, services: Services, row: TransferRow, move: Move) -> None:
    """The move with all that follows from it or, when some of that is not allowed, a task."""
    try:
        with conn.begin_nested():
            apply_moves(conn, services, [move], who=HUB_LOGIN, transfer_id=row.id)
    except (IllegalMove, PluginError) as error:
        _ask(conn, services, row, move, error)


def _ask(
    conn: Connection, services: Services, row: TransferRow, move: Move, error: IllegalMove | PluginError
) -> None:
    lifecycle = services.catalogue.lifecycles.get(move.kind)
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name=AFTERWARDS,
        subject=RECORD,
        subject_id=f"{move.kind}:{move.key}",
        title=f"{row.name} leaves or has left, but what should follow was not done: {error}",
        owner=(lifecycle.owner if lifecycle else "") or services.route(row.route).owner,
        proposed_by=HUB_LOGIN,
        compartment=lifecycle.compartment if lifecycle else row.compartment,
    )
