"""SIGKILL in the morning peak, again and again, while eight routes are worked side by side: after the last
start all is done, and each payment lies at the partner once."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from hub.store.schema import run, slot, transfer
from tests.apart import exit_code
from tests.crash.child import KILLED, Death
from tests.crash.service_child import FILES, ROUTES, SIX, main, morning

POINTS = (
    "found",
    "fetched",
    "staged",
    "rendered",
    "worked",
    "before_intent",
    "intent",
    "arrived",
    "sent",
    "moved_away",
)
KILLS, ROWS = 3, 4
SEED = 20261102


def lay_down(folder: Path) -> Counter[str]:
    """The morning's files, and what must lie at the partner in the end."""
    world, expected = morning(folder, 0), Counter[str]()
    for number in range(ROUTES):
        for file in range(FILES):
            first = (number * FILES + file) * ROWS
            lines = [f"ABC{first + row:03}+000{row + 1:02}00" for row in range(ROWS)]
            path = folder / f"in/r{number}/{file}.txt"
            path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            os.utime(path, (0, 0))
            expected.update(lines)
    del world
    main(folder, 0)  # the start of the evening before: nothing is due yet
    return expected


def kills(seed: int) -> list[Death]:
    chance = random.Random(seed)  # noqa: S311
    return [Death(chance.choice(POINTS), chance.randint(1, 6)) for _ in range(KILLS)]


@pytest.mark.parametrize("fresh", [False, True])
def test_all_is_done_once(tmp_path: Path, run_seed: int, fresh: bool) -> None:
    expected = lay_down(tmp_path)
    died = 0
    for start, death in enumerate(kills(run_seed if fresh else SEED), start=1):
        died += exit_code(main, tmp_path, start, death) == KILLED
    assert exit_code(main, tmp_path, KILLS + 1) == 0
    assert died > 0, "no start was killed, so nothing is shown"
    out = Counter(
        line
        for path in (tmp_path / "out").iterdir()
        for line in path.read_text("utf-8").split()
        if path.is_file()
    )
    assert out == expected
    world = morning(tmp_path, KILLS + 2)
    with world.hub() as hub, hub.store.read() as conn:
        slots = conn.execute(slot.select().where(slot.c.kind == "clock")).all()
        states = Counter(conn.execute(transfer.select()).scalars())
        outcomes = {row.outcome for row in conn.execute(run.select())}
    assert len(slots) == ROUTES and all(row.over_at and row.why is None for row in slots)
    assert {row.due for row in slots} == {f"{SIX:%Y-%m-%dT%H:%M}"}
    assert sum(states.values()) == ROUTES * FILES
    assert outcomes <= {"done", "interrupted"}
