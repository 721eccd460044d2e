"""A crash at every edge on the way of what is gathered, the state then reopened from disk: each item goes out
once, or waits again, or its delivery is in doubt; none is lost and none is in two batches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from hub.api import Number, Output
from hub.model import DeliveryState, ItemState
from hub.store import queries
from tests.crash.test_boundaries import Crash, counted, crash_at
from tests.little import little
from tests.parcels import PARCELS, lines_out, parcels_world, set_route, waits

FILE = b"WAI001+0000200\nWAI002+0000400\n"
EXPECTED = Counter(FILE.decode().split())
POINTS = [
    *("gathered", "examined", "numbered", "rendered", "worked"),
    *("before_intent", "intent", "arrived", "sent", "moved_away"),
]


@pytest.fixture
def world(tmp_path):
    serial = Number("serial", scope=lambda carried, ctx: "little.parcels")
    output = Output("parcels", ("PAYMENT",), write=counted, numbers=(serial,), becomes=ItemState.SENT)
    made = parcels_world(tmp_path, little(match=waits), replace(PARCELS, outputs=(output,)))
    made.arrive("a.txt", FILE)
    with made.hub() as hub:
        (source,) = hub.run("payments").transfers
    made.source = source.id
    return made


def stands(world, hub):
    """The items that came in, as the hub has them, and whether the delivery of one is in doubt."""
    with hub.store.read() as conn:
        items = queries.items_of(conn, hub.store.keys, world.source)
        batches = {item.batch_id for item in items if item.batch_id}
        deliveries = [d for batch in batches for d in queries.deliveries_of(conn, batch)]
    return items, DeliveryState.IN_DOUBT in {d.state for d in deliveries}


@pytest.mark.parametrize("each", ["", ", each: true"])
@pytest.mark.parametrize("point", POINTS)
def test_each_item_goes_out_once_or_is_in_doubt(world, point, each):
    set_route(world, source=each)
    with world.hub(boundary=crash_at(point)) as hub, pytest.raises(Crash):
        hub.run("parcels")
    with world.hub() as hub:
        for _ in range(2):
            world.clock.turn(hours=2)
            hub.run("parcels")
        items, doubt = stands(world, hub)
    out = lines_out(world)
    assert all(out[line] <= 1 for line in EXPECTED)
    assert doubt or out == EXPECTED
    assert doubt or {item.state for item in items} == {ItemState.SENT}


@pytest.mark.parametrize("point", ["gathered", "numbered", "rendered", "worked", "before_intent"])
def test_what_was_gathered_before_a_crash_may_be_withdrawn_after_it(world, point):
    with world.hub(boundary=crash_at(point)) as hub, pytest.raises(Crash):
        hub.run("parcels")
    with world.hub() as hub:
        items, _ = stands(world, hub)
        (batch,) = {item.batch_id for item in items}
        hub.acts.withdraw(batch, "after the crash")
        items, _ = stands(world, hub)
        assert {(item.state, item.batch_id) for item in items} == {(ItemState.WAITING, None)}
        hub.run("parcels")
    assert lines_out(world) == EXPECTED


def test_two_runs_at_once_never_take_an_item_twice(world, monkeypatch):
    """The other run gathers while this one has looked and not yet taken: this one looks again."""
    text = (world.folder / "config/routes/parcels.yaml").read_text()
    world.write("config/routes/others.yaml", text.replace("  parcels:", "  others:"))
    looked = queries.waiting_items
    raced = []

    def race(conn, *given, **named):
        found = looked(conn, *given, **named)
        if not raced:
            raced.append(True)
            other.run("others")
        return found

    with world.hub() as other, world.hub() as hub:
        monkeypatch.setattr(queries, "waiting_items", race)
        assert hub.run("parcels").transfers == []
    assert lines_out(world) == EXPECTED
