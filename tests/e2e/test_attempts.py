"""Records of each attempt: moved in the commit of every intent, as whoever sets out; no record, no call."""

from __future__ import annotations

import pytest

from hub.api import Again, Call, Compartment, Lookup, Move, Told
from hub.store import queries
from hub.testing.rent_api import RentApi, Trouble
from tests.cases import of_kind
from tests.little import little
from tests.talking import FILE, connectors, deliveries, run, talking_with


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


def looking(content, ctx):
    """One call that changes nothing there."""
    yield Call(name="look", method="GET", path="/accounts/A", again=Again.SAFE, takes=(200, 404))
    return Told()


def counted(carried, ctx):
    standing = ctx.facts.records.get("tried", "ALL")
    tries = standing.data["tries"] + 1 if standing else 1
    yield Move(kind="tried", key="ALL", to="ON", data={"tries": tries, "by_hand": ctx.facts.by_hand})


def world_of(tmp_path, api, attempts):
    world = talking_with(tmp_path, api.url, looking)
    (output,) = world.feeds[0].outputs
    looks_up = (Lookup("tried", keys=lambda item: ("ALL",)),)
    world.feeds = [little(outputs=(output,), attempts=attempts, looks_up=looks_up)]
    world.lifecycles.append(of_kind("tried"))
    world.arrive("a.txt", FILE)
    return world


def tried(world):
    with world.hub(**connectors()) as hub, hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, "tried", "ALL")


def test_each_intent_is_a_move_of_its_own(tmp_path, api):
    api.troubles["look"] = [Trouble.BUSY, Trouble.DROP]
    world = world_of(tmp_path, api, counted)
    (delivery,) = run(world, times=3)
    assert delivery.state == "SENT"
    assert tried(world).data == {"tries": 3, "by_hand": None}
    with world.hub(**connectors()) as hub, hub.look() as look:
        assert [move.data.get("tries") for move in look.moves("tried", "ALL")] == [1, 2, 3]


def test_what_cannot_be_recorded_is_not_asked(tmp_path, api):
    def illegal(carried, ctx):
        yield Move(kind="tried", key="ALL", to="OFF")  # none begins so

    world = world_of(tmp_path, api, illegal)
    with world.hub(**connectors()) as hub:
        hub.run("payments")
        assert [one.state for one in deliveries(hub) if one.state == "SENT"] == []
    assert "look" not in api.calls
    assert tried(world) is None


def test_a_reply_is_cut_before_it_is_stored(tmp_path, api):
    def cut(content, ctx):
        reply = yield Call(
            name="look",
            method="GET",
            path="/accounts/A",
            again=Again.SAFE,
            takes=(200, 404),
            keeps=lambda body: b'{"kept": true}',
        )
        return Told(reference=str(reply.json()["kept"]))

    world = talking_with(tmp_path, api.url, cut)
    world.arrive("a.txt", FILE)
    (delivery,) = run(world)
    assert delivery.remote["reference"] == "True"
    with world.hub(**connectors()) as hub, hub.store.read() as conn:
        (reply,) = conn.exec_driver_sql("select reply from call").scalars()
        assert hub.store.blobs(Compartment.OPEN).read(reply) == b'{"kept": true}'
