"""Simulated months of the whole example council: the clock stops and starts at random; in the end each due
time of each route was rung once, on the day, at the instant and for the date that the oracle counts out.

The suite takes an autumn with a clock change, the bank holidays of Christmas and a year's end;
`FEEDHUB_WHOLE=1 uv run pytest tests/e2e/test_two_years.py` takes two years.

The oracle (`tests/oracle_clock.py`) walks through every minute, has a rule of its own for bank holidays, and
reads the routes' words as they are written.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hub.config.load import load
from hub.door.manager import Door
from hub.engine.local import open_hub
from hub.engine.slots import ring, timeline_of
from hub.store.schema import CLOCK_RANG, slot
from tests.oracle_clock import Land, rings
from tests.world import TestClock

CONFIG = Path(__file__).parents[2] / "config"
WHOLE = "FEEDHUB_WHOLE" in os.environ
# Whole: a leap year, a rent year of 53 weeks, four clock changes.
FIRST, LAST = (date(2027, 1, 1), date(2028, 12, 31)) if WHOLE else (date(2027, 10, 20), date(2028, 1, 10))
START, END = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (FIRST, LAST + timedelta(days=1)))
IMPATIENT, PATIENT = "grace: 15m", "grace: 48h"
"""However long the hub was off, nothing counts as missed: what was is tested elsewhere."""


def written() -> Mapping[str, Mapping[str, Any]]:
    """The words of each route that runs by itself."""
    found = {}
    for file in sorted((CONFIG / "routes").glob("*.yaml")):
        for key, route in yaml.load(file.read_text("utf-8"), yaml.BaseLoader)["routes"].items():  # noqa: S506 - it makes text only
            if "schedule" in route and route["mode"] != "off":
                found[f"{file.stem}.{key}"] = route["schedule"]
    return found


def council(folder: Path) -> Path:
    """The example council, as it is but for its patience."""
    for path in CONFIG.rglob("*"):
        if path.is_file() and "state" not in path.relative_to(CONFIG).parts:
            target = folder / path.relative_to(CONFIG)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    hub = folder / "hub.yaml"
    text = hub.read_text("utf-8")
    assert IMPATIENT in text
    hub.write_text(text.replace(IMPATIENT, PATIENT), "utf-8")
    return folder


def test_no_run_is_lost_or_doubled(tmp_path: Path, run_seed: int) -> None:
    chance = random.Random(run_seed)  # noqa: S311
    folder, clock = council(tmp_path / "config"), TestClock(START - timedelta(seconds=1))
    door = Door.load()
    config = load(folder, door.catalogue())
    found: Counter[tuple[str, str, str, str]] = Counter()
    while clock.at < END:
        with open_hub(config, door, clock=clock) as hub:  # a start; its end is no different from a crash
            line = timeline_of(hub.services)
            for _ in range(chance.randint(1, 40)):
                ring(hub.services, line)
                clock.turn(seconds=chance.choice((1, 60, 3600, 40_000, 150_000)) * chance.random())
    clock.at = END - timedelta(microseconds=1)
    with open_hub(config, door, clock=clock) as hub:
        ring(hub.services, timeline_of(hub.services))
        with hub.store.read() as conn:
            rows = conn.execute(slot.select().where(slot.c.kind == CLOCK_RANG, slot.c.at < END)).all()
    found.update((row.route, row.due, row.at.isoformat(), row.business_date.isoformat()) for row in rows)
    assert max(found.values()) == 1
    assert {row.why for row in rows} == {None}
    land, expected = Land(), set()
    for route, words in written().items():
        for one in rings(words, land, FIRST - timedelta(days=1), LAST):
            if START <= one.at < END:
                expected.add((route, one.key, one.at.isoformat(), one.business_date.isoformat()))
    assert len(expected) > (90_000 if WHOLE else 5_000)
    assert sorted(set(found) ^ expected)[:5] == []
