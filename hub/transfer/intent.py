"""The intent to send, and the checks at the door: both in one transaction, on the facts of that moment.

Until a partner may have been told of a transfer's items, what the door says turns it back: it is worked anew.
Afterwards nothing is made anew: the delivery waits until a person says that it goes on, or gives it up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from hub.checks.run import failing_at_send
from hub.model import DeliveryState, Finding, ItemState, TransferState
from hub.store import queries
from hub.store.rows import CallRow, DeliveryRow, TransferRow
from hub.transfer import answers, departing, leave_alone, move
from hub.transfer.context import of_leaving, todays_context
from hub.transfer.services import Services, known

STOPPED = "stopped_at_the_door"
SEEN = "seen"
"""Under this an event keeps a digest of the findings that stopped a delivery."""

_AT_HOME = (DeliveryState.READY, DeliveryState.WITHDRAWN)


def commit_intent(
    conn: Connection,
    services: Services,
    row: TransferRow,
    delivery: DeliveryRow,
    by_hand: str | None = None,
) -> tuple[TransferRow, DeliveryRow | None]:
    """The checks at the door and SENDING; `by_hand`: the login of the person who takes it to the partner.
    When one fails the transfer goes back to STAGED, its deliveries are withdrawn, its approval falls, and
    what it moved and answered is undone. Once a partner was told of the items they are not made anew: then
    the delivery stays for a person. What is left alone now stays READY."""
    if not row.rehearsed and leave_alone.leaving(conn, services, row.route, delivery.endpoint):
        return row, None
    stopping = at_the_door(conn, services, row, delivery, by_hand)
    if stopping and anything_left(conn, row):
        _stop(conn, services, delivery, stopping, _not_anew(row, delivery))
        return row, None
    if stopping:
        return _back(conn, services, row, stopping), None
    if unrecorded := departing.attempts(conn, services, row, delivery, by_hand):
        _stop(conn, services, delivery, unrecorded, _not_recorded(row))
        return row, None
    departing.leaves(conn, services, row)
    return row, _under_way(conn, services, delivery, "sending")


def commit_resumption(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow
) -> DeliveryRow | None:
    """The same for a conversation that goes on after something may have changed there. None when it does not:
    it waits for a person, unless one has said already that it goes on in spite of these very findings."""
    stopping = at_the_door(conn, services, row, delivery)
    if stopping and _digest(stopping) != _agreed(conn, delivery):
        told = what_was_told(queries.changing_calls(conn, delivery.id))
        _stop(conn, services, delivery, stopping, _half_told(row, delivery, told))
        return None
    if unrecorded := departing.attempts(conn, services, row, delivery):
        _stop(conn, services, delivery, unrecorded, _not_recorded(row))
        return None
    return _under_way(conn, services, delivery, "resumed")


def commit_call(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, call: CallRow
) -> DeliveryRow | None:
    """The checks at the door and the intent of a call before which they are asked again. None when it may be
    made; else the delivery as it stands: WITHDRAWN with the transfer turned back or, once a partner was told
    something, waiting for a person."""
    stopping = at_the_door(conn, services, row, delivery)
    if not stopping or _digest(stopping) == _agreed(conn, delivery):
        queries.keep_call(conn, call)
        return None
    told = queries.changing_calls(conn, delivery.id)
    if told:
        return _stop(conn, services, delivery, stopping, _half_told(row, delivery, what_was_told(told)))
    ready = move.delivery(conn, services, delivery, DeliveryState.READY, event="nothing_told_yet")
    if anything_left(conn, row):
        return _stop(conn, services, ready, stopping, _not_anew(row, ready))
    _back(conn, services, row, stopping)
    return known(queries.get_delivery(conn, delivery.id), "delivery")


def at_the_door(
    conn: Connection,
    services: Services,
    row: TransferRow,
    delivery: DeliveryRow,
    by_hand: str | None = None,
) -> list[Finding]:
    """What today's facts say against sending the transfer's items now. A rehearsal sends none."""
    route, feed = services.route(row.route), services.feed(known(row.feed, "feed"))
    checks = [c for c in (*feed.checks, *services.catalogue.checks(feed)) if c.at_send]
    if not checks or row.rehearsed:
        return []
    items = queries.items_of(conn, services.store.keys, row.id)
    taken = [item.taken() for item in items if item.state is ItemState.TAKEN]
    ctx = todays_context(conn, services, row, taken, **of_leaving(services, row, delivery, by_hand))
    return failing_at_send(checks, taken, ctx, services.tolerate(route))


def what_was_told(calls: Sequence[CallRow]) -> str:
    """What may have changed something there, in words: of many calls the first and the last."""
    names = [f"“{call.name}”" for call in calls]
    told = " and ".join(names) if len(names) < 3 else f"{names[0]} to {names[-1]} ({len(names)} calls)"
    unsure = [f"“{call.name}”" for call in calls if call.is_open]
    return f"{told}; whether {unsure[0]} was done is not known" if unsure else told


def _under_way(conn: Connection, services: Services, delivery: DeliveryRow, event: str) -> DeliveryRow:
    how = {"attempts": delivery.attempts + 1, "next_attempt_at": None, "reason": None}
    return move.delivery(conn, services, delivery, DeliveryState.SENDING, event=event, **how)


def anything_left(conn: Connection, row: TransferRow) -> bool:
    """Whether bytes of the transfer left, or may have."""
    return any(delivery.state not in _AT_HOME for delivery in queries.deliveries_of(conn, row.id))


def _not_anew(row: TransferRow, delivery: DeliveryRow) -> str:
    return (
        f"Other files of this transfer have gone out, so it is not made anew. When {delivery.name} may leave "
        f"as it is: feedhub transfers retry {row.id} --reason …; when it shall not: feedhub transfers "
        f"withdraw {row.id} --reason …"
    )


def _not_recorded(row: TransferRow) -> str:
    return (
        f"The attempt cannot be recorded, so nobody is told. When that is put right: feedhub transfers retry "
        f"{row.id} --reason …; when it shall not leave: feedhub transfers withdraw {row.id} --reason …"
    )


def _half_told(row: TransferRow, delivery: DeliveryRow, told: str) -> str:
    return (
        f"{delivery.endpoint} has been told a part already: {told}. To go on all the same: feedhub transfers "
        f"retry {row.id} --reason …; to give it up, have that undone there, then: feedhub transfers withdraw "
        f"{row.id} --undone --reason …"
    )


def _stop(
    conn: Connection,
    services: Services,
    delivery: DeliveryRow,
    stopping: Sequence[Finding],
    then: str,
) -> DeliveryRow:
    """The delivery stays where it is, without a next attempt: a person decides."""
    how = {"reason": f"{stopping[0].message}. {then}", "next_attempt_at": None, "data": _checks(stopping)}
    return move.delivery(conn, services, delivery, delivery.state, event=STOPPED, **how)


def _checks(stopping: Sequence[Finding]) -> dict[str, Any]:
    return {"checks": sorted({finding.check for finding in stopping}), SEEN: _digest(stopping)}


def _digest(stopping: Sequence[Finding]) -> str:
    """Tells whether findings are the very ones that somebody saw."""
    told = sorted([finding.check, finding.line or 0, finding.message] for finding in stopping)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def _agreed(conn: Connection, delivery: DeliveryRow) -> str | None:
    """The findings in spite of which a person last let the delivery go on."""
    seen = agreed = None
    for event in queries.events_of(conn, "delivery", delivery.id):
        if event.kind == STOPPED:
            seen = event.data.get(SEEN)
        elif event.kind == "retried":
            agreed = seen
    return agreed


def _back(conn: Connection, services: Services, row: TransferRow, stopping: Sequence[Finding]) -> TransferRow:
    how: dict[str, Any] = {
        "reason": stopping[0].message,
        "why": "was stopped at the door",
        "data": _checks(stopping),
    }
    return turn_back(conn, services, row, event=STOPPED, **how)


def turn_back(
    conn: Connection,
    services: Services,
    row: TransferRow,
    *,
    event: str,
    reason: str,
    why: str,
    data: Mapping[str, Any],
) -> TransferRow:
    """A transfer of which nothing has left is STAGED again, and its approval falls: it is worked anew. `why`:
    as for `undo`."""
    for delivery in queries.deliveries_of(conn, row.id):
        if delivery.state is DeliveryState.READY:
            move.delivery(conn, services, delivery, DeliveryState.WITHDRAWN, event="withdrawn")
    answers.take_back(conn, services, row, why)
    queries.give_back(conn, row.id)
    return move.transfer(
        conn,
        services,
        row,
        TransferState.STAGED,
        event=event,
        reason=reason,
        approved_by=None,
        data=data,
    )
