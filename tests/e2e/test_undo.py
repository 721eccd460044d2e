"""What a transfer did is undone when it is taken back: records come back to where they stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.api import Deadline, DeliveryState, Follow, Item, ItemState, Lookup, Move, Task, Waiting
from hub.model import PromiseState, TransferState, WorkState
from hub.store import queries
from hub.store.schema import UNMADE
from hub.transfer.effects import apply_moves
from hub.transfer.undo import undo
from tests.cases import case, in_three_days, of_kind, opened, pays
from tests.e2e.test_answers import CALL, CALLS, made, report, take
from tests.little import little
from tests.world import World

FILE = b"ABC001+0001000\nABC002+0000200\n"
SHUT = "options: {shut: true}"


class Stop(BaseException):
    """The hub ends here."""


def stops_at(name):
    def boundary(point):
        if point == name:
            raise Stop

    return boundary


def world_of(tmp_path, *lifecycles, **changes):
    feed = little(**{"moves": pays, "gathers": ("LETTER",), **changes})
    world = World(tmp_path, feeds=[feed], lifecycles=list(lifecycles) or [case()])
    with world.hub() as hub:
        move(hub, *opened("ABC001", "ABC002"))
    world.arrive("a.txt", FILE)
    return world


def move(hub, *moves):
    return hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="tester"))


def accepted(world):
    """The file is worked and has not left."""
    with world.hub(boundary=stops_at("before_intent")) as hub, pytest.raises(Stop):
        hub.run("payments")
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers()
    return row


def record(hub, key="ABC001", kind="case"):
    with hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, kind, key)


def history(hub, key="ABC001", kind="case"):
    with hub.store.read() as conn:
        assert queries.verify_record_chain(conn, kind, key) is None
        return [step.to_state for step in queries.history_of(conn, kind, key)]


def tasks(hub):
    with hub.look() as look:
        return [(entry.owner, entry.subject_id, entry.title) for entry in look.worklist()]


def promises(hub, *states):
    with hub.look() as look:
        return [(p.subject_id, p.state) for p in look.promises(states=states or tuple(PromiseState))]


def items_started(hub):
    with hub.look() as look:
        return [(item.kind, item.state) for item in look.find("LETTER-1")]


def test_a_record_comes_back_to_the_state_and_facts_before(tmp_path):
    secret = {"account_name": "A PRETEND PERSON"}

    def changes(taken, ctx):
        told = {"account_name": "ANOTHER PERSON", "sort_code": "000000"}
        yield Move(kind="case", key="ABC001", to="PAID", account="1900000099", data={"n": 1}, personal=told)
        yield Move(kind="case", key="ABC001", data={"n": 2, "more": 3})

    world = world_of(tmp_path, moves=changes)
    with world.hub() as hub:
        (before,) = move(hub, Move(kind="case", key="ABC001", data={"n": 0}, personal=secret))
    world.clock.turn(hours=1)
    row = accepted(world)
    with world.hub(who="carla") as hub:
        assert record(hub).data == {"n": 2, "more": 3}
        hub.acts.withdraw(row.id, "sent by mistake")
        assert record(hub) == replace(before, version=record(hub).version)
        with hub.look() as look:
            last = look.moves("case", "ABC001")[-1]
        assert tasks(hub) == []
    assert (last.who, last.transfer_id, last.from_state, last.undoes) == ("carla", row.id, "PAID", 3)
    assert last.reason == "undone: a.txt was withdrawn"
    assert last.data == {"n": 0, "more": None, "account": before.account, "personal": [*secret, "sort_code"]}


def test_the_door_undoes_and_the_work_after_it_moves_again(tmp_path):
    world = world_of(tmp_path)
    accepted(world)
    world.change_route(SHUT)
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, history(hub)) == ("REJECTED", ["OPEN", "PAID", "OPEN"])
    world.change_route()
    with world.hub() as hub:
        hub.acts.retry(outcome.id, "open again")
        assert hub.advance(outcome.id).state == "SENT"
        assert history(hub) == history(hub, "ABC002") == ["OPEN", "PAID", "OPEN", "PAID"]


def test_what_leaving_moved_is_undone_at_the_door_and_moved_once_it_leaves(tmp_path):
    """The partner is away, so the intent was committed and nothing has left."""

    def reserves(carried, ctx):
        known = ctx.facts.records.get("case", "ABC001").data.get("reserved", 0)
        total = sum(one.item.amount for one in carried)
        yield Move(kind="case", key="ABC001", data={"reserved": known + total})

    looks_up = (Lookup("case", keys=lambda item: (item.reference,)),)
    world = world_of(tmp_path, moves=lambda taken, ctx: (), leaves=reserves, looks_up=looks_up)
    (world.folder / "out").rename(world.folder / "away")
    with world.hub() as hub:
        hub.run("payments")
        assert record(hub).data == {"reserved": 1200}
    world.change_route(SHUT)
    world.clock.turn(hours=1)
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, record(hub).data) == ("REJECTED", {})
    world.change_route()
    (world.folder / "away").rename(world.folder / "out")
    with world.hub() as hub:
        hub.acts.retry(outcome.id, "open again")
        assert (hub.advance(outcome.id).state, record(hub).data) == ("SENT", {"reserved": 1200})


def test_deadlines_promises_follow(tmp_path):
    """What leaving kept stands again, for the same day; what the state promised is over."""
    deadlines = tuple(Deadline(f"answer {s}", s, in_three_days, "answer") for s in ("OPEN", "PAID"))
    world = world_of(tmp_path, case(deadlines=deadlines))
    row = accepted(world)
    with world.hub() as hub:
        hub.acts.withdraw(row.id, "a mistake")
        with hub.look() as look:
            found = {(p.name, p.subject_id): p.state for p in look.promises(states=tuple(PromiseState))}
    for key in ("case:ABC001", "case:ABC002"):
        assert found["answer OPEN", key] is PromiseState.OPEN
        assert found["answer PAID", key] is PromiseState.VOID


def test_a_record_that_was_made_is_there_no_more_and_may_be_made_again(tmp_path):
    def opens(taken, ctx):
        yield Move(kind="case", key=f"NEW-{taken.item.reference}", to="OPEN", account="1900000011")

    world = world_of(tmp_path, moves=opens)
    row = accepted(world)
    with world.hub() as hub:
        hub.acts.withdraw(row.id, "a mistake")
        assert record(hub, "NEW-ABC001") is None
        assert promises(hub, PromiseState.OPEN) == [("case:ABC001", "OPEN"), ("case:ABC002", "OPEN")]
        with hub.store.read() as conn:
            about = queries.records_about(conn, None, "case", "1900000011")
        assert [one.key for one in about] == ["ABC001", "ABC002"]
        with hub.look() as look:
            assert look.record("case", "NEW-ABC001").state == UNMADE, "people see that it was"
        move(hub, *opened("NEW-ABC001"))
        assert record(hub, "NEW-ABC001").state == "OPEN"
        assert history(hub, "NEW-ABC001") == ["OPEN", UNMADE, "OPEN"]


def test_what_somebody_else_moved_since_stands_and_is_a_task(tmp_path):
    world = world_of(tmp_path)
    row = accepted(world)
    with world.hub() as hub:
        move(hub, Move(kind="case", key="ABC001", to="CLOSED"))
        hub.acts.withdraw(row.id, "a mistake")
        assert history(hub) == ["OPEN", "PAID", "CLOSED"]
        assert history(hub, "ABC002") == ["OPEN", "PAID", "OPEN"]
        ((owner, subject, title),) = tasks(hub)
    assert (owner, subject) == ("rents", "case:ABC001")
    assert title.startswith("a.txt was withdrawn, but the case ABC001 has moved on since")


def test_moves_of_another_that_were_undone_are_in_nobodys_way(tmp_path):
    def notes(taken, ctx):
        yield Move(kind="case", key="ABC001", data={taken.item.reference: 1})

    world = world_of(tmp_path, moves=notes)
    first = accepted(world)
    with world.hub() as hub:
        hub.acts.withdraw(first.id, "to be sent again")
    world.arrive("b.txt", b"ABC009+0000200\n")
    with world.hub() as hub:
        (second,) = hub.run("payments").transfers

        def both(conn):
            rows = [queries.get_transfer(conn, id) for id in (first.id, second.id)]
            return [undo(conn, hub.services, row, "was withdrawn") for row in rows]

        assert hub.services.commit(both) == [True, True]
        assert (record(hub).data, history(hub)) == ({}, ["OPEN"] * 6)


def test_what_followed_is_undone_too(tmp_path):
    def alarms(old, new, facts):
        yield Move(kind="alert", key=new.key, to="ON")

    def closes(old, new, facts):
        yield Move(kind="case", key="ABC002", data={"alarmed": new.key})

    follow = Follow("alert", closes)
    world = world_of(tmp_path, case(when=alarms, follows=(follow,)), of_kind("alert"))
    with world.hub() as hub:
        before = record(hub, "ABC002")
    world.arrive("a.txt", b"ABC009+0000200\n")
    world.feeds = [little(moves=lambda taken, ctx: [Move(kind="case", key="ABC009", to="OPEN")])]
    row = accepted(world)
    with world.hub() as hub:
        assert record(hub, "ABC002").data == {"alarmed": "ABC009"}
        hub.acts.withdraw(row.id, "a mistake")
        assert (record(hub, "ABC009"), record(hub, "ABC009", "alert")) == (None, None)
        assert record(hub, "ABC002").data == before.data


def letter(old, new, facts):
    if new.state == "PAID":
        yield Waiting("little.payments", "LETTER", Item("LETTER", 1, "LETTER-1", 0, date(2026, 11, 2)))


def test_an_item_that_started_and_waits_is_refused(tmp_path):
    world = world_of(tmp_path, case(when=letter))
    world.arrive("a.txt", b"ABC001+0001000\n")
    row = accepted(world)
    with world.hub() as hub:
        assert items_started(hub) == [("LETTER", ItemState.WAITING)]
        hub.acts.withdraw(row.id, "a mistake")
        assert (items_started(hub), tasks(hub)) == ([("LETTER", ItemState.REJECTED)], [])


def test_an_item_that_started_and_has_gone_on_is_a_task(tmp_path):
    world = world_of(tmp_path, case(when=letter))
    world.arrive("a.txt", b"ABC001+0001000\n")
    row = accepted(world)
    with world.hub() as hub:
        with hub.look() as look:
            (item,) = look.find("LETTER-1")
        hub.services.commit(lambda conn: queries.take_items(conn, row.id, {item.id: item.on}))
        hub.acts.withdraw(row.id, "a mistake")
        ((owner, subject, title),) = tasks(hub)
    assert (owner, subject) == ("tests", item.id)
    assert "1 items that the hub made because of it are under way or gone" in title


def test_what_the_end_of_a_record_made_void_is_asked_again(tmp_path):
    def asks(old, new, facts):
        if new.state == "OPEN":
            yield Task("look", f"Look at {new.key}")

    def ends(taken, ctx):
        yield Move(kind="case", key=taken.item.reference, to="PAID")
        yield Move(kind="case", key=taken.item.reference, to="CLOSED")

    world = world_of(tmp_path, case(when=asks), moves=ends)
    row = accepted(world)
    with world.hub() as hub:
        assert tasks(hub) == []
        hub.acts.withdraw(row.id, "a mistake")
        assert [title for _, _, title in tasks(hub)] == ["Look at ABC001", "Look at ABC002"]
        with hub.look() as look:
            assert {entry.state for entry in look.worklist()} == {WorkState.OPEN}


def test_a_crash_while_it_is_taken_back_undoes_nothing_by_half(tmp_path, monkeypatch):
    """Records, items and the transfer's state are one commit."""
    from hub.transfer import move as moves

    world = world_of(tmp_path)
    row = accepted(world)
    whole = moves.transfer

    def dies(conn, services, given, to, **how):
        if to is TransferState.WITHDRAWN:
            raise Stop
        return whole(conn, services, given, to, **how)

    monkeypatch.setattr(moves, "transfer", dies)
    with world.hub() as hub, pytest.raises(Stop):
        hub.acts.withdraw(row.id, "a mistake")
    monkeypatch.undo()
    with world.hub() as hub:
        assert (hub.acts.transfer(row.id).state, history(hub)) == (TransferState.ACCEPTED, ["OPEN", "PAID"])
        hub.acts.withdraw(row.id, "a mistake")
        assert history(hub) == ["OPEN", "PAID", "OPEN"]


# What a report says of a file, and what the file's own feed makes of that


def notes_what_is_said(carried, left, ctx):
    yield Move(kind="case", key="ABC001", data={left.state.value: len(carried)})
    if left.state is DeliveryState.CONFIRMED:
        one = Item("LETTER", 1, "LETTER-1", 0, date(2026, 11, 2))
        yield Waiting("little.calls", "LETTER", one)


@pytest.fixture
def reporting(tmp_path):
    """A file that left, and a report about it whose own file cannot: it may still be withdrawn."""
    world = made(tmp_path)
    world.feeds[0] = replace(CALLS, left=notes_what_is_said, gathers=("LETTER",))
    world.lifecycles.append(case())
    with world.hub() as hub:
        move(hub, *opened("ABC001"))
        take(world, hub, "calls", "call1", CALL)
    (world.folder / "out").rename(world.folder / "away")
    return world


def reported(world, hub, name="report1"):
    return take(world, hub, "reports", name, report("CALL-ABC001", ("BAD", "ABC002")))


def test_what_followed_from_an_answer_is_undone_with_it_and_follows_again(reporting):
    with reporting.hub() as hub:
        first = reported(reporting, hub)
        assert (record(hub).data, items_started(hub)) == (SAID, [("LETTER", ItemState.WAITING)])
        hub.acts.withdraw(first.id, "of the wrong bank")
        assert record(hub).data == {"SENT": 3}
        assert (items_started(hub), tasks(hub)) == ([("LETTER", ItemState.REJECTED)], [])
        reported(reporting, hub, "report2")
        assert record(hub).data == SAID
        assert sorted(state for _, state in items_started(hub)) == [ItemState.REJECTED, ItemState.WAITING]


def test_what_followed_and_has_gone_on_does_not_follow_twice(reporting):
    """Money that went out because of the first report must not go again because of the second."""
    with reporting.hub() as hub:
        first = reported(reporting, hub)
        with hub.look() as look:
            (letter,) = look.find("LETTER-1")
        hub.services.commit(lambda conn: queries.take_items(conn, first.id, {letter.id: letter.on}))
        hub.acts.withdraw(first.id, "of the wrong bank")
        assert len(tasks(hub)) == 1
        reported(reporting, hub, "report2")
        assert len(items_started(hub)) == 1


SAID = {"SENT": 3, "CONFIRMED": 3}
