"""What does not answer, or has refused us: not tried again before its time."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, union_all

from hub.store.alert_rows import CircuitRow
from hub.store.queries.shared import columns_of, now
from hub.store.schema import circuit, pause

_GET = select(circuit).where(circuit.c.name == bindparam("called"))
_DELETE = delete(circuit).where(circuit.c.name == bindparam("called"))
_INSERT = insert(circuit).inline()
_PAUSED_NOW = select(pause.c.name).where(pause.c.until > bindparam("at"))
_ANYTHING = union_all(select(circuit.c.name), _PAUSED_NOW).limit(1)


def is_all_well(conn: Connection) -> bool:
    """Whether no endpoint failed last and nothing is paused: the one question of nearly every night."""
    return conn.execute(_ANYTHING, {"at": now(conn)}).first() is None


def get_circuit(conn: Connection, name: str) -> CircuitRow | None:
    """None for what worked last."""
    row = conn.execute(_GET, {"called": name}).first()
    return None if row is None else CircuitRow(**row._mapping)


def keep_circuit(conn: Connection, row: CircuitRow) -> None:
    conn.execute(_DELETE, {"called": row.name})
    conn.execute(_INSERT, columns_of(row))


def close_circuit(conn: Connection, name: str) -> None:
    """It works (again)."""
    conn.execute(_DELETE, {"called": name})
