"""Opening a state folder: what is made, what is refused, and in which words."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import create_engine, text

from hub.errors import StoreError
from hub.store import Store, queries
from hub.store.keys import Keys
from hub.store.schema import HEAD, metadata
from tests.looking import looking
from tests.unit.store.making import TickingClock, a_transfer, put_transfer

Open = Callable[..., Store]

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_program(database: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate()


def shape(database: Path) -> dict[str, list[str]]:
    """What each table and index is made of, whatever the order it was written in."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {
        name: sorted(line.strip().rstrip(",") for line in sql.splitlines())
        for name, sql in rows
        if name != "alembic_version"
    }


def version(database: Path, *new: str) -> str:
    with closing(sqlite3.connect(database)) as connection, connection:
        for one in new:
            connection.execute("UPDATE alembic_version SET version_num = ?", (one,))
        found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return found


def test_a_state_folder_is_made_at_the_first_opening(tmp_path: Path) -> None:
    Store.open(tmp_path / "new" / "state", clock=TickingClock()).close()
    names = sorted(path.name for path in (tmp_path / "new" / "state").iterdir())
    assert names == ["blobs", "feedhub.db", "keys", "made.txt"]


def test_the_migrations_make_the_schema(store: Store, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert shape(tmp_path / "state" / "feedhub.db") == shape(tmp_path / "plain.db")


def test_head_is_the_newest_migration(store: Store, tmp_path: Path) -> None:
    assert version(tmp_path / "state" / "feedhub.db") == HEAD


def test_a_database_that_is_up_to_date_needs_no_alembic(open_store: Open, tmp_path: Path) -> None:
    open_store().close()
    script = (
        "import sys; from pathlib import Path\n"
        "from hub.clock.now import SystemClock; from hub.store import Store\n"
        "Store.open(Path(sys.argv[1]), clock=SystemClock()).close(); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script, tmp_path / "state"], check=False).returncode == 0


def test_a_newer_database_is_left_alone(open_store: Open, tmp_path: Path) -> None:
    open_store().close()
    database = tmp_path / "state" / "feedhub.db"
    version(database, "9999")
    with pytest.raises(StoreError, match=r"newer feedhub \(schema 9999, this one knows 0001\)"):
        open_store()
    assert version(database) == "9999"


def test_a_locked_database_can_be_opened_and_looked_at(open_store: Open, tmp_path: Path) -> None:
    first = open_store()
    put_transfer(first, "t1")
    first.close()
    with held_by_another_program(tmp_path / "state" / "feedhub.db"):
        store = open_store(wait=0.01)
        with store.read() as conn:
            assert queries.get_transfer(conn, "t1") is not None


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_database_that_was_there_and_is_gone_is_refused(
    open_store: Open, tmp_path: Path, lose: Callable[[Path], object]
) -> None:
    open_store().close()
    for path in sorted((tmp_path / "state").glob("feedhub.db*")):
        lose(path) if path.suffix == ".db" else path.unlink()
    with pytest.raises(StoreError, match=r"missing or empty.*Restore the whole state folder"):
        open_store()


def test_a_locked_database_is_a_sentence_at_writing_and_does_not_hinder_reading(
    open_store: Open, tmp_path: Path
) -> None:
    store = open_store(wait=0.01)
    put_transfer(store, "t1")
    with held_by_another_program(tmp_path / "state" / "feedhub.db"):
        with pytest.raises(StoreError, match="another program is writing"):
            put_transfer(store, "t2")
        with store.read() as conn:
            assert queries.get_transfer(conn, "t1") is not None
    put_transfer(store, "t3")


def test_two_hubs_may_share_a_state_folder(open_store: Open) -> None:
    night, desk = open_store(), open_store()
    put_transfer(night, "t1")
    put_transfer(desk, "t2")
    with looking(night) as look:
        assert [row.id for row in look.transfers()] == ["t2", "t1"]


def test_a_database_without_its_keys_gets_no_new_ones(open_store: Open, tmp_path: Path) -> None:
    open_store().close()
    shutil.rmtree(tmp_path / "state" / "keys")
    with pytest.raises(StoreError, match=r"its keys in .*keys are not.*Restore .* from the back-up"):
        open_store()
    assert not (tmp_path / "state" / "keys").exists()


def test_the_keys_of_another_database_are_refused(open_store: Open, tmp_path: Path) -> None:
    open_store().close()
    Keys.open(tmp_path / "other")
    shutil.rmtree(tmp_path / "state" / "keys")
    shutil.move(tmp_path / "other" / "keys", tmp_path / "state" / "keys")
    with pytest.raises(StoreError, match=r"not the ones that .* was made with"):
        open_store()


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path, open_store: Open) -> None:
    open_store().close()
    (tmp_path / "state" / "feedhub.db").write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(StoreError, match=r"not a database.*restore the state folder"):
        open_store()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file stands where the folder should be")
    with pytest.raises(StoreError, match=r"cannot use .*state"):
        Store.open(tmp_path / "state", clock=TickingClock())


def test_errors_and_their_causes_never_show_what_was_written(store: Store) -> None:
    name = "MRS " + "EXAMPLE"
    with pytest.raises(StoreError, match=r"transfer\.partner") as refused:
        store.write(lambda conn: queries.insert_transfer(conn, a_transfer("t1", partner=None, name=name)))
    with pytest.raises(StoreError) as unread, store.read() as conn:
        conn.execute(text("SELECT nothing FROM transfer WHERE name = :name"), {"name": name})
    told = [*format_exception(refused.value), *format_exception(unread.value)]
    assert [line for line in told if name in line] == []


@pytest.mark.parametrize("name", ["file", "file/state"])
def test_a_state_folder_that_is_a_file_gets_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match=r"in, is a file\. Name a folder\."):
        Store.open(tmp_path / name, clock=TickingClock())
