"""Slots (due times), runs (the working of one) and sightings (what was seen where)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.store.queries.shared import columns_of, now
from hub.store.rows import RunRow
from hub.store.schema import run, sighting, slot

_SLOT = select(slot.c.id).where(
    slot.c.route == bindparam("route"), slot.c.kind == bindparam("kind"), slot.c.due == bindparam("due")
)
_INSERT_SLOT = insert(slot).inline()
_INSERT_RUN = insert(run).inline()
_END_RUN = update(run).where(run.c.id == bindparam("run"))
_SIGHTED = select(sighting.c.transfer_id).where(
    *(column == bindparam(column.name) for column in sighting.primary_key.columns)
)
_INSERT_SIGHTING = insert(sighting).inline()


def insert_slot(conn: Connection, *, id: str, route: str, kind: str, due: str) -> bool:
    """Whether the slot is new: a second ring of the same due time finds it there already."""
    slot_row = {"route": route, "kind": kind, "due": due}
    if conn.execute(_SLOT, slot_row).first():
        return False
    conn.execute(_INSERT_SLOT, {"id": id, **slot_row, "made_at": now(conn)})
    return True


def insert_run(conn: Connection, row: RunRow) -> None:
    conn.execute(_INSERT_RUN, columns_of(row))


def end_run(conn: Connection, run_id: str, *, outcome: str, summary: Mapping[str, Any]) -> None:
    ended = {"ended_at": now(conn), "outcome": outcome, "summary": dict(summary)}
    conn.execute(_END_RUN, {"run": run_id, **ended})


def sighted(conn: Connection, *, endpoint: str, path: str, size: int, mtime: str) -> str | None:
    """The id of the transfer that has this file; None when it was never seen."""
    seen = {"endpoint": endpoint, "path": path, "size": size, "mtime": mtime}
    owner: str | None = conn.execute(_SIGHTED, seen).scalar()
    return owner


def sight(
    conn: Connection, *, endpoint: str, path: str, size: int, mtime: str, transfer_id: str
) -> str | None:
    """Record that a file was seen. The id of the transfer that has it already, or None when it is new."""
    seen = {"endpoint": endpoint, "path": path, "size": size, "mtime": mtime}
    owner = sighted(conn, endpoint=endpoint, path=path, size=size, mtime=mtime)
    if owner is None:
        conn.execute(_INSERT_SIGHTING, {**seen, "transfer_id": transfer_id, "seen_at": now(conn)})
    return owner
