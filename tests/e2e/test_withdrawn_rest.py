"""A part of a transfer has left and the door stops the rest: a person gives the rest up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Item, ItemState, Output
from hub.door.milestone import MILESTONE
from hub.errors import UsageError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, opened, pays
from tests.crash.test_boundaries import Crash
from tests.little import ANSWERS, DAY, little, write
from tests.parcels import PARCELS, parcels_world, set_route, waits
from tests.world import ROUTES, World

FILE = b"ABC001+0001000\nABC002-0000200\nABC003+0000300\n"
TO = 'to: [{output: payments, endpoint: out, folder: ""}]'
BOTH = "to: [{output: payments, endpoint: out}, {output: %s, endpoint: second}]"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  second: {type: folder, path: ../second}
"""
SHUT = "options: {shut: true}"


def two_kinds(chunk, tally, ctx):
    for record in chunk.rows():
        amount = int(record["amount"])
        yield Item(
            "PAYMENT" if amount > 0 else "REFUND", record.line, record["reference"], amount, DAY, {}, {}
        )


def outputs(becomes=ItemState.SENT):
    return (
        Output("payments", ("PAYMENT",), write=write, becomes=becomes),
        Output("refunds", ("REFUND",), write=write, becomes=becomes),
        Output("copies", ("PAYMENT",), write=write),
    )


@pytest.fixture
def told():
    """What the feed was told of what has left."""
    return []


@pytest.fixture
def world(tmp_path, told):
    def left(carried, became, ctx):
        told.append((became.output, became.state, [one.item.reference for one in carried]))
        return ()

    answers = little(name="little.answers", outputs=(), answers=replace(ANSWERS, feed="little.payments"))
    made = World(tmp_path, feeds=[little(items=two_kinds, outputs=outputs(), left=left), answers])
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.arrive("a.txt", FILE.replace(b"0000300", b"0000400"))
    return made


def half_gone(world, second):
    """The id of a transfer whose first file has left and whose second one the door has stopped."""
    shut_down(world, second)
    with world.hub() as hub:
        (half,) = hub.run("payments").transfers
    (world.folder / "second").mkdir()
    shut_down(world, second, SHUT)
    world.clock.turn(hours=1)
    with world.hub() as hub:
        (stopped,) = hub.run("payments").transfers
    assert "the route is shut" in stopped.reason
    assert f"feedhub transfers withdraw {half.id}" in stopped.reason
    return half.id


def shut_down(world, second, *lines):
    more = "".join(
        f"    {line}\n" for line in (*lines, "reaches: payments_in", "expect: {little.answers: {within: 2h}}")
    )
    world.write("config/routes/little.yaml", ROUTES.replace(TO, BOTH % second) + more)


def view(hub, id):
    with hub.look() as look:
        return look.transfer(id)


def test_what_only_the_rest_carried_is_withdrawn_and_the_other_items_stay_sent(world, told):
    id = half_gone(world, "refunds")
    with world.hub(who="anna") as hub:
        before = sum(pence for _, pence in view(hub, id).money.values())
        hub.acts.withdraw(id, "they take no refunds")
        seen, outcome = view(hub, id), hub.advance(id)
    assert seen.money == {ItemState.SENT: (2, 1400), ItemState.WITHDRAWN: (1, -200)}
    assert sum(pence for _, pence in seen.money.values()) == before == 1200
    assert [d.state for d in seen.deliveries] == [DeliveryState.SENT, DeliveryState.WITHDRAWN]
    assert (seen.transfer.state, outcome.state) == (TransferState.ACCEPTED, "SENT")
    (refund,) = [item for item in seen.items if item.state is ItemState.WITHDRAWN]
    assert refund.reason == "withdrawn by a person: they take no refunds"
    (event,) = [event for event in seen.events if event.kind == "rest_withdrawn"]
    assert (event.who, event.data["reason"], len(event.data["files"])) == ("anna", "they take no refunds", 1)
    assert (seen.work, outcome.needs_person) == ([], False)
    assert told == [("payments", DeliveryState.SENT, ["ABC001", "ABC003"])]


def test_what_has_left_by_another_way_is_sent_once_the_rest_is_given_up(world):
    id = half_gone(world, "copies")
    with world.hub(who="anna") as hub:
        assert view(hub, id).money == {ItemState.TAKEN: (2, 1400), ItemState.NOTED: (1, -200)}
        hub.acts.withdraw(id, "one copy is enough")
        assert view(hub, id).money == {ItemState.SENT: (2, 1400), ItemState.NOTED: (1, -200)}


def test_a_second_file_of_one_output_that_is_given_up_leaves_the_first_told(world, told):
    id = half_gone(world, "payments")
    assert told == []
    with world.hub(who="anna") as hub:
        hub.acts.withdraw(id, "one place is enough")
    assert told == [("payments", DeliveryState.SENT, ["ABC001", "ABC003"])]


def test_the_transfer_is_over_then_and_its_answers_are_promised(world):
    id = half_gone(world, "refunds")
    with world.hub(who="anna") as hub:
        with hub.look() as look:
            assert (look.promises(), look.records("milestone")) == ([], [])
        hub.acts.withdraw(id, "they take no refunds")
        with hub.look() as look:
            assert [one.subject_id for one in look.promises()] == [id]
            assert len(look.records("milestone")) == 1


def test_what_has_left_whole_is_not_withdrawn(world):
    id = half_gone(world, "refunds")
    with world.hub(who="anna") as hub:
        hub.acts.withdraw(id, "they take no refunds")
        with pytest.raises(UsageError, match="is SENT"):
            hub.acts.withdraw(id, "once more")


def test_a_repeat_of_the_withdrawn_item_is_no_repeat(world):
    payments, answers = world.feeds
    world.feeds = [replace(payments, item_key=lambda item: item.reference), answers]
    id = half_gone(world, "refunds")
    with world.hub(who="anna") as hub:
        hub.acts.withdraw(id, "they take no refunds")
        with hub.store.read() as conn:
            keys = {"ABC001", "ABC002"}
            assert queries.posted_keys(conn, "little.payments", keys, other_than="") == {"ABC001"}


def test_a_crash_gives_up_all_of_the_rest_or_nothing(world, monkeypatch):
    id = half_gone(world, "refunds")

    def dies(*given, **how):
        raise Crash

    with world.hub(who="anna") as hub, monkeypatch.context() as patch:
        patch.setattr("hub.transfer.promises.expect_answers", dies)
        with pytest.raises(Crash):
            hub.acts.withdraw(id, "they take no refunds")
    with world.hub(who="anna") as hub:
        seen = view(hub, id)
        assert [d.state for d in seen.deliveries] == [DeliveryState.SENT, DeliveryState.READY]
        assert seen.money == {ItemState.TAKEN: (1, -200), ItemState.SENT: (2, 1400)}
        hub.acts.withdraw(id, "they take no refunds")
        assert view(hub, id).money[ItemState.WITHDRAWN] == (1, -200)


def test_of_a_batch_what_only_the_rest_carried_waits_again(tmp_path):
    def match(item, ctx, sent):
        return waits(item, ctx, sent)

    payments = little(items=two_kinds, match=match)
    world = parcels_world(tmp_path, payments, replace(PARCELS, outputs=outputs()))
    world.write("config/endpoints.yaml", ENDPOINTS)
    world.arrive("a.txt", b"WAI001+0001000\nWAI002-0000200\n")
    path = world.folder / "config/routes/parcels.yaml"
    here = 'to: [{output: parcels, endpoint: out, folder: ""}]'

    def route(*lines):
        set_route(world, *lines)
        path.write_text(path.read_text().replace(here, BOTH % "refunds"))

    route()
    with world.hub() as hub:
        hub.run("payments")
        (batch,) = hub.run("parcels").transfers
    (world.folder / "second").mkdir()
    route(SHUT)
    world.clock.turn(hours=1)
    with world.hub(who="anna") as hub:
        hub.run("parcels")
        hub.acts.withdraw(batch.id, "not this week")
        assert view(hub, batch.id).money == {ItemState.SENT: (1, 1000)}
        with hub.store.read() as conn:
            (waiting,) = queries.waiting_items(conn, hub.store.keys, "PARCEL")
    assert waiting.reference == "WAI002"


def paying_world(world, content):
    payments, answers = world.feeds
    world.feeds, world.lifecycles = [replace(payments, moves=pays), answers], [MILESTONE, case()]
    with world.hub() as hub:
        made = opened("ABC001", "ABC002")
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, made, who="tester"))
    world.arrive("a.txt", content)
    return half_gone(world, "refunds")


def history(hub, key):
    with hub.store.read() as conn:
        return [move.to_state for move in queries.history_of(conn, "case", key)]


def test_what_the_withdrawn_items_moved_is_undone_and_the_rest_stands(world):
    id = paying_world(world, b"ABC001+0001000\nABC002-0000200\n")
    with world.hub(who="anna") as hub:
        assert (history(hub, "ABC001"), history(hub, "ABC002")) == (["OPEN", "PAID"], ["OPEN", "PAID"])
        hub.acts.withdraw(id, "they take no refunds")
        assert (history(hub, "ABC001"), history(hub, "ABC002")) == (
            ["OPEN", "PAID"],
            ["OPEN", "PAID", "OPEN"],
        )
        assert view(hub, id).work == []


def test_a_record_that_an_item_which_left_moved_later_is_a_persons(world):
    id = paying_world(world, b"ABC001-0000200\nABC001+0001000\n")
    with world.hub(who="anna") as hub:
        before = history(hub, "ABC001")
        hub.acts.withdraw(id, "they take no refunds")
        assert history(hub, "ABC001") == before == ["OPEN", "PAID", "PAID"]
        with hub.look() as look:
            (task,) = look.worklist()
    assert (task.subject_id, "was withdrawn in part" in task.title) == ("case:ABC001", True)
