"""A route that gathers may have further feeds: they read what persons hand back for what it sent."""

from __future__ import annotations

import pytest

from hub.api import Answers, ItemState, On, Output
from hub.errors import ConfigError
from tests.little import little, same_amount, write
from tests.parcels import PARCELS, parcels_world, waits
from tests.world import ENDPOINTS

ROUTE = """
partner: Parcels
routes:
  parcels:
    feeds: [{feeds}]
    from: {{items: PARCEL}}
    to: [{{output: parcels, endpoint: portal}}]
    mode: live
    owner: tests
"""
PORTAL = "  portal: {type: person, who: clerk, what: Upload it, asks: the receipt number}\n"
RECEIPTS = little(
    name="little.receipts",
    outputs=(),
    checks=(),
    answers=Answers("little.parcels", "receipt", (On(same_amount),)),
)


def world_of(folder, feeds, *more):
    world = parcels_world(folder, little(match=waits), PARCELS, *more)
    world.write("config/endpoints.yaml", ENDPOINTS + PORTAL)
    world.write("config/routes/parcels.yaml", ROUTE.format(feeds=feeds))
    return world


@pytest.mark.parametrize("feeds", ["little.parcels, little.receipts", "little.receipts, little.parcels"])
def test_what_is_handed_back_is_read_by_the_other_feed_of_the_route(tmp_path, feeds):
    world = world_of(tmp_path, feeds, RECEIPTS)
    world.arrive("a.txt", b"WAI002+0000200\n")
    receipt = tmp_path / "receipt.txt"
    receipt.write_bytes(b"WAI002+0000200\n")
    with world.hub() as hub:
        hub.run("payments")
        (batch,) = hub.run("parcels").transfers
        with hub.look() as look:
            (entry,) = look.worklist()
        hub.worklist.take(entry.id, tmp_path / "in")
        _, reply = hub.worklist.handed_over(entry.id, "R-1", receipt)
        assert hub.advance(reply.id).state == "APPLIED"
        with hub.look() as look:
            assert look.transfer(reply.id).transfer.feed == "little.receipts"
            assert [item.state for item in look.items(batch.id)] == [ItemState.ANSWERED]


def test_a_route_with_two_feeds_that_gather_is_a_mistake(tmp_path):
    second = little(name="little.crates", gathers=("CRATE",))
    world = world_of(tmp_path, "little.parcels, little.crates", second)
    with (
        pytest.raises(ConfigError, match="little.parcels and little.crates gather; give each a route"),
        world.hub(),
    ):
        pass


@pytest.mark.parametrize("gathers", [("OWN",), ()])
def test_what_a_feed_reads_and_gathers_later_needs_no_target_where_it_is_read(tmp_path, gathers):
    feed = little(match=waits, gathers=gathers, outputs=(Output("payments", ("PAYMENT",), write=write),))
    world = parcels_world(tmp_path, feed, PARCELS)
    text = (tmp_path / "config/routes/little.yaml").read_text()
    target = '    to: [{output: payments, endpoint: out, folder: ""}]\n'
    assert target in text
    world.write("config/routes/little.yaml", text.replace(target, ""))
    world.arrive("a.txt", b"WAI002+0000200\n")
    if not gathers:
        with (
            pytest.raises(ConfigError, match="“to” is missing; say where the output payments goes"),
            world.hub(),
        ):
            pass
        return
    with world.hub() as hub:
        assert hub.run("payments").transfers[0].money == {ItemState.WAITING: (1, 200)}
