"""What a feed says follows when its items leave: with the intent, and with what became of them.

It is told of what happens anyway, so nothing here stops a file: an illegal move becomes a task for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.config.people import HUB_LOGIN
from hub.door.feed import Feed, Left, leaves_nothing, left_nothing, moves_nothing
from hub.door.lifecycle import Called, Waiting
from hub.errors import FeedHubError, IllegalMove, PluginError
from hub.model import DeliveryState, Finding, ItemState, Move, Severity, WorkKind
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import worklist
from hub.transfer.context import of_leaving, todays_context
from hub.transfer.effects import RECORD, apply_moves, insert_waiting
from hub.transfer.judging import MOVE
from hub.transfer.records import refuse_moves
from hub.transfer.services import Services, known

AFTERWARDS = "departure"
"""The name of the task that an illegal move becomes."""

TAKEN_BACK = "answer_taken_back"
"""The event of a delivery that what was said of it is said no more. `undone`: and nothing of what followed
from that stands."""
UNDONE = "undone"

_CARRIED = (
    ItemState.TAKEN,  # by another output too, which has not left
    ItemState.SENT,
    ItemState.POSTED,
    ItemState.ANSWERED,
    ItemState.UNANSWERED,
)


def follows_from_leaving(feed: Feed) -> bool:
    """Whether something in the hub changes because files of a feed are about to leave, or have left."""
    return feed.leaves is not leaves_nothing or feed.left is not left_nothing


def leaves(conn: Connection, services: Services, row: TransferRow) -> None:
    """In the commit of the first intent of a transfer, before the delivery is SENDING; once more when it
    was stopped at the door since, but for what could not be undone then."""
    feed = services.feed(known(row.feed, "feed"))
    if feed.leaves is leaves_nothing or row.rehearsed:
        return
    tried = [d for d in queries.deliveries_of(conn, row.id) if _was_sending(conn, d)]
    if any(delivery.state is not DeliveryState.WITHDRAWN for delivery in tried):
        return
    items = queries.items_of(conn, services.store.keys, row.id)
    taken = [item.taken() for item in items if item.state is ItemState.TAKEN]
    carried = [one for one in taken if any(output.carries(one.item.kind) for output in feed.outputs)]
    effects = feed.leaves(carried, todays_context(conn, services, row, carried))
    _follow(conn, services, row, _undone(conn, row, effects) if tried else effects, row.id)


def attempts(
    conn: Connection,
    services: Services,
    row: TransferRow,
    delivery: DeliveryRow,
    by_hand: str | None = None,
) -> list[Finding]:
    """In the commit of each intent, made as whoever sets out; that they did is kept, even where the record
    says so already. A move that is not allowed is a finding: nobody sets out then."""
    feed = services.feed(known(row.feed, "feed"))
    if feed.attempts is moves_nothing or row.rehearsed:
        return []
    items = queries.items_of(conn, services.store.keys, row.id)
    carried = [item.taken() for item in items if item.state is ItemState.TAKEN]
    leaving = of_leaving(services, row, delivery, by_hand)
    moves = list(feed.attempts(carried, todays_context(conn, services, row, carried, **leaving)))
    refuse_moves(services, feed, {move.kind for move in moves})
    try:
        with conn.begin_nested():
            apply_moves(conn, services, moves, who=by_hand or HUB_LOGIN, transfer_id=row.id, always=True)
    except IllegalMove as error:
        return [Finding(MOVE, Severity.HOLD, str(error))]
    return []


def _was_sending(conn: Connection, delivery: DeliveryRow) -> bool:
    """Attempts are counted anew after a wait, and when a person retries."""
    return any(event.kind == "sending" for event in queries.events_of(conn, "delivery", delivery.id))


def left(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, by: str | None = None
) -> None:
    """In the commit that says SENT, CONFIRMED or REFUSED; `by`: the transfer that says it, if not this one.

    An answer that was taken back and is given again is told again, unless what followed from it the first
    time still stands."""
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
        queries.said_of_items(conn, delivery.answered_by or row.id),
        date.fromisoformat(on) if (on := delivery.remote.get("on")) else None,
        delivery.remote.get("count"),
        delivery.summary,
        delivery.remote.get("by"),
    )
    effects = feed.left(carried, told, todays_context(conn, services, row, carried))
    _follow(conn, services, row, effects, by or row.id)


def _told_before(conn: Connection, delivery: DeliveryRow) -> bool:
    """Whether this was said before, and was not taken back with all that followed."""
    if delivery.state is DeliveryState.SENT:
        return False
    said = delivery.state.value.lower()
    times, standing = 0, 0  # the last time is this one
    for event in queries.events_of(conn, "delivery", delivery.id):
        if event.kind == TAKEN_BACK and event.data[UNDONE]:
            standing = times
        times += event.kind == said
    return times - standing > 1


def _undone(
    conn: Connection, row: TransferRow, effects: Iterable[Move | Waiting]
) -> Iterable[Move | Waiting]:
    """Without what still stands from the time before."""
    moved = {(kind, key) for kind, key, item_id in queries.moved_by(conn, row.id) if item_id is None}
    started = bool(queries.started_by(conn, row.id))
    for effect in effects:
        stands = (effect.kind, effect.key) in moved if isinstance(effect, Move) else started
        if not stands:
            yield effect


def _follow(
    conn: Connection,
    services: Services,
    row: TransferRow,
    effects: Iterable[Move | Waiting | Called],
    cause: str,
) -> None:
    """`cause`: the transfer because of which it is so."""
    called: dict[str, Mapping[str, str]] = {}
    moves: list[Move] = []
    for effect in effects:
        if isinstance(effect, Called):
            called[effect.item_id] = {**called.get(effect.item_id, {}), **effect.names}
        elif isinstance(effect, Move):
            moves.append(effect)
        else:
            _attempt(conn, services, row, effect, cause)
    if not _made_together(conn, services, row, moves, cause):
        for move in moves:
            _attempt(conn, services, row, move, cause)
    call(conn, services, row, called, cause)


def call(
    conn: Connection, services: Services, row: TransferRow, called: Mapping[str, Mapping[str, str]], by: str
) -> None:
    """Write down what the items that leave with a transfer are called, as the transfer `by` says.

    Raises PluginError when they are another's."""
    if not called:
        return
    strange = set(called) - queries.leaving_with(conn, row.id)
    if strange:
        raise PluginError(f"The feed {row.feed} names {len(strange)} items that {row.name} does not carry.")
    personal = services.feed(known(row.feed, "feed")).personal_data
    how: dict[str, Any] = {"given_by": by, "personal": personal, "inside": row.compartment}
    queries.insert_called(conn, services.store.keys, called, **how)


def _made_together(
    conn: Connection, services: Services, row: TransferRow, moves: Sequence[Move], cause: str
) -> bool:
    """Whether all of the moves are allowed, and made: a file may move as many records as it has items."""
    try:
        with conn.begin_nested():
            refuse_moves(services, services.feed(known(row.feed, "feed")), {move.kind for move in moves})
            apply_moves(conn, services, moves, who=HUB_LOGIN, transfer_id=cause)
    except (IllegalMove, PluginError):
        return False
    return True


def _attempt(
    conn: Connection, services: Services, row: TransferRow, effect: Move | Waiting, cause: str
) -> None:
    """The effect with all that follows from it or, when some of that is not allowed, a task."""
    feed = services.feed(known(row.feed, "feed"))
    try:
        with conn.begin_nested():
            if isinstance(effect, Move):
                refuse_moves(services, feed, [effect.kind])
                apply_moves(conn, services, [effect], who=HUB_LOGIN, transfer_id=cause)
            else:
                insert_waiting(conn, services, effect, f"The feed {feed.name} makes", row.compartment, cause)
    except (IllegalMove, PluginError) as error:
        _ask(conn, services, row, effect, error)


def _ask(
    conn: Connection, services: Services, row: TransferRow, effect: Move | Waiting, error: FeedHubError
) -> None:
    """Of the owner of the record; what names a transfer of a closed compartment lies in that one."""
    subject, subject_id, lifecycle = "transfer", row.id, None
    if isinstance(effect, Move):
        subject, subject_id = RECORD, f"{effect.kind}:{effect.key}"
        lifecycle = services.catalogue.lifecycles.get(effect.kind)
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name=AFTERWARDS,
        subject=subject,
        subject_id=subject_id,
        title=f"{row.name} leaves or has left, but what should follow was not done: {error}",
        owner=(lifecycle.owner if lifecycle else "") or services.route(row.route).owner,
        proposed_by=HUB_LOGIN,
        compartment=worklist.closer(row.compartment, lifecycle.compartment if lifecycle else row.compartment),
    )
