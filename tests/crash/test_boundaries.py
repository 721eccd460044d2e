"""A crash at every edge between two steps, the state then reopened from disk: each item is delivered exactly
once, or its delivery is in doubt; never lost, never doubled.

The oracle reads what lies at the partner with two slices of its own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import hub.transfer.steps.deliver as deliver_step
from hub.api import Number, Output
from hub.model import DeliveryState
from hub.transfer import move
from tests.little import little, write
from tests.world import World

FILES = {"a.txt": b"ABC001+0001000\nABC002-0000200\n", "b.txt": b"ABC003+0000300\n"}
TRANSFER = Path(deliver_step.__file__).parents[1]
MODULES = ("steps/fetch", "steps/work", "making", "steps/deliver", "steps/tidy")
SOURCE = "".join((TRANSFER / f"{module}.py").read_text() for module in MODULES)
POINTS = sorted(set(re.findall(r'boundary\("(\w+)"\)', SOURCE)))
"""The edges that every file passes; those of other ways have tests of their own beside this one."""


class Crash(BaseException):
    """Nobody catches it."""


def crash_at(point, occasion=1):
    """A boundary that breaks in at the n-th time that a point is reached."""
    seen = Counter()

    def boundary(name):
        seen[name] += 1
        if name == point and seen[name] == occasion:
            raise Crash(point)

    return boundary


def counted(carried, ctx):
    """The output's own name carries its number, as a Bacs file's does."""
    rendered = write(carried, ctx)
    return replace(rendered, name=f"out-{ctx.moment.numbers['serial']:06d}.txt")


@pytest.fixture
def world(tmp_path):
    serial = Number("serial", scope=lambda carried, ctx: "little.serial")
    output = Output("payments", ("PAYMENT",), write=counted, numbers=(serial,))
    made = World(tmp_path, feeds=[little(outputs=(output,))])
    made.change_route("in_order: true")
    for name, content in FILES.items():
        made.arrive(name, content)
    return made


def delivered(world):
    """How often each line lies at the partner, under a final name."""
    lines = [
        line for name, content in world.delivered().items() if name[0] != "." for line in content.split()
    ]
    return Counter(line.decode() for line in lines)


def in_doubt(hub):
    with hub.look() as look:
        states = [d.state for row in look.transfers() for d in look.deliveries(row.id)]
    return DeliveryState.IN_DOUBT in states


def crash_and_recover(world, point, occasion=1, runs=3):
    """The hub starts again soon, and runs twice more."""
    with world.hub(boundary=crash_at(point, occasion)) as hub, pytest.raises(Crash):
        hub.run("payments")
    with world.hub() as hub:
        for _ in range(runs):
            world.clock.turn(minutes=5)
            hub.run("payments")
        return in_doubt(hub)


EXPECTED = Counter(line.decode() for content in FILES.values() for line in content.split())


def test_the_points_are_all_there():
    assert {"found", "fetched", "staged", "numbered", "rendered", "worked"} <= set(POINTS)
    assert {"before_intent", "intent", "arrived", "sent", "moved_away"} <= set(POINTS)


@pytest.mark.parametrize("sweeps", [True, False])
@pytest.mark.parametrize("occasion", [1, 2])
@pytest.mark.parametrize("point", [point for point in POINTS if point != "found"])
def test_each_item_arrives_once_or_is_in_doubt(world, point, occasion, sweeps):
    endpoints = (world.folder / "config/endpoints.yaml").read_text()
    world.write(
        "config/endpoints.yaml", endpoints.replace("../out}", f"../out, sweeps: {str(sweeps).lower()}}}")
    )
    doubt = crash_and_recover(world, point, occasion)
    found = delivered(world)
    assert all(found[line] <= times for line, times in EXPECTED.items())
    assert doubt or found == EXPECTED
    assert not (doubt and not sweeps), "a folder that nobody sweeps answers for itself"


def test_a_crash_while_sighting_loses_nothing(world):
    assert not crash_and_recover(world, "found")
    assert delivered(world) == EXPECTED


@pytest.mark.parametrize("point", ["numbered", "rendered", "worked", "intent", "arrived"])
def test_numbers_are_drawn_once_whatever_happens(world, point):
    crash_and_recover(world, point)
    names = sorted(name for name in world.delivered() if name[0] != ".")
    assert set(names) <= {"out-000001.txt", "out-000002.txt"}


def test_the_suite_notices_when_the_intent_is_not_committed(world, monkeypatch):
    """Without the intent a crash after the upload sends again, should the partner have taken the file."""

    def no_intent(conn, services, row, delivery):
        return row, delivery

    def sent_without_intent(conn, services, delivery, to, *, event, **columns):
        if delivery.state is DeliveryState.READY and to is DeliveryState.SENT:
            delivery = moved(conn, services, delivery, DeliveryState.SENDING, event="sending")
        return moved(conn, services, delivery, to, event=event, **columns)

    moved = move.delivery
    monkeypatch.setattr(deliver_step, "commit_intent", no_intent)
    with world.hub(boundary=crash_at("arrived")) as hub, pytest.raises(Crash):
        hub.run("payments")
    taken = [world.folder / "out" / name for name in world.delivered()]
    swept = Counter(line.decode() for path in taken for line in path.read_bytes().split())
    for path in taken:
        path.unlink()
    monkeypatch.setattr(move, "delivery", sent_without_intent)
    with world.hub() as hub:
        hub.run("payments")
    total = swept + delivered(world)
    assert any(total[line] > times for line, times in EXPECTED.items()), "the doubled item went unnoticed"


def test_with_the_intent_a_file_that_the_partner_took_is_in_doubt_not_doubled(world):
    with world.hub(boundary=crash_at("arrived")) as hub, pytest.raises(Crash):
        hub.run("payments")
    taken = world.delivered()
    for name in taken:
        (world.folder / "out" / name).unlink()
    with world.hub() as hub:
        hub.run("payments")
        assert in_doubt(hub)
    swept = Counter(line.decode() for content in taken.values() for line in content.split())
    total = swept + delivered(world)
    assert all(total[line] <= times for line, times in EXPECTED.items())


@pytest.mark.parametrize(("sent", "times"), [(True, 1), (False, 2)])
def test_a_person_settles_what_is_in_doubt(world, sent, times):
    with world.hub(boundary=crash_at("arrived")) as hub, pytest.raises(Crash):
        hub.run("payments")
    for name in world.delivered():
        (world.folder / "out" / name).unlink()
    with world.hub(who="anna") as hub:
        hub.run("payments")
        with hub.look() as look:
            doubtful = next(row for row in look.transfers() if row.name == "a.txt")
        hub.acts.settle(doubtful.id, sent=sent, reason="asked the partner")
        assert hub.advance(doubtful.id).state == "SENT"
    assert delivered(world)["ABC001+0001000"] == times - 1
