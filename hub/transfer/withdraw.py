"""A transfer is given up by a person, with a reason: what it had taken for itself is free again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from hub.checks.base import BATCH
from hub.errors import UsageError
from hub.formats.bundle import BUNDLES
from hub.model import DeliveryState, ItemState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import answers, awaiting, move, over, worklist
from hub.transfer.intent import what_was_told
from hub.transfer.services import Services, known
from hub.transfer.states import may_move
from hub.transfer.undo import obstacle, undo_of

_UNDER_WAY = (DeliveryState.READY, DeliveryState.SENDING)
_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED)
_AT_REST = (
    ItemState.TAKEN,
    ItemState.NOTED,
    ItemState.HELD,
    ItemState.SUSPENDED,
    ItemState.WAITING,
)
"""What an item is that nobody outside was told of. One that was refused, or is another's repeat, stays so."""


def withdraw(
    conn: Connection,
    services: Services,
    row: TransferRow,
    reason: str,
    *,
    undone: bool = False,
    alone: bool = False,
) -> TransferRow:
    """Give up what has not left of a transfer: all of it or, once a part has left, the rest. Of one that is
    APPLIED, take back what it did. Raises UsageError, with what stands in the way, when that is not legal.

    undone: what a stalled conversation began was undone at the partner
    alone:  nobody else works the route, so that what is SENDING has stopped"""
    if not may_move(row.state, TransferState.WITHDRAWN):
        raise UsageError(f"Transfer {row.id} is {row.state}; it cannot be withdrawn.")
    if row.state is TransferState.APPLIED and (in_the_way := _in_the_way(conn, services, row)):
        raise UsageError(f"Transfer {row.id} cannot be withdrawn: {in_the_way}. Nothing was done.")
    deliveries = queries.deliveries_of(conn, row.id)
    here = [delivery for delivery in deliveries if delivery.state in _UNDER_WAY]
    gone = [delivery for delivery in deliveries if delivery.state in _GONE]
    for delivery in (d for d in deliveries if d.state not in (*_GONE, DeliveryState.WITHDRAWN)):
        _refuse_sent(conn, row, delivery, undone, alone)
    if gone and not here:
        raise UsageError(_is(row, gone[0]))
    if gone:
        return _withdraw_rest(conn, services, row, here, reason)
    queries.give_back(conn, row.id)  # not the numbers of which a partner was told
    for delivery in here:
        _give_up(conn, services, delivery, reason)
    answers.take_back(conn, services, row, "was withdrawn", who=services.who)
    awaiting.void(conn, services, row)
    _ask_no_more(conn, services, row)
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


def _in_the_way(conn: Connection, services: Services, row: TransferRow) -> str | None:
    """What an APPLIED transfer did and cannot be taken back as one, in words; None = all of it can."""
    if row.format in BUNDLES:
        return "it is a bundle, and its files are transfers of their own; withdraw those"
    if row.format == BATCH:
        return "what it gathered is noted and goes nowhere"
    if services.feed(known(row.feed, "feed")).register is not None:
        return "it changed the register of accounts; the next extract of the rent system puts that right"
    gathered = queries.gathered_from(conn, row.id)
    if gathered is not None:
        return f"its item {gathered[0]} was gathered by the batch {gathered[1]}; withdraw that first"
    return obstacle(conn, services, row)


def _ask_no_more(conn: Connection, services: Services, row: TransferRow) -> None:
    """Nobody need agree any more where an item of it belongs."""
    for item in queries.items_of(conn, None, row.id):
        if item.state is ItemState.SUSPENDED:
            worklist.void(conn, "item", item.id, who=services.who)


def free(conn: Connection, services: Services, row: TransferRow, why: str) -> None:
    """What a transfer had taken for itself is free again, and what it did to others is undone; `why` as for
    `undo`."""
    for delivery in queries.deliveries_of(conn, row.id):
        if delivery.state is DeliveryState.READY:
            move.delivery(
                conn, services, delivery, DeliveryState.WITHDRAWN, event="withdrawn", who=services.who
            )
    answers.take_back(conn, services, row, why, who=services.who)
    queries.give_back(conn, row.id)


def _refuse_sent(
    conn: Connection, row: TransferRow, delivery: DeliveryRow, undone: bool, alone: bool
) -> None:
    """Raises UsageError for a delivery that has left, or may have."""
    if delivery.state is DeliveryState.READY:
        return
    calls = queries.calls_of(conn, delivery.id)
    if delivery.state is not DeliveryState.SENDING or not (calls and alone):
        raise UsageError(_is(row, delivery))
    changing = [call for call in calls if call.may_have_changed]
    if changing and not undone:
        raise UsageError(
            f"{delivery.endpoint} has been told a part of {delivery.name}: {what_was_told(changing)}. Have "
            "that undone there; then withdraw the transfer with --undone. If all of it is there: "
            f"feedhub transfers settle {row.id} --sent --reason …"
        )


def _is(row: TransferRow, delivery: DeliveryRow) -> str:
    return (
        f"Transfer {row.id} cannot be withdrawn: {delivery.name} to {delivery.endpoint} is {delivery.state}."
    )


def _withdraw_rest(
    conn: Connection, services: Services, row: TransferRow, here: Sequence[DeliveryRow], reason: str
) -> TransferRow:
    """What has left has, with its items. Items that nothing which left carries come back."""
    for delivery in here:
        _give_up(conn, services, delivery, reason)
    _rest_comes_back(conn, services, row, _carried_by_none(conn, services, row, here), reason)
    over.stays_no_more(conn, services, row, here)
    files = [delivery.name for delivery in here]
    data = {"files": files, "reason": reason}
    return move.transfer(
        conn, services, row, row.state, event="rest_withdrawn", reason=None, who=services.who, data=data
    )


def _rest_comes_back(
    conn: Connection, services: Services, row: TransferRow, kinds: Collection[str], reason: str
) -> None:
    """With the items, what they moved."""
    items = queries.items_of(conn, None, row.id, kinds)
    ids = {item.id for item in items if item.state is ItemState.TAKEN}
    undo_of(conn, services, row, ids, "was withdrawn in part", who=services.who)
    _items_come_back(conn, row, reason, kinds)


def _carried_by_none(
    conn: Connection, services: Services, row: TransferRow, given_up: Sequence[DeliveryRow]
) -> list[str]:
    """The kinds of items that only the deliveries which are given up carried."""
    feed = services.feed(known(row.feed, "feed"))
    live = [d for d in queries.deliveries_of(conn, row.id) if d.state is not DeliveryState.WITHDRAWN]
    return [
        kind
        for kind in queries.taken_kinds(conn, row.id)
        if any(feed.output(delivery.output).carries(kind) for delivery in given_up)
        and not any(feed.output(delivery.output).carries(kind) for delivery in live)
    ]


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


def _items_come_back(
    conn: Connection, row: TransferRow, reason: str, kinds: Collection[str] | None = None
) -> None:
    """What a batch gathered waits again; what came in with a file goes nowhere. None = of every kind."""
    if row.format == BATCH:
        queries.give_back_items(conn, row.id, kinds=kinds)
    else:
        said = f"withdrawn by a person: {reason}"
        for state in (ItemState.TAKEN,) if kinds is not None else _AT_REST:
            queries.set_item_states(conn, row.id, state, ItemState.WITHDRAWN, kinds, reason=said)
