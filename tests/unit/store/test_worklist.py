"""The worklist: asked once, moved by compare-and-set, and never approved by whoever proposed."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import LostRace, StoreError
from hub.model import Compartment, WorkKind, WorkState
from hub.store import Store, queries
from hub.store.rows import WorkRow
from tests.unit.store.making import NOON, put_transfer

TWO_PEOPLE = (WorkKind.RELEASE, WorkKind.SUSPENSE, WorkKind.AGREE)


def an_entry(id: str = "w1", **columns: Any) -> WorkRow:
    plainest: dict[str, Any] = {
        "kind": WorkKind.RELEASE,
        "name": "release",
        "subject": "transfer",
        "subject_id": "t1",
        "title": "t1.txt is held",
        "owner": "rents-team",
        "proposed_by": "anna",
        "made_at": NOON,
    }
    return WorkRow(id=id, **{**plainest, **columns})


def put_work(store: Store, id: str = "w1", **columns: Any) -> WorkRow:
    row = an_entry(id, **columns)
    store.write(lambda conn: queries.insert_work(conn, row))
    return row


def move(store: Store, row: WorkRow, to: WorkState, who: str = "bob", **columns: Any) -> WorkRow:
    return store.write(lambda conn: queries.move_work(conn, row, to, who=who, **columns))


def stored(store: Store, id: str = "w1") -> WorkRow | None:
    with store.read() as conn:
        return queries.get_work(conn, id)


def test_an_entry_is_stored_whole(store: Store) -> None:
    row = put_work(store, proposal={"count": 3}, compartment=Compartment.FRAUD)
    assert stored(store) == row
    assert stored(store, "none") is None


def test_every_step_is_an_event_of_what_the_entry_is_about(store: Store) -> None:
    put_transfer(store, "t1")
    taken = move(store, put_work(store), WorkState.TAKEN, taken_by="bob")
    move(store, taken, WorkState.DONE, reason="agreed", data={"count": 3})
    with store.read() as conn:
        told = [(e.kind, e.who, e.data) for e in queries.events_of(conn, "transfer", "t1")[1:]]
        assert queries.verify_chain(conn, "transfer", "t1") is None
    about = {"work": "w1", "what": "release"}
    assert told == [
        ("work_asked", "anna", {**about, "title": "t1.txt is held"}),
        ("work_taken", "bob", about),
        ("work_done", "bob", {**about, "reason": "agreed", "count": 3}),
    ]


def test_a_move_returns_the_entry_as_it_is_stored(store: Store) -> None:
    moved = move(store, put_work(store), WorkState.DONE, answer={"count": 3}, reason="agreed")
    assert moved == stored(store)
    assert (moved.version, moved.closed_by, moved.answer) == (2, "bob", {"count": 3})
    assert moved.closed_at is not None


def test_whoever_is_late_loses_and_tells_nothing(store: Store) -> None:
    row = put_work(store)
    move(store, row, WorkState.TAKEN, taken_by="bob")
    with pytest.raises(LostRace, match="w1 is no longer OPEN"):
        move(store, row, WorkState.TAKEN, who="carol", taken_by="carol")
    with store.read() as conn:
        assert len(queries.events_of(conn, "transfer", "t1")) == 2


@pytest.mark.parametrize("standing", [WorkState.OPEN, WorkState.TAKEN])
def test_the_same_is_asked_once(store: Store, standing: WorkState) -> None:
    put_work(store, state=standing)
    with pytest.raises(LostRace, match=r"worklist\."):
        put_work(store, "w2")
    put_work(store, "w3", name="look")
    put_work(store, "w4", subject_id="t2")


@pytest.mark.parametrize("over", queries.WORK_OVER)
def test_what_is_over_is_asked_anew(store: Store, over: WorkState) -> None:
    move(store, put_work(store), over)
    put_work(store, "w2")
    with store.read() as conn:
        assert [row.id for row in queries.open_work_about(conn, "transfer", "t1")] == ["w2"]


@pytest.mark.parametrize("kind", TWO_PEOPLE)
def test_the_database_refuses_one_person_for_both(store: Store, kind: WorkKind) -> None:
    row = put_work(store, kind=kind)
    with pytest.raises(StoreError, match="two_people"):
        move(store, row, WorkState.DONE, who="anna")
    assert stored(store) == row
    assert move(store, row, WorkState.DONE, who="bob").state is WorkState.DONE


@pytest.mark.parametrize("kind", TWO_PEOPLE)
def test_it_refuses_it_as_a_new_row_too(store: Store, kind: WorkKind) -> None:
    with pytest.raises(StoreError, match="two_people"):
        put_work(store, kind=kind, state=WorkState.DONE, closed_by="anna")


@pytest.mark.parametrize("to", [WorkState.REFUSED, WorkState.VOID])
def test_whoever_proposed_may_give_it_up(store: Store, to: WorkState) -> None:
    assert move(store, put_work(store), to, who="anna").closed_by == "anna"


@pytest.mark.parametrize("kind", [kind for kind in WorkKind if kind not in TWO_PEOPLE])
def test_other_work_needs_one_person(store: Store, kind: WorkKind) -> None:
    assert move(store, put_work(store, kind=kind), WorkState.DONE, who="anna").state is WorkState.DONE
