"""What waits in the hub is gathered once, goes out once, and comes back when its batch does not go."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from hub.errors import ConfigError, UsageError
from hub.model import Compartment, ItemState, TransferState
from hub.store import queries
from tests.little import little
from tests.parcels import PARCELS, lines_out, parcels_world, set_route, waits

SETTLED = date(2026, 11, 30)
FILE = b"ABC001+0001000\nWAI002+0000200\nWAI003+0000400\n"


@pytest.fixture
def world(tmp_path):
    made = parcels_world(tmp_path)
    made.arrive("a.txt", FILE)
    return made


def gathered(hub):
    """The batches of a run of the gathering route."""
    return hub.run("parcels").transfers


def items(hub, transfer_id):
    with hub.store.read() as conn:
        return queries.items_of(conn, hub.store.keys, transfer_id)


def money(hub, transfer_id):
    with hub.store.read() as conn:
        return queries.money_of_each(conn, [transfer_id])[transfer_id]


def came_in(hub):
    (outcome,) = hub.run("payments").transfers
    return outcome.id


def test_what_waits_goes_out_once_as_one_batch_and_keeps_its_history(world):
    with world.hub() as hub:
        source = came_in(hub)
        (batch,) = gathered(hub)
        assert gathered(hub) == []
        assert money(hub, source) == {ItemState.SENT: (2, 600), ItemState.POSTED: (1, 1000)}
        assert money(hub, batch.id) == {ItemState.SENT: (2, 600)}
        (first, second) = items(hub, batch.id)
    assert (batch.state, batch.records) == ("SENT", 2)
    assert (first.id, first.transfer_id, first.batch_id) == (f"{source}.2", source, batch.id)
    assert second.personal == {"account_name": "NAME OF WAI003"}
    assert lines_out(world)["WAI002+0000200"] == lines_out(world)["WAI003+0000400"] == 1


def test_the_batch_is_frozen_as_canonical_lines_stored_by_hash(world):
    with world.hub() as hub:
        source = came_in(hub)
        (batch,) = gathered(hub)
        row = hub.acts.transfer(batch.id)
        lines = hub.store.blobs(row.compartment).read(row.blob).decode().splitlines()
    head, first, _ = (json.loads(line) for line in lines)
    assert (row.name, row.format) == (f"batch-PARCEL-{row.id}.jsonl", "batch")
    assert (head["batch"], head["count"]) == (row.id, 2)
    assert (first["id"], first["amount"], first["account"]) == (f"{source}.2", 200, "WAI002")
    assert lines[1] == json.dumps(first, sort_keys=True, separators=(",", ":"))


def test_a_feed_may_settle_only_now_for_which_day_what_it_gathers_is(tmp_path):
    world = parcels_world(tmp_path, little(match=waits), replace(PARCELS, dated=lambda one, ctx: SETTLED))
    world.arrive("a.txt", FILE)
    with world.hub() as hub:
        came_in(hub)
        (batch,) = gathered(hub)
        frozen = [
            json.loads(line)
            for line in hub.store.blobs(Compartment.OPEN).read(hub.acts.transfer(batch.id).blob).splitlines()
        ]
        assert [one["on"] for one in frozen[1:]] == [SETTLED.isoformat()] * 2
        assert [one.on for one in items(hub, batch.id)] == [SETTLED] * 2


def test_with_each_every_item_is_a_batch_of_its_own(world):
    set_route(world, source=", each: true")
    with world.hub() as hub:
        came_in(hub)
        assert [batch.records for batch in gathered(hub)] == [1, 1]
    assert len(world.delivered()) == 3


def test_no_batch_has_more_than_most(world):
    set_route(world, source=", most: 1")
    with world.hub() as hub:
        came_in(hub)
        assert [batch.records for batch in gathered(hub)] == [1, 1]


def test_a_condition_of_the_feed_says_what_is_ready(world):
    set_route(world, source=", when: light")
    world.arrive("b.txt", b"WAI009+0000700\n")
    with world.hub() as hub:
        hub.run("payments")
        (batch,) = gathered(hub)
    assert batch.money == {ItemState.SENT: (2, 600)}


def test_what_is_due_waits_for_its_day(world):
    set_route(world, source=", when: due")
    world.clock.turn(days=-3)
    world.arrive("a.txt", FILE)
    with world.hub() as hub:
        came_in(hub)
        assert gathered(hub) == []
        world.clock.turn(days=3)
        (batch,) = gathered(hub)
    assert batch.records == 2


def test_nothing_is_gathered_from_a_file_that_is_held(world):
    world.change_route("options: {limit: 500}")
    with world.hub(who="anna") as hub:
        held = came_in(hub)
        assert gathered(hub) == []
        with hub.store.read() as conn:
            assert queries.get_transfer(conn, held).state is TransferState.HELD


def test_a_withdrawn_batch_gives_its_items_back(world):
    set_route(world, "hold: {above_count: 1}")
    with world.hub() as hub:
        source = came_in(hub)
        (held,) = gathered(hub)
        assert money(hub, source)[ItemState.TAKEN] == (2, 600)
        hub.acts.withdraw(held.id, "not today")
        assert money(hub, source)[ItemState.WAITING] == (2, 600)
        assert money(hub, held.id) == {}
    set_route(world)
    with world.hub() as hub:
        (batch,) = gathered(hub)
    assert batch.state == "SENT"
    assert set(lines_out(world).values()) == {1}


def test_a_refused_batch_gives_its_items_back_and_is_not_retried(world):
    set_route(world, "options: {refuse_all: true}")
    with world.hub() as hub:
        source = came_in(hub)
        (refused,) = gathered(hub)
        assert refused.state == "REJECTED"
        assert money(hub, source)[ItemState.WAITING] == (2, 600)
        with pytest.raises(UsageError, match=r"the next run of parcels\.parcels"):
            hub.acts.retry(refused.id, "again")


def test_an_item_that_a_check_holds_waits_again_and_the_others_go(world):
    world.arrive("b.txt", b"WAI009+0100000\n")
    with world.hub() as hub:
        hub.run("payments")
        (batch,) = gathered(hub)
        assert batch.money == {ItemState.SENT: (2, 600)}
        (alone,) = gathered(hub)  # it is tried again, and held again
        assert (alone.state, alone.money) == ("APPLIED", {})
    assert "WAI009+0100000" not in lines_out(world)


def test_a_batch_that_is_stopped_at_the_door_keeps_its_items(world):
    set_route(world, "hold: {above_count: 1}")
    with world.hub(who="anna") as hub:
        came_in(hub)
        (held,) = gathered(hub)
        release(hub, held.id)
    set_route(world, "options: {shut: true}")
    with world.hub() as hub:
        stopped = hub.advance(held.id)
        assert (stopped.state, stopped.money) == ("HELD", {ItemState.TAKEN: (2, 600)})
        assert gathered(hub) == []


def release(hub, id):
    """As a second person, without asking who is the first."""
    hub.acts.release(id, "agreed")


def test_a_failed_batch_keeps_its_items_until_it_is_retried_or_withdrawn(tmp_path):
    def breaks(carried, ctx):
        raise ZeroDivisionError

    (output,) = PARCELS.outputs
    broken = replace(PARCELS, outputs=(replace(output, write=breaks),))
    world = parcels_world(tmp_path, little(match=waits), broken)
    world.arrive("a.txt", FILE)
    with world.hub() as hub:
        source = came_in(hub)
        (failed,) = gathered(hub)
        assert (failed.state, failed.money) == ("FAILED", {ItemState.TAKEN: (2, 600)})
        hub.acts.withdraw(failed.id, "never mind")
        assert money(hub, source)[ItemState.WAITING] == (2, 600)


def test_what_waits_counts_as_carried_when_it_comes_again(tmp_path):
    """Else what was cleared this morning would be taken for new when the partner sends it again."""
    keyed = little(match=waits, item_key=lambda item: item.reference)
    world = parcels_world(tmp_path, keyed, PARCELS)
    world.arrive("a.txt", FILE)
    with world.hub() as hub:
        source = came_in(hub)
        for _ in range(2):  # while it waits, and once it has gone
            with hub.store.read() as conn:
                known = queries.posted_keys(conn, "little.payments", ["WAI002", "WAI999"])
                own = queries.posted_keys(conn, "little.payments", ["WAI002"], other_than=source)
            assert (known, own) == ({"WAI002"}, frozenset())
            gathered(hub)


def test_the_business_date_of_a_batch_is_that_of_the_run(world):
    with world.hub() as hub:
        came_in(hub)
        (batch,) = hub.run("parcels", business_date=date(2026, 11, 9)).transfers
        assert hub.acts.transfer(batch.id).business_date == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("PARCELL", "did you mean “PARCEL”?"),
        ("PARCEL, when: lite", "did you mean “light”?"),
    ],
)
def test_a_route_that_gathers_what_nobody_leaves_is_a_mistake(world, source, expected):
    text = (world.folder / "config/routes/parcels.yaml").read_text()
    world.write("config/routes/parcels.yaml", text.replace("items: PARCEL", f"items: {source}"))
    with pytest.raises(ConfigError) as caught, world.hub():
        pass
    assert expected in str(caught.value)
    assert "parcels.yaml line" in str(caught.value)


def test_a_feed_that_only_gathers_takes_no_files(world):
    text = (world.folder / "config/routes/parcels.yaml").read_text()
    world.write("config/routes/parcels.yaml", text.replace("{items: PARCEL}", "{endpoint: in}"))
    with pytest.raises(ConfigError, match="items: PARCEL"), world.hub():
        pass


def test_what_a_batch_gave_back_does_not_leave_with_it_when_it_is_worked_again(world):
    world.arrive("b.txt", b"WAI009+0100000\n")
    set_route(world, "hold: {above_count: 1}")
    with world.hub(who="anna") as hub:
        hub.run("payments")
        (held,) = gathered(hub)
    waiver = "{check: HEAVY, route: parcels.parcels, reason: known, owner: it, until: 2026-12-31}"
    world.write("config/waivers.yaml", f"waivers:\n  - {waiver}\n")
    set_route(world)
    with world.hub(who="anna") as hub:
        hub.acts.retry(held.id, "waived")
        assert hub.advance(held.id).money == {ItemState.SENT: (2, 600)}
        assert "WAI009+0100000" not in lines_out(world)
        gathered(hub)
    assert lines_out(world)["WAI009+0100000"] == 1


def test_what_waits_is_gathered_once_all_of_its_file_has_left(world):
    """Until then the file may be stopped at the door and worked anew, its items with it."""
    (world.folder / "out").rename(world.folder / "away")
    with world.hub() as hub:
        assert hub.run("payments").transfers[0].state == "ACCEPTED"
        assert gathered(hub) == []
        (world.folder / "away").rename(world.folder / "out")
        world.clock.turn(days=1)
        hub.run("payments")
        assert len(gathered(hub)) == 1
