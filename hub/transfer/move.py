"""Moves of transfers and deliveries, each held against the table of legal ones before it is written.

What a person was asked about a held transfer is void once it is held no more; what they were asked about a
delivery, once it is sent or withdrawn."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.errors import LostRace
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import worklist
from hub.transfer.states import DELIVERY_MOVES, may_move


def transfer(conn: Connection, row: TransferRow, to: TransferState, **how: Any) -> TransferRow:
    """As `queries.move_transfer`. Raises LostRace for a move that is not legal from where the row stands."""
    if to is not row.state and not may_move(row.state, to):
        raise LostRace(f"transfer {row.id} is {row.state} and cannot become {to}")
    moved = queries.move_transfer(conn, row, to, **how)
    if row.state is TransferState.HELD and to is not TransferState.HELD:
        worklist.void(conn, "transfer", row.id, who=how.get("who", "hub"))
    return moved


def delivery(conn: Connection, row: DeliveryRow, to: DeliveryState, **how: Any) -> DeliveryRow:
    """As `queries.move_delivery`. Raises LostRace for a move that is not legal from where the row stands."""
    if to is not row.state and to not in DELIVERY_MOVES[row.state]:
        raise LostRace(f"delivery {row.id} is {row.state} and cannot become {to}")
    moved = queries.move_delivery(conn, row, to, **how)
    if to in (DeliveryState.SENT, DeliveryState.WITHDRAWN):
        worklist.void(conn, "delivery", row.id, who=how.get("who", "hub"))
    return moved
