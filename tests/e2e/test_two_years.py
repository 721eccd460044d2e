"""Simulated years of the whole example council: the clock stops and starts at random; in the end each due
time of each route was rung once, on the day, at the instant and for the date that the oracle counts out.

The suite takes the days on which a clock may go wrong; `FEEDHUB_WHOLE=1 uv run pytest -rP
tests/e2e/test_two_years.py` takes two years, and says how many due times there were.

The oracle (`tests/oracle_clock.py`) walks through every minute, has a rule of its own for bank holidays, and
reads the routes' words as they are written.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.config.load import load
from hub.door.manager import Door
from hub.engine.local import open_hub
from hub.engine.slots import ring, timeline_of
from hub.store.schema import CLOCK_RANG, slot
from tests.oracle_clock import DAY, Land, rings
from tests.world import TestClock

CONFIG = Path(__file__).parents[2] / "config"
WHOLE = [(date(2024, 1, 1), date(2025, 12, 31))]
"""A leap year, a rent year of 53 weeks, four clock changes, sixteen bank holidays, a year's end."""
NARROW = [
    (date(2024, 10, 23), date(2024, 11, 5)),  # the clocks go back; a month ends
    (date(2024, 12, 20), date(2025, 1, 6)),  # Christmas and a year's end
    (date(2025, 3, 27), date(2025, 4, 23)),  # the clocks go forward; the 53rd rent week; Easter
]
SPANS = WHOLE if "FEEDHUB_WHOLE" in os.environ else NARROW
IMPATIENT, PATIENT = "grace: 15m", "grace: 48h"
"""However long the hub was off, nothing counts as missed: what was is tested elsewhere."""
WEEKLY, IN_RENT_WEEKS = (
    '{at: "09:00", days: mon, moved: later}',
    '{at: "09:00", days: mon, moved: later, rent_weeks: [1, 26, 53, last]}',
)
"""The example council counts no rent weeks; here one of its routes does."""


def written(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The words of each route that runs by itself."""
    found = {}
    for file in sorted((folder / "routes").glob("*.yaml")):
        for key, route in yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)["routes"].items():  # noqa: S506 - it makes text only
            if "schedule" in route and route["mode"] != "off":
                found[f"{file.stem}.{key}"] = route["schedule"]
    return found


def council(folder: Path) -> Path:
    """The example council, as it is but for its patience and its rent weeks."""
    for path in CONFIG.rglob("*"):
        if path.is_file() and "state" not in path.relative_to(CONFIG).parts:
            target = folder / path.relative_to(CONFIG)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert _replace(folder / "hub.yaml", IMPATIENT, PATIENT) == 1
    assert sum(_replace(path, WEEKLY, IN_RENT_WEEKS) for path in (folder / "routes").glob("*.yaml")) == 1
    return folder


def _replace(path: Path, old: str, new: str) -> int:
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new), "utf-8")
    return text.count(old)


@pytest.mark.parametrize(("first", "last"), SPANS, ids=str)
def test_no_run_is_lost_or_doubled(tmp_path: Path, run_seed: int, first: date, last: date) -> None:
    chance = random.Random(run_seed)  # noqa: S311
    start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last + DAY))
    folder, clock = council(tmp_path / "config"), TestClock(start - timedelta(seconds=1))
    door = Door.load()
    config = load(folder, door.catalogue())
    while clock.at < end:
        with open_hub(config, door, clock=clock) as hub:  # a start; its end is no different from a crash
            line = timeline_of(hub.services)
            for _ in range(chance.randint(1, 40)):
                ring(hub.services, line)
                clock.turn(seconds=chance.choice((1, 60, 3600, 40_000, 150_000)) * chance.random())
    clock.at = end - timedelta(microseconds=1)
    with open_hub(config, door, clock=clock) as hub:
        ring(hub.services, timeline_of(hub.services))
        with hub.store.read() as conn:
            rows = conn.execute(slot.select().where(slot.c.kind == CLOCK_RANG, slot.c.at < end)).all()
    found = Counter((row.route, row.due, row.at.isoformat(), row.business_date.isoformat()) for row in rows)
    assert max(found.values()) == 1
    assert {row.why for row in rows} == {None}
    land, expected, words = Land(), set(), written(folder)
    for route, schedule in words.items():
        for one in rings(schedule, land, first - DAY, last + DAY):
            if start <= one.at < end:
                expected.add((route, one.key, one.at.isoformat(), one.business_date.isoformat()))
    assert len(expected) > 500 * (last - first).days
    assert sorted(set(found) ^ expected)[:5] == []
    sys.stdout.write(f"{first} to {last}: {len(words)} routes, {len(expected)} due times, each rung once\n")
