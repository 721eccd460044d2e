"""How often one address may try to get in: accounts have waits of their own, this is for many accounts."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from hub.engine.signing_in import WAIT
from hub.errors import UsageError

MOST = 20
WITHIN = timedelta(minutes=10)
_ADDRESSES = 10_000


class Attempts:
    """Forgotten when the hub starts anew. `now`: the clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._at: OrderedDict[str, deque[datetime]] = OrderedDict()

    def count(self, address: str) -> None:
        """One more. Raises UsageError when there were too many lately."""
        now = self._now()
        with self._lock:
            tried = self._at.setdefault(address, deque())
            self._at.move_to_end(address)
            while tried and now - tried[0] > WITHIN:
                tried.popleft()
            if len(tried) >= MOST:
                raise UsageError(WAIT)
            tried.append(now)
            while len(self._at) > _ADDRESSES:
                self._at.popitem(last=False)

    def forget(self, address: str) -> None:
        """It got in."""
        with self._lock:
            self._at.pop(address, None)
