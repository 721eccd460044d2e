"""SQLite as the store speaks it: every transaction is begun in so many words.

The driver would begin one only before the first change, so that what was read before it could be stale.
`Store.read` begins its own, for which SQLAlchemy would need longer than for what is read."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection

DRIVER = "sqlite+feedhub"


class FeedHubDialect(SQLiteDialect_pysqlite):
    """`begin` is the statement that starts a transaction, on a connection whose `isolation_level` is None."""

    supports_statement_cache = True

    def __init__(self, begin: str = "BEGIN", **settings: Any) -> None:
        super().__init__(**settings)
        self._begin = begin

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        if not dbapi_connection.in_transaction:
            dbapi_connection.cursor().execute(self._begin)


registry.register(DRIVER.replace("+", "."), __name__, FeedHubDialect.__name__)
