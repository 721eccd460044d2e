"""Slots (due times), runs (the working of one) and sightings (what was seen where)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hub.store.queries.names import index_names
from hub.store.queries.shared import batches, columns_of, now
from hub.store.rows import RunRow, TransferRow
from hub.store.schema import CLOCK_RANG, run, sighting, slot

_SLOT = select(slot.c.id).where(
    slot.c.route == bindparam("route"), slot.c.kind == bindparam("kind"), slot.c.due == bindparam("due")
)
_INSERT_SLOT = insert(slot).inline()
_INSERT_RUN = insert(run).inline()
_END_RUN = update(run).where(run.c.id == bindparam("run"))
_TAKE_BACK = delete(run).where((run.c.id == bindparam("run")) & run.c.ended_at.is_(None))
_OF_THE_CLOCK = run.c.ended_at.is_(None) & run.c.slot_id.in_(
    select(slot.c.id).where(slot.c.kind == CLOCK_RANG)
)
_CUT_OFF = select(run.c.route).where(_OF_THE_CLOCK)
_INTERRUPT = update(run).where(_OF_THE_CLOCK)
_SIGHTED = select(sighting.c.path, sighting.c.size, sighting.c.mtime).where(
    sighting.c.endpoint == bindparam("at"), sighting.c.path.in_(bindparam("paths", expanding=True))
)
_SIGHTED_AT = select(sighting.c.path, sighting.c.size, sighting.c.mtime).where(
    sighting.c.endpoint == bindparam("at")
)
_INSERT_SIGHTING = insert(sighting).inline()


def insert_slot(conn: Connection, *, id: str, route: str, kind: str, due: str) -> bool:
    """Whether the slot is new: a second ring of the same due time finds it there already."""
    slot_row = {"route": route, "kind": kind, "due": due}
    if conn.execute(_SLOT, slot_row).first():
        return False
    conn.execute(_INSERT_SLOT, {"id": id, **slot_row, "attempts": 0, "made_at": now(conn)})
    return True


def insert_runs(conn: Connection, rows: Collection[RunRow]) -> None:
    if rows:
        conn.execute(_INSERT_RUN, [columns_of(row) for row in rows])


def end_run(conn: Connection, run_id: str, *, outcome: str, summary: Mapping[str, Any]) -> None:
    ended = {"ended_at": now(conn), "outcome": outcome, "summary": dict(summary)}
    conn.execute(_END_RUN, {"run": run_id, **ended})
    index_names(conn)


def take_back_run(conn: Connection, run_id: str) -> None:
    """Unless it has ended."""
    conn.execute(_TAKE_BACK, {"run": run_id})


def interrupt_runs(conn: Connection) -> list[str]:
    """The clock's runs that a crash cut off are over, and their slots wait again; their routes."""
    routes = list(conn.execute(_CUT_OFF).scalars())
    conn.execute(_INTERRUPT, {"ended_at": now(conn), "outcome": "interrupted"})
    return routes


def unsighted(conn: Connection, endpoint: str, rows: Sequence[TransferRow]) -> list[TransferRow]:
    """Those whose files at an endpoint (path, size, time) nobody recorded before."""
    seen: set[tuple[Any, ...]] = set()
    for some in batches(rows):
        asked = {"at": endpoint, "paths": [row.source_path for row in some]}
        seen.update(tuple(found) for found in conn.execute(_SIGHTED, asked))
    return [row for row in rows if (row.source_path, row.size, row.source_mtime) not in seen]


def sight(conn: Connection, endpoint: str, rows: Sequence[TransferRow]) -> None:
    """Record that the files of new transfers were seen. Raises LostRace when one was before."""
    sightings = [
        {
            "endpoint": endpoint,
            "path": row.source_path,
            "size": row.size,
            "mtime": row.source_mtime,
            "transfer_id": row.id,
            "seen_at": now(conn),
        }
        for row in rows
    ]
    if sightings:
        conn.execute(_INSERT_SIGHTING, sightings)


def sighted_at(conn: Connection, endpoint: str) -> Iterator[tuple[str, int, str]]:
    """Name, size and time of every file that was ever seen at an endpoint, in whatever folder."""
    for path, size, mtime in conn.execute(_SIGHTED_AT, {"at": endpoint}):
        yield path.rpartition("/")[2], size, mtime
