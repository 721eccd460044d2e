"""Deliveries: moved like transfers, by compare-and-set with the event in the same commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from hub.model import DeliveryState
from hub.store.queries.events import NOTHING_YET, append_event, ends_at
from hub.store.queries.happened import happened_for
from hub.store.queries.moves import move, move_of
from hub.store.queries.shared import batches, columns_of
from hub.store.rows import DeliveryRow
from hub.store.schema import delivery, transfer
from hub.store.statements import run

_COMPARTMENT = select(transfer.c.compartment).where(transfer.c.id == bindparam("of")).scalar_subquery()
_INSERT = insert(delivery).inline().returning(_COMPARTMENT)
_GET = select(delivery).where(delivery.c.id == bindparam("id"))
_OF_TRANSFER = (
    select(delivery).where(delivery.c.transfer_id == bindparam("transfer_id")).order_by(delivery.c.id)
)
_OF_TRANSFERS = (
    select(delivery)
    .where(delivery.c.transfer_id.in_(bindparam("ids", expanding=True)))
    .order_by(delivery.c.transfer_id, delivery.c.id)
)
_UNFINISHED = (
    select(delivery)
    .where(delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING)))
    .order_by(delivery.c.transfer_id, delivery.c.id)
)
_UNFINISHED_OF_ROUTE = _UNFINISHED.join(transfer).where(transfer.c.route == bindparam("route"))
_TAKEN = (
    select(delivery.c.id)
    .join(transfer)
    .where(
        happened_for("mine"),
        delivery.c.endpoint == bindparam("at"),
        delivery.c.folder == bindparam("inside"),
        delivery.c.name == bindparam("called"),
        delivery.c.transfer_id != bindparam("mine"),
        delivery.c.state != DeliveryState.WITHDRAWN,
    )
    .limit(1)
)
_STILL_HERE = (
    select(delivery.c.transfer_id)
    .where(
        delivery.c.transfer_id.in_(bindparam("ids", expanding=True)),
        delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING, DeliveryState.IN_DOUBT)),
    )
    .distinct()
)
_MOVE = move_of(delivery).returning(*ends_at("delivery"))


def insert_delivery(conn: Connection, row: DeliveryRow, *, who: str = "hub") -> None:
    """Write a new delivery and the first event of its history, in the compartment of its transfer."""
    inside = run(conn, _INSERT, {**columns_of(row), "of": row.transfer_id}).scalar()
    data = {"to": row.state, "transfer": row.transfer_id, "endpoint": row.endpoint, "name": row.name}
    append_event(
        conn,
        subject="delivery",
        subject_id=row.id,
        kind="made",
        who=who,
        data=data,
        after=NOTHING_YET,
        compartment=inside,
    )


def free_name(conn: Connection, row: DeliveryRow) -> str:
    """The delivery's name or, where another transfer's delivery has it at that place, the name with a number.

    Two files under one name could be taken for one, and two equal ones would be."""
    stem, dot, ending = row.name.rpartition(".")
    if not stem:
        stem, dot, ending = row.name, "", ""
    names = chain([row.name], (f"{stem}_{number}{dot}{ending}" for number in count(2)))
    return next(name for name in names if not _is_taken(conn, row, name))


def _is_taken(conn: Connection, row: DeliveryRow, name: str) -> bool:
    place = {"at": row.endpoint, "inside": row.folder, "called": name, "mine": row.transfer_id}
    return run(conn, _TAKEN, place).first() is not None


def get_delivery(conn: Connection, delivery_id: str) -> DeliveryRow | None:
    row = run(conn, _GET, {"id": delivery_id}).first()
    return None if row is None else DeliveryRow(**row._asdict())


def deliveries_of(conn: Connection, transfer_id: str) -> list[DeliveryRow]:
    """All deliveries of a transfer, withdrawn ones too, in the order they were made."""
    rows = run(conn, _OF_TRANSFER, {"transfer_id": transfer_id})
    return [DeliveryRow(**row._asdict()) for row in rows]


def deliveries_of_each(conn: Connection, transfer_ids: Sequence[str]) -> dict[str, list[DeliveryRow]]:
    """The same of several transfers, by their id."""
    found: dict[str, list[DeliveryRow]] = {id: [] for id in transfer_ids}
    for ids in batches(transfer_ids):
        for row in run(conn, _OF_TRANSFERS, {"ids": ids}):
            found[row.transfer_id].append(DeliveryRow(**row._asdict()))
    return found


def still_here(conn: Connection, transfer_ids: Sequence[str]) -> frozenset[str]:
    """Those of the transfers that have a delivery which has not left, or may not have."""
    asked = batches(transfer_ids)
    return frozenset(chain.from_iterable(run(conn, _STILL_HERE, {"ids": ids}).scalars() for ids in asked))


def unfinished_deliveries(conn: Connection, route: str | None = None) -> list[DeliveryRow]:
    """Deliveries that are READY, or were SENDING when the hub stopped; oldest transfer first."""
    if route is None:
        rows = run(conn, _UNFINISHED)
    else:
        rows = run(conn, _UNFINISHED_OF_ROUTE, {"route": route})
    return [DeliveryRow(**row._asdict()) for row in rows]


def move_delivery(
    conn: Connection,
    row: DeliveryRow,
    to: DeliveryState,
    *,
    event: str,
    who: str = "hub",
    data: Mapping[str, Any] | None = None,
    **columns: Any,
) -> DeliveryRow:
    """Move a delivery and write the event. Raises LostRace when somebody else moved it first."""
    return move(conn, _MOVE, "delivery", row, to, columns=columns, event=event, who=who, data=data)
