"""What does not answer, or has refused us: not tried again before its time."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, union_all

from hub.store.alert_rows import CircuitRow
from hub.store.queries.shared import columns_of, now
from hub.store.schema import circuit, pause
from hub.store.statements import run

_GET = select(circuit).where(circuit.c.name == bindparam("called"))
_DELETE = delete(circuit).where(circuit.c.name == bindparam("called"))
_INSERT = insert(circuit).inline()
_PAUSED_NOW = select(pause.c.name).where(pause.c.until > bindparam("at"))
_ANYTHING = union_all(select(circuit.c.name), _PAUSED_NOW).limit(1)


def is_all_well(conn: Connection) -> bool:
    """Whether no endpoint failed last and nothing is paused: the one question of nearly every night."""
    return run(conn, _ANYTHING, {"at": now(conn)}).first() is None


def get_circuit(conn: Connection, name: str) -> CircuitRow | None:
    """None for what worked last."""
    row = run(conn, _GET, {"called": name}).first()
    return None if row is None else CircuitRow(**row._asdict())


def keep_circuit(conn: Connection, row: CircuitRow) -> None:
    run(conn, _DELETE, {"called": row.name})
    run(conn, _INSERT, columns_of(row))


def close_circuit(conn: Connection, name: str) -> None:
    """It works (again)."""
    run(conn, _DELETE, {"called": name})
