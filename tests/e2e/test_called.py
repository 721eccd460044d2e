"""What a partner calls an item after it left: later answers find it by that, and so do people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from hub.api import Answers, Called, DeliveryState, ItemState, On, Output
from hub.store import queries
from hub.store.schema import item_called
from tests.little import little, write
from tests.world import World

SENT = Output("payments", ("PAYMENT",), write=write, becomes=ItemState.SENT)
ROUTES = """
partner: Little
routes:
  calls:
    feeds: [little.calls]
    from: {endpoint: in, pattern: "call*", then: "archive:done"}
    to: [{output: payments, endpoint: out}]
    mode: live
    owner: tests
"""
ROUTE = """  NAME:
    feeds: [little.NAME]
    from: {endpoint: in, pattern: "NAME*", then: "archive:done"}
    mode: live
    owner: tests
"""
CALLS = little(name="little.calls", outputs=(SENT,))


def voucher(item):
    """The feedback of these tests says it in the pence: ABC001+0000450 is voucher 450."""
    return {"voucher": str(item.amount)}


POSTED = little(
    name="little.posted",
    outputs=(),
    checks=(),
    answers=Answers("little.calls", "posted", (On(lambda item, sent: True),), calls=voucher),
)
OPEN_ITEMS = little(
    name="little.paid",
    outputs=(),
    checks=(),
    answers=Answers(
        "little.calls",
        "paid",
        (On(lambda item, sent: True, value=lambda item: str(item.amount), among="voucher"),),
    ),
)


def world_of(tmp_path, *feeds):
    world = World(tmp_path, feeds=list(feeds))
    names = [feed.name.partition(".")[2] for feed in feeds[1:]]
    world.write("config/routes/little.yaml", ROUTES + "".join(ROUTE.replace("NAME", name) for name in names))
    return world


def take(world, hub, name, content):
    world.arrive(name, content)
    (outcome,) = hub.run(name[:-1]).transfers
    return outcome


def answered(hub, outcome):
    with hub.look() as look:
        view = look.transfer(outcome.id)
        return {one.reference: one.kind for one in view.objections}


def found(hub, text):
    with hub.look() as look:
        return [item.reference for item in look.find(text)]


def names_of(hub, outcome):
    with hub.look() as look:
        return {
            id[-1]: {k: list(v) for k, v in names.items()} for id, names in look.called(outcome.id).items()
        }


CALL = b"ABC001+0001000\nABC002+0000200\n"


def test_an_answer_names_the_item_and_a_later_one_finds_it_by_that(tmp_path):
    world = world_of(tmp_path, CALLS, POSTED, OPEN_ITEMS)
    with world.hub() as hub:
        call = take(world, hub, "calls1", CALL)
        take(world, hub, "posted1", b"ABC001+0000450\nABC002+0000460\n")
        assert (found(hub, "450"), found(hub, "460")) == (["ABC001"], ["ABC002"])
        assert names_of(hub, call) == {"1": {"voucher": ["450"]}, "2": {"voucher": ["460"]}}
        take(world, hub, "paid1", b"XYZ009+0000460\n")
        with hub.store.read() as conn:
            sent = queries.sent_items(conn, hub.store.keys, ["little.calls"], {"voucher": ["450", "460"]})
    assert {one.reference: sorted(one.answered) for one in sent} == {
        "ABC001": ["posted"],
        "ABC002": ["paid", "posted"],
    }


def test_a_name_is_taken_back_with_the_answer_that_gave_it(tmp_path):
    outputs = (Output("notes", ("PAYMENT",), write=write),)
    world = world_of(tmp_path, CALLS, replace(POSTED, outputs=outputs))
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write(
        "config/endpoints.yaml",
        "endpoints:\n  in: {type: folder, path: ../in}\n"
        "  out: {type: folder, path: ../out}\n  gone: {type: folder, path: ../gone}\n",
    )
    world.write("config/routes/little.yaml", text + "    to: [{output: notes, endpoint: gone}]\n")
    with world.hub() as hub:
        call = take(world, hub, "calls1", CALL)
        first = take(world, hub, "posted1", b"ABC001+0000450\n")
        assert names_of(hub, call) == {"1": {"voucher": ["450"]}}
        hub.acts.withdraw(first.id, "of another company")
        assert (names_of(hub, call), found(hub, "450")) == ({}, [])
        take(world, hub, "posted2", b"ABC001+0000460\n")
        assert names_of(hub, call) == {"1": {"voucher": ["460"]}}


def test_a_personal_name_is_sealed_and_still_found(tmp_path):
    world = world_of(tmp_path, CALLS, replace(POSTED, personal_data=("voucher",)), OPEN_ITEMS)
    with world.hub() as hub:
        call = take(world, hub, "calls1", CALL)
        take(world, hub, "posted1", b"ABC001+0000450\n")
        with hub.store.read() as conn:
            (row,) = conn.execute(select(item_called))
        assert "450" not in row.value.split() and b"450" not in row.sealed
        assert names_of(hub, call) == {"1": {"voucher": ["(personal)"]}}
        assert found(hub, "450") == ["ABC001"]
        paid = take(world, hub, "paid1", b"XYZ009+0000450\n")
        with hub.look() as look:
            assert [one.items for one in look.transfer(paid.id).answers] == [1]


def numbered(carried, ctx):
    """The file itself says under which name its items will be answered."""
    called = {one.id: {"voucher": str(450 + at)} for at, one in enumerate(carried)}
    return replace(write(carried, ctx), called=called)


def test_a_file_may_name_its_items_itself(tmp_path):
    world = world_of(tmp_path, replace(CALLS, outputs=(replace(SENT, write=numbered),)), OPEN_ITEMS)
    with world.hub() as hub:
        take(world, hub, "calls1", CALL)
        paid = take(world, hub, "paid1", b"XYZ009+0000451\n")
        with hub.look() as look:
            assert [one.items for one in look.transfer(paid.id).answers] == [1]
        assert found(hub, "451") == ["ABC002"]


def test_what_became_of_a_file_may_name_its_items(tmp_path):
    def left(carried, left, ctx):
        assert left.state is DeliveryState.SENT
        for one in carried:
            yield Called(one.id, {"voucher": f"V-{one.item.reference}"})

    world = world_of(tmp_path, replace(CALLS, left=left))
    with world.hub() as hub:
        take(world, hub, "calls1", CALL)
        assert found(hub, "V-ABC002") == ["ABC002"]


def test_an_item_of_another_transfer_cannot_be_named(tmp_path):
    def strange(carried, ctx):
        return replace(write(carried, ctx), called={"another": {"voucher": "450"}})

    world = world_of(tmp_path, replace(CALLS, outputs=(replace(SENT, write=strange),)))
    with world.hub() as hub:
        outcome = take(world, hub, "calls1", CALL)
    assert outcome.state == "FAILED"
    assert "names 1 items that calls1 does not carry" in outcome.reason


class Crash(BaseException):
    pass


@pytest.mark.parametrize("point", ["examined", "rendered", "worked"])
def test_a_crash_names_all_or_nothing_and_then_once(tmp_path, point):
    def boundary(name):
        if name == point:
            raise Crash

    world = world_of(tmp_path, CALLS, POSTED)
    with world.hub() as hub:
        call = take(world, hub, "calls1", CALL)
    with world.hub(boundary=boundary) as hub, pytest.raises(Crash):
        take(world, hub, "posted1", b"ABC001+0000450\nABC002+0000460\n")
    with world.hub() as hub:
        assert len(names_of(hub, call)) == (2 if point == "worked" else 0)
        hub.run("posted")
        assert names_of(hub, call) == {"1": {"voucher": ["450"]}, "2": {"voucher": ["460"]}}
