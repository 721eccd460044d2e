"""Transfers. Every move is compare-and-set on (id, state, version) and writes its event with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    union_all,
)

from hub.model import DeliveryState, TransferState
from hub.store.queries.events import NOTHING_YET, append_events, ends_at, next_event
from hub.store.queries.happened import happened_for
from hub.store.queries.moves import move, move_all, move_of
from hub.store.queries.shared import columns_of
from hub.store.queries.totals import count_transfer
from hub.store.rows import EventRow, SameTransfer, TransferRow
from hub.store.schema import DEAD, LIVE, delivery, transfer
from hub.store.statements import run, run_many

_CARRY_ON = (TransferState.FOUND, TransferState.STAGED)
_TIDY = (
    TransferState.ACCEPTED,
    TransferState.APPLIED,
    TransferState.REJECTED,
    TransferState.DUPLICATE,
)
_one = transfer.alias("one")
_STATE = _one.c.state
"""Of those that a statement asks for first, by indexes: nearly all transfers are over."""
_IS_STATE = _STATE.concat("")
"""The same, but by no index of states: nearly all transfers are ACCEPTED, and few untidied or going out."""


def _not_all_gone(*states: DeliveryState) -> Select[str]:
    """Those let go of which a delivery is in one of the states."""
    gone = select(_one.c.id).join(delivery, delivery.c.transfer_id == _one.c.id)
    return gone.where(delivery.c.state.in_(states), _IS_STATE == TransferState.ACCEPTED)


_NOT_ALL_GONE = exists().where(
    delivery.c.transfer_id == transfer.c.id,
    delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING, DeliveryState.IN_DOUBT)),
)
_REFUSED = exists().where(delivery.c.transfer_id == transfer.c.id, delivery.c.state == DeliveryState.REFUSED)

_ROOT = func.coalesce(transfer.c.parent_id, transfer.c.id)
"""The members of a bundle come where it came, before what was found after it."""

_INSERT = insert(transfer).inline()
_GET = select(transfer).where(transfer.c.id == bindparam("id"))
UNFINISHED = transfer.c.id.in_(
    union_all(
        select(_one.c.id).where(_STATE.in_(_CARRY_ON)),
        select(_one.c.id).where(_one.c.tidied.is_(False), _IS_STATE.in_(_TIDY)),
        _not_all_gone(DeliveryState.READY, DeliveryState.SENDING),
    )
)
"""That a transfer is one which a run may carry on."""
_UNFINISHED = select(transfer).where(UNFINISHED).order_by(_ROOT, transfer.c.id)
_CHILDREN = select(transfer).where(transfer.c.parent_id == bindparam("parent")).order_by(transfer.c.id)
_UNFINISHED_OF_ROUTE = _UNFINISHED.where(transfer.c.route == bindparam("route"))
_BEFORE = (
    select(transfer.c.id, transfer.c.name)
    .where(
        transfer.c.route == bindparam("route"),
        tuple_(_ROOT, transfer.c.id) < tuple_(bindparam("root"), bindparam("id")),
        happened_for("id"),
        transfer.c.id.in_(
            union_all(
                select(_one.c.id).where(_STATE.in_((*_CARRY_ON, TransferState.HELD, TransferState.FAILED))),
                _not_all_gone(DeliveryState.READY, DeliveryState.SENDING, DeliveryState.IN_DOUBT),
            )
        ),
    )
    .order_by(_ROOT, transfer.c.id)
    .limit(1)
)
_ROUTE_OVER = (
    select(transfer.c.id)
    .where(
        transfer.c.route == bindparam("route"),
        transfer.c.business_date == bindparam("day"),
        transfer.c.mode == LIVE,
        or_(
            transfer.c.state == TransferState.APPLIED,
            (transfer.c.state == TransferState.ACCEPTED) & ~_NOT_ALL_GONE & ~_REFUSED,
        ),
    )
    .limit(1)
)
_MOVE_EACH = move_of(transfer)
_MOVE = _MOVE_EACH.returning(*ends_at("transfer"))
_LIVE_ELSEWHERE = (
    select(transfer.c.id, transfer.c.state, transfer.c.blob)
    .where(
        transfer.c.route == bindparam("route"),
        transfer.c.feed == bindparam("feed"),
        transfer.c.state.not_in(DEAD),
        transfer.c.id != bindparam("other_than"),
        happened_for("other_than"),
    )
    .limit(1)
)
_SAME_BYTES = _LIVE_ELSEWHERE.where(transfer.c.blob == bindparam("sha256"))
_SAME_IDENTITY = _LIVE_ELSEWHERE.where(transfer.c.identity == bindparam("identity"))


def insert_transfer(
    conn: Connection,
    row: TransferRow,
    *,
    event: str = "found",
    who: str = "hub",
    told: Mapping[str, str] | None = None,
) -> None:
    """Write a new transfer and the first event of its history, which says `told` too."""
    insert_transfers(conn, [row], event=event, who=who, told=told)


def insert_transfers(
    conn: Connection,
    rows: Sequence[TransferRow],
    *,
    event: str = "found",
    who: str = "hub",
    told: Mapping[str, str] | None = None,
) -> None:
    """Write new transfers, each with the first event of its history."""
    if rows:
        run_many(conn, _INSERT, [columns_of(row) for row in rows])
        append_events(conn, [_first_event(conn, row, event, who, told or {}) for row in rows])
        for row in rows:
            count_transfer(conn, None, row)


def _first_event(
    conn: Connection, row: TransferRow, kind: str, who: str, told: Mapping[str, str]
) -> EventRow:
    data = {"to": row.state, "route": row.route, "name": row.name, **told}
    if row.rehearsed:
        data["mode"] = row.mode
    return next_event(
        conn,
        NOTHING_YET,
        subject="transfer",
        subject_id=row.id,
        kind=kind,
        who=who,
        data=data,
        compartment=row.compartment,
    )


def get_transfer(conn: Connection, transfer_id: str) -> TransferRow | None:
    row = run(conn, _GET, {"id": transfer_id}).first()
    return None if row is None else transfer_row(row)


def newest_transfer(conn: Connection) -> str | None:
    """The id of the transfer that was made last."""
    newest: str | None = conn.execute(select(func.max(transfer.c.id))).scalar()
    return newest


def unfinished_transfers(conn: Connection, route: str | None = None) -> list[TransferRow]:
    """Transfers that the hub still has something to do for, oldest first: to work, to deliver, or to tidy.

    What waits for a person (HELD, FAILED, or only IN_DOUBT deliveries) is not among them."""
    if route is None:
        rows = run(conn, _UNFINISHED)
    else:
        rows = run(conn, _UNFINISHED_OF_ROUTE, {"route": route})
    return [transfer_row(row) for row in rows]


def children_of(conn: Connection, transfer_id: str) -> list[TransferRow]:
    """The members of a bundle, in its order."""
    return [transfer_row(row) for row in run(conn, _CHILDREN, {"parent": transfer_id})]


def unfinished_before(conn: Connection, row: TransferRow) -> tuple[str, str] | None:
    """Id and name of the first earlier transfer of the route that is not over, or waits for a person."""
    asked = {"route": row.route, "root": row.parent_id or row.id, "id": row.id}
    first = run(conn, _BEFORE, asked).first()
    return (first.id, first.name) if first else None


def is_route_over(conn: Connection, route: str, day: date) -> bool:
    """Whether a live transfer of the route with that business date is over well: applied, or all sent."""
    return run(conn, _ROUTE_OVER, {"route": route, "day": day}).first() is not None


def move_transfer(
    conn: Connection,
    row: TransferRow,
    to: TransferState,
    *,
    event: str,
    who: str = "hub",
    data: Mapping[str, Any] | None = None,
    **columns: Any,
) -> TransferRow:
    """Move a transfer (or, with `to` its own state, change other columns) and write the event.

    Raises LostRace when the stored row is no longer at the state and version of `row`."""
    moved = move(conn, _MOVE, "transfer", row, to, columns=columns, event=event, who=who, data=data)
    count_transfer(conn, row, moved)
    return moved


def move_transfers(
    conn: Connection,
    rows: Sequence[TransferRow],
    to: TransferState,
    columns: Sequence[Mapping[str, Any]],
    *,
    event: str,
    who: str = "hub",
) -> list[TransferRow]:
    """The same of several at once, each with its own columns. Raises LostRace when any was moved meanwhile;
    what was written by then is the caller's to take back."""
    moved = move_all(conn, _MOVE_EACH, "transfer", rows, to, columns=columns, event=event, who=who)
    for row, after in zip(rows, moved, strict=True):
        count_transfer(conn, row, after)
    return moved


def find_same(
    conn: Connection,
    *,
    route: str,
    feed: str,
    sha256: str,
    identity: str | None,
    other_than: str,
) -> SameTransfer | None:
    """A live transfer of this feed on this route, other than the one named, with the same bytes or identity.

    Same bytes come first; rejected, withdrawn and failed ones do not count."""
    asked = {"route": route, "feed": feed, "other_than": other_than}
    row = run(conn, _SAME_BYTES, {**asked, "sha256": sha256}).first()
    if row is None and identity is not None:
        row = run(conn, _SAME_IDENTITY, {**asked, "identity": identity}).first()
    return None if row is None else SameTransfer(row.id, row.state, row.blob)


def transfer_row(row: Row[Any]) -> TransferRow:
    return TransferRow(**row._asdict())
