"""A few lines to one endpoint, shared by threads; each is used by one thread at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from hub.errors import RemoteRefused

FRESH = 5.0  # seconds; a line that was used this recently is not asked whether it still works


class Line(Protocol):
    def is_alive(self, *, ask: bool) -> bool:
        """`ask` costs a round trip; without it only what is known already counts."""
        ...

    def close(self) -> None: ...


L = TypeVar("L", bound=Line)


class Pool(Generic[L]):
    """At most `size` lines. They are opened one after another, so that a wrong password is tried once."""

    def __init__(self, size: int) -> None:
        self._slots = threading.BoundedSemaphore(size)
        self._connecting = threading.Lock()
        self._lock = threading.Lock()
        self._idle: list[tuple[L, float]] = []
        self._closed = False

    @contextmanager
    def lease(self, connect: Callable[[], L]) -> Iterator[L]:
        """A line for one thread; waits for one. After an error other than a refusal it is not used again."""
        with self._slots:
            line = self._take(connect)
            try:
                yield line
            except RemoteRefused:
                self._give_back(line)
                raise
            except BaseException:
                line.close()
                raise
            self._give_back(line)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for line, _ in idle:
            line.close()

    def _take(self, connect: Callable[[], L]) -> L:
        while (found := self._pop()) is not None:
            line, since = found
            if line.is_alive(ask=time.monotonic() - since > FRESH):
                return line
            line.close()
        with self._connecting:
            return connect()

    def _pop(self) -> tuple[L, float] | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, line: L) -> None:
        with self._lock:
            if not self._closed and line.is_alive(ask=False):
                self._idle.append((line, time.monotonic()))
                return
        line.close()
