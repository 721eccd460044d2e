"""A file becomes a batch of a rent system that is talked with: posted once, whatever gets lost on the way.

The oracle is what the simulator posted."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.testing.rent_api import Batch, RentApi, Trouble
from tests.talking import FILE, POSTED, connectors, deliveries, run, states, talking

STEPS = ("create", "lines", "validate", "post", "look")


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def world(tmp_path, api):
    made = talking(tmp_path, api.url)
    made.arrive("a.txt", FILE)
    return made


def test_a_file_is_posted_as_one_batch(world, api):
    (delivery,) = run(world)
    assert (delivery.state, delivery.remote) == ("CONFIRMED", {"reference": "B0001"})
    assert Counter(api.posted) == POSTED
    assert api.calls == ["create", "lines", "lines", "validate", "post", "look"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "trouble",
    [Trouble.LOSE, Trouble.DROP, Trouble.BROKEN, Trouble.THROTTLE, Trouble.BUSY, Trouble.MAINTENANCE],
)
def test_whatever_goes_wrong_with_one_call_the_batch_is_posted_once(world, api, step, trouble):
    api.troubles[step].append(trouble)
    assert states(run(world, times=3)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED
    assert len(api.batches) == 1


def test_until_something_arrived_the_delivery_is_ready_and_the_door_is_asked_again(tmp_path, world, api):
    api.troubles["create"].append(Trouble.THROTTLE)
    (delivery,) = run(world)
    assert (delivery.state, "slow down" in delivery.reason) == ("READY", True)
    shut = (tmp_path / "config/routes/little.yaml").read_text() + "    options: {shut: true}\n"
    world.write("config/routes/little.yaml", shut)
    (withdrawn,) = run(world)
    assert (withdrawn.state, api.batches) == ("WITHDRAWN", {})


def test_once_something_arrived_the_delivery_stays_on_its_way(world, api):
    api.troubles["lines"].append(Trouble.THROTTLE)
    (delivery,) = run(world)
    assert delivery.state == "SENDING"
    waits = delivery.next_attempt_at - world.clock.now()
    assert waits.total_seconds() == 120 - 2 * 3600


def test_a_refusal_waits_for_a_person_and_then_goes_on_where_it_stopped(world, api):
    api.troubles["post"].append(Trouble.FORBID)
    with world.hub(**connectors(), who="anna") as hub:
        hub.run("payments")
        world.clock.turn(hours=9)
        hub.run("payments")
        (delivery,) = deliveries(hub)
        assert (delivery.state, delivery.next_attempt_at) == ("SENDING", None)
        assert "feedhub transfers retry" in delivery.reason
        hub.acts.retry(delivery.transfer_id, "they opened it")
        hub.advance(delivery.transfer_id)
        assert states(deliveries(hub)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED
    assert api.calls.count("create") == 1


def test_a_refused_line_refuses_the_batch_and_each_item_is_told_why(world, api):
    api.unknown = {"ABC002"}
    with world.hub(**connectors()) as hub:
        hub.run("payments")
        (delivery,) = deliveries(hub)
        with hub.look() as look:
            objections = {one.reference: one.reason for one in look.objections(delivery.transfer_id)}
            assert set(look.money(delivery.transfer_id)) == {"ANSWERED"}
    assert (delivery.state, api.posted, api.batches) == ("REFUSED", [], {})
    whole = "The rent system refused 1 of 3 lines; nothing was posted."
    assert objections == {"ABC001": whole, "ABC002": "E14 unknown account", "ABC003": whole}


def test_a_sequence_that_the_rent_system_has_already_is_refused_and_nothing_posted(world, api):
    api.batches["B0009"] = Batch("B0009", {"sequence": 1, "declaredCount": 7, "declaredTotal": "1.00"})
    (delivery,) = run(world)
    assert (delivery.state, "status 409" in delivery.reason) == ("REFUSED", True)
    assert (api.posted, api.calls) == ([], ["create"])


def test_a_batch_that_is_posted_later_is_looked_at_until_it_is(world, api):
    api.patience = 3
    (waiting,) = run(world)
    assert (waiting.state, waiting.reason, waiting.attempts) == ("SENDING", None, 0)
    assert waiting.next_attempt_at is not None
    assert states(run(world)) == ["SENDING"]
    assert states(run(world)) == ["CONFIRMED"]
    assert Counter(api.posted) == POSTED


def test_the_wait_is_kept_to(world, api):
    api.patience = 1
    with world.hub(**connectors()) as hub:
        for _ in range(3):
            hub.run("payments")
    assert api.calls.count("look") == 1


def test_the_history_tells_every_call(world):
    with world.hub(**connectors()) as hub:
        hub.run("payments")
        (delivery,) = deliveries(hub)
        with hub.look() as look:
            events = look.transfer_events(delivery.transfer_id)
            calls = look.calls(delivery.transfer_id)
    told = ["create batch", "lines 1 to 2", "lines 3 to 3", "validate", "post", "look at batch"]
    assert [event.data["call"] for event in events if event.kind == "called"] == told
    assert [(call.name, call.status) for call in calls][:2] == [("create batch", 201), ("lines 1 to 2", 202)]


def test_options_that_change_in_the_middle_stop_the_conversation(world, api):
    api.troubles["validate"].append(Trouble.LOSE)
    run(world)
    path = world.folder / "config/routes/little.yaml"
    world.write(
        "config/routes/little.yaml", path.read_text().replace("lines_per_call: 2", "lines_per_call: 3")
    )
    (delivery,) = run(world)
    assert "Call 2" in delivery.reason
    assert (delivery.state, delivery.next_attempt_at, api.posted) == ("SENDING", None, [])


def test_personal_data_that_was_answered_is_neither_told_nor_logged(world, api):
    api.unknown = {"ABC001"}
    api.troubles["create"] += [Trouble.BROKEN]
    run(world, times=2)
    with world.hub(**connectors()) as hub, hub.look() as look:
        for row in look.transfers():
            assert "EXAMPLE" not in repr(look.transfer(row.id))
    assert "EXAMPLE" not in (world.folder / "config/hub.log").read_text()
