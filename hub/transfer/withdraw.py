"""A transfer is given up by a person, with a reason: what it had taken for itself is free again."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.errors import UsageError
from hub.model import DeliveryState, ItemState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import answers, move
from hub.transfer.batch import BATCH
from hub.transfer.intent import what_was_told
from hub.transfer.services import Services
from hub.transfer.states import may_move

_UNDER_WAY = (DeliveryState.READY, DeliveryState.SENDING)


def withdraw(
    conn: Connection,
    services: Services,
    row: TransferRow,
    reason: str,
    *,
    undone: bool = False,
    alone: bool = False,
) -> TransferRow:
    """Give up a transfer of which nothing has left. Raises UsageError, with what stands in the way, when that
    is not legal.

    undone: what a stalled conversation began was undone at the partner
    alone:  nobody else works the route, so that what is SENDING has stopped"""
    if not may_move(row.state, TransferState.WITHDRAWN):
        raise UsageError(f"Transfer {row.id} is {row.state}; it cannot be withdrawn.")
    live = [d for d in queries.deliveries_of(conn, row.id) if d.state is not DeliveryState.WITHDRAWN]
    for delivery in live:
        _refuse_sent(conn, row, delivery, undone, alone)
    queries.give_back(conn, row.id)  # not the numbers of which a partner was told
    for delivery in live:
        _give_up(conn, services, delivery, reason)
    answers.take_back(conn, services, row)
    _items_come_back(conn, row, reason)
    return move.transfer(
        conn,
        services,
        row,
        TransferState.WITHDRAWN,
        event="withdrawn",
        who=services.who,
        data={"reason": reason},
        reason=None,
    )


def free(conn: Connection, services: Services, row: TransferRow) -> None:
    """What a transfer that is worked anew had taken for itself is free again."""
    queries.give_back(conn, row.id)
    for delivery in queries.deliveries_of(conn, row.id):
        if delivery.state is DeliveryState.READY:
            move.delivery(
                conn, services, delivery, DeliveryState.WITHDRAWN, event="withdrawn", who=services.who
            )
    answers.take_back(conn, services, row)


def _refuse_sent(
    conn: Connection, row: TransferRow, delivery: DeliveryRow, undone: bool, alone: bool
) -> None:
    """Raises UsageError for a delivery that has left, or may have."""
    if delivery.state is DeliveryState.READY:
        return
    calls = queries.calls_of(conn, delivery.id)
    if delivery.state is not DeliveryState.SENDING or not (calls and alone):
        raise UsageError(
            f"Transfer {row.id} cannot be withdrawn: {delivery.name} to {delivery.endpoint} "
            f"is {delivery.state}."
        )
    changing = [call for call in calls if call.may_have_changed]
    if changing and not undone:
        raise UsageError(
            f"{delivery.endpoint} has been told a part of {delivery.name}: {what_was_told(changing)}. Have "
            "that undone there; then withdraw the transfer with --undone. If all of it is there: "
            f"feedhub transfers settle {row.id} --sent"
        )


def _give_up(conn: Connection, services: Services, delivery: DeliveryRow, reason: str) -> None:
    """What may have happened at the partner stays with the delivery, in words."""
    changing = queries.changing_calls(conn, delivery.id)
    said = None
    if changing:
        said = (
            f"{delivery.endpoint} had been told a part: {what_was_told(changing)}. {services.who} says that "
            "it was undone there."
        )
    move.delivery(
        conn,
        services,
        delivery,
        DeliveryState.WITHDRAWN,
        event="withdrawn",
        who=services.who,
        data={"why": reason},
        reason=said,
        next_attempt_at=None,
    )


def _items_come_back(conn: Connection, row: TransferRow, reason: str) -> None:
    """What a batch gathered waits again; what came in with a file goes nowhere."""
    if row.format == BATCH:
        queries.give_back_items(conn, row.id)
    else:
        said = f"its transfer was withdrawn: {reason}"
        queries.set_item_states(conn, row.id, ItemState.TAKEN, ItemState.WITHDRAWN, None, reason=said)
