"""Numbers that each item draws, such as voucher numbers: stored before render, the same at every attempt."""

from __future__ import annotations

import pytest

from hub.api import Found, Level, Number, Output, Profile, Rendered, Severity, check
from hub.store import queries
from tests.little import LittleOptions, little
from tests.world import World

FILE = b"ABC001+0001000\nXYZ002+0000200\nABC003+0000400\n"


def series(carried, ctx):
    """Vouchers of each series have a counter of their own."""
    (one,) = carried
    return f"vouchers:{one.item.reference[:3]}"


def write_vouchers(carried, ctx):
    lines = [f"{one.item.reference} {ctx.moment.number_of(one, 'voucher')}\n" for one in carried]
    return Rendered(f"out-{ctx.moment.transfer_id}.txt", "".join(lines).encode())


def vouchers(**number):
    voucher = Number("voucher", series, **{"each": True, "policy": "no_gap", "first": 100, **number})
    return Output("payments", ("PAYMENT",), write=write_vouchers, numbers=(voucher,))


class Stop(BaseException):
    pass


def stops_at(name):
    def boundary(point):
        if point == name:
            raise Stop

    return boundary


def world_of(tmp_path, *checks, **number):
    world = World(
        tmp_path, feeds=[little(outputs=(vouchers(**number),), **({"checks": checks} if checks else {}))]
    )
    world.arrive("a.txt", FILE)
    return world


def lines(world):
    return sorted(
        line for content in world.delivered().values() for line in content.decode().split("\n") if line
    )


def next_ones(hub):
    with hub.store.read() as conn:
        return {row.scope: row.next_value for row in queries.counters(conn)}


def test_each_item_has_one_of_its_counter_and_people_see_which(tmp_path):
    world = world_of(tmp_path)
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        with hub.look() as look:
            view = look.transfer(outcome.id)
    assert lines(world) == ["ABC001 100", "ABC003 101", "XYZ002 100"]
    assert {id[-1]: dict(numbers) for id, numbers in view.item_numbers.items()} == {
        "1": {"0.voucher": 100},
        "2": {"0.voucher": 100},
        "3": {"0.voucher": 101},
    }
    assert view.numbers == {}


@pytest.mark.parametrize("point", ["numbered", "rendered", "worked", "before_intent"])
def test_they_are_the_same_after_a_crash(tmp_path, point):
    world = world_of(tmp_path)
    with world.hub(boundary=stops_at(point)) as hub, pytest.raises(Stop):
        hub.run("payments")
    world.arrive("b.txt", b"ABC009+0000400\n")
    with world.hub() as hub:
        hub.run("payments")
    assert lines(world) == ["ABC001 100", "ABC003 101", "ABC009 102", "XYZ002 100"]


@pytest.mark.parametrize(("policy", "next_one"), [("no_gap", 100), ("never_again", 102)])
def test_those_of_what_is_withdrawn_are_given_back_or_burnt(tmp_path, policy, next_one):
    world = world_of(tmp_path, policy=policy)
    with world.hub(boundary=stops_at("before_intent")) as hub, pytest.raises(Stop):
        hub.run("payments")
    with world.hub() as hub:
        with hub.look() as look:
            (row,) = look.transfers()
        hub.acts.withdraw(row.id, "a mistake")
        assert next_ones(hub)["vouchers:ABC"] == next_one


def test_an_item_that_the_door_keeps_back_leaves_no_gap(tmp_path):
    marked = set()

    @check("MARKED", level=Level.CROSS, severity=Severity.HOLD_ITEM, at_send=True)
    def is_not_marked(taken, ctx):
        """An item that somebody has marked waits."""
        for one in taken:
            if one.item.reference in marked:
                yield Found("the item is marked", one.item.line)

    def boundary(point):
        if point == "worked":
            marked.add("ABC001")

    world = world_of(tmp_path, is_not_marked)
    with world.hub(boundary=boundary) as hub:
        hub.run("payments")
        assert lines(world) == ["ABC003 100", "XYZ002 100"]
        assert next_ones(hub) == {"vouchers:ABC": 101, "vouchers:XYZ": 101}


def test_a_rehearsal_draws_none(tmp_path):
    world = world_of(tmp_path)
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write("config/routes/little.yaml", text.replace("mode: live", "mode: rehearse"))
    with world.hub() as hub:
        hub.run("payments")
        assert next_ones(hub) == {}
    laid = [path.read_text() for path in world.folder.rglob("out-*.txt")]
    assert laid == ["ABC001 100\nXYZ002 100\nABC003 101\n"]


def test_a_profile_is_handed_postings_and_draws_none_for_each():
    number = Number("line", series, each=True)
    with pytest.raises(ValueError, match="the profile town.cash draws a number for each item"):
        Profile(
            name="town.cash",
            options=LittleOptions,
            write=lambda made, ctx: Rendered("", b""),
            numbers=(number,),
        )
