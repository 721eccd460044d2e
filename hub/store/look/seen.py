"""The filter that every statement for people goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, CursorResult, Executable, FromClause, Row, bindparam

from hub.config.people import Viewer
from hub.errors import Unknown
from hub.store.keys import Keys

SEEN = "seen"
"""The parameter that holds the viewer's compartments."""


class Seen:
    """The connection of one moment, the keys that unseal, and who looks."""

    def __init__(self, conn: Connection, keys: Keys, viewer: Viewer) -> None:
        self._conn, self._keys, self.viewer = conn, keys, viewer

    def _rows(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        return self._each(statement, **values).all()

    def _each(self, statement: Executable, **values: Any) -> CursorResult[Any]:
        """The rows as they are fetched."""
        seen = sorted(self.viewer.compartments)
        return self._conn.execute(statement, {**values, SEEN: seen})

    def _row(self, statement: Executable, **values: Any) -> Row[Any] | None:
        return next(iter(self._rows(statement, **values)), None)


def visible(table: FromClause) -> ColumnElement[bool]:
    """Whether a row lies in a compartment of who looks. A table without any is joined to what it hangs on."""
    return table.c.compartment.in_(bindparam(SEEN, expanding=True))


def asked(wanted: Mapping[Column[Any], object]) -> list[ColumnElement[bool]]:
    """Conditions for those of the values that are asked for; None is not."""
    return [column == value for column, value in wanted.items() if value is not None]


def unknown(what: str, id: str, verb: str) -> Unknown:
    """What is said of an id that nobody has, and of one that the asker may not know of."""
    return Unknown(f"There is no {what} {id}. `feedhub {verb} list` shows those that there are.")
