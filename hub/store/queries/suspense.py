"""Suspended items: one to be placed, and placed once two people agreed."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from hub.errors import LostRace
from hub.model import ItemState
from hub.store.keys import Keys
from hub.store.queries.gathered import THROUGH
from hub.store.queries.items import item_row
from hub.store.rows import ItemRow
from hub.store.schema import LIVE, item, transfer

_GET = select(item).where(item.c.id == bindparam("item"))
_MAY_BE_PLACED = select(transfer.c.route).where(
    transfer.c.id == bindparam("transfer"), transfer.c.mode == LIVE, THROUGH
)
_PLACE = update(item).where(item.c.id == bindparam("item"), item.c.state == ItemState.SUSPENDED)


def get_item(conn: Connection, keys: Keys | None, item_id: str) -> ItemRow | None:
    """Without keys its personal values are left out."""
    row = conn.execute(_GET, {"item": item_id}).first()
    return None if row is None else item_row(row, keys)


def route_it_came_by(conn: Connection, row: ItemRow) -> str | None:
    """The route of an item whose live transfer is through; None while that may still be worked anew."""
    return conn.execute(_MAY_BE_PLACED, {"transfer": row.transfer_id}).scalar()


def place_item(
    conn: Connection, row: ItemRow, *, account: str, tenancy: str | None, reason: str, waits_as: str
) -> None:
    """A suspended item has its account and waits to be gathered. Raises LostRace when it has one already."""
    placed = {"account": account, "tenancy": tenancy, "reason": reason, "waits_as": waits_as}
    if conn.execute(_PLACE, {"item": row.id, "state": ItemState.WAITING, **placed}).rowcount != 1:
        raise LostRace(f"item {row.id} is not in suspense any more")
