"""What the store shows, to a test that wants to see everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hub.config.people import HUB, Viewer
from hub.store import Store
from hub.store.look import Look


@contextmanager
def looking(store: Store, viewer: Viewer = HUB) -> Iterator[Look]:
    with store.read() as conn:
        yield Look(conn, store.keys, viewer)
