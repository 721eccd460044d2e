"""One feed answers what several sent, and what came in with one feed and left with another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Answers, ItemState, On
from hub.config.load import load
from hub.door.manager import Catalogue
from hub.errors import ConfigError
from hub.model import PromiseState
from tests.little import little, same_amount
from tests.parcels import PARCELS, ROUTE, parcels_world, waits

REPLIES = """
partner: Replies
routes:
  replies:
    feeds: [little.replies]
    from: {endpoint: in, pattern: "reply*", then: "archive:done"}
    mode: live
    owner: tests
"""
EXPECT = "    expect: {little.replies: {within: 2h}}\n"


def world_of(folder, answers):
    """`payments` brings what `parcels` gathers and sends; `replies` answers as told."""
    replies = little(name="little.replies", outputs=(), checks=(), answers=answers)
    world = parcels_world(folder, little(match=waits), PARCELS, replies)
    world.write("config/routes/parcels.yaml", ROUTE.format(source="", more=EXPECT))
    world.write("config/routes/replies.yaml", REPLIES)
    return world


def answers(*feeds):
    return Answers(feeds, "reply", (On(same_amount),))


BOTH = b"WAI002+0000200\nWAI003+0000400\n"


def answered(world, reply=b"WAI003+0000400\n"):
    """The states of the batch's items and of its promise, after a reply to one of the two, or another."""
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    with world.hub() as hub:
        hub.run("payments")
        (batch,) = hub.run("parcels").transfers
        world.arrive("reply.txt", reply)
        hub.run("replies")
        with hub.look() as look:
            items = {item.reference: item.state for item in look.items(batch.id)}
            (promise,) = look.promises(states=tuple(PromiseState), subject=("transfer", batch.id))
    return items, promise.state


@pytest.mark.parametrize(
    "feeds", [("little.parcels",), ("little.payments",), ("little.elsewhere", "little.parcels")]
)
def test_a_gathered_item_is_found_by_the_feed_that_sent_it_and_by_its_own(tmp_path, feeds):
    items, promise = answered(world_of(tmp_path, answers(*feeds)))
    assert items == {"WAI002": ItemState.SENT, "WAI003": ItemState.ANSWERED}
    assert promise is PromiseState.OPEN


def test_answers_to_all_that_was_gathered_keep_the_promise(tmp_path):
    items, promise = answered(world_of(tmp_path, answers("little.parcels")), BOTH)
    assert set(items.values()) == {ItemState.ANSWERED}
    assert promise is PromiseState.KEPT


def test_what_another_feed_sent_is_not_answered(tmp_path):
    items, promise = answered(world_of(tmp_path, answers("little.elsewhere")))
    assert set(items.values()) == {ItemState.SENT}
    assert promise is PromiseState.OPEN


@pytest.mark.parametrize(
    ("feeds", "right"), [(("little.else", "little.payments"), True), (("little.else",), False)]
)
def test_a_route_expects_the_answers_of_a_feed_that_answers_several(tmp_path, feeds, right):
    world = world_of(tmp_path, answers(*feeds))
    world.change_route(EXPECT.strip())
    catalogue = Catalogue(feeds={feed.name: feed for feed in world.feeds}, connectors={"folder": object()})
    if right:
        assert load(world.folder / "config", catalogue).routes["little.payments"].expect
        return
    with pytest.raises(ConfigError, match=r"little\.replies does not answer little\.payments"):
        load(world.folder / "config", catalogue)


def test_a_report_about_a_whole_file_finds_whichever_feed_sent_it(tmp_path):
    whole = replace(answers("little.elsewhere", "little.parcels"), whole=lambda tally: "PARCELS-1")
    (output,) = PARCELS.outputs
    named = replace(
        output, write=lambda carried, ctx: replace(output.write(carried, ctx), identity="PARCELS-1")
    )
    world = world_of(tmp_path, whole)
    world.feeds[1] = replace(PARCELS, outputs=(named,))
    items, promise = answered(world, BOTH)
    assert set(items.values()) == {ItemState.ANSWERED}
    assert promise is PromiseState.KEPT
