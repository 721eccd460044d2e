"""A conversation that stalls: the door is asked again before it goes on, and a person can give it up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from hub.api import Again, Call, DeliveryState, Found, ItemState, Later, Level, Severity, Told, check
from hub.errors import StoreError, UsageError
from hub.model import TransferState, WorkKind
from hub.store import queries
from hub.testing.rent_api import RentApi, Trouble
from tests.crash.test_boundaries import Crash, crash_at
from tests.little import little
from tests.parcels import PARCELS, parcels_world, waits
from tests.talking import FILE, POSTED, connectors, deliveries, states, talking, talking_with

TOLD = "“create batch” to “lines 3 to 3” (3 calls)"
HOLD = "    hold: {above_count: 1}\n"


def entry(reference):
    path = f"/accounts/{reference}/actions"
    return Call(name=f"entry {reference}", method="POST", path=path, again=Again.KEYED, takes=(201,))


def looks_then_waits(content, ctx):
    """Nothing is different there until a minute after the start."""
    path = "/transaction-batches/none"
    yield Call(name="look", method="GET", path=path, again=Again.SAFE, takes=(404,))
    yield Later(60, "they open later")
    for line in content.decode().split():
        yield entry(line[:6])
    return Told()


class Door:
    """Holds the references that the test marks, from then on."""

    def __init__(self):
        self.marked = set()

    def check(self):
        @check("MARKED", level=Level.CROSS, severity=Severity.HOLD_ITEM, at_send=True)
        def is_not_marked(taken, ctx):
            """A marked item waits."""
            for one in taken:
                if one.item.reference in self.marked:
                    yield Found("the item is marked", one.item.line)

        return is_not_marked


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def door():
    return Door()


def guarded(world, door):
    """The world with the test's door, and a file."""
    world.feeds = [replace(feed, checks=(door.check(),)) for feed in world.feeds]
    world.arrive("a.txt", FILE)
    return world


@pytest.fixture
def posting(tmp_path, api, door):
    """A batch of the rent system, which stalls when it was created and has its lines."""
    api.troubles["validate"] = [Trouble.BUSY]
    return guarded(talking(tmp_path, api.url), door)


@pytest.fixture
def waiting(tmp_path, api, door):
    return guarded(talking_with(tmp_path, api.url, looks_then_waits), door)


def open_hub(world, who="anna"):
    return world.hub(**connectors(), who=who)


def run(hub, world):
    """The one transfer and its newest delivery, after a run; two hours pass."""
    (outcome,) = hub.run("payments").transfers
    world.clock.turn(hours=2)
    return outcome, deliveries(hub)[-1]


def work(hub):
    with hub.look() as look:
        return look.worklist()


def seen(hub, id):
    with hub.look() as look:
        return look.transfer(id)


# The door, before anything has changed there


def test_what_only_looked_goes_through_the_door_again_like_a_file(waiting, api, door):
    with open_hub(waiting) as hub:
        outcome, delivery = run(hub, waiting)
        assert (delivery.state, delivery.reason, api.diary) == (DeliveryState.READY, None, [])
        door.marked = {"ABC002"}
        run(hub, waiting)
        hub.run("payments")
        assert states(deliveries(hub)) == ["WITHDRAWN", "SENT"]
        money = seen(hub, outcome.id).money
    assert api.diary == ["ABC001", "ABC003"]
    assert money == {ItemState.HELD: (1, -200), ItemState.POSTED: (2, -1300)}


def test_the_approval_falls_when_the_door_turns_a_conversation_back(waiting, api, door):
    path = waiting.folder / "config/routes/little.yaml"
    path.write_text(path.read_text() + HOLD)
    with open_hub(waiting) as hub:
        (held,) = hub.run("payments").transfers
        hub.acts.release(held.id, "agreed")
        hub.advance(held.id)
        waiting.clock.turn(hours=2)
        door.marked = {"ABC002"}
        outcome, _ = run(hub, waiting)
        assert (outcome.state, hub.acts.transfer(held.id).approved_by) == ("HELD", None)
    assert api.diary == []


def test_with_the_door_open_it_goes_on_where_it_was(waiting, api):
    with open_hub(waiting) as hub:
        run(hub, waiting)
        assert run(hub, waiting)[0].state == "SENT"
    assert (api.diary, api.calls.count("look")) == (["ABC001", "ABC002", "ABC003"], 1)


def test_what_leaves_is_asked_once_however_often_it_waits(waiting):
    asked = []
    leaves = lambda carried, ctx: asked.append(len(carried)) or ()  # noqa: E731 - one line tells it
    waiting.feeds = [replace(feed, leaves=leaves) for feed in waiting.feeds]
    with open_hub(waiting) as hub:
        run(hub, waiting)
        run(hub, waiting)
    assert asked == [3]


def test_what_was_given_up_says_no_more_why_it_waited(tmp_path, api, door):
    world = guarded(talking_with(tmp_path, "http://127.0.0.1:9", looks_first), door)
    with open_hub(world) as hub:
        _, waits = run(hub, world)
        assert "no connection" in waits.reason
        door.marked = {"ABC002"}
        run(hub, world)
        given_up = deliveries(hub)[0]
    assert (given_up.state, given_up.reason, given_up.next_attempt_at) == ("WITHDRAWN", None, None)


# The door, once the partner was told a part


def test_a_finding_half_way_makes_it_wait_for_a_person(posting, api, door):
    with open_hub(posting) as hub:
        outcome, _ = run(hub, posting)
        door.marked, calls = {"ABC002"}, len(api.calls)
        for _ in range(2):
            stopped, delivery = run(hub, posting)
        assert (stopped.state, delivery.state) == ("SENDING", DeliveryState.SENDING)
        assert stopped.needs_person
        assert len(api.calls) == calls
        assert delivery.reason.startswith(f"the item is marked. rent has been told a part already: {TOLD}. ")
        assert f"feedhub transfers retry {outcome.id}" in delivery.reason
        (asked,) = work(hub)
        assert (asked.kind, asked.subject_id) == (WorkKind.SETTLE, delivery.id)
        (event,) = [e for e in seen(hub, outcome.id).events if e.kind == "stopped_at_the_door"]
        assert event.data["checks"] == ["MARKED"]


def test_a_person_lets_it_go_on_in_spite_of_what_they_saw_and_of_nothing_else(posting, api, door):
    with open_hub(posting) as hub:
        outcome, _ = run(hub, posting)
        door.marked = {"ABC002"}
        run(hub, posting)
        hub.acts.retry(outcome.id, "rents say go on")
        assert work(hub) == []
        api.troubles["post"] = [Trouble.BUSY, Trouble.BUSY]
        run(hub, posting)
        assert api.calls[-2:] == ["validate", "post"], "it stopped at the door again"
        run(hub, posting)
        assert api.calls[-2:] == ["post", "post"], "the door did not know the findings again"
        door.marked, calls = {"ABC002", "ABC003"}, len(api.calls)
        _, delivery = run(hub, posting)
        assert (len(api.calls), delivery.reason[:18]) == (calls, "the item is marked")
        hub.acts.retry(outcome.id, "that one too")
        assert run(hub, posting)[0].state == "CONFIRMED"
    assert Counter(api.posted) == POSTED


# The door, before the call that decides


def looks_first(content, ctx):
    """Looks, and goes on at once."""
    yield Call(name="look", method="GET", path="/transaction-batches/none", again=Again.SAFE, takes=(404,))
    for line in content.decode().split():
        yield entry(line[:6])
    return Told()


def meanwhile(door, after, marked="ABC002"):
    """A boundary at which somebody marks an item once so many calls were answered."""
    answered = []

    def boundary(point):
        answered.extend([point] if point == "call_answered" else [])
        if len(answered) == after:
            door.marked = {marked}

    return boundary


def test_what_arrives_while_a_conversation_looks_turns_it_back_before_it_changes_anything(
    tmp_path, api, door
):
    world = guarded(talking_with(tmp_path, api.url, looks_first), door)
    with world.hub(**connectors(), who="anna", boundary=meanwhile(door, 1)) as hub:
        outcome, _ = run(hub, world)
        hub.run("payments")
        assert states(deliveries(hub)) == ["WITHDRAWN", "SENT"]
        view = seen(hub, outcome.id)
    assert api.diary == ["ABC001", "ABC003"]
    assert view.money == {ItemState.HELD: (1, -200), ItemState.POSTED: (2, -1300)}
    (stopped,) = [event for event in view.events if event.kind == "stopped_at_the_door"]
    assert (stopped.subject, stopped.data["checks"]) == ("transfer", ["MARKED"])


def test_the_door_is_asked_once_where_nothing_came_in_between(tmp_path, api, door):
    asked = []

    @check("COUNTED", level=Level.CROSS, at_send=True)
    def is_counted(taken, ctx):
        """Notes that it was asked."""
        asked.append(len(taken))
        return ()

    world = talking(tmp_path, api.url)
    world.feeds = [replace(feed, checks=(is_counted,)) for feed in world.feeds]
    world.arrive("a.txt", FILE)
    with open_hub(world) as hub:
        hub.run("payments")
    assert api.calls[-2:] == ["post", "look"]
    assert len(asked) == 3, "at work, with the intent to send, and before “post”"


def test_what_arrives_before_the_batch_is_posted_makes_it_wait_for_a_person(posting, api, door):
    api.troubles["validate"].clear()
    with posting.hub(**connectors(), who="anna", boundary=meanwhile(door, 4)) as hub:
        outcome, delivery = run(hub, posting)
        assert (api.calls[-1], api.posted) == ("validate", [])
        assert (outcome.needs_person, delivery.state) == (True, DeliveryState.SENDING)
        assert delivery.reason.startswith("the item is marked. rent has been told a part already: ")
        run(hub, posting)
        assert api.calls[-1] == "validate"
        hub.acts.retry(outcome.id, "post it all the same")
        assert run(hub, posting)[0].state == "CONFIRMED"
    assert Counter(api.posted) == POSTED


@pytest.mark.parametrize("point", ["call_answered", "call_intended"])
def test_a_crash_beside_the_decisive_call_asks_the_door_again(posting, api, door, point):
    api.troubles["validate"].clear()
    with posting.hub(**connectors(), boundary=crash_at(point, 4)) as hub, pytest.raises(Crash):
        hub.run("payments")
    door.marked = {"ABC002"}
    with open_hub(posting) as hub:
        assert run(hub, posting)[0].needs_person
    assert api.posted == []


# Giving up


def stalled(hub, world, api, door, how=Trouble.BUSY):
    outcome, delivery = run(hub, world)
    assert delivery.state is DeliveryState.SENDING
    return outcome.id


def test_what_was_begun_there_must_be_undone_there_first(posting, api, door):
    with open_hub(posting) as hub:
        id = stalled(hub, posting, api, door)
        with pytest.raises(UsageError) as refused:
            hub.acts.withdraw(id, "not this week")
        assert states(deliveries(hub)) == ["SENDING"]
    assert f"rent has been told a part of batch_FAKE_000001.json: {TOLD}. Have that undone" in str(
        refused.value
    )


def test_a_stalled_conversation_is_given_up_and_what_may_have_happened_is_told(posting, api, door):
    with open_hub(posting) as hub:
        id = stalled(hub, posting, api, door)
        hub.acts.withdraw(id, "not this week", undone=True)
        view = seen(hub, id)
        hub.run("payments")
    (delivery,) = view.deliveries
    assert (view.transfer.state, delivery.state) == (TransferState.WITHDRAWN, DeliveryState.WITHDRAWN)
    assert delivery.reason == f"rent had been told a part: {TOLD}. anna says that it was undone there."
    assert view.money == {ItemState.WITHDRAWN: (3, -1500)}
    assert {item.reason for item in view.items} == {"withdrawn by a person: not this week"}
    assert (view.work, api.posted) == ([], [])


def test_a_number_that_the_partner_was_told_is_not_given_to_another(posting, api, door):
    with open_hub(posting) as hub:
        id = stalled(hub, posting, api, door)
        hub.acts.withdraw(id, "not this week", undone=True)
        posting.arrive("b.txt", FILE)
        outcome, _ = run(hub, posting)
        assert outcome.state == "CONFIRMED"
        assert list(seen(hub, outcome.id).numbers.values()) == [2]


def test_what_told_nobody_anything_is_given_up_like_a_file(waiting, api):
    with open_hub(waiting) as hub:
        outcome, _ = run(hub, waiting)
        hub.acts.withdraw(outcome.id, "not this week")
        assert states(deliveries(hub)) == ["WITHDRAWN"]
        waiting.arrive("b.txt", FILE)
        run(hub, waiting)
        assert run(hub, waiting)[0].state == "SENT"
    assert api.diary == ["ABC001", "ABC002", "ABC003"]


def test_items_that_were_gathered_wait_again(tmp_path, api):
    def keyed(content, ctx):
        yield entry("A")
        yield entry("B")
        return Told()

    output = replace(PARCELS.outputs[0], converse=keyed)
    world = parcels_world(tmp_path, little(match=waits), replace(PARCELS, outputs=(output,)))
    path = world.folder / "config/endpoints.yaml"
    path.write_text(path.read_text() + f'  rent: {{type: https, url: "{api.url}"}}\n')
    path = world.folder / "config/routes/parcels.yaml"
    path.write_text(path.read_text().replace('endpoint: out, folder: ""', "endpoint: rent"))
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    api.troubles["diary"] = [None, Trouble.BUSY]
    with open_hub(world) as hub:
        hub.run("payments")
        (batch,) = hub.run("parcels").transfers
        hub.acts.withdraw(batch.id, "not this week", undone=True)
        with hub.store.read() as conn:
            waiting = queries.waiting_items(conn, hub.store.keys, PARCELS.gathers[0])
        assert [item.reference for item in waiting] == ["WAI002", "WAI003"]
        assert seen(hub, batch.id).money == {}


def test_nobody_gives_up_what_somebody_is_talking_about(posting, api, door):
    with open_hub(posting) as hub:
        id = stalled(hub, posting, api, door)
        for act in (
            lambda: hub.acts.withdraw(id, "no", undone=True),
            lambda: hub.acts.settle(id, sent=True, reason="there"),
        ):
            with hub.store.alone("little.payments"), pytest.raises(StoreError, match="another feedhub"):
                act()
        assert states(deliveries(hub)) == ["SENDING"]


# What may be there after all


@pytest.mark.parametrize("sent", [True, False])
def test_a_person_says_what_became_of_a_lost_answer(posting, api, sent):
    """Sent: it is over. Not sent: the call is made again."""
    api.troubles["validate"] = []
    api.troubles["lines"] = [Trouble.LOSE]
    with open_hub(posting) as hub:
        outcome, _ = run(hub, posting)
        with pytest.raises(UsageError, match="“create batch” and “lines 1 to 2”; whether “lines 1 to 2” was"):
            hub.acts.withdraw(outcome.id, "no")
        hub.acts.settle(outcome.id, sent=sent, reason="asked them")
        assert hub.advance(outcome.id).state == ("SENT" if sent else "CONFIRMED")
    assert len(api.posted) == (0 if sent else 3)


def test_of_a_call_that_was_answered_nobody_says_that_it_was_not_done(posting, api, door):
    with open_hub(posting) as hub:
        id = stalled(hub, posting, api, door)
        with pytest.raises(UsageError, match="nothing to settle"):
            hub.acts.settle(id, sent=False, reason="they say no")
        hub.acts.settle(id, sent=True, reason="they posted it by hand")
        assert states(deliveries(hub)) == ["SENT"]
