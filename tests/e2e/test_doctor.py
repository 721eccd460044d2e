"""What an administrator would want to know before it hurts."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine import audit, doctor
from hub.engine.backup import back_up
from hub.engine.overdue import overdue
from hub.errors import UsageError
from tests.world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def lines(world, what=None):
    with world.hub() as hub:
        found = doctor.examine(hub.services, lambda *_: None)
    return [(line.level.value, line.says) for line in found if what in (None, line.what)]


def test_every_thing_that_is_not_fine_has_a_remedy_and_what_is_fine_has_none(world):
    with world.hub() as hub:
        found = doctor.examine(hub.services, lambda *_: None)
    wanted = "disk clock database history back-up transfers secrets calendar leftovers plug-ins"
    assert {line.what for line in found} >= set(wanted.split())
    assert all(bool(line.remedy) == (line.level != "fine") for line in found)


@pytest.mark.parametrize(
    ("free", "level"), [(500_000_000, "mend"), (4_000_000_000, "look"), (90_000_000_000, "fine")]
)
def test_the_disk(world, monkeypatch, free, level):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: SimpleNamespace(free=free, total=10**11))
    assert [found[0] for found in lines(world, "disk")] == [level]


@pytest.mark.parametrize(("off", "level"), [(0, "fine"), (60, "look"), (-600, "mend")])
def test_a_clock_that_is_wrong(world, off, level):
    """Held against the time of the disk, which here is the machine's."""
    from hub.clock.now import SystemClock

    world.clock.at = SystemClock().now() + timedelta(seconds=off)
    assert [found[0] for found in lines(world, "clock")] == [level]


def test_a_back_up_grows_old(world):
    assert lines(world, "back-up") == [("mend", "there is none")]
    with world.hub() as hub:
        back_up(hub.services, world.folder / "saved")
    levels = []
    for hours in (1, 30, 200):
        world.clock.turn(hours=hours)
        levels += [level for level, _ in lines(world, "back-up")]
    assert levels == ["fine", "look", "mend"]


def test_a_history_that_was_altered_and_a_database_that_lost_a_row(world):
    world.arrive("a.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        hub.run("payments")
        audit.seal(hub.services)
    assert lines(world, "history")[0][0] == lines(world, "database")[0][0] == "fine"
    with closing(sqlite3.connect(world.folder / "config/state/feedhub.db")) as db, db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("UPDATE event SET who = 'x' WHERE number = 2")
        db.execute("DELETE FROM run")
    assert lines(world, "history")[0][0] == lines(world, "database")[0][0] == "mend"
    assert "names none of run" in lines(world, "database")[0][1]


def test_what_is_stuck(world):
    world.arrive("a.txt", b"ABC001+0001000\n")
    shutil.rmtree(world.folder / "out")
    with world.hub() as hub:
        hub.run("payments")
    assert lines(world, "transfers") == [("fine", "none is stuck")]
    world.clock.turn(hours=30)
    assert lines(world, "transfers") == [("look", "1 not sent")]


ACCOUNT = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  api: {type: https, url: "https://api.invalid/", token: "env:FEEDHUB_FAKE_TOKEN", expires: {token:
  2026-11-20}}
"""


@pytest.mark.parametrize(
    ("days", "level", "says"),
    [
        (-20, None, ""),
        (0, "look", "ends on 2026-11-20, in 18 days"),
        (12, "mend", "in 6 days"),
        (18, "mend", "today"),
        (20, "mend", "ended on 2026-11-20"),
    ],
)
def test_a_secret_that_ends_is_told_in_time(world, monkeypatch, days, level, says):
    monkeypatch.setenv("FEEDHUB_FAKE_TOKEN", "fake")
    world.write("config/endpoints.yaml", ACCOUNT)
    world.clock.turn(days=days)
    found = lines(world, "expiry")
    assert [one[0] for one in found] == ([level] if level else [])
    with world.hub() as hub, hub.look() as look:
        due = [one for one in overdue(hub.services, look) if one.subject == "endpoint"]
    assert [one.late for one in due] == ([days == 20] if level else [])
    assert all(says in text and "api" in text for _, text in found)


def test_a_secret_that_is_missing_is_named(world, monkeypatch):
    monkeypatch.delenv("FEEDHUB_FAKE_TOKEN", raising=False)
    world.write("config/endpoints.yaml", ACCOUNT)
    ((level, says),) = lines(world, "secrets")
    assert (level, "env:FEEDHUB_FAKE_TOKEN is not set" in says) == ("mend", True)


def test_the_end_of_the_calendar(world):
    assert lines(world, "calendar") == [
        ("look", "bank holidays known until 2026-12-31"),
        ("look", "Bacs days known until 2026-12-31"),
    ]
    world.clock.turn(days=70)
    assert lines(world, "calendar")[0] == ("mend", "bank holidays of 2027 are not known")


def test_what_an_interrupted_command_has_left(world):
    with world.hub():
        pass
    left = world.folder / "config/state/keys.new-0011"
    left.mkdir()
    two_days_ago = (world.clock.at - timedelta(days=2)).timestamp()
    os.utime(left, (two_days_ago, two_days_ago))
    ((level, says),) = lines(world, "leftovers")
    assert (level, "keys.new-0011" in says) == ("look", True)


def test_only_an_administrator_may(world):
    clerk = Viewer("c", "C", frozenset({Role.CLERK}))
    with world.hub(viewer=clerk) as hub, pytest.raises(UsageError):
        doctor.examine(hub.services, lambda *_: None)
