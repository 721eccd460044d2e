"""A restore that is killed (SIGKILL): no hub starts on an empty state beside it; restoring again mends it."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.engine.backup import back_up, chosen, restore
from hub.errors import StoreError
from tests.apart import exit_code
from tests.world import World

LONG = b"ABC009+0001000\n" * 6000
"""Stored in a file of its own."""

POINTS = ("files", "stored files", "laid out", "marked")
"""When it is killed: the back-up is checked, it is copied, before and after what is doubtful is marked."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def restored(folder: Path, point: str | None = None) -> None:
    world = World(folder)

    def told(what: str, done: int, total: int) -> None:
        if what == point and done == total:
            die()

    @contextmanager
    def opened(part):
        with world.hub(state=part) as hub:
            if point == "laid out":
                die()
            yield hub
        if point == "marked":
            die()

    restore(folder / "config/state", chosen(folder / "saved"), opened, told=told)


def run(world: World) -> None:
    with world.hub() as hub:
        hub.run("payments")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_sent_twice_after_a_restore_that_was_killed(tmp_path: Path, point: str) -> None:
    world = World(tmp_path)
    world.arrive("a.txt", LONG)
    run(world)
    with world.hub() as hub:
        back_up(hub.services, tmp_path / "saved", with_keys=True)
    shutil.rmtree(tmp_path / "config/state")

    assert exit_code(restored, tmp_path, point) == -signal.SIGKILL

    world.arrive("a.txt", LONG)
    with pytest.raises(StoreError, match="restore into .* was broken off .*run feedhub restore again"):
        run(world)
    assert not (tmp_path / "config/state/feedhub.db").exists()

    restored(tmp_path)
    run(world)
    assert [path.read_bytes() for path in (tmp_path / "out").iterdir()] == [LONG]
