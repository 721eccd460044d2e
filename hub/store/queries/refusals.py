"""Single items that wait or are held, and that a person refuses or lets go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, update

from hub.errors import LostRace
from hub.model import ItemState
from hub.store.queries.gathered import THROUGH
from hub.store.rows import ItemRow
from hub.store.schema import LIVE, item, transfer

REFUSABLE = (ItemState.HELD, ItemState.WAITING)
_settled = exists().where(transfer.c.id == item.c.transfer_id, THROUGH, transfer.c.mode == LIVE)
_REFUSE = update(item).where(
    item.c.id == bindparam("item"),
    item.c.state.in_(REFUSABLE),
    or_(item.c.transfer_id.is_(None), _settled),
)
_RELEASE = update(item).where(
    item.c.id == bindparam("item"), item.c.state == ItemState.HELD, item.c.batch_id.is_(None), _settled
)


def refuse_item(conn: Connection, row: ItemRow, reason: str) -> None:
    """The item is refused. Raises LostRace when it neither waits nor is held, or its transfer may still be
    worked anew."""
    refused = {"state": ItemState.REJECTED, "reason": reason}
    if conn.execute(_REFUSE, {"item": row.id, **refused}).rowcount != 1:
        raise LostRace(f"item {row.id} neither waits nor is held any more")


def release_item(conn: Connection, row: ItemRow, *, data: Mapping[str, Any], waits_as: str) -> None:
    """A held item waits to be gathered. Raises LostRace when it is held no more, or its transfer may still be
    worked anew."""
    released = {"state": ItemState.WAITING, "waits_as": waits_as, "data": dict(data)}
    if conn.execute(_RELEASE, {"item": row.id, **released}).rowcount != 1:
        raise LostRace(f"item {row.id} is held no more")
