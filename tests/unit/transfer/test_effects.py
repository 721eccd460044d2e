"""Moves of records: legal ones only, all or none, and what follows from them by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.api import Compartment, Follow, Item, ItemState, Lookup, Move, Task, Waiting
from hub.errors import IllegalMove, LostRace, PluginError
from hub.model import PromiseState, WorkKind
from hub.store import queries
from hub.transfer.effects import apply_moves, write_steps
from hub.transfer.records import Cause, Snapshot, standing
from tests.cases import case, of_kind, opened, paying
from tests.world import World


def world_with(tmp_path, *lifecycles):
    return World(tmp_path, feeds=[paying(gathers=("letters",))], lifecycles=list(lifecycles))


@pytest.fixture
def world(tmp_path):
    return world_with(tmp_path, case())


def apply(hub, *moves, who="anna", **because):
    return hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who=who, **because))


def record(hub, key, kind="case"):
    with hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, kind, key)


def history(hub, key, kind="case"):
    with hub.store.read() as conn:
        return [move.to_state for move in queries.history_of(conn, kind, key)]


def promises(hub):
    with hub.look() as look:
        return [(p.subject_id, p.says, p.due_at, p.owner) for p in look.promises(states=[PromiseState.OPEN])]


def test_a_move_makes_a_record_and_the_next_changes_it(world):
    with world.hub() as hub:
        (made,) = apply(hub, *opened("C1"))
        assert (made.state, made.version, made.since) == ("OPEN", 1, world.clock.at)
        world.clock.turn(hours=1)
        (told,) = apply(hub, Move(kind="case", key="C1", data={"note": "x"}))
        assert (told.state, told.version, told.since) == ("OPEN", 2, made.since)
        (paid,) = apply(hub, Move(kind="case", key="C1", to="PAID", account="1900000029"))
        assert (paid.account, paid.data, paid.since) == ("1900000029", {"note": "x"}, world.clock.at)
        assert record(hub, "C1") == paid


def test_what_changes_nothing_is_no_step(world):
    with world.hub() as hub:
        first = apply(hub, *opened("C1"))
        assert apply(hub, *opened("C1")) == first
        assert history(hub, "C1") == ["OPEN"]


ILLEGAL = {
    "from its end": (["OPEN", "PAID", "CLOSED"], "OPEN", "case C1 is CLOSED, which is the end of it"),
    "not allowed": (["OPEN"], "CLOSED", "case C1 is OPEN and cannot become CLOSED"),
    "no such state": (["OPEN"], "LOST", "case C1 is OPEN and cannot become LOST"),
    "no beginning": ([], "PAID", "case C1 is not known and cannot begin as PAID"),
    "nothing there": ([], None, "case C1 is not known, so nothing of it can change"),
}  # fmt: skip


@pytest.mark.parametrize(("states", "to", "sentence"), ILLEGAL.values(), ids=ILLEGAL)
def test_an_illegal_move_is_a_sentence_and_moves_nothing(world, states, to, sentence):
    with world.hub() as hub:
        apply(hub, *(Move(kind="case", key="C1", to=state) for state in states))
        with pytest.raises(IllegalMove, match=sentence):
            apply(hub, *opened("C2"), Move(kind="case", key="C1", to=to))
        assert history(hub, "C1") == states
        assert record(hub, "C2") is None


def test_a_kind_that_nobody_declares_is_a_sentence(world):
    with world.hub() as hub, pytest.raises(PluginError, match="declares records of the kind “ship”"):
        apply(hub, Move(kind="ship", key="S1", to="OPEN"))


def test_a_record_that_moved_meanwhile_is_a_lost_race(world):
    with world.hub() as hub:
        apply(hub, *opened("C1"))
        with hub.store.read() as conn:
            seen = standing(conn, hub.services, opened("C1"))
        seen.make([Move(kind="case", key="C1", to="PAID")], Cause("anna"))
        apply(hub, Move(kind="case", key="C1", data={"note": "x"}))
        with pytest.raises(LostRace):
            hub.services.commit(lambda conn: write_steps(conn, hub.services, seen.steps))
        assert history(hub, "C1") == ["OPEN", "OPEN"]


def test_a_deadline_promises_until_the_end_of_its_day_in_the_council(world):
    with world.hub() as hub:
        apply(hub, *opened("C1"))
        due = datetime(2026, 11, 6, tzinfo=UTC)  # Thursday the fifth is over
        assert promises(hub) == [("case:C1", "C1: answer the tenant", due, "rents")]
        apply(hub, Move(kind="case", key="C1", data={"note": "x"}))
        assert len(promises(hub)) == 1
        apply(hub, Move(kind="case", key="C1", to="PAID"))
        assert promises(hub) == []


def test_in_summer_the_day_ends_an_hour_earlier(world):
    with world.hub() as hub:
        apply(hub, replace(opened("C1")[0], data={"on": "2027-06-01"}))
        assert promises(hub)[0][2] == datetime(2027, 6, 4, 23, tzinfo=UTC)


def test_a_state_that_was_only_passed_through_promises_nothing(world):
    with world.hub() as hub:
        apply(hub, *opened("C1"), Move(kind="case", key="C1", to="PAID"))
        assert promises(hub) == []


def counts_itself(old, new, facts):
    """Would never end if a record's move of itself asked it again."""
    yield Move(kind="case", key=new.key, data={"asked": new.data.get("asked", 0) + 1})


def test_a_records_own_move_does_not_ask_it_again(tmp_path):
    with world_with(tmp_path, case(when=counts_itself)).hub() as hub:
        apply(hub, *opened("C1"))
        assert record(hub, "C1").data["asked"] == 1
        apply(hub, Move(kind="case", key="C1", to="PAID"))
        assert record(hub, "C1").data["asked"] == 2


def test_when_is_told_how_the_record_was_before_the_commit_and_is_after(tmp_path):
    def notes(old, new, facts):
        yield Move(kind="case", key=new.key, data={"seen": [old and old.state, new.state]})

    with world_with(tmp_path, case(when=notes)).hub() as hub:
        apply(hub, *opened("C1"), Move(kind="case", key="C1", to="PAID"))
        assert record(hub, "C1").data["seen"] == [None, "PAID"]


def passes_on(kind):
    def when(old, new, facts):
        yield Move(kind=kind, key=new.key, to="ON", data={"from": new.kind}, reason="it followed")

    return when


def test_what_follows_is_asked_once_more_and_no_further(tmp_path):
    world = world_with(
        tmp_path, case(when=passes_on("alert")), of_kind("alert", when=passes_on("letter")),
        of_kind("letter", when=passes_on("ship")), of_kind("ship"),
    )  # fmt: skip
    with world.hub() as hub:
        apply(hub, *opened("C1"), who="anna")
        assert record(hub, "C1", "alert").data == {"from": "case"}
        assert record(hub, "C1", "letter").data == {"from": "alert"}
        assert record(hub, "C1", "ship") is None
        with hub.store.read() as conn:
            (move,) = queries.history_of(conn, "letter", "C1")
        assert (move.who, move.reason) == ("anna", "it followed")


def counts_cases(old, new, facts):
    live = len(facts.records.all("case"))
    yield Move(kind="alert", key="all", to="ON", data={"live": live, "known": facts.today.isoformat()})


def test_when_sees_the_records_that_it_looks_up_as_they_are_after_the_move(tmp_path):
    world = world_with(tmp_path, case(when=counts_cases, looks_up=(Lookup("case"),)), of_kind("alert"))
    with world.hub() as hub:
        apply(hub, *opened("C1", "C2", "C3"))
        assert record(hub, "all", "alert").data == {"live": 3, "known": "2026-11-02"}
        apply(hub, *(Move(kind="case", key="C1", to=state) for state in ("PAID", "CLOSED")))
        assert record(hub, "all", "alert").data["live"] == 2, "what has ended is not looked up"


def test_a_task_is_asked_of_the_owner_once(tmp_path):
    def asks(old, new, facts):
        yield Task("look", f"Look at {new.key}")

    with world_with(tmp_path, case(when=asks)).hub() as hub:
        apply(hub, *opened("C1"))
        apply(hub, Move(kind="case", key="C1", to="PAID"))
        with hub.look() as look:
            (entry,) = look.worklist()
    assert (entry.kind, entry.title, entry.owner, entry.subject_id, entry.proposed_by) == (
        WorkKind.TASK, "Look at C1", "rents", "case:C1", "anna",
    )  # fmt: skip


def test_an_item_that_starts_inside_waits_for_the_account_of_its_record(tmp_path):
    letter = Item("LETTER", 1, "C1", 0, date(2026, 11, 2), {}, {"account_name": "A PRETEND PERSON"})

    def writes(old, new, facts):
        yield Waiting("little.payments", "letters", letter)

    with world_with(tmp_path, case(when=writes)).hub() as hub:
        apply(hub, *opened("C1"))
        with hub.store.read() as conn:
            (item,) = queries.waiting_items(conn, hub.store.keys, "letters")
    assert (item.transfer_id, item.state, item.account) == (None, ItemState.WAITING, "1900000011")
    assert item.taken().item == letter


def test_an_illegal_move_of_when_names_its_life_cycle(tmp_path):
    def closes(old, new, facts):
        yield Move(kind="case", key=new.key, to="CLOSED")

    with world_with(tmp_path, case(when=closes)).hub() as hub:
        with pytest.raises(PluginError, match="life cycle of “case”.*OPEN and cannot become CLOSED"):
            apply(hub, *opened("C1"))
        assert record(hub, "C1") is None


def test_a_life_cycle_follows_records_of_another_kind(tmp_path):
    def reaches(old, new, facts):
        for one in facts.records.about("case", new.account):
            yield Move(kind="case", key=one.key, to="PAID")

    follow = Follow("alert", reaches, (Lookup("case", accounts=True),))
    with world_with(tmp_path, case(follows=(follow,)), of_kind("alert")).hub() as hub:
        apply(hub, *opened("C1"), Move(kind="case", key="C2", to="OPEN", account="1900000029"))
        apply(hub, Move(kind="alert", key="A", to="ON", account="1900000011"))
        assert (history(hub, "C1"), history(hub, "C2")) == (["OPEN", "PAID"], ["OPEN"])


def test_an_illegal_move_of_a_follower_is_a_task_and_stops_nothing(tmp_path):
    def closes(old, new, facts):
        yield Move(kind="case", key="C1", to="CLOSED")

    life = case(follows=(Follow("alert", closes),))
    with world_with(tmp_path, life, of_kind("alert")).hub() as hub:
        apply(hub, *opened("C1"))
        apply(hub, Move(kind="alert", key="A", to="ON"))
        assert (record(hub, "A", "alert").state, history(hub, "C1")) == ("ON", ["OPEN"])
        with hub.look() as look:
            (entry,) = look.worklist()
    assert (entry.owner, entry.subject_id) == ("rents", "alert:A")
    assert "case C1 is OPEN and cannot become CLOSED" in entry.title


FORGOTTEN = {
    "no lookup": ((), lambda records: records.get("case", "C1"), "add Lookup"),
    "by keys only, all": (
        (Lookup("case", keys=lambda one: ()),),
        lambda records: records.all("case"),
        "keys",
    ),
    "by keys only, about": (
        (Lookup("case", keys=lambda one: ()),),
        lambda records: records.about("case", "1900000011"),
        "keys",
    ),
    "another account": (
        (Lookup("case", accounts=True),),
        lambda records: records.about("case", "1900000099"),
        "not the item's",
    ),
}


@pytest.mark.parametrize(("looks_up", "asks", "says"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_forgotten_lookup_does_not_read_as_no_records(tmp_path, looks_up, asks, says):
    def when(old, new, facts):
        asks(facts.records)
        return ()

    with (
        world_with(tmp_path, case(when=when, looks_up=looks_up)).hub() as hub,
        pytest.raises(PluginError, match=f"The life cycle of “case” asks for.*{says}"),
    ):
        apply(hub, *opened("C1"))


def test_a_snapshot_answers_by_key_account_and_kind(world):
    with world.hub() as hub:
        one, two = apply(hub, *opened("C1", "C2"))
    snapshot = Snapshot([one, two])
    assert snapshot.get("case", "C2") == two
    assert snapshot.get("case", "C9") is None
    assert snapshot.about("case", "1900000011") == (one, two)
    assert snapshot.about("case", "1900000099") == ()
    assert snapshot.all("alert") == ()


def test_an_open_life_cycle_does_not_follow_a_closed_kind(tmp_path):
    def pays(old, new, facts):
        yield Move(kind="case", key="C1", to="PAID")

    alert = of_kind("alert", compartment=Compartment.FRAUD)
    with world_with(tmp_path, case(follows=(Follow("alert", pays),)), alert).hub() as hub:
        apply(hub, *opened("C1"))
        with pytest.raises(
            PluginError, match="life cycle of “case” may not look at records of the kind “alert”"
        ):
            apply(hub, Move(kind="alert", key="A", to="ON"))
        assert history(hub, "C1") == ["OPEN"]


def test_a_closed_life_cycle_follows_an_open_kind_and_moves_only_its_own(tmp_path):
    def alarms(old, new, facts):
        yield Move(kind=kind, key="A", to="ON")

    fraud = {"compartment": Compartment.FRAUD, "follows": (Follow("case", alarms),)}
    with world_with(tmp_path, case(), of_kind("alert", **fraud), of_kind("note")).hub() as hub:
        kind = "alert"
        apply(hub, *opened("C1"))
        assert record(hub, "A", "alert").state == "ON"
        kind = "note"
        with pytest.raises(PluginError, match="“alert” lies in the compartment fraud and may not change"):
            apply(hub, *opened("C2"))
        assert record(hub, "A", "note") is None
