"""Who takes a file to its partner by hand once its endpoint has been away for a while (`Target.otherwise`).

A delivery of which nothing was told there is given over: it is WITHDRAWN and its transfer STAGED in one
commit, and worked anew for the person. So an item is never at both, and every check is asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.clock.now import LONDON
from hub.config.routes import Otherwise, Route, Target
from hub.model import DeliveryState
from hub.store import queries
from hub.store.rows import DeliveryRow, EventRow, TransferRow
from hub.transfer import circuits, move
from hub.transfer.intent import anything_left, turn_back
from hub.transfer.services import Services

GIVEN_OVER = "given_over"
_Place = tuple[str, str, str]


def targets(services: Services, row: TransferRow) -> Sequence[Target]:
    """Where the outputs of a transfer go: by hand where that was given over."""
    route = services.route(row.route)
    if not _may_go_by_hand(route):
        return route.to
    with services.store.read() as conn:
        given = {
            _place(delivery)
            for delivery in queries.deliveries_of(conn, row.id)
            if delivery.state is DeliveryState.WITHDRAWN
            and any(event.kind == GIVEN_OVER for event in queries.events_of(conn, "delivery", delivery.id))
        }
    return _with(route.to, given)


def give_over(services: Services, row: TransferRow, delivery: DeliveryRow) -> TransferRow | None:
    """The transfer, STAGED, when a delivery is given over now; None when it is not."""
    route = services.route(row.route)
    if row.rehearsed or not _may_go_by_hand(route) or delivery.state is not DeliveryState.READY:
        return None
    told = next((one.otherwise for one in route.to if _place_of(one) == _place(delivery)), None)
    if told is None:
        return None
    staged = services.commit(lambda conn: _give_over(conn, services, row, delivery, told))
    services.boundary("given_over")
    return staged


def _give_over(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, told: Otherwise
) -> TransferRow | None:
    since = _away_since(conn, services, row, delivery)
    if since is None or since + timedelta(seconds=told.after) > services.clock.now():
        return None
    if anything_left(conn, row) or queries.changing_calls(conn, delivery.id):
        return None
    shown = f"{since.astimezone(LONDON):%a %d %b %H:%M}"
    reason = f"{delivery.endpoint} has been away since {shown}; {told.endpoint} takes it by hand instead"
    data = {"by_hand": told.endpoint}
    how = {"event": GIVEN_OVER, "reason": reason, "next_attempt_at": None, "data": data}
    move.delivery(conn, services, delivery, DeliveryState.WITHDRAWN, **how)
    return turn_back(conn, services, row, event=GIVEN_OVER, reason=reason, why="is taken by hand", data=data)


def _away_since(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow
) -> datetime | None:
    """Since when the endpoint has failed, for whoever tried, or in a row for this delivery."""
    circuit = queries.get_circuit(conn, circuits.name_of(delivery.endpoint))
    if circuit is not None:
        return circuit.since
    goes_on = delivery.next_attempt_at is not None or delivery.attempts >= services.plan(row.route).attempts
    if delivery.reason is None or not goes_on:  # what it was refused, no waiting mends
        return None
    return _failing_since(queries.events_of(conn, "delivery", delivery.id))


def _failing_since(events: Sequence[EventRow]) -> datetime | None:
    """The first attempt after which nothing was answered any more."""
    since = None
    for event in events:
        if event.kind in ("called", "waits"):
            since = None
        elif event.kind == "sending":
            since = since or event.at
    return since


def _may_go_by_hand(route: Route) -> bool:
    return any(target.otherwise is not None for target in route.to)


def _with(to: Sequence[Target], given: Collection[_Place]) -> list[Target]:
    """The targets with what takes the place of those given over; who stayed behind one stays behind that."""
    place = {target.output: target.by_hand for target in to if _place_of(target) in given}
    named = {output: instead.output for output, instead in place.items() if instead is not None}
    chosen = [(target.by_hand if _place_of(target) in given else None) or target for target in to]
    return [one.model_copy(update={"after": named.get(one.after or "", one.after)}) for one in chosen]


def _place(delivery: DeliveryRow) -> _Place:
    return delivery.output, delivery.endpoint, delivery.folder


def _place_of(target: Target) -> _Place:
    return target.output, target.endpoint, target.folder
