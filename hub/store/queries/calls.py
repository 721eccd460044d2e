"""The calls of conversations: intent before, reply after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.model import ItemState
from hub.store.queries.answers import left_with
from hub.store.queries.shared import batches, columns_of, now
from hub.store.rows import CallRow
from hub.store.schema import call, item

_INSERT = insert(call).inline()
_KEEP = update(call).where(
    call.c.delivery_id == bindparam("of_delivery"), call.c.number == bindparam("of_number")
)
_OF_DELIVERY = select(call).where(call.c.delivery_id == bindparam("delivery")).order_by(call.c.number)
_CARRIED = select(item.c.id).where(left_with, item.c.state == ItemState.TAKEN)
_CARRIED_OF_KINDS = _CARRIED.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
_LEFT = update(item).where(item.c.id.in_(bindparam("ids", expanding=True)))


def calls_of(conn: Connection, delivery_id: str) -> list[CallRow]:
    """The calls of a delivery's conversation, in their order."""
    rows = conn.execute(_OF_DELIVERY, {"delivery": delivery_id})
    return [CallRow(**row._mapping) for row in rows]


def keep_call(conn: Connection, row: CallRow) -> None:
    """Write a call as it stands now: new, or in place of what was known of it."""
    where = {"of_delivery": row.delivery_id, "of_number": row.number}
    if conn.execute(_KEEP, {**where, **columns_of(row)}).rowcount == 0:
        conn.execute(_INSERT, columns_of(row))


def changing_calls(conn: Connection, delivery_id: str) -> list[CallRow]:
    """Those calls because of which something may be different there."""
    return [row for row in calls_of(conn, delivery_id) if row.may_have_changed]


def settle_calls(conn: Connection, delivery_id: str) -> None:
    """A person says that the call whose answer was lost was not done."""
    for row in calls_of(conn, delivery_id):
        if row.is_open:
            keep_call(conn, replace(row, answered_at=now(conn)))


def carried_items(conn: Connection, transfer_id: str, kinds: Collection[str] | None) -> list[str]:
    """The ids of the items of these kinds (None: of all) that a transfer carries and that have not left."""
    if kinds is None:
        return list(conn.execute(_CARRIED, {"transfer": transfer_id}).scalars())
    return list(conn.execute(_CARRIED_OF_KINDS, {"transfer": transfer_id, "kinds": list(kinds)}).scalars())


def items_left(conn: Connection, ids: Sequence[str]) -> None:
    """Items that a partner has answered have left, whatever becomes of the others."""
    for some in batches(ids):
        conn.execute(_LEFT, {"ids": some, "state": ItemState.SENT})
