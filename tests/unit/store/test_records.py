"""Records: written whole or not at all, their history sealed, their personal values never in clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from hub.errors import LostRace
from hub.model import Record
from hub.store import Store, queries
from hub.store.queries.records import Mark
from hub.store.rows import RecordChange, RecordMoveRow
from tests.unit.store.making import NOON, put_transfer

BANK = {"account_name": "MRS A EXAMPLE", "sort_code": "000099", "account_number": "00012345"}


def a_mandate(key: str = "DD1", **facts: Any) -> Record:
    plain = {"state": "ACTIVE", "account": "1900000011", "since": NOON, "version": 1}
    return Record(kind="mandate", key=key, **{**plain, **facts})


def change(old: Record | None, new: Record, **how: Any) -> RecordChange:
    return RecordChange(old=old, new=new, **{"who": "tester", **how})


def write(store: Store, *changes: RecordChange) -> None:
    store.write(lambda conn: queries.write_records(conn, store.keys, changes))


def cancelled(record: Record) -> Record:
    return replace(record, state="CANCELLED", version=record.version + 1)


def get(store: Store, key: str = "DD1") -> Record | None:
    with store.read() as conn:
        return queries.get_record(conn, store.keys, "mandate", key)


def history(store: Store, key: str = "DD1") -> list[RecordMoveRow]:
    with store.read() as conn:
        return queries.history_of(conn, "mandate", key)


def broken(store: Store, key: str = "DD1") -> RecordMoveRow | None:
    with store.read() as conn:
        return queries.verify_record_chain(conn, "mandate", key)


def test_a_record_comes_back_as_it_was_written(store: Store) -> None:
    known = a_mandate(data={"start_date": "2026-11-02"}, personal=BANK)
    write(store, change(None, known))
    assert get(store) == known
    assert get(store, "DD2") is None


def test_without_the_keys_personal_values_are_left_out(store: Store) -> None:
    write(store, change(None, a_mandate(personal=BANK)))
    with store.read() as conn:
        (read,) = queries.records_of(conn, None, "mandate")
    assert read.personal == {}


def test_personal_values_are_sealed_and_in_no_history(store: Store, tmp_path: Path) -> None:
    first = a_mandate(personal=BANK)
    moved = replace(first, version=2, personal={**BANK, "account_number": "00099999"})
    write(store, change(None, first), change(first, moved))
    assert [move.data for move in history(store)] == [
        {"account": "1900000011", "personal": ["account_name", "account_number", "sort_code"]},
        {"personal": ["account_number"]},
    ]
    store.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "state").glob("feedhub.db*"))
    assert b"1900000011" in content
    assert [value for value in (*BANK.values(), "00099999") if value.encode() in content] == []


def test_the_history_tells_who_when_why_and_because_of_what(store: Store) -> None:
    put_transfer(store, "t1")
    first = a_mandate(data={"end_date": None})
    last = replace(cancelled(first), data={"end_date": "2026-12-31"}, account="1900000029")
    write(store, change(None, first))
    write(store, change(first, last, transfer_id="t1", item_id="t1.1", reason="bank closed it", who="hub"))
    made, moved = history(store)
    assert (made.from_state, made.to_state, made.number, made.previous) == (None, "ACTIVE", 1, "")
    assert (moved.from_state, moved.to_state, moved.number, moved.previous) == (
        "ACTIVE", "CANCELLED", 2, made.hash,
    )  # fmt: skip
    assert (moved.who, moved.transfer_id, moved.item_id, moved.reason) == (
        "hub", "t1", "t1.1", "bank closed it",
    )  # fmt: skip
    assert moved.data == {"end_date": "2026-12-31", "account": "1900000029"}
    assert made.at < moved.at


def test_several_steps_of_one_record_in_one_go_are_chained(store: Store) -> None:
    first = a_mandate(state="NEW")
    second = replace(first, state="ACTIVE", version=2)
    write(store, change(None, first), change(first, second), change(second, cancelled(second)))
    assert get(store) == cancelled(second)
    assert [move.to_state for move in history(store)] == ["NEW", "ACTIVE", "CANCELLED"]
    assert broken(store) is None


@pytest.mark.parametrize("lost", ["moved", "made"])
def test_whoever_comes_second_changes_nothing(store: Store, lost: str) -> None:
    first = a_mandate()
    write(store, change(None, first))
    write(store, change(first, cancelled(first)))
    late = (
        change(first, replace(first, state="DORMANT", version=2)) if lost == "moved" else change(None, first)
    )
    with pytest.raises(LostRace):
        write(store, change(None, a_mandate("DD2")), late)
    assert (get(store), get(store, "DD2")) == (cancelled(first), None)
    assert len(history(store)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_move SET data = '{\"x\":1}' WHERE number = 2",
        "UPDATE record_move SET data = 'no json' WHERE number = 2",
        "UPDATE record_move SET who = 'somebody' WHERE number = 2",
        "UPDATE record_move SET reason = 'other' WHERE number = 2",
        "UPDATE record_move SET to_state = 'DORMANT' WHERE number = 2",
        "UPDATE record_move SET item_id = 't9.9' WHERE number = 2",
        "UPDATE record_move SET at = '2030-06-04T12:00:00.000000+00:00' WHERE number = 2",
        "DELETE FROM record_move WHERE number = 1",
    ],
)
def test_the_first_altered_move_is_named(store: Store, tmp_path: Path, statement: str) -> None:
    first = a_mandate()
    write(store, change(None, first), change(first, cancelled(first)), change(None, a_mandate("DD2")))
    with closing(sqlite3.connect(tmp_path / "state" / "feedhub.db")) as connection, connection:
        connection.execute(statement)
    found = broken(store)
    assert found is not None
    assert found.number == 2


def put_three(store: Store) -> None:
    live, other, over = (
        a_mandate("A1"),
        a_mandate("B1", account="1900000029"),
        a_mandate("C1", state="CANCELLED"),
    )
    write(store, *(change(None, record) for record in (live, other, over)))


def test_records_are_found_by_key_state_and_account(store: Store) -> None:
    put_three(store)
    with store.read() as conn:
        assert keys_of(queries.records_of(conn, None, "mandate")) == ["A1", "B1", "C1"]
        assert keys_of(queries.records_of(conn, None, "mandate", {"C1", "B1", "Z9"})) == ["B1", "C1"]
        assert keys_of(queries.records_of(conn, None, "mandate", states=["ACTIVE"])) == ["A1", "B1"]
        assert keys_of(queries.records_about(conn, None, "mandate", "1900000011")) == ["A1", "C1"]
        assert queries.records_of(conn, None, "hold") == []


def keys_of(records: Sequence[Record]) -> list[str]:
    return [record.key for record in records]


def mark(store: Store) -> Mark:
    with store.read() as conn:
        found = queries.register_version(conn).moves
    assert found is not None
    return found


def test_what_moved_since_a_mark(store: Store) -> None:
    put_three(store)
    seen = mark(store)
    write(store, change(a_mandate("A1"), cancelled(a_mandate("A1"))))
    with store.read() as conn:
        assert queries.moved_since(conn, "mandate", seen) == ["A1"]
        assert queries.moved_since(conn, "hold", seen) == []
        assert queries.moved_since(conn, "mandate", mark(store)) == []


def test_a_mark_of_what_was_given_up_does_not_stand(store: Store) -> None:
    put_three(store)
    seen: list[Mark | None] = []

    def given_up(conn: Connection) -> None:
        queries.write_records(conn, store.keys, [change(None, a_mandate("D1"))])
        seen.append(queries.register_version(conn).moves)
        raise LostRace("given up")

    with pytest.raises(LostRace):
        store.write(given_up)
    write(store, change(None, a_mandate("E1")))  # has the number that the given-up one had
    assert seen[0] is not None
    assert seen[0].id == mark(store).id
    with store.read() as conn:
        assert queries.moved_since(conn, "mandate", seen[0]) is None


def test_twenty_thousand_go_in_a_few_statements(store: Store) -> None:
    statements: list[str] = []
    many = [change(None, a_mandate(f"DD{n:06}", personal=BANK)) for n in range(20_000)]

    def write_all(conn: Connection) -> datetime:
        event.listen(conn, "before_cursor_execute", lambda *told: statements.append(told[2]))
        queries.write_records(conn, store.keys, many)
        return NOON

    store.write(write_all)
    assert len(statements) == 2
    with store.read() as conn:
        assert len(queries.records_of(conn, None, "mandate")) == len(many)
