"""Conversations that an output declares: calls that may not be made again, replies that carry business
facts, and conversations that are wrong."""

from __future__ import annotations

import pytest

from hub.api import Again, Answered, Call, DeliveryState, ItemState, Rendered, Told
from hub.testing.rent_api import RentApi, Trouble
from tests.talking import FILE, connectors, deliveries, run, states, talking_with


def diary(content, ctx):
    """A diary entry for each line: nobody can tell whether one was made."""
    for line in content.decode().split():
        path = f"/accounts/{line[:6]}/actions"
        yield Call(name=f"entry {line[:6]}", method="POST", path=path, again=Again.NEVER, takes=(201,))
    return Told(reference="noted")


def telling(told):
    """One call, and what it then tells."""

    def converse(content, ctx):
        yield Call(name="entry", method="POST", path="/accounts/A/actions", again=Again.KEYED)
        return told(ctx) if callable(told) else told

    return converse


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def world_of(tmp_path, api):
    """A world with a file, whose output is handed over by a conversation."""

    def make(converse, **output):
        made = talking_with(tmp_path, api.url, converse, **output)
        made.arrive("a.txt", FILE)
        return made

    return make


def test_a_call_that_may_not_be_made_again_is_in_doubt(world_of, api):
    api.troubles["diary"].append(Trouble.LOSE)
    (delivery,) = run(world_of(diary), times=3)
    assert delivery.state == "IN_DOUBT"
    assert "“entry ABC001” was done at rent" in delivery.reason
    assert api.diary == ["ABC001"]


@pytest.mark.parametrize(
    ("trouble", "sent", "entries"),
    [(Trouble.DROP, False, ["ABC001", "ABC002", "ABC003"]), (Trouble.LOSE, True, ["ABC001", "ABC002"])],
)
def test_a_person_settles_the_call_in_doubt(world_of, api, trouble, sent, entries):
    """Sent: it is over. Not sent: it goes on with that very call."""
    api.troubles["diary"] = [None, trouble]
    with world_of(diary).hub(**connectors(), who="anna") as hub:
        hub.run("payments")
        (delivery,) = deliveries(hub)
        assert delivery.state == "IN_DOUBT"
        hub.acts.settle(delivery.transfer_id, sent=sent, reason="asked them")
        hub.advance(delivery.transfer_id)
        assert states(deliveries(hub)) == ["SENT"]
    assert api.diary == entries


def test_not_sent_of_the_first_call_goes_through_the_door_again(world_of, api):
    api.troubles["diary"] = [Trouble.DROP]
    with world_of(diary).hub(**connectors(), who="anna") as hub:
        hub.run("payments")
        (delivery,) = deliveries(hub)
        hub.acts.settle(delivery.transfer_id, sent=False, reason="they have nothing")
        assert states(deliveries(hub)) == ["READY"]
        hub.advance(delivery.transfer_id)
    assert api.diary == ["ABC001", "ABC002", "ABC003"]


def test_a_refusal_in_the_middle_of_a_call_that_was_lost_before_stays_unknown(world_of, api):
    """A keyed call that may have been done, and then could not be made: something may have arrived."""

    def keyed(content, ctx):
        yield Call(name="entry", method="POST", path="/accounts/A/actions", again=Again.KEYED, takes=(201,))
        return Told()

    world = world_of(keyed)
    api.troubles["diary"] = [Trouble.LOSE, Trouble.THROTTLE]
    assert states(run(world, times=2)) == ["SENDING"]
    assert states(run(world)) == ["SENT"]
    assert (api.diary, len(set(api.keys))) == (["A"], 1)


def test_what_comes_back_becomes_a_transfer_of_the_same_route(world_of, api):
    world = world_of(telling(Told(inbound=[Rendered("back.txt", b"ABC009-0000900\n")])))
    with world.hub(**connectors()) as hub:
        hub.run("payments")
        with hub.look() as look:
            child, parent = look.transfers()
            assert look.children(parent.id) == [child]
        assert (child.name, child.parent_id, child.route) == ("back.txt", parent.id, "little.payments")
        hub.run("payments")
        with hub.look() as look:
            assert look.money(child.id) == {ItemState.POSTED: (1, -900)}


def test_the_answers_to_single_items_are_kept(world_of):
    def told(ctx):
        first = f"{ctx.moment.transfer_id}.1"
        named = {first: {"voucher": "V-1"}}
        answers = {first: (Answered.AMENDED, "rounded")}
        return Told(state=DeliveryState.CONFIRMED, answers=answers, called=named)

    with world_of(telling(told), becomes=ItemState.SENT).hub(**connectors()) as hub:
        hub.run("payments")
        (delivery,) = deliveries(hub)
        with hub.look() as look:
            (objection,) = look.objections(delivery.transfer_id)
            assert [item.reference for item in look.find("V-1")] == ["ABC001"]
            left = {state: count for state, (count, _) in look.money(delivery.transfer_id).items()}
    assert (objection.reference, objection.reason) == ("ABC001", "rounded")
    assert left == {ItemState.ANSWERED: 1, ItemState.SENT: 2}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (None, "ended without saying what came of it"),
        (Told(state=DeliveryState.READY), "which is no end"),
        (Told(called={"somebody else": {"voucher": "1"}}), "names 1 items that a.txt does not carry"),
        (Told(answers={"somebody else": (Answered.ACCEPTED, None)}), "answers 1 items that it is not about"),
        (lambda ctx: 1 // 0, "by a fault of the plug-in: ZeroDivisionError in"),
    ],
)
def test_a_wrong_conversation_stops_with_a_sentence(world_of, told, sentence):
    (delivery,) = run(world_of(telling(told)), times=2)
    assert (delivery.state, delivery.next_attempt_at) == ("SENDING", None)
    assert sentence in delivery.reason


def test_a_route_that_no_longer_goes_there_stops_with_a_sentence(world_of, api):
    world = world_of(diary)
    api.troubles["diary"] = [None, Trouble.THROTTLE]
    run(world)
    path = world.folder / "config/routes/little.yaml"
    world.write(
        "config/routes/little.yaml", path.read_text().replace("endpoint: rent", "endpoint: rent, folder: /x")
    )
    (delivery,) = run(world)
    assert "put it back" in delivery.reason
