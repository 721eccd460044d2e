"""Files of one route that are worked side by side: what one brings is not taken from another as well."""

from __future__ import annotations

from threading import Barrier, Lock

from hub.connectors.place import FileSession
from hub.model import Disposition, ItemState
from hub.store import queries
from hub.transfer import pipeline
from tests.little import little
from tests.world import World

ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in, connections: 2}
  out: {type: folder, path: ../out}
"""


def once(item, ctx, answer):
    """An item that an earlier file brought is a duplicate."""
    came = item.reference in ctx.facts.history.posted
    return Disposition(ItemState.DUPLICATE if came else ItemState.TAKEN, account=item.reference)


def test_an_item_that_two_files_bring_at_the_same_moment_is_taken_once(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "SMALL", 0)  # larger files are not worked together
    feed = little(match=once, item_key=lambda item: item.reference, checks=())
    world = World(tmp_path, feeds=[feed])
    world.write("config/endpoints.yaml", ENDPOINTS)
    world.arrive("a.txt", b"ABC001+0001000\nABC002+0000200\n")
    world.arrive("b.txt", b"ABC001+0001000\nABC003+0000300\n")
    both, turns, lock = Barrier(2, timeout=30), iter(range(10)), Lock()

    def meet(name):
        if name == "rendered":
            with lock:
                turn = next(turns)
            if turn < 2:
                both.wait()  # neither is committed, and both have looked

    with world.hub(boundary=meet) as hub:
        report = hub.run("payments")
        with hub.store.read() as conn:
            items = [item for one in report.transfers for item in queries.items_of(conn, None, one.id)]
    assert [one.state for one in report.transfers] == ["SENT", "SENT"]
    taken = sorted(item.reference for item in items if item.state is ItemState.POSTED)
    assert taken == ["ABC001", "ABC002", "ABC003"]
    assert [item.reference for item in items if item.state is ItemState.DUPLICATE] == ["ABC001"]
    written = b"".join(world.delivered().values())
    assert written.count(b"ABC001") == 1


def test_one_file_that_vanishes_keeps_none_of_those_that_came_with_it(tmp_path):
    world = World(tmp_path)
    for name in "abcd":
        world.arrive(f"{name}.txt", f"ABC{ord(name):03d}+0001000\n".encode())

    def vanish(name):
        if name == "fetched":
            (tmp_path / "in/b.txt").unlink(missing_ok=True)

    with world.hub(boundary=vanish) as hub:
        outcomes = {one.name: one for one in hub.run("payments").transfers}
    assert {name: one.state for name, one in outcomes.items()} == {
        "a.txt": "SENT", "b.txt": "FAILED", "c.txt": "SENT", "d.txt": "SENT",
    }  # fmt: skip
    assert "“/b.txt” does not exist any more: somebody took it away" in outcomes["b.txt"].reason
    assert "may be withdrawn" in outcomes["b.txt"].reason
    assert len(world.delivered()) == 3


def test_a_connector_that_breaks_over_one_file_fails_that_one_alone(tmp_path, monkeypatch):
    world = World(tmp_path)
    for name in "abc":
        world.arrive(f"{name}.txt", f"ABC{ord(name):03d}+0001000\n".encode())
    fetch = FileSession.fetch

    def breaks(self, file, sink):
        if file.name == "b.txt":
            raise ZeroDivisionError
        fetch(self, file, sink)

    monkeypatch.setattr(FileSession, "fetch", breaks)
    with world.hub() as hub:
        outcomes = {one.name: one for one in hub.run("payments").transfers}
    assert {name: one.state for name, one in outcomes.items()} == {
        "a.txt": "SENT", "b.txt": "FAILED", "c.txt": "SENT",
    }  # fmt: skip
    assert "has a fault" in outcomes["b.txt"].reason
