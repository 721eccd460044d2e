"""Tables of a new hub by what the migrations said the first time: Alembic takes 200 ms to find the words that
SQLite follows in three, and thousands of tests open a new hub. The migrations have tests of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event

from hub.store import migrate as real


@cache
def said_once() -> tuple[tuple[str, Any], ...]:
    """The statements, with their values, by which the migrations change an empty database."""
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")):
            said.append((statement, values))

    with create_engine("sqlite://").begin() as connection:
        event.listen(connection, "before_cursor_execute", note)
        real.migrate(connection, Path())
    return tuple(said)


def migrate(connection: Connection, path: Path) -> None:
    """As `hub.store.migrate.migrate`, which does all but a new database."""
    if real.schema_of(connection) is not None:
        real.migrate(connection, path)
        return
    cursor = connection.connection.cursor()
    for statement, values in said_once():
        cursor.execute(statement, values)
