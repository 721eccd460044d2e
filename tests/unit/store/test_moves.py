"""Transfers and deliveries move by compare-and-set, and what must never be is refused by the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from hub.errors import LostRace
from hub.model import DeliveryState as D
from hub.model import TransferState as T
from hub.store import Store, queries
from hub.store.rows import TransferRow
from tests.looking import looking
from tests.unit.store.making import (
    DAY,
    NOON,
    SHA,
    a_transfer,
    move,
    move_delivery,
    put_delivery,
    put_transfer,
)

DEAD = (T.REJECTED, T.DUPLICATE, T.WITHDRAWN, T.FAILED)
LIVE = tuple(state for state in T if state not in DEAD)


def stored(store: Store, id: str) -> TransferRow:
    with store.read() as conn:
        row = queries.get_transfer(conn, id)
    assert row is not None
    return row


def test_a_transfer_is_stored_whole(store: Store) -> None:
    row = put_transfer(
        store,
        "t1",
        format="fixed",
        identity="7",
        blob=SHA,
        size=120,
        records=3,
        value=-12345,
        summary={"last": "000007", "count": 3},
        moment=NOON,
        reason="“£5” — why not",
        next_attempt_at=NOON + timedelta(microseconds=1),
    )
    assert stored(store, "t1") == row


def test_a_move_returns_the_row_as_it_is_stored(store: Store) -> None:
    row = put_transfer(store, "t1")
    moved = move(store, row, T.STAGED, blob=SHA, size=3, summary={"a": 1})
    assert moved == stored(store, "t1")
    assert (moved.state, moved.version, moved.blob, moved.summary) == (T.STAGED, 2, SHA, {"a": 1})


def test_a_move_tells_its_event(store: Store) -> None:
    move(store, put_transfer(store, "t1"), T.STAGED)
    with store.read() as conn:
        first, second = queries.events_of(conn, "transfer", "t1")
    assert (first.kind, first.data) == ("found", {"to": "FOUND", "route": "tests.route", "name": "t1.txt"})
    assert (second.kind, second.data) == ("moved", {"from": "FOUND", "to": "STAGED"})


def test_a_stale_row_loses_and_tells_nothing(store: Store) -> None:
    row = put_transfer(store, "t1")
    move(store, row, T.STAGED)
    with pytest.raises(LostRace, match="transfer t1 is no longer FOUND"):
        move(store, row, T.FAILED)
    assert stored(store, "t1").state is T.STAGED
    with store.read() as conn:
        assert len(queries.events_of(conn, "transfer", "t1")) == 2


def test_several_that_move_at_once_are_each_as_if_they_moved_alone(store: Store) -> None:
    rows = [put_transfer(store, f"t{n}", business_date=None) for n in range(3)]
    columns = [{"blob": SHA, "size": n} for n in range(3)]
    moved = store.write(lambda conn: queries.move_transfers(conn, rows, T.STAGED, columns, event="staged"))
    assert moved == [stored(store, row.id) for row in rows]
    assert [(row.state, row.version, row.size) for row in moved] == [(T.STAGED, 2, n) for n in range(3)]
    with store.read() as conn:
        for row in rows:
            last = queries.events_of(conn, "transfer", row.id)[-1]
            assert (last.kind, last.data) == ("staged", {"from": "FOUND", "to": "STAGED"})
            assert queries.verify_chain(conn, "transfer", row.id) is None


def test_where_one_of_several_was_moved_first_none_moves(store: Store) -> None:
    rows = [put_transfer(store, f"t{n}") for n in range(3)]
    move(store, rows[1], T.FOUND, tidied=True)
    with pytest.raises(LostRace, match="one of 3 transfers was moved first"):
        store.write(lambda conn: queries.move_transfers(conn, rows, T.STAGED, [{}] * 3, event="staged"))
    assert {stored(store, row.id).state for row in rows} == {T.FOUND}


def test_a_change_without_a_move_still_makes_older_rows_stale(store: Store) -> None:
    row = put_transfer(store, "t1")
    move(store, row, T.FOUND, tidied=True)
    with pytest.raises(LostRace):
        move(store, row, T.STAGED)


def test_of_many_who_move_at_once_one_wins(store: Store) -> None:
    row = put_transfer(store, "t1")
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(move, store, row, T.STAGED, reason=f"by {n}") for n in range(40)]
    won = [future.result() for future in asked if future.exception() is None]
    assert won == [stored(store, "t1")]
    assert all(isinstance(f.exception(), LostRace) for f in asked if f.exception() is not None)


def test_a_move_of_a_column_that_is_not_there_is_a_mistake(store: Store) -> None:
    with pytest.raises(TypeError, match="colour"):
        move(store, put_transfer(store, "t1"), T.STAGED, colour="red")
    assert stored(store, "t1").state is T.FOUND


@pytest.mark.parametrize("state", LIVE)
def test_one_live_transfer_has_an_identity(store: Store, state: T) -> None:
    put_transfer(store, "t1", state=state, identity="serial 7")
    with pytest.raises(LostRace, match=r"transfer\.identity"):
        put_transfer(store, "t2", state=T.STAGED, identity="serial 7")
    put_transfer(store, "t3", identity="serial 7", feed="tests.other")
    put_transfer(store, "t4", identity="serial 7", route="tests.other_route")


@pytest.mark.parametrize("state", DEAD)
def test_a_dead_transfers_identity_is_free(store: Store, state: T) -> None:
    put_transfer(store, "t1", state=state, identity="serial 7")
    put_transfer(store, "t2", state=T.STAGED, identity="serial 7")


def test_a_second_transfer_cannot_move_into_an_identity(store: Store) -> None:
    put_transfer(store, "t1", state=T.ACCEPTED, identity="serial 7")
    second = put_transfer(store, "t2", state=T.STAGED)
    with pytest.raises(LostRace):
        move(store, second, T.ACCEPTED, identity="serial 7")
    assert move(store, second, T.DUPLICATE, identity="serial 7").state is T.DUPLICATE


@pytest.mark.parametrize("state", [state for state in D if state is not D.WITHDRAWN])
def test_an_output_goes_to_a_place_once(store: Store, state: D) -> None:
    put_transfer(store, "t1")
    put_delivery(store, "d1", "t1", state=state)
    with pytest.raises(LostRace, match=r"delivery\.transfer_id"):
        put_delivery(store, "d2", "t1")
    put_delivery(store, "d3", "t1", folder="/elsewhere")


def test_a_withdrawn_delivery_makes_room_for_another(store: Store) -> None:
    put_transfer(store, "t1")
    move_delivery(store, put_delivery(store, "d1", "t1"), D.WITHDRAWN)
    put_delivery(store, "d2", "t1")
    with store.read() as conn:
        assert [row.state for row in queries.deliveries_of(conn, "t1")] == [D.WITHDRAWN, D.READY]


def test_of_many_who_send_a_delivery_one_does(store: Store) -> None:
    put_transfer(store, "t1")
    row = put_delivery(store, "d1", "t1")
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(move_delivery, store, row, D.SENDING) for _ in range(20)]
    assert sum(future.exception() is None for future in asked) == 1


def test_a_delivery_is_stored_whole(store: Store) -> None:
    put_transfer(store, "t1")
    sending = move_delivery(store, put_delivery(store, "d1", "t1", summary={"records": 2}), D.SENDING)
    sent = move_delivery(store, sending, D.SENT, remote={"size": 3}, attempts=1)
    with store.read() as conn:
        assert queries.get_delivery(conn, "d1") == sent
        assert queries.get_delivery(conn, "none") is None
        assert [event.data.get("to") for event in queries.events_of(conn, "delivery", "d1")] == [
            "READY",
            "SENDING",
            "SENT",
        ]


@pytest.mark.parametrize("state", T)
def test_what_is_unfinished_by_state(store: Store, state: T) -> None:
    """HELD, FAILED and WITHDRAWN are a person's or nobody's; what has ended only waits to be tidied."""
    put_transfer(store, "t1", state=state)
    put_transfer(store, "t2", state=state, tidied=True)
    worked = {T.FOUND: {"t1", "t2"}, T.STAGED: {"t1", "t2"}}
    waiting: dict[T, set[str]] = {T.HELD: set(), T.FAILED: set(), T.WITHDRAWN: set()}
    with store.read() as conn:
        found = {row.id for row in queries.unfinished_transfers(conn)}
    assert found == {**worked, **waiting}.get(state, {"t1"})


@pytest.mark.parametrize("state", D)
def test_what_may_not_have_left_is_still_here(store: Store, state: D) -> None:
    for id in ("t1", "t2", "t3"):
        put_transfer(store, id, state=T.ACCEPTED)
    put_delivery(store, "d1", "t1", state=state)
    put_delivery(store, "d2", "t2", state=D.SENT)
    here = {"t1"} if state in (D.READY, D.SENDING, D.IN_DOUBT) else set()
    with store.read() as conn:
        assert queries.still_here(conn, ["t1", "t2", "t3"]) == here
        assert queries.still_here(conn, ["t2"]) == queries.still_here(conn, []) == frozenset()


@pytest.mark.parametrize("state", D)
def test_a_tidied_transfer_is_unfinished_while_a_delivery_goes_out(store: Store, state: D) -> None:
    put_transfer(store, "t1", state=T.ACCEPTED, tidied=True)
    put_delivery(store, "d1", "t1", state=state)
    going = state in (D.READY, D.SENDING)
    with store.read() as conn:
        assert len(queries.unfinished_transfers(conn, "tests.route")) == going
        assert queries.unfinished_transfers(conn, "tests.other_route") == []
        assert len(queries.unfinished_deliveries(conn)) == going
        assert len(queries.unfinished_deliveries(conn, "tests.route")) == going
        assert queries.unfinished_deliveries(conn, "tests.other_route") == []


@pytest.mark.parametrize(
    ("state", "delivery", "waits"),
    [
        (T.FOUND, None, True),
        (T.STAGED, None, True),
        (T.HELD, D.READY, True),
        (T.FAILED, None, True),
        (T.ACCEPTED, D.READY, True),
        (T.ACCEPTED, D.SENDING, True),
        (T.ACCEPTED, D.IN_DOUBT, True),
        (T.ACCEPTED, D.SENT, False),
        (T.ACCEPTED, D.WITHDRAWN, False),
        (T.APPLIED, None, False),
        (T.REJECTED, None, False),
        (T.WITHDRAWN, D.WITHDRAWN, False),
    ],
)
def test_a_later_transfer_waits_in_order(store: Store, state: T, delivery: D | None, waits: bool) -> None:
    earlier = put_transfer(store, "t1", state=state)
    later = put_transfer(store, "t2")
    if delivery is not None:
        put_delivery(store, "d1", "t1", state=delivery)
    with store.read() as conn:
        before = queries.unfinished_before(conn, later)
        assert (before is not None and before[0] == "t1") is waits
        assert not queries.unfinished_before(conn, earlier)
        assert not queries.unfinished_before(conn, put_transfer(store, "t3", route="tests.other_route"))


def test_the_same_is_found_by_bytes_before_identity(store: Store) -> None:
    put_transfer(store, "t1", state=T.ACCEPTED, identity="serial 7", blob="b" * 64)
    put_transfer(store, "t2", state=T.ACCEPTED, identity="serial 8", blob=SHA)
    put_transfer(store, "t3", state=T.REJECTED, identity="serial 9", blob="c" * 64)

    def same(sha256: str, identity: str | None, other_than: str = "t9") -> str | None:
        asked: dict[str, Any] = {
            "route": "tests.route",
            "feed": "tests.feed",
            "sha256": sha256,
            "identity": identity,
        }
        with store.read() as conn:
            found = queries.find_same(conn, other_than=other_than, **asked)
        return None if found is None else found.id

    assert same(SHA, "serial 7") == "t2"
    assert same("d" * 64, "serial 7") == "t1"
    assert same("d" * 64, None) is None
    assert same("c" * 64, "serial 9") is None  # a refused one does not count
    assert same(SHA, None, other_than="t2") is None


def test_a_file_is_sighted_once(store: Store) -> None:
    file: dict[str, Any] = {
        "source_path": "/out/a.txt",
        "size": 3,
        "source_mtime": "2030-06-04T11:00:00+00:00",
    }
    rows = [
        a_transfer("t2", **file),
        a_transfer("t3", **{**file, "size": 4}),
        a_transfer("t4", **{**file, "source_mtime": "2030-06-05T11:00:00+00:00"}),
        a_transfer("t5", **{**file, "source_path": "/out/b.txt"}),
    ]
    store.write(lambda conn: queries.sight(conn, "place", [a_transfer("t1", **file)]))
    with store.read() as conn:
        assert [row.id for row in queries.unsighted(conn, "place", rows)] == ["t3", "t4", "t5"]
        assert queries.unsighted(conn, "other", rows) == rows
    with pytest.raises(LostRace):
        store.write(lambda conn: queries.sight(conn, "place", rows[:1]))


def test_a_slot_is_inserted_once(store: Store) -> None:
    def ring(id: str, **other: str) -> bool:
        slot = {"route": "tests.route", "kind": "at", "due": "2030-06-04", **other}
        return store.write(lambda conn: queries.insert_slot(conn, id=id, **slot))

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ring, [f"s{n}" for n in range(30)])) == 1
    assert ring("s30", due="2030-06-05")
    assert ring("s31", kind="run")


def test_the_sums_of_a_day_are_those_of_its_live_transfers_whatever_they_move_to(store: Store) -> None:
    first = put_transfer(store, "t1", records=3, value=-500)
    put_transfer(store, "t2", records=2, value=40, business_date=None)
    put_transfer(store, "t3", records=9, value=9, mode="rehearse")
    assert _day(store) == [(1, 3, -500, 0)]
    second = move(store, put_transfer(store, "t4", business_date=None), T.STAGED)
    worked = move(store, second, T.ACCEPTED, business_date=DAY, records=4, value=700)
    assert _day(store) == [(2, 7, 200, 0)]
    failed = move(store, move(store, first, T.STAGED), T.FAILED)
    assert _day(store) == [(2, 7, 200, 1)]
    move(store, move(store, failed, T.STAGED), T.ACCEPTED, business_date=DAY + timedelta(1))
    assert (_day(store), _day(store, DAY + timedelta(1))) == ([(1, 4, 700, 0)], [(1, 3, -500, 0)])
    move(store, worked, T.STAGED, business_date=None)
    assert _day(store) == []


def _day(store: Store, day: date = DAY) -> list[tuple[int, ...]]:
    with looking(store) as look:
        return [(one.transfers, one.records, one.pence, one.bad) for one in look.moved(day, day)]
