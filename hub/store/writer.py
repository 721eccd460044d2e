"""One writer at a time: whoever wants to write hands over a function, and returns when its commit is durable.

Whoever gets the turn commits all that waits at that moment together, for the price of one disk flush; each
function in a savepoint of its own, so that one that fails takes only itself back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock, get_ident
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub.errors import StoreError

T = TypeVar("T")

_GROUP = 256  # at most so many functions in one commit


class Writer:
    """Owns the writing connection. `translate` turns a driver's error into the hub's own."""

    def __init__(self, connection: Connection, translate: Callable[[BaseException], BaseException]) -> None:
        self._connection, self._translate = connection, translate
        self._waiting: deque[_Ask] = deque()
        self._turn = Lock()
        self._writing: int | None = None  # the thread whose turn it is
        self._closed = False

    def write(self, fn: Callable[[Connection], T]) -> T:
        """What `fn` returned, once it is durable. Re-raises what it raised; nothing of it is kept then."""
        if self._writing == get_ident():
            raise RuntimeError("a function given to write must use its own connection, not write again")
        ask = _Ask(fn)
        self._waiting.append(ask)
        with self._turn:
            if not ask.done:
                self._take_turn()
        result: T = self._result(ask)
        return result

    def write_within(self, connection: Connection, fn: Callable[[Connection], T]) -> T:
        """The same inside a transaction of this thread's turn, with which it becomes durable."""
        ask = _Ask(fn)
        try:
            ask.run_apart(connection, "inside")
        except BaseException as error:
            raise self._translate(error) from error
        result: T = self._result(ask)
        return result

    def close(self) -> None:
        """Wait for the turn, then stop. May be called again."""
        with self._turn:
            self._closed = True
            self._connection.close()

    def _result(self, ask: _Ask) -> Any:
        if ask.error is not None:
            raise self._translate(ask.error)
        return ask.result

    def _take_turn(self) -> None:
        """Commit what waits, oldest first; the asker of this turn is among them."""
        asks = [self._waiting.popleft() for _ in range(min(len(self._waiting), _GROUP))]
        self._writing = get_ident()
        try:
            self._commit(asks)
        except BaseException as error:  # noqa: BLE001 - each asker gets it
            for ask in asks:
                ask.error = ask.error or error
        finally:
            self._writing = None
            for ask in asks:
                ask.done = True

    def _commit(self, asks: list[_Ask]) -> None:
        if self._closed:
            raise StoreError("the database is closed already; nothing was written")
        with self._connection.begin():
            if len(asks) == 1:
                asks[0].result = asks[0].fn(self._connection)
                return
            for ask in asks:
                ask.run_apart(self._connection, "ask")


class _Ask:
    """One function that waits to be run, and what became of it."""

    def __init__(self, fn: Callable[[Connection], Any]) -> None:
        self.fn = fn
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None

    def run_apart(self, connection: Connection, name: str) -> None:
        """In a savepoint, which costs less so than SQLAlchemy's: what it raises is its own asker's alone.
        Only what took the whole transaction with it, as a full disk does, is raised here."""
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"SAVEPOINT {name}")
        try:
            self.result = self.fn(connection)
        except BaseException as error:
            self.error = error
            if not driver.in_transaction:
                raise
            driver.execute(f"ROLLBACK TO {name}")
        driver.execute(f"RELEASE {name}")
