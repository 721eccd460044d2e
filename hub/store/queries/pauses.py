"""Routes and endpoints that a person has stopped for a while."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hub.store.alert_rows import PauseRow
from hub.store.queries.shared import columns_of, now
from hub.store.schema import pause

_THIS = (pause.c.kind == bindparam("of_kind"), pause.c.name == bindparam("called"))
_LAST = select(pause).where(*_THIS)
_END = update(pause).where(*_THIS)
_DELETE = delete(pause).where(*_THIS)
_INSERT = insert(pause).inline()


def standing_pause(conn: Connection, kind: str, name: str) -> PauseRow | None:
    """The one that is not over."""
    row = last_pause(conn, kind, name)
    return row if row is not None and row.until > now(conn) else None


def last_pause(conn: Connection, kind: str, name: str) -> PauseRow | None:
    """The newest, over or not."""
    row = conn.execute(_LAST, {"of_kind": kind, "called": name}).first()
    return None if row is None else PauseRow(**row._mapping)


def keep_pause(conn: Connection, row: PauseRow) -> None:
    """In place of the one that was there."""
    conn.execute(_DELETE, {"of_kind": row.kind, "called": row.name})
    conn.execute(_INSERT, columns_of(row))


def end_pause(conn: Connection, kind: str, name: str) -> None:
    """It is over now; when it was stays known."""
    conn.execute(_END, {"of_kind": kind, "called": name, "until": now(conn)})
