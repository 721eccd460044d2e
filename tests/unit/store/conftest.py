from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.store import Store
from tests.unit.store.making import TickingClock

Open = Callable[..., Store]


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def open_store(tmp_path: Path, clock: TickingClock) -> Iterator[Open]:
    """Opens the state folder of the test, as often as wanted; all are closed at the end."""
    opened: list[Store] = []

    def open_(**options: float) -> Store:
        opened.append(Store.open(tmp_path / "state", clock=clock, **options))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
