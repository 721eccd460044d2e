"""Small files that are worked and leave together: each is what it would be alone, whatever its neighbours."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from hashlib import sha256

import pytest

from hub.api import Found, ItemState, Level, Need, Number, Output, Severity, check
from hub.connectors.folder import FolderConnector, FolderPlace
from hub.errors import StoreError
from hub.store import queries
from hub.store.blobs import Blobs
from tests.crash.test_boundaries import Crash, crash_at
from tests.little import little, write
from tests.world import ENDPOINTS, World

NAMES = "abcmxyz"


def line(name):
    return f"ABC{ord(name):03d}+0001000\n".encode()


@pytest.fixture(params=[True, False], ids=["swept", "not swept"])
def endpoints(request):
    return ENDPOINTS.replace("../out}", f"../out, sweeps: {str(request.param).lower()}}}")


def made(tmp_path, endpoints, **changes):
    world = World(tmp_path, feeds=[little(**changes)])
    world.write("config/endpoints.yaml", endpoints)
    for name in NAMES:
        world.arrive(f"{name}.txt", line(name))
    return world


def states(hub):
    with hub.look() as look:
        return {row.name: row.state.value for row in look.transfers()}


def test_one_that_a_fault_befalls_after_its_number_was_drawn_fails_alone(tmp_path, endpoints):
    def faulty(carried, ctx):
        if carried[0].item.reference == line("m")[:6].decode():
            raise ZeroDivisionError
        return write(carried, ctx)

    serial = Number("serial", lambda *_: "little.serial")
    output = Output("payments", ("PAYMENT",), write=faulty, numbers=(serial,))
    world = made(tmp_path, endpoints, outputs=(output,))
    with world.hub() as hub:
        outcomes = {one.name: one.state for one in hub.run("payments").transfers}
    assert outcomes == {f"{name}.txt": "FAILED" if name == "m" else "SENT" for name in NAMES}


def test_one_whose_stored_bytes_are_gone_keeps_no_other_from_leaving(tmp_path, endpoints, monkeypatch):
    world = made(tmp_path, endpoints)
    with world.hub(boundary=crash_at("staged", len(NAMES))) as hub, pytest.raises(Crash):
        hub.run("payments")
    whole, gone = Blobs._raw, sha256(line("m")).hexdigest()

    def raw(blobs, digest):
        if digest == gone:
            raise StoreError("the stored bytes are missing")
        return whole(blobs, digest)

    monkeypatch.setattr(Blobs, "_raw", raw)
    with world.hub() as hub:
        with pytest.raises(StoreError, match="are missing"):
            hub.run("payments")
        found = states(hub)
    assert found == {f"{name}.txt": "STAGED" if name == "m" else "ACCEPTED" for name in NAMES}
    assert len(world.delivered()) == len(NAMES) - 1


def test_a_place_that_is_away_is_tried_ever_more_rarely_and_not_told_to_answer(
    tmp_path, endpoints, monkeypatch
):
    world = World(tmp_path)
    world.write("config/endpoints.yaml", endpoints)
    world.change_route("retry: {attempts: 8, first_wait: 10h, longest_wait: 10h}")
    whole, told, waits = FolderPlace.write, [], []

    def gone(place, path, source):
        if path.startswith("/."):
            raise TimeoutError("timed out")
        whole(place, path, source)

    monkeypatch.setattr(FolderPlace, "write", gone)
    with world.hub(told=told.append) as hub:
        for number in range(3):
            for name in "def":  # none of those before is due
                world.arrive(f"{name}{number}.txt", f"DEF{ord(name) + 10 * number:03d}+0001000\n".encode())
            hub.run("payments")
            with hub.store.read() as conn:
                row = queries.get_circuit(conn, "endpoint:out")
            waits.append(row.try_at - world.clock.at)
            world.clock.turn(seconds=waits[-1].total_seconds() + 1)
    assert waits == sorted(set(waits)), "each wait is longer than the one before"
    assert "answers_again" not in {event["kind"] for event in told}


def test_a_check_sees_what_left_with_the_file_before(tmp_path, endpoints):
    seen = []

    @check("USED", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.LEFT,))
    def used(taken, ctx):
        """Looks at what has left."""
        seen.append(set(ctx.facts.left))
        yield from () if seen else [Found("never")]

    output = Output("payments", ("PAYMENT",), write=write, becomes=ItemState.SENT)
    world = World(tmp_path, feeds=[little(checks=(used,), outputs=(output,))])
    world.write("config/endpoints.yaml", endpoints)
    world.arrive("a.txt", b"ABC001+0001000\n")
    world.arrive("b.txt", b"ABC001+0002000\n")
    with world.hub() as hub:
        hub.run("payments")
    assert seen == [set(), {"ABC001"}]


def test_a_strangers_connector_sends_one_file_a_session(tmp_path, endpoints):
    """Its sessions cannot make names safe before they end, and its partner takes each file at once."""
    taken = []

    class Strange:
        def __init__(self, session):
            self._session = session

        def __getattr__(self, name):
            if name == "settle":
                raise AttributeError(name)
            return getattr(self._session, name)

        def put(self, folder, name, *given):
            receipt = self._session.put(folder, name, *given)
            taken.append((world.folder / "out" / name).read_bytes())
            (world.folder / "out" / name).unlink()
            return receipt

    class Connector(FolderConnector):
        @contextmanager
        def open(self, name, endpoint, secrets):
            with super().open(name, endpoint, secrets) as session:
                yield Strange(session)

    world = made(tmp_path, endpoints)
    with world.hub(folder=Connector()) as hub:
        outcomes = Counter(one.state for one in hub.run("payments").transfers)
    assert outcomes == Counter(SENT=len(NAMES))
    assert sorted(taken) == sorted(map(line, NAMES))


def test_files_of_more_than_a_little_share_no_commit(tmp_path, endpoints):
    """Others wait for the writer meanwhile."""
    world = World(tmp_path)
    world.write("config/endpoints.yaml", endpoints)
    for name in "ab":
        world.arrive(f"{name}.txt", line(name) * 1200)
    with world.hub(boundary=crash_at("rendered", 2)) as hub, pytest.raises(Crash):
        hub.run("payments")
    with world.hub() as hub:
        assert states(hub) == {"a.txt": "ACCEPTED", "b.txt": "STAGED"}
