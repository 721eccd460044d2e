"""History: chained, so that whoever alters it is noticed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.model import TransferState
from hub.store import Store, queries
from hub.store.rows import EventRow
from tests.looking import looking
from tests.unit.store.making import move, put_delivery, put_transfer


def tell(store: Store, subject_id: str, *kinds: str) -> list[EventRow]:
    def work(conn: Connection) -> list[EventRow]:
        return [
            queries.append_event(conn, subject="route", subject_id=subject_id, kind=kind, data={"why": kind})
            for kind in kinds
        ]

    return store.write(work)


def tamper(tmp_path: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(tmp_path / "state" / "feedhub.db")) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def broken(store: Store, subject_id: str) -> EventRow | None:
    with store.read() as conn:
        return queries.verify_chain(conn, "route", subject_id)


def test_events_are_told_in_order_and_chained(store: Store) -> None:
    told = tell(store, "r1", "one", "two", "three")
    with store.read() as conn:
        assert queries.events_of(conn, "route", "r1") == told
    assert [event.number for event in told] == [1, 2, 3]
    assert [event.previous for event in told] == ["", told[0].hash, told[1].hash]
    assert broken(store, "r1") is None


def test_an_event_may_tell_dates_and_states(store: Store) -> None:
    data = {"day": date(2030, 6, 4), "to": TransferState.HELD, "name": "£"}
    store.write(
        lambda conn: queries.append_event(conn, subject="route", subject_id="r1", kind="k", data=data)
    )
    with store.read() as conn:
        assert queries.events_of(conn, "route", "r1")[0].data == {
            "day": "2030-06-04",
            "to": "HELD",
            "name": "£",
        }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET data = '{\"why\":\"other\"}' WHERE kind = 'two'",
        "UPDATE event SET data = 'no json' WHERE kind = 'two'",
        "UPDATE event SET who = 'somebody' WHERE kind = 'two'",
        "UPDATE event SET kind = 'other' WHERE kind = 'two'",
        "UPDATE event SET at = '2030-06-04T12:00:00.000000+00:00' WHERE kind = 'two'",
        "UPDATE event SET hash = previous WHERE kind = 'two'",
        "UPDATE event SET previous = hash WHERE kind = 'two'",
        "UPDATE event SET number = 9 WHERE kind = 'two'",
        "DELETE FROM event WHERE kind = 'one'",
    ],
)
def test_the_first_broken_event_is_named(store: Store, tmp_path: Path, statement: str) -> None:
    _, two, three = tell(store, "r1", "one", "two", "three")
    tell(store, "r2", "one of another")
    tamper(tmp_path, statement)
    found = broken(store, "r1")
    assert found is not None
    assert found.hash in (two.hash, three.hash, two.previous)
    assert broken(store, "r2") is None


def test_removing_one_in_the_middle_breaks_the_next(store: Store, tmp_path: Path) -> None:
    *_, three = tell(store, "r1", "one", "two", "three")
    tamper(tmp_path, "DELETE FROM event WHERE kind = 'two'")
    assert broken(store, "r1") == three


def test_an_event_forged_with_a_right_hash_breaks_the_next(store: Store, tmp_path: Path) -> None:
    one, _, three = tell(store, "r1", "one", "two", "three")
    at = three.at.isoformat(timespec="microseconds")
    link = ["route", "r1", 2, at, "two", "hub", "{}", one.hash]
    forged = sha256(json.dumps(link, separators=(",", ":")).encode()).hexdigest()
    tamper(tmp_path, "UPDATE event SET data = '{}', at = ?, hash = ? WHERE number = 2", at, forged)
    assert broken(store, "r1") == three


def test_a_transfer_is_shown_with_the_events_of_its_deliveries(store: Store) -> None:
    row = put_transfer(store, "t1")
    put_delivery(store, "d1", "t1")
    put_transfer(store, "t2")
    move(store, row, TransferState.STAGED)
    with looking(store) as look:
        events = look.transfer("t1").events
    assert [(event.subject, event.subject_id, event.kind) for event in events] == [
        ("transfer", "t1", "found"),
        ("delivery", "d1", "made"),
        ("transfer", "t1", "moved"),
    ]
