"""The one writer: whoever wants to write hands over a function, and waits for the durable commit.

What waits at the same moment is committed together, for the price of one disk flush; each function in a
savepoint of its own, so that one that fails takes only itself back.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread, current_thread
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub.errors import StoreError

T = TypeVar("T")

_GROUP = 256  # at most so many functions in one commit


class Writer:
    """A thread that owns the writing connection. `translate` turns a driver's error into the hub's own."""

    def __init__(self, connection: Connection, translate: Callable[[BaseException], BaseException]) -> None:
        self._connection, self._translate = connection, translate
        self._queue: SimpleQueue[_Ask | None] = SimpleQueue()
        self._lock, self._closed = Lock(), False  # so that nothing is put behind the end
        self._thread = Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def write(self, fn: Callable[[Connection], T]) -> T:
        """What `fn` returned, once it is durable. Re-raises what it raised; nothing of it is kept then."""
        if current_thread() is self._thread:
            raise RuntimeError("a function given to write must use its own connection, not write again")
        ask = _Ask(fn)
        with self._lock:
            if self._closed:
                raise StoreError("the database is closed already; nothing was written")
            self._queue.put(ask)
        ask.done.wait()
        if ask.error is not None:
            raise self._translate(ask.error)
        result: T = ask.result
        return result

    def close(self) -> None:
        """Commit what waits, then stop. May be called again."""
        with self._lock:
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        while (asks := self._next())[-1] is not None:
            self._commit([ask for ask in asks if ask is not None])
        self._commit([ask for ask in asks[:-1] if ask is not None])

    def _next(self) -> list[_Ask | None]:
        """All that waits, once something does; None at the end = stop."""
        asks = [self._queue.get()]
        while asks[-1] is not None and len(asks) < _GROUP:
            try:
                asks.append(self._queue.get_nowait())
            except Empty:
                break
        return asks

    def _commit(self, asks: list[_Ask]) -> None:
        try:
            with self._connection.begin():
                for ask in asks:
                    ask.run(self._connection)
        except BaseException as error:  # noqa: BLE001 - each asker gets it
            for ask in asks:
                ask.error = ask.error or error
        for ask in asks:
            ask.done.set()


class _Ask:
    """One function that waits to be run, and what became of it."""

    def __init__(self, fn: Callable[[Connection], Any]) -> None:
        self.fn = fn
        self.done = Event()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, connection: Connection) -> None:
        savepoint = connection.begin_nested()
        try:
            self.result = self.fn(connection)
            savepoint.commit()
        except BaseException as error:  # noqa: BLE001 - the asker gets it
            self.error = error
            savepoint.rollback()
