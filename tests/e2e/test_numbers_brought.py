"""Numbers that files bring along and numbers that the hub draws are of one counter: none goes out twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Found, Level, Need, Number, Output, check
from tests.little import LittleTally, little, write
from tests.world import ROUTES, World

SCOPE = "little.serial"


class Numbered(LittleTally):
    """The file's own serial is the digits of its first reference."""

    serial = None

    def add(self, chunk):
        super().add(chunk)
        self.serial = self.serial or chunk.columns["reference"][0][3:]

    def used(self):
        return {SCOPE: frozenset({self.serial})}


@check("SERIAL", level=Level.HISTORY, needs=(Need.HISTORY,))
def serial_is_new(tally, ctx):
    """The serial was never used before."""
    if tally.serial in ctx.facts.history.used[SCOPE]:
        yield Found(f"serial {tally.serial} was used before")


def counted(carried, ctx):
    return replace(write(carried, ctx), name=f"out-{ctx.moment.numbers['serial']:03}.txt")


BUILDS = little(
    outputs=(Output("payments", ("PAYMENT",), write=counted, numbers=(Number("serial", lambda *_: SCOPE),)),)
)
FORWARDS = little(name="little.forwards", tally=Numbered, checks=(serial_is_new,))


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=[BUILDS, FORWARDS])
    routes = ROUTES.replace("  payments:\n", "  forwards:\n").replace("little.payments", "little.forwards")
    made.write("config/routes/forwards.yaml", routes.replace("*.txt", "*.fwd"))
    return made


def take(world, hub, name, content):
    world.arrive(name, content)
    (outcome,) = hub.run("forwards" if name.endswith("fwd") else "payments").transfers
    return outcome


def built(world):
    return sorted(name for name in world.delivered() if name[4:7].isdigit() and len(name) == 11)


def test_the_hub_draws_none_that_a_file_brought_along(world):
    with world.hub() as hub:
        assert take(world, hub, "a.fwd", b"ABC002+0001000\n").state == "SENT"
        for name, content in (("a.txt", b"ABC001+0000200\n"), ("b.txt", b"ABC001+0000400\n")):
            take(world, hub, name, content)
    assert built(world) == ["out-001.txt", "out-003.txt"]


def test_a_file_that_brings_one_which_the_hub_drew_is_refused(world):
    with world.hub() as hub:
        take(world, hub, "a.txt", b"ABC001+0000200\n")
        repeat = take(world, hub, "a.fwd", b"ABC001+0001000\n")
        assert (repeat.state, "serial 001 was used before" in repeat.reason) == ("REJECTED", True)
        assert take(world, hub, "b.fwd", b"ABC002+0001000\n").state == "SENT"


class Stop(BaseException):
    pass


@pytest.mark.parametrize("point", ["examined", "rendered", "worked", "before_intent"])
def test_after_a_crash_no_number_has_gone_out_twice(world, point):
    """Each route is cut off while it works, and carried on in the other order."""

    def boundary(passed):
        if passed == point:
            raise Stop

    for name, content in (("a.fwd", b"ABC001+0001000\n"), ("a.txt", b"ABC001+0000200\n")):
        with world.hub(boundary=boundary) as hub, pytest.raises(Stop):
            take(world, hub, name, content)
    with world.hub() as hub:
        for route in ("payments", "forwards"):
            hub.run(route)
        with hub.look() as look:
            states = {row.name: row.state for row in look.transfers()}
    forwarded = 1 if states["a.fwd"] == "ACCEPTED" else None
    numbers = [int(name[4:7]) for name in built(world)]
    assert len({*numbers, forwarded}) == len(numbers) + 1 and numbers
