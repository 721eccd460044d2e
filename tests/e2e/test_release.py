"""What is held goes with a second person's word, and no other way."""

from __future__ import annotations

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.errors import LostRace, UsageError
from hub.model import TransferState, WorkKind, WorkState
from hub.transfer import move
from hub.transfer.release import Agreed
from tests.world import World

GOOD = b"ABC001+0001000\nABC002-0000200\n"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.change_route("options: {limit: 500}")
    return made


def put_by(world, who, content=GOOD, name="a.txt"):
    """The id of a file that somebody handed in."""
    file = world.folder / name
    file.write_bytes(content)
    with world.hub(who=who) as hub:
        (outcome,) = hub.put("payments", file).transfers
    assert outcome.state == "HELD"
    return outcome.id


def found_by(world, who):
    """The id of a file that a run found."""
    world.arrive("a.txt", GOOD)
    with world.hub(who=who) as hub:
        (outcome,) = hub.run("payments").transfers
    return outcome.id


def work_of(hub, transfer_id):
    with hub.look() as look:
        return look.worklist(subject=("transfer", transfer_id), states=tuple(WorkState))


def test_a_held_file_asks_for_its_release_with_all_that_a_person_must_agree(world):
    id = put_by(world, "anna")
    with world.hub() as hub:
        (entry,) = work_of(hub, id)
    assert (entry.kind, entry.state, entry.owner) == (WorkKind.RELEASE, WorkState.OPEN, "tests")
    assert (entry.proposed_by, entry.title) == ("anna", "a.txt is held: the sum is above the limit")
    outputs = entry.proposal["outputs"]
    assert outputs == [{"name": f"out-{id}.txt", "to": "out", "size": 30, "totals": {}}]
    told = {name: entry.proposal[name] for name in ("count", "value", "business_date", "totals")}
    assert told == {
        "count": 2,
        "value": "8.00",
        "business_date": "2026-11-02",
        "totals": {"count": 2, "value": "8.00"},
    }


def test_who_handed_a_file_in_cannot_release_it_and_somebody_else_can(world):
    id = put_by(world, "anna")
    with world.hub(who="anna") as hub:
        with pytest.raises(UsageError, match=r"You \(anna\) handed this file in .* else must release"):
            hub.acts.release(id, "looks right")
        assert hub.acts.transfer(id).state is TransferState.HELD
        assert work_of(hub, id)[0].state is WorkState.OPEN
    with world.hub(who="bob") as hub:
        hub.acts.release(id, "totals agreed")
        assert hub.advance(id).state == "SENT"
        (entry,) = work_of(hub, id)
        assert hub.acts.transfer(id).approved_by == "bob"
    assert (entry.state, entry.closed_by, entry.reason) == (WorkState.DONE, "bob", "totals agreed")


def test_the_entry_and_the_move_are_one_commit(world):
    id = put_by(world, "anna")
    with world.hub(who="bob") as hub:
        hub.acts.release(id, "totals agreed")
        with hub.look() as look:
            told = [(e.kind, e.who) for e in look.transfer_events(id)]
    assert told[-2:] == [("work_done", "bob"), ("released", "bob")]


def test_what_the_hub_found_itself_one_person_may_release(world):
    id = found_by(world, "anna")
    with world.hub(who="anna") as hub:
        assert work_of(hub, id)[0].proposed_by == "hub"
        hub.acts.release(id, "totals agreed")
        assert hub.advance(id).state == "SENT"


def test_who_retried_is_the_first_person(world):
    id = found_by(world, "anna")
    with world.hub(who="bob") as hub:
        hub.acts.retry(id, "register is new")
        hub.advance(id)
        with pytest.raises(UsageError, match="somebody else"):
            hub.acts.release(id, "agreed")
        states = [(entry.state, entry.proposed_by) for entry in work_of(hub, id)]
    assert states == [(WorkState.VOID, "hub"), (WorkState.OPEN, "bob")]


@pytest.mark.parametrize(
    ("agreed", "sentence"),
    [(Agreed(count=3), "agreed to 3 records, but a.txt has 2"), (Agreed(value=801), "agreed to 8.01 pounds")],
)
def test_totals_that_differ_release_nothing(world, agreed, sentence):
    id = put_by(world, "anna")
    with world.hub(who="bob") as hub:
        with pytest.raises(UsageError, match=sentence):
            hub.acts.release(id, "agreed", agreed)
        assert hub.acts.transfer(id).state is TransferState.HELD
        hub.acts.release(id, "agreed", Agreed(2, 800))
        assert hub.advance(id).state == "SENT"


def test_a_release_that_is_refused_withdraws_the_transfer(world):
    id = put_by(world, "anna")
    with world.hub(who="bob") as hub:
        hub.acts.refuse(id, "wrong month")
        (entry,) = work_of(hub, id)
        assert hub.acts.transfer(id).state is TransferState.WITHDRAWN
        with pytest.raises(UsageError, match="WITHDRAWN, not HELD"):
            hub.acts.refuse(id, "wrong month")
    assert (entry.state, entry.closed_by, entry.reason) == (WorkState.REFUSED, "bob", "wrong month")
    assert world.delivered() == {}


def test_what_is_withdrawn_asks_nobody_any_more(world):
    id = put_by(world, "anna")
    with world.hub(who="anna") as hub:
        hub.acts.withdraw(id, "sent by mistake")
        (entry,) = work_of(hub, id)
    assert (entry.state, entry.closed_by) == (WorkState.VOID, "anna")


def test_a_stop_at_the_door_makes_a_new_release_necessary(world):
    id = put_by(world, "anna")
    with world.hub(who="bob") as hub:
        hub.acts.release(id, "totals agreed")
    world.change_route("options: {limit: 500, shut: true}")
    with world.hub() as hub:
        hub.advance(id)
        row = hub.acts.transfer(id)
    assert (row.state, row.approved_by) == (TransferState.REJECTED, None)
    world.change_route("options: {limit: 500}")
    with world.hub(who="bob") as hub:
        hub.acts.retry(id, "the route is open again")
        assert hub.advance(id).state == "HELD"
        asked = [entry.state for entry in work_of(hub, id) if entry.kind is WorkKind.RELEASE]
    assert asked == [WorkState.DONE, WorkState.OPEN]
    assert world.delivered() == {}


def test_content_that_nobody_reads_stays_on_the_list_and_cannot_be_released(world):
    id = put_by(world, "anna", b"nonsense")
    with world.hub(who="bob") as hub:
        with pytest.raises(UsageError, match="nothing to release"):
            hub.acts.release(id, "why not")
        assert work_of(hub, id)[0].state is WorkState.OPEN
        hub.acts.refuse(id, "junk")
        assert hub.acts.transfer(id).state is TransferState.WITHDRAWN


def test_only_those_with_the_right_release(world):
    id = put_by(world, "anna")
    clerk = Viewer("cleo", "Cleo", frozenset({Role.CLERK}))
    with world.hub(viewer=clerk) as hub:
        for act in (hub.acts.release, hub.acts.refuse):
            with pytest.raises(UsageError, match="You \\(cleo\\) may not release"):
                act(id, "why not")


def test_a_move_that_fails_leaves_the_entry_open(world, monkeypatch):
    """The entry is closed in the commit of the move, or not at all."""
    id = put_by(world, "anna")

    def broken(conn, services, row, to, **how):
        raise LostRace("somebody else moved it first")

    with world.hub(who="bob") as hub:
        monkeypatch.setattr(move, "transfer", broken)
        with pytest.raises(LostRace):
            hub.acts.release(id, "totals agreed")
        assert [entry.state for entry in work_of(hub, id)] == [WorkState.OPEN]


def test_a_file_that_is_off_what_is_usual_waits_and_a_released_one_counts_from_then_on(tmp_path):
    world = World(tmp_path)
    world.change_route("hold: {drift: {value: 50%, count: 30%}}")

    def run(number, pence):
        world.clock.turn(hours=1)
        world.arrive(f"{number}.txt", b"ABC%03d+%07d\n" % (number, pence))
        with world.hub() as hub:
            [outcome] = hub.run(world.route).transfers
        return outcome

    assert [run(number, 1000 + 2 * number).state for number in range(4)] == ["SENT"] * 4
    held = run(4, 1600)
    assert (held.state, held.reason) == (
        "HELD",
        "the value is 16.00, and 10.03 is usual here (the middle of the last 4); the route lets 50% more or "
        "less go by itself",
    )
    assert run(5, 1500).state == "SENT"
    with world.hub(who="bob") as hub:
        hub.acts.release(held.id, "the rent went up")
        assert hub.advance(held.id).state == "SENT"
