"""Moves of transfers and deliveries, each held against the table of legal ones before it is written.

What stops for a person is asked in the same commit (`stopped.py`), and void once it goes on: about a
held, failed or refused transfer once it is that no more, about a delivery once it is sent or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from hub.errors import LostRace
from hub.model import DeliveryState, TransferState, WorkKind
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import stopped, worklist
from hub.transfer.services import Services
from hub.transfer.states import DELIVERY_MOVES, may_move

_A_PERSONS = (TransferState.HELD, TransferState.FAILED, TransferState.REJECTED)


def transfer(
    conn: Connection,
    services: Services,
    row: TransferRow,
    to: TransferState,
    *,
    is_asked: bool = False,
    **how: Any,
) -> TransferRow:
    """As `queries.move_transfer`. `is_asked`: somebody else is asked about it, so its owner is not.

    Raises LostRace for a move that is not legal from where the row stands."""
    _refuse_illegal(row, to)
    moved = queries.move_transfer(conn, row, to, **how)
    if to is not row.state:
        if row.state in _A_PERSONS:
            worklist.void(conn, "transfer", row.id, who=how.get("who", "hub"))
        if not is_asked:
            stopped.ask_about_transfer(conn, services, moved)
    return moved


def transfers(
    conn: Connection,
    rows: Sequence[TransferRow],
    to: TransferState,
    columns: Sequence[Mapping[str, Any]],
    *,
    event: str,
) -> list[TransferRow]:
    """Several at once, as `queries.move_transfers`. Only where nobody is asked: a ValueError says so. Raises
    LostRace as `transfer`."""
    for row in rows:
        _refuse_illegal(row, to)
        if to is not row.state and {row.state, to}.intersection(_A_PERSONS):
            raise ValueError(f"people are asked about {row.state} and {to}: move such transfers one by one")
    return queries.move_transfers(conn, rows, to, columns, event=event)


def _refuse_illegal(row: TransferRow, to: TransferState) -> None:
    if to is not row.state and not may_move(row.state, to):
        raise LostRace(f"transfer {row.id} is {row.state} and cannot become {to}")


def delivery(
    conn: Connection, services: Services, row: DeliveryRow, to: DeliveryState, **how: Any
) -> DeliveryRow:
    """As `queries.move_delivery`. Raises LostRace for a move that is not legal from where the row stands."""
    if to is not row.state and to not in DELIVERY_MOVES[row.state]:
        raise LostRace(f"delivery {row.id} is {row.state} and cannot become {to}")
    if to is DeliveryState.WITHDRAWN:
        how = {"reason": None, "next_attempt_at": None, **how}  # it waits for nothing any more
    moved = queries.move_delivery(conn, row, to, **how)
    who = how.get("who", "hub")
    if to in (DeliveryState.SENT, DeliveryState.WITHDRAWN):
        worklist.void(conn, "delivery", row.id, who=who)
        worklist.void(conn, "transfer", row.transfer_id, who=who, kinds=(WorkKind.SETTLE,))
    elif stopped.is_stopped(row) and not stopped.is_stopped(moved):
        worklist.void(conn, "delivery", row.id, who=who, kinds=(WorkKind.SETTLE,))
    if to is not row.state or stopped.is_stopped(moved):
        stopped.ask_about_delivery(conn, services, moved)
    return moved
