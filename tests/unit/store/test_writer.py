"""The writer: durable when it returns, grouped, and one that fails takes only itself back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from hub.errors import LostRace, StoreError
from hub.store import Store, queries
from tests.looking import looking
from tests.unit.store.making import a_transfer, put_transfer


def insert(id: str, **columns: Any) -> Callable[[Connection], None]:
    return lambda conn: queries.insert_transfer(conn, a_transfer(id, **columns))


def all_ids(store: Store) -> set[str]:
    with looking(store) as look:
        return {row.id for row in look.transfers()}


def together(store: Store, *fns: Callable[[Connection], Any]) -> list[Future[Any]]:
    """Have all of them wait while the writer is kept busy, so that they share a commit."""
    go, busy = Event(), Event()

    def keep_busy(conn: Connection) -> None:
        busy.set()
        go.wait()

    with ThreadPoolExecutor(len(fns) + 1) as threads:
        threads.submit(store.write, keep_busy)
        busy.wait()
        futures = [threads.submit(store.write, fn) for fn in fns]
        while len(store._writer._waiting) < len(fns):
            go.wait(0.001)
        go.set()
    return futures


def test_every_commit_is_flushed_to_the_disk(store: Store) -> None:
    def pragma(name: str) -> Any:
        return store.write(lambda conn: conn.exec_driver_sql(f"PRAGMA {name}").scalar())

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_another_connection_sees_what_write_returned_from(store: Store) -> None:
    store.write(insert("t1"))
    assert all_ids(store) == {"t1"}


def test_what_waits_is_committed_together(store: Store) -> None:
    commits: list[Connection] = []
    note = commits.append  # bound once: it is taken off by identity
    event.listen(Engine, "commit", note)
    try:
        together(store, *(insert(f"t{n}") for n in range(10)))
    finally:
        event.remove(Engine, "commit", note)
    assert len(all_ids(store)) == 10
    assert len(commits) == 2  # the busy one, and the ten


def test_one_that_fails_takes_only_itself_back(store: Store) -> None:
    def fail(conn: Connection) -> None:
        insert("lost")(conn)
        raise LookupError("this one's own trouble")

    good, bad, better = together(store, insert("t1"), fail, insert("t2"))
    assert (good.result(), better.result()) == (None, None)
    with pytest.raises(LookupError, match="own trouble"):
        bad.result()
    assert all_ids(store) == {"t1", "t2"}


def test_inside_a_commit_one_that_fails_takes_only_itself_back(store: Store) -> None:
    seen: list[bool] = []

    def fail(conn: Connection) -> None:
        insert("lost")(conn)
        raise LookupError("this one's own trouble")

    def whole(conn: Connection) -> None:
        inside = store.within(conn)
        inside.write(insert("t1"))
        with pytest.raises(LookupError, match="own trouble"):
            inside.write(fail)
        with pytest.raises(LostRace):
            inside.write(insert("t1"))
        with inside.read() as same:
            seen.append(queries.get_transfer(same, "t1") is not None)
        seen.append(all_ids(store) == set())  # nobody else sees it yet
        inside.write(insert("t2"))

    store.write(whole)
    assert seen == [True, True]
    assert all_ids(store) == {"t1", "t2"}


def test_what_was_written_inside_a_commit_that_fails_is_not_kept(store: Store) -> None:
    def whole(conn: Connection) -> None:
        store.within(conn).write(insert("t1"))
        raise LookupError("the whole")

    with pytest.raises(LookupError, match="the whole"):
        store.write(whole)
    assert all_ids(store) == set()


def test_a_full_disk_inside_a_commit_is_a_sentence_and_keeps_nothing_of_it(store: Store) -> None:
    store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1"))

    def whole(conn: Connection) -> None:
        inside = store.within(conn)
        inside.write(insert("t1"))
        inside.write(insert("t2", name="x" * 2_000_000))

    with pytest.raises(StoreError, match=r"disk that holds .*feedhub\.db is full"):
        store.write(whole)
    assert "t2" not in all_ids(store)
    store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=100000"))
    store.write(insert("t3"))
    assert "t3" in all_ids(store)


def test_the_writer_survives_whatever_a_function_raises(store: Store) -> None:
    def leave(conn: Connection) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        store.write(leave)
    store.write(insert("t1"))
    assert all_ids(store) == {"t1"}


def test_a_row_that_must_be_unique_is_a_lost_race_without_its_values(store: Store) -> None:
    store.write(insert("t1", identity="SECRET-7"))
    with pytest.raises(LostRace) as lost:
        store.write(insert("t2", identity="SECRET-7"))
    assert "transfer.identity" in str(lost.value)
    assert "SECRET-7" not in str(lost.value)


def test_a_full_disk_is_a_sentence_and_keeps_nothing(store: Store) -> None:
    store.write(insert("t1"))
    store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1"))
    with pytest.raises(StoreError, match=r"disk that holds .*feedhub\.db is full.*free some space"):
        store.write(insert("t2", name="x" * 2_000_000))
    store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=100000"))
    store.write(insert("t3"))
    assert all_ids(store) == {"t1", "t3"}


def test_a_full_disk_fails_all_that_shared_the_commit(store: Store) -> None:
    store.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count=1"))
    asked = together(store, insert("t1"), insert("t2", name="x" * 2_000_000), insert("t3"))
    kept = all_ids(store)
    for id, future in zip(("t1", "t2", "t3"), asked, strict=True):
        assert (future.exception() is None) == (id in kept)
        assert future.exception() is None or isinstance(future.exception(), StoreError)
    assert "t2" not in kept


def test_a_constraint_names_what_it_refuses(store: Store) -> None:
    put_transfer(store, "t1")
    with pytest.raises(StoreError, match="ck_transfer_state"):
        store.write(lambda conn: conn.execute(text("UPDATE transfer SET state = 'SOMEWHERE'")))


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"), store.read() as conn:
        insert("t1")(conn)


def test_each_look_sees_the_newest_also_after_one_that_failed(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.read() as conn:
        assert queries.get_transfer(conn, "t1") is None
        raise ZeroDivisionError
    store.write(insert("t1"))
    with store.read() as conn, store.read() as other:
        store.write(insert("t2"))
        assert queries.get_transfer(conn, "t1") is not None
        assert queries.get_transfer(other, "t2") is not None


def test_writing_within_a_write_is_refused_rather_than_hanging(store: Store) -> None:
    with pytest.raises(RuntimeError, match="not write again"):
        store.write(lambda conn: store.write(insert("t1")))


def test_closing_commits_what_waits(open_store: Callable[[], Store]) -> None:
    first = open_store()
    first.write(insert("t1"))
    first.close()
    assert all_ids(open_store()) == {"t1"}


def test_writing_after_the_end_is_a_sentence_rather_than_a_hang(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed already"):
        store.write(insert("t1"))
