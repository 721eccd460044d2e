"""What waits for a person is in the worklist, and late after a day: a transfer that failed or was refused, a
delivery that is in doubt, has stopped, or was refused by the partner."""

from __future__ import annotations

from functools import partial

import pytest

from hub.connectors.folder import FolderConnector
from hub.engine.overdue import overdue
from hub.errors import AuthFailed, UsageError
from hub.model import DeliveryState, WorkKind, WorkState
from hub.store import queries
from hub.transfer import move
from tests.crash.test_boundaries import Crash, crash_at
from tests.little import little
from tests.world import World

GOOD = b"ABC001+0001000\nABC002+0000200\n"


class Locked(FolderConnector):
    """Whoever writes there is refused, from `locked` on."""

    def __init__(self, *, locked=True):
        super().__init__()
        self.locked, self.asked = locked, 0

    def open(self, name, settings, secrets):
        self.asked += name == "out"
        if self.locked and name == "out":
            raise AuthFailed("out refused the password.")
        return super().open(name, settings, secrets)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def of_endpoint(hub):
    """What the history tells of the partner's endpoint."""
    with hub.look() as look:
        return [event.kind for event in look.events("endpoint", "out")]


def alerts(hub):
    """How many stand about it."""
    with hub.look() as look:
        return len([one for one in look.alerts() if one.subject_id == "out"])


def entries(hub, *states):
    with hub.look() as look:
        return look.worklist(states=states or (WorkState.OPEN, WorkState.TAKEN), limit=None)


def told(hub):
    return [(entry.kind, entry.owner, entry.title) for entry in entries(hub)]


def run(world, content=GOOD, **how):
    world.arrive("a.txt", content)
    with world.hub(**how) as hub:
        (outcome,) = hub.run("payments").transfers
        return outcome, told(hub)


def breaks(item, ctx, sent):
    raise ValueError("NAME OF ABC001")


def test_a_transfer_that_failed_asks_for_a_decision_and_is_late_after_a_day(world):
    world.feeds = [little(match=breaks)]
    outcome, [(kind, owner, title)] = run(world)
    assert (outcome.state, kind, owner) == ("FAILED", WorkKind.SETTLE, "tests")
    assert title.startswith("a.txt failed: The plug-in of ")
    assert "ABC001" not in title
    world.clock.turn(hours=25)
    with world.hub() as hub, hub.look() as look:
        (late,) = overdue(hub.services, look)
    assert (late.late, late.what, late.next) == (True, title, f"feedhub transfers show {outcome.id}")


def test_a_transfer_that_is_tried_again_asks_no_more_until_it_fails_again(world):
    world.feeds = [little(match=breaks)]
    outcome, _ = run(world)
    with world.hub(who="anna") as hub:
        hub.acts.retry(outcome.id, "mended")
        assert told(hub) == []
        (gone,) = entries(hub, WorkState.VOID)
        assert gone.closed_by == "anna"
        hub.advance(outcome.id)
        assert [kind for kind, _, _ in told(hub)] == [WorkKind.SETTLE]


def test_a_refused_file_asks_what_was_done_about_it_and_any_words_answer(world):
    outcome, [(kind, _, title)] = run(world, b"ABC001+0001001\n")
    assert (outcome.state, kind) == ("REJECTED", WorkKind.TASK)
    assert title == "a.txt is refused: 1 finding refuses the file: the sum is odd"
    with world.hub(who="anna") as hub:
        (entry,) = entries(hub)
        hub.worklist.answer(entry.id, "they send it anew tomorrow")
        assert told(hub) == []
        with hub.look() as look:
            last = look.events("transfer", outcome.id)[-1]
    assert (last.kind, last.who, last.data["answer"]) == ("work_done", "anna", "they send it anew tomorrow")


def test_what_was_answered_is_not_asked_again_when_the_source_is_tidied_later(world):
    (world.folder / "in/done").rmdir()
    outcome, _ = run(world, b"ABC001+0001001\n")
    (world.folder / "in/done").mkdir()
    with world.hub(who="anna") as hub:
        hub.worklist.answer(entries(hub)[0].id, "they send it anew tomorrow")
        hub.run("payments")
        with hub.look() as look:
            assert look.events("transfer", outcome.id)[-1].kind == "tidied"
        assert told(hub) == []


def test_a_refused_bundle_asks_too(world):
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write("config/routes/little.yaml", text.replace('folder: ""', 'folder: "", unpack: zip', 1))
    outcome, [(kind, _, _)] = run(world, b"PK\x03\x04 broken")
    assert (outcome.state, kind) == ("REJECTED", WorkKind.TASK)


def test_a_delivery_that_stopped_asks_and_asks_no_more_once_it_goes_on(world):
    place = Locked()
    outcome, [(kind, _, title)] = run(world, folder=place)
    assert (outcome.state, kind) == ("ACCEPTED", WorkKind.SETTLE)
    assert "to out has stopped: out refused the password." in title
    place.locked = False
    with world.hub(who="anna", folder=place) as hub:
        (entry,) = entries(hub)
        with pytest.raises(UsageError, match=f"feedhub transfers retry {outcome.id}"):
            hub.worklist.answer(entry.id, "it is mended")
        hub.acts.retry(outcome.id, "the password is renewed")
        assert told(hub) == []
        assert (of_endpoint(hub), alerts(hub)) == (["refused"], 1), "nobody knows yet whether it answers"
        assert hub.advance(outcome.id).state == "SENT"
        assert (of_endpoint(hub), alerts(hub)) == (["refused", "answers_again"], 0)


def test_a_retry_of_what_is_not_mended_is_refused_once_more_and_then_left_alone(world):
    place = Locked()
    outcome, _ = run(world, folder=place)
    with world.hub(who="anna", folder=place) as hub:
        hub.acts.retry(outcome.id, "the password is renewed")
        asked = place.asked
        for _ in range(3):
            assert hub.advance(outcome.id).state == "ACCEPTED"
        assert place.asked == asked + 1
        assert (of_endpoint(hub), alerts(hub)) == (["refused"], 1)


def test_a_delivery_that_will_be_tried_again_asks_nobody(world):
    (world.folder / "out").rmdir()
    outcome, asked = run(world)
    assert (outcome.state, asked) == ("ACCEPTED", [])


@pytest.mark.parametrize("sent", [True, False])
def test_a_delivery_in_doubt_asks_until_it_is_settled(world, sent):
    world.arrive("a.txt", GOOD)
    with world.hub(boundary=crash_at("arrived")) as hub, pytest.raises(Crash):
        hub.run("payments")
    for name in world.delivered():
        (world.folder / "out" / name).unlink()
    with world.hub(who="anna") as hub:
        hub.run("payments")
        ((kind, _, title),) = told(hub)
        assert kind is WorkKind.SETTLE
        assert "is in doubt: " in title
        with hub.look() as look:
            (row,) = look.transfers()
        hub.acts.settle(row.id, sent=sent, reason="asked them")
        assert told(hub) == []


def test_a_delivery_that_the_partner_refused_asks_what_was_done_about_it(world):
    outcome, _ = run(world)
    with world.hub() as hub:
        hub.services.commit(partial(refuse, hub.services, outcome.id))
        ((kind, _, title),) = told(hub)
        assert kind is WorkKind.TASK
        assert title.endswith("to out is refused by the partner: all 2 items")
        hub.services.commit(partial(take_back, hub.services, outcome.id))
        assert told(hub) == []


def refuse(services, id, conn):
    (delivery,) = queries.deliveries_of(conn, id)
    move.delivery(conn, services, delivery, DeliveryState.REFUSED, event="refused", reason="all 2 items")


def take_back(services, id, conn):
    (delivery,) = queries.deliveries_of(conn, id)
    move.delivery(conn, services, delivery, DeliveryState.SENT, event="answer_taken_back", reason=None)


def test_a_step_that_cannot_be_taken_is_told_until_the_file_leaves(world, monkeypatch):
    def breaks(*given):
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr("hub.transfer.intent.failing_at_send", breaks)
        outcome, [(kind, _, title)] = run(world)
    assert (outcome.state, kind) == ("ACCEPTED", WorkKind.SETTLE)
    assert title.startswith(
        "a.txt does not go on: The plug-in of little.payments has a fault and could not deliver this file"
    )
    with world.hub() as hub:
        hub.run("payments")
        assert told(hub) == []


def test_a_rehearsal_asks_nobody(world):
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write("config/routes/little.yaml", text.replace("mode: live", "mode: rehearse"))
    outcome, asked = run(world, b"ABC001+0001001\n")
    assert (outcome.state, asked) == ("REJECTED", [])


def test_a_crash_never_leaves_a_stopped_file_without_its_entry(world, monkeypatch):
    """The entry is written with the state: when it cannot be, neither is."""

    def dies(*given):
        raise Crash

    world.feeds = [little(match=breaks)]
    with monkeypatch.context() as patch:
        patch.setattr(queries, "insert_work", dies)
        with pytest.raises(Crash):
            run(world)
    with world.hub() as hub, hub.look() as look:
        assert [row.state for row in look.transfers()] == ["STAGED"]
    with world.hub() as hub:
        hub.run("payments")
        assert [kind for kind, _, _ in told(hub)] == [WorkKind.SETTLE]
