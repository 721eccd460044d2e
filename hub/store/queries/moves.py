"""The one way in which a transfer or delivery changes: compare-and-set, with its event in the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, Update, UpdateBase, bindparam, update

from hub.errors import LostRace
from hub.store.queries.events import End, append_event
from hub.store.queries.shared import now
from hub.store.rows import DeliveryRow, TransferRow
from hub.store.statements import run

R = TypeVar("R", TransferRow, DeliveryRow)


def move_of(table: Table) -> Update:
    """The statement that moves a row of a table, if it still is what the mover saw."""
    return update(table).where(
        table.c.id == bindparam("row_id"),
        table.c.state == bindparam("row_state"),
        table.c.version == bindparam("row_version"),
    )


def move(
    conn: Connection,
    statement: UpdateBase,
    subject: str,
    row: R,
    to: StrEnum,
    *,
    event: str,
    who: str,
    data: Mapping[str, Any] | None,
    columns: Mapping[str, Any],
) -> R:
    """The row as it is after the move. Raises LostRace when it was no longer as `row` says.

    statement: `move_of` its table, returning where its history stands (`ends_at`)"""
    changed = {"updated_at": now(conn), **columns, "state": to, "version": row.version + 1}
    moved = replace(row, **changed)
    here = {"row_id": row.id, "row_state": row.state, "row_version": row.version}
    end = run(conn, statement, {**here, **changed}).first()
    if end is None:
        raise LostRace(f"{subject} {row.id} is no longer {row.state}: somebody else moved it first")
    told = {"from": row.state, "to": to, **(data or {})}
    if reason := columns.get("reason"):
        told["reason"] = reason
    append_event(conn, subject=subject, subject_id=row.id, kind=event, who=who, data=told, after=End(*end))
    return moved
