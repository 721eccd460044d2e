"""What hub.yaml sets for a whole plug-in: life cycles and feeds see it, and mistakes in it are told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.api import Deadline, Follow, Found, Level, Move, Options, check
from hub.errors import ConfigError
from hub.model import PromiseState
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, of_kind, opened
from tests.little import little
from tests.world import HUB, World


class Clocks(Options):
    days: int = 3
    limit: int | None = None


def so_many_days(one, facts):
    return facts.calendar.add_working_days(facts.today, facts.settings.days)


def notes(old, new, facts):
    """Which settings, of which configuration, were in force."""
    if "days" not in new.data:
        told = {"days": facts.settings.days, "config": facts.config}
        yield Move(kind="case", key=new.key, data=told)


def alarm(old, new, facts):
    if facts.settings.limit is not None and len(new.data) >= facts.settings.limit:
        yield Move(kind="alert", key=new.key, to="ON")


def world_of(tmp_path, settings=""):
    life = case(deadlines=(Deadline("answer", "OPEN", so_many_days, "answer"),), when=notes)
    alert = of_kind("alert", follows=(Follow("case", alarm),))
    world = World(tmp_path, lifecycles=[life, alert], settings=Clocks)
    set_(world, settings)
    return world


def set_(world, settings):
    world.write("config/hub.yaml", HUB + (f"settings: {{little: {settings}}}\n" if settings else ""))


def open_case(hub, key):
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, opened(key), who="tester"))
    with hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, "case", key)


def due(hub):
    with hub.look() as look:
        found = look.promises(states=[PromiseState.OPEN])
        return {promise.subject_id: promise.due_at for promise in found}


def test_deadlines_count_the_days_that_are_set(tmp_path):
    world = world_of(tmp_path)
    with world.hub() as hub:
        open_case(hub, "C1")
    set_(world, "{days: 5}")
    with world.hub() as hub:
        open_case(hub, "C2")
        assert due(hub) == {
            "case:C1": datetime(2026, 11, 6, tzinfo=UTC),
            "case:C2": datetime(2026, 11, 10, tzinfo=UTC),
        }


def test_what_follows_from_a_change_sees_them_with_the_version_in_force(tmp_path):
    world = world_of(tmp_path, "{days: 9}")
    with world.hub() as hub:
        seen = open_case(hub, "C1")
        assert seen.data == {"days": 9, "config": hub.services.config.version}
        before = seen.data["config"]
    set_(world, "{days: 8}")
    with world.hub() as hub:
        after = open_case(hub, "C2").data
    assert after["days"] == 8 and after["config"] != before


@pytest.mark.parametrize(("settings", "alarmed"), [("{limit: 0}", True), ("{limit: 9}", False), ("", False)])
def test_a_life_cycle_that_follows_sees_its_own(tmp_path, settings, alarmed):
    with world_of(tmp_path, settings).hub() as hub:
        open_case(hub, "C1")
        with hub.store.read() as conn:
            found = queries.get_record(conn, hub.store.keys, "alert", "C1")
    assert (found is not None) == alarmed


def test_a_feed_sees_them_too(tmp_path):
    @check("FEW", level=Level.FILE)
    def few(tally, ctx):
        """No more than the plug-in's limit."""
        if tally.records > ctx.facts.settings.limit:
            yield Found(f"more than {ctx.facts.settings.limit}")

    world = world_of(tmp_path, "{limit: 1}")
    world.feeds = [little(checks=(few,))]
    world.arrive("a.txt", b"ABC001+0001000\nABC002+0000200\n")
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
    assert (outcome.state, "more than 1" in outcome.reason) == ("REJECTED", True)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("settings: {little: {days: soon}}\n", "line 3: days"),
        ("settings: {little: {dayz: 3}}\n", "dayz"),
        ("settings: {litle: {days: 3}}\n", "there is nothing to set for “litle”; did you mean “little”?"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, settings, sentence):
    world = world_of(tmp_path)
    world.write("config/hub.yaml", HUB + settings)
    with pytest.raises(ConfigError) as raised, world.hub():
        pass
    assert "hub.yaml line 3" in str(raised.value)
    assert sentence in str(raised.value)
