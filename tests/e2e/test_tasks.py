"""What a person answers to a task moves the record that it is about, in one commit and as that person."""

from __future__ import annotations

import pytest

from hub.api import Lifecycle, Move, Task
from hub.cli.work_view import print_work
from hub.errors import UsageError
from hub.model import WorkState
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.world import World


def decide(key):
    """Two choices: each is a move of the case."""
    move = Move(kind="case", key=key, to="AGREED", data={"how": "by phone"})
    return {"yes": move, "no": Move(kind="case", key=key, to="REFUSED")}


def follows(old, new, facts):
    if new.state == "OPEN" and "asks" in new.data:
        yield Task("decide", f"{new.key}: {new.data['asks']}", answers=decide(new.key))
    if new.state == "OPEN" and "amount" not in new.data:
        yield Task("amount", f"{new.key}: how much?", fact="amount")
    if new.data.get("amount") == "0" and new.state == "OPEN":
        yield Move(kind="case", key=new.key, to="REFUSED")
    if new.state == "AGREED" and old and old.state != "AGREED":
        yield Task("decide", f"{new.key}: tell them")


CASE = Lifecycle(
    kind="case",
    title="Cases",
    begins=("OPEN",),
    moves={"OPEN": ("AGREED", "REFUSED"), "AGREED": ()},
    when=follows,
    owner="tests",
)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, lifecycles=[CASE])


def move(hub, **changes):
    asked = Move(kind="case", key="C1", **changes)
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, [asked], who="anna"))


def tasks(hub, *states):
    with hub.look() as look:
        return {row.title: row for row in look.worklist(states=states or (WorkState.OPEN,))}


def case(hub):
    with hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, "case", "C1")


def asked(world):
    """The id of the entry that asks for a choice."""
    with world.hub() as hub:
        move(hub, to="OPEN", data={"asks": "agree?"})
        return tasks(hub)["C1: agree?"].id


def test_a_choice_makes_its_move_as_the_person_who_chose(world):
    id = asked(world)
    with world.hub(who="bob") as hub:
        assert hub.worklist.answer(id, "yes").closed_by == "bob"
        with hub.look() as look:
            last = look.moves("case", "C1")[-1]
        assert (case(hub).state, case(hub).data["how"]) == ("AGREED", "by phone")
    assert (last.who, last.to_state) == ("bob", "AGREED")


def test_what_is_no_choice_is_refused_and_nothing_is_done(world):
    id = asked(world)
    with world.hub() as hub:
        with pytest.raises(UsageError, match=r"“maybe” is no answer to “C1: agree\?”. Say one of: yes, no\."):
            hub.worklist.answer(id, "maybe")
        assert (tasks(hub)["C1: agree?"].id, case(hub).state) == (id, "OPEN")


def test_the_list_names_the_choices(world, capsys):
    asked(world)
    with world.hub() as hub:
        print_work(list(tasks(hub).values()))
    assert "(yes or no)" in " ".join(capsys.readouterr().out.split())


def test_a_written_answer_becomes_a_fact_and_what_follows_from_it_is_asked(world):
    asked(world)
    with world.hub(who="bob") as hub:
        hub.worklist.answer(tasks(hub)["C1: how much?"].id, "0")
        assert (case(hub).data["amount"], case(hub).state) == ("0", "REFUSED")


def test_open_tasks_are_void_when_the_record_ends_but_those_of_its_end(world):
    with world.hub() as hub:
        id = asked(world)
        assert set(tasks(hub)) == {"C1: agree?", "C1: how much?"}
        hub.worklist.answer(id, "yes")
        assert set(tasks(hub)) == {"C1: tell them"}
        assert set(tasks(hub, WorkState.VOID)) == {"C1: how much?"}


def test_asked_again_with_other_words_it_is_the_same_task_that_says_so(world):
    id = asked(world)
    with world.hub() as hub:
        move(hub, data={"asks": "still agree?"})
        assert tasks(hub)["C1: still agree?"].id == id
        assert "C1: agree?" not in tasks(hub)
        with hub.look() as look:
            events = look.events("record", "case:C1")
    assert (events[-1].kind, events[-1].who, events[-1].data["title"]) == (
        "work_asked",
        "anna",
        "C1: still agree?",
    )


def test_a_choice_that_is_not_legal_any_more_is_told_and_nothing_is_done(world, monkeypatch):
    id = asked(world)
    monkeypatch.setitem(CASE.moves, "OPEN", ("REFUSED",))
    with world.hub() as hub:
        with pytest.raises(UsageError, match="“yes” cannot be the answer any more: case C1"):
            hub.worklist.answer(id, "yes")
        assert id in {row.id for row in tasks(hub).values()}


def test_a_task_keeps_no_personal_values():
    told = Move(kind="case", key="C1", personal={"name": "FAKE NAME"})
    with pytest.raises(ValueError, match="moves personal values"):
        Task("decide", "C1: agree?", answers={"yes": told})
    with pytest.raises(ValueError, match="both choices and a fact"):
        Task("decide", "C1: agree?", answers=decide("C1"), fact="amount")
