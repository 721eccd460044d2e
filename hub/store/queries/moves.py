"""The one way in which a transfer or delivery changes: compare-and-set, with its event in the same commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, Update, UpdateBase, bindparam, update

from hub.errors import LostRace
from hub.store.queries.events import End, append_events, ends_of, next_event
from hub.store.queries.shared import now
from hub.store.rows import DeliveryRow, EventRow, TransferRow
from hub.store.statements import run, run_many

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
    changed = _changed(conn, row, to, columns)
    moved = replace(row, **changed)
    end = run(conn, statement, {**_as_seen(row), **changed}).first()
    if end is None:
        raise LostRace(f"{subject} {row.id} is no longer {row.state}: somebody else moved it first")
    append_events(conn, [_told(conn, subject, row, moved, End(*end), event, who, columns, data)])
    return moved


def move_all(
    conn: Connection,
    statement: UpdateBase,
    subject: str,
    rows: Sequence[R],
    to: StrEnum,
    *,
    event: str,
    who: str,
    columns: Sequence[Mapping[str, Any]],
) -> list[R]:
    """The same of several, each with its own columns, of the same names. `statement`: `move_of` their table.

    Raises LostRace when any was no longer as its row says; the caller takes back what was written by then."""
    changed = [_changed(conn, row, to, own) for row, own in zip(rows, columns, strict=True)]
    moved = [replace(row, **own) for row, own in zip(rows, changed, strict=True)]
    asked = [{**_as_seen(row), **own} for row, own in zip(rows, changed, strict=True)]
    if run_many(conn, statement, asked) != len(rows):
        raise LostRace(f"one of {len(rows)} {subject}s was moved first by somebody else")
    ends = ends_of(conn, subject, [row.id for row in rows])
    append_events(
        conn,
        [
            _told(conn, subject, row, after, ends[row.id], event, who, own, None)
            for row, after, own in zip(rows, moved, columns, strict=True)
        ],
    )
    return moved


def _as_seen(row: R) -> dict[str, Any]:
    return {"row_id": row.id, "row_state": row.state, "row_version": row.version}


def _changed(conn: Connection, row: R, to: StrEnum, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {"updated_at": now(conn), **columns, "state": to, "version": row.version + 1}


def _told(
    conn: Connection,
    subject: str,
    row: R,
    moved: R,
    end: End,
    event: str,
    who: str,
    columns: Mapping[str, Any],
    data: Mapping[str, Any] | None,
) -> EventRow:
    """The event of a move, to be appended."""
    told = {"from": row.state, "to": moved.state, **(data or {})}
    if reason := columns.get("reason"):
        told["reason"] = reason
    return next_event(
        conn,
        end,
        subject=subject,
        subject_id=row.id,
        kind=event,
        who=who,
        data=told,
        compartment=end.compartment,
    )
