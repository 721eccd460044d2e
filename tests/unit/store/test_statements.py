"""`run` gives what SQLAlchemy's own execution gives, for every type and for lists of any length."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update

from hub.model import TransferState
from hub.store import queries
from hub.store.db import Store
from hub.store.schema import transfer
from hub.store.statements import _prepared, run, run_many
from tests.unit.store.making import a_transfer

_ALL = select(transfer).order_by(transfer.c.id)
_AMONG = _ALL.where(transfer.c.id.in_(bindparam("ids", expanding=True)))
_FOUND = _ALL.where(transfer.c.state.in_((TransferState.FOUND,))).limit(bindparam("most"))
_MOVE = update(transfer).where(transfer.c.id == bindparam("its_id"))
_INSERT = insert(transfer).inline()


def _filled(conn: Connection, count: int) -> None:
    queries.insert_transfers(conn, [a_transfer(f"t{number:02}") for number in range(count)])


def test_rows_are_those_of_sqlalchemy(store: Store) -> None:
    store.write(lambda conn: _filled(conn, 3))
    with store.read() as conn:
        own, theirs = [tuple(row) for row in run(conn, _ALL)], conn.execute(_ALL).all()
        assert own == [tuple(row) for row in theirs]
        assert run(conn, _ALL).first()._asdict() == theirs[0]._asdict()
        assert len(list(run(conn, _FOUND, {"most": 2}))) == 2


@pytest.mark.parametrize("length", [0, 1, 2, 8, 9, 20])
def test_a_list_may_have_any_length(store: Store, length: int) -> None:
    store.write(lambda conn: _filled(conn, 20))
    ids = [f"t{number:02}" for number in range(length)]
    with store.read() as conn:
        assert [row.id for row in run(conn, _AMONG, {"ids": ids})] == ids
        assert run(conn, _AMONG, {"ids": ids}).scalars() == ids


def test_an_update_changes_the_columns_that_it_is_given(store: Store) -> None:
    def change(conn: Connection) -> list[int]:
        _filled(conn, 2)
        one = run(conn, _MOVE, {"its_id": "t00", "reason": "one"}).rowcount
        run_many(conn, _MOVE, [{"its_id": f"t0{n}", "records": n + 5} for n in (0, 1)])
        return [one, run(conn, _MOVE, {"its_id": "t99", "reason": "none"}).rowcount]

    assert store.write(change) == [1, 0]
    with store.read() as conn:
        found = [(row.reason, row.records) for row in run(conn, _ALL)]
    assert found == [("one", 5), (None, 6)]


def test_what_never_changes_stands_in_the_text(store: Store) -> None:
    """SQLite would compile the statement anew each time, where a partial index is about that column."""
    moves = _MOVE.where(transfer.c.state == bindparam("was", literal_execute=True))
    with store.read() as conn:
        text = _prepared(conn, _FOUND).plan({"most": 2}).text
    assert "state IN ('FOUND')" in text
    assert text.count("?") == 2  # the limit, and SQLAlchemy's own offset

    def change(conn: Connection) -> list[int]:
        _filled(conn, 2)
        asked = {"its_id": "t00", "reason": "one"}
        return [
            run(conn, moves, {**asked, "was": state}).rowcount
            for state in (TransferState.FOUND, TransferState.STAGED, TransferState.FOUND)
        ]

    assert store.write(change) == [1, 0, 1]


def test_a_column_with_a_default_is_not_left_out(store: Store) -> None:
    with pytest.raises(ValueError, match="name every column"):
        store.write(lambda conn: run(conn, _INSERT, {"id": "t1"}))
