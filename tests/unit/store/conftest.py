from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.store import Store
from tests.unit.store.making import TickingClock

Open = Callable[..., Store]


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder as the migrations make it; making it for each test would take most of the time."""
    folder = tmp_path_factory.mktemp("made")
    Store.open(folder, clock=TickingClock()).close()
    return folder


@pytest.fixture
def open_store(tmp_path: Path, clock: TickingClock, made: Path) -> Iterator[Open]:
    """Opens the state folder of the test, as often as wanted; all are closed at the end."""
    opened: list[Store] = []
    shutil.copytree(made, tmp_path / "state")

    def open_(**options: float) -> Store:
        opened.append(Store.open(tmp_path / "state", clock=clock, **options))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
