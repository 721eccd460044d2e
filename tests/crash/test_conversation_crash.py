"""A crash around each call of a conversation, the state then reopened from disk: the batch is posted once.

The oracle is what the rent system, which lives on, has posted."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.connectors.folder import FolderConnector
from hub.connectors.http import Api, HttpsConnector
from hub.testing.rent_api import RentApi, Trouble
from hub.transfer.steps.converse import Talk
from tests.apart import exit_code
from tests.crash import talk_child
from tests.crash.child import KILLED
from tests.crash.test_boundaries import Crash, crash_at
from tests.e2e.test_conversation_of_a_feed import diary
from tests.e2e.test_stalled_conversation import looks_then_waits
from tests.talking import FILE, POSTED, run, states, talking, talking_with

CALLS = 6
POINTS = [
    *(("call_intended", occasion) for occasion in range(1, CALLS + 1)),
    *(("call_answered", occasion) for occasion in range(1, CALLS + 1)),
    ("intent", 1),
    ("told", 1),
]


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def world(tmp_path, api):
    made = talking(tmp_path, api.url)
    made.arrive("a.txt", FILE)
    return made


@pytest.fixture
def diarist(tmp_path, api):
    made = talking_with(tmp_path, api.url, diary)
    made.arrive("a.txt", FILE)
    return made


def crash_after_call(monkeypatch, number):
    """The hub dies when a call was done there and its answer has come, but is not stored."""
    made, whole = Counter(), Api.call

    def call(self, *given):
        reply = whole(self, *given)
        made["calls"] += 1
        if made["calls"] == number:
            raise Crash
        return reply

    monkeypatch.setattr(Api, "call", call)
    return {"folder": FolderConnector(), "https": HttpsConnector()}


@pytest.mark.parametrize(("point", "occasion"), POINTS)
def test_a_crash_at_an_edge_posts_once(world, api, point, occasion):
    with pytest.raises(Crash):
        run(world, boundary=crash_at(point, occasion))
    assert states(run(world, times=2)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED
    assert len(api.batches) == 1


@pytest.mark.parametrize("point", ["resumed", "call_intended", "call_answered", "told"])
def test_a_crash_when_a_stalled_one_goes_on_posts_once(world, api, point):
    api.troubles["validate"] = [Trouble.BUSY]
    assert states(run(world)) == ["SENDING"]
    with pytest.raises(Crash):
        run(world, boundary=crash_at(point))
    assert states(run(world, times=2)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED
    assert len(api.batches) == 1


@pytest.mark.parametrize("point", ["before_intent", "intent", "call_intended", "told"])
def test_a_crash_when_one_that_only_looked_goes_on_tells_each_once(tmp_path, api, point):
    world = talking_with(tmp_path, api.url, looks_then_waits)
    world.arrive("a.txt", FILE)
    assert states(run(world)) == ["READY"]
    with pytest.raises(Crash):
        run(world, boundary=crash_at(point))
    assert states(run(world, times=2)) == ["SENT"]
    assert api.diary == ["ABC001", "ABC002", "ABC003"]


def test_a_crash_right_after_the_intent_goes_through_the_door_again(tmp_path, api):
    world = talking_with(tmp_path, api.url, looks_then_waits)
    world.arrive("a.txt", FILE)
    with pytest.raises(Crash):
        run(world, boundary=crash_at("intent"))
    with pytest.raises(Crash):
        run(world, boundary=crash_at("resumed"))
    assert states(run(world)) == ["READY"]
    assert states(run(world)) == ["SENT"]
    assert api.diary == ["ABC001", "ABC002", "ABC003"]


@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_a_crash_before_an_answer_is_stored_posts_once(world, api, monkeypatch, number):
    with pytest.raises(Crash):
        run(world, **crash_after_call(monkeypatch, number))
    monkeypatch.undo()
    assert states(run(world, times=2)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED
    assert len(api.batches) == 1


@pytest.mark.parametrize(("point", "occasion"), [("call_intended", 5), ("call_answered", 5), ("told", 1)])
def test_a_killed_hub_posts_once(world, api, point, occasion):
    assert exit_code(talk_child.main, world.folder, api.url, point, occasion) == KILLED
    world.clock.turn(hours=1)  # or ids would come again that the child has given
    assert states(run(world, times=2)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED


def entries_after_a_crash(diarist, api, monkeypatch):
    """What is in the diary after a crash between the second entry and the storing of its answer."""
    with monkeypatch.context() as patch, pytest.raises(Crash):
        run(diarist, **crash_after_call(patch, 2))
    found = run(diarist, times=2)
    return states(found), Counter(api.diary)


def test_what_may_not_be_made_again_is_in_doubt_after_a_crash(diarist, api, monkeypatch):
    doubt, entries = entries_after_a_crash(diarist, api, monkeypatch)
    assert (doubt, entries) == (["IN_DOUBT"], Counter(["ABC001", "ABC002"]))


def test_the_suite_notices_when_the_intent_of_a_call_is_not_committed(diarist, api, monkeypatch):
    """Without it nobody knows after a crash that the call may have been made, and it is made again."""
    monkeypatch.setattr(Talk, "_keep", lambda self, call: self.calls.update({call.number: call}))
    _, entries = entries_after_a_crash(diarist, api, monkeypatch)
    assert entries["ABC002"] == 2, "the doubled entry went unnoticed"
