"""Routes and endpoints that a person has stopped for a while."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub.store.alert_rows import PauseRow
from hub.store.queries.shared import columns_of, now
from hub.store.schema import pause

_THIS = (pause.c.kind == bindparam("of_kind"), pause.c.name == bindparam("called"))
_STANDING = select(pause).where(*_THIS, pause.c.until > bindparam("instant"))
_DELETE = delete(pause).where(*_THIS)
_INSERT = insert(pause).inline()


def standing_pause(conn: Connection, kind: str, name: str) -> PauseRow | None:
    """The one that is not over."""
    row = conn.execute(_STANDING, {"of_kind": kind, "called": name, "instant": now(conn)}).first()
    return None if row is None else PauseRow(**row._mapping)


def keep_pause(conn: Connection, row: PauseRow) -> None:
    """In place of the one that was there."""
    end_pause(conn, row.kind, row.name)
    conn.execute(_INSERT, columns_of(row))


def end_pause(conn: Connection, kind: str, name: str) -> None:
    conn.execute(_DELETE, {"of_kind": kind, "called": name})
