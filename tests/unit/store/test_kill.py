"""A process that is killed in the middle of commits: what was durable is there, and all is whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config.people import HUB
from hub.model import Compartment
from hub.store import Store, queries
from hub.store.blobs import Blobs
from hub.store.look import Look

Open = Callable[..., Store]

WRITES_UNTIL_KILLED = r"""
import os
import sys
from itertools import count
from pathlib import Path
from threading import Thread

from hub.clock.now import SystemClock
from hub.model import Compartment
from hub.store import Store
from tests.unit.store.making import an_item, put_transfer

store = Store.open(Path(sys.argv[1]), clock=SystemClock())

def write(thread):
    for n in count():
        id = f"t{thread}-{n}"
        ref = store.blobs(Compartment.OPEN).put(id.encode() * 20_000)
        items = [an_item(f"{id}.{line}", personal={"account_name": "AN EXAMPLE"}) for line in (1, 2, 3)]
        put_transfer(store, id, *items, blob=ref.sha256, size=ref.size)
        os.write(1, f"{id}\n".encode())

with store.blobs(Compartment.OPEN).incoming() as left_behind:
    left_behind.write(b"half a file" * 10_000)
    threads = [Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    threads[0].join()
"""


@pytest.fixture
def told(open_store: Open, tmp_path: Path) -> list[str]:
    """The ids that a child said were durable, before it was killed in the middle of the next."""
    command = [sys.executable, "-c", WRITES_UNTIL_KILLED, str(tmp_path / "state")]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout is not None
        ids = [child.stdout.readline().strip() for _ in range(200)]
        child.kill()
        ids += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert all(ids), "the child stopped by itself"
    return ids


def test_what_was_durable_is_there_and_whole(told: list[str], open_store: Open) -> None:
    store = open_store()
    with store.read() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        rows = Look(conn, store.keys, HUB).transfers(limit=100_000)
        assert set(told) <= {row.id for row in rows}
        for row in rows:
            assert len(queries.items_of(conn, store.keys, row.id)) == 3
            assert len(queries.events_of(conn, "transfer", row.id)) == 1
            assert queries.verify_chain(conn, "transfer", row.id) is None
            assert store.blobs(Compartment.OPEN).read(row.blob or "") == row.id.encode() * 20_000


def test_nothing_half_written_stays(told: list[str], open_store: Open, tmp_path: Path) -> None:
    new = tmp_path / "state" / "blobs" / "open" / "new"
    assert list(new.iterdir())
    open_store()
    assert list(new.iterdir()) == []


def test_stored_bytes_of_a_commit_that_never_was_are_whole_too(
    told: list[str], open_store: Open, tmp_path: Path
) -> None:
    blobs: Blobs = open_store().blobs(Compartment.OPEN)
    stored = list((tmp_path / "state" / "blobs" / "open").glob("??/*"))
    assert stored
    for path in stored:
        assert blobs.read(path.name)
