"""Bad days, from the command line to the partners and back: each gives one clear sentence with place and
remedy, an exit code that is not 0 and an event, and leaves nothing half done. When the trouble is over, what
is left goes, once.
"""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import yaml

import hub.engine.local as engine
from hub.cli.exits import Exit
from hub.cli.main import outcome
from hub.config.load import load
from hub.demo.clock import StoryClock
from hub.demo.council import PASSWORD, Council, council, tenants
from hub.door.demo import Stage
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.errors import StoreError
from hub.store.db import Store
from hub.testing.sftp_server import new_key
from tests.agreeing import agree

HUGE = 2 << 30
ARUDD = Path(__file__).parents[1] / "golden/bacs/arudd/arudd.xml"

LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""A program that writes to the database until its input ends."""


@dataclass(frozen=True)
class Part:
    """A route on a bad day: its source, the one good file there, and where that file's content goes."""

    route: str
    source: tuple[str, str]
    good: str
    to: tuple[str, str] = ("rent", "import/transactions")


BUREAU = ("bureau", "inbound/dd_collections")
ACCOUNTS = Part("rent.accounts", ("rent", "export/accounts"), "RENTACC_FAKESHIRE_20261102_000001.csv")
POSTINGS = Part("housing_benefit.postings", ("benefits", "outgoing"), "rentpost_000041.dat")
REPORTS = Part("bacs.reports_in", ("bureau", "outbound/reports"), "ARUDD161226090001.xml")
FORWARD = Part("bacs.forward", ("rent", "export/standard18"), "rents_dd_901.txt", BUREAU)
COLLECTIONS = Part(
    "bacs.submission", ("rent", "export/dd"), "DDCALL_FAKESHIRE_20261103_000001.csv", BUREAU
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a command line came to."""

    code: int
    out: str
    err: str


@dataclass
class Town:
    """The council with its partners up, on a day that its clock says."""

    laid: Council
    clock: StoryClock
    run_command: Callable[..., Said]

    def command(self, *words: object) -> Said:
        return self.run_command("--config", self.laid.config, *words)

    def run(self, part: Part) -> Said:
        return self.command("run", part.route)

    @property
    def state(self) -> Path:
        return self.laid.config / "state"

    def source(self, part: Part) -> Path:
        return self.laid.endpoint_folder(*part.source) / part.good

    def lay(self, part: Part) -> bytes:
        """The day of the part's story, and at its source only its good file."""
        scene, stage = self._day(part)
        scene.prepare(stage)
        for path in self.source(part).parent.iterdir():
            if path.is_file() and path.name != part.good:
                path.unlink()
        return self.source(part).read_bytes()

    def put(self, part: Part, content: bytes) -> None:
        """The same day, with another content under that name."""
        _, stage = self._day(part)
        stage.put(*part.source, part.good, content)

    def _day(self, part):
        scene = next(scene for scene in Door.load().demo() if part.route in scene.routes)
        self.clock.turn_to(scene.day)
        finished = self.clock.now().timestamp() - 300
        return scene, Stage(scene.day, tenants(30), self.laid.endpoint_folder, finished)

    def delivered(self, part: Part) -> list[Path]:
        """All that lies where the part delivers to, temporary names too."""
        return sorted(path for path in self.laid.endpoint_folder(*part.to).iterdir() if path.is_file())

    def change(self, endpoint: str, **settings: object) -> None:
        path = self.laid.config / "endpoints.yaml"
        content = yaml.safe_load(path.read_text("utf-8"))
        content["endpoints"][endpoint].update(settings)
        path.write_text(yaml.safe_dump(content), "utf-8")
        agree(self.laid.config)

    @contextmanager
    def hub(self, **how: Callable[[str], None]) -> Iterator[Hub]:
        door = Door.load()
        with open_hub(load(self.laid.config, door.catalogue()), door, **how) as hub:
            yield hub

    def events(self, part: Part) -> dict[str, str]:
        """Kind, and reason if any, of all that the history tells of the route and its transfers."""
        with self.hub() as hub, hub.look() as look:
            found = look.events("route", part.route)
            for row in look.transfers(route=part.route):
                found += look.transfer_events(row.id)
        return {event.kind: str(event.data.get("reason") or event.data.get("trouble")) for event in found}

    def transfer(self, part: Part) -> str:
        """The id of the route's only transfer."""
        with self.hub() as hub, hub.look() as look:
            (row,) = look.transfers(route=part.route)
            return row.id


@pytest.fixture
def feedhub(capsys):
    def run(*words):
        code = outcome([str(word) for word in words])
        captured = capsys.readouterr()
        return Said(int(code), captured.out, captured.err)

    return run


@pytest.fixture
def town(tmp_path, monkeypatch, feedhub):
    """The hub knows the rent accounts and mandates; nothing else has happened."""
    clock = StoryClock()
    monkeypatch.setenv("FEEDHUB_DEMO_PASSWORD", PASSWORD)
    monkeypatch.setattr(engine, "SystemClock", lambda: clock)
    with council(tmp_path) as laid:
        made = Town(laid, clock, feedhub)
        made.lay(ACCOUNTS)
        for route in ("rent.accounts", "rent.mandates"):
            assert made.command("run", route).code == Exit.OK
        yield made


def assert_told(said, code, *parts):
    """The exit code, and a sentence with these parts; no traceback."""
    told = said.out + said.err
    assert said.code == code
    assert [part for part in parts if part not in told] == []
    assert "Traceback" not in told


def assert_nothing_left(town, part):
    """Nothing is at the partner, and nothing lies about in the hub's own store."""
    assert town.delivered(part) == []
    assert list((town.state / "blobs").glob("*/new/*")) == []


def assert_goes_once(town, part):
    for _ in range(2):
        assert_told(town.run(part), Exit.OK)
        assert len(town.delivered(part)) == 1


# An endpoint that is not as it should be.


def closed_port():
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        return once.getsockname()[1]


def another_host_key(town, name, patch):
    key = new_key()
    town.change(name, host_keys=[f"{key.get_name()} {key.get_base64()}"])
    return lambda: town.change(name, host_keys=[town.laid.servers[name].host_key_line])


def wrong_password(town, name, patch):
    patch.setenv("FEEDHUB_DEMO_PASSWORD", "not-this-one")
    return lambda: patch.setenv("FEEDHUB_DEMO_PASSWORD", PASSWORD)


def dead_server(town, name, patch):
    town.change(name, port=closed_port())
    return lambda: town.change(name, port=town.laid.servers[name].port)


TROUBLES = {
    another_host_key: ("shows the host key", "Nothing was sent", "put the new key under `host_keys`"),
    wrong_password: ("env:FEEDHUB_DEMO_PASSWORD", "refused", "Correct the secret or ask the partner"),
    dead_server: ("no connection", "look at the firewall"),
}
"""What goes wrong (each gives back how it is put right), and what is said of it."""

troubles = pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)


@troubles
def test_a_source_that_cannot_be_read(town, monkeypatch, trouble):
    town.lay(POSTINGS)
    put_right = trouble(town, "benefits", monkeypatch)
    said = town.run(POSTINGS)
    assert_told(said, Exit.TROUBLE, "endpoint benefits (127.0.0.1:", *TROUBLES[trouble])
    assert town.events(POSTINGS)["run_failed"] in said.err
    assert_nothing_left(town, POSTINGS)
    put_right()
    assert_goes_once(town, POSTINGS)


@troubles
def test_a_target_that_cannot_be_reached(town, monkeypatch, trouble):
    town.lay(FORWARD)
    put_right = trouble(town, "bureau", monkeypatch)
    said = town.run(FORWARD)
    assert_told(said, Exit.NOT_SO, FORWARD.good, "endpoint bureau (127.0.0.1:", *TROUBLES[trouble])
    assert town.events(FORWARD)["not_sent"] in said.out
    assert town.source(FORWARD).exists(), "what did not leave stays at its source"
    assert_nothing_left(town, FORWARD)
    put_right()
    assert_told(town.command("transfers", "retry", town.transfer(FORWARD), "--reason", "mended"), Exit.OK)
    assert_goes_once(town, FORWARD)


def test_a_refused_password_is_not_offered_again_by_itself(town, monkeypatch):
    town.lay(FORWARD)
    wrong_password(town, "bureau", monkeypatch)
    for _ in range(3):
        assert town.run(FORWARD).code == Exit.NOT_SO
    assert len(town.laid.servers["bureau"].log_ins) == 1


# A file that is not as it should be.


def cut(content):
    return content[: len(content) // 2]


def utf_16(content):
    return content.decode("latin-1").encode("utf-16")


def latin_1(content):
    """Says that it is UTF-8, and has an umlaut that is not."""
    return content.replace(b"EXAMPLE", b"EX\xc4MPLE")


def dtd(content):
    start = content.index(b"?>") + 2
    return content[:start] + b'<!DOCTYPE BACSDocument SYSTEM "other.dtd">' + content[start:]


DAMAGED = [
    (POSTINGS, cut, ("does not end with its trailer", "it was cut off")),
    (COLLECTIONS, cut, ("no trailer record", "ask the sender for it again")),
    (FORWARD, cut, ("may have been cut short", "expected data or EOF1")),
    (REPORTS, cut, ("not well-formed XML",)),
    (POSTINGS, utf_16, ("line 1 holds a NUL character at byte 4", "iso-8859-1 text")),
    (
        COLLECTIONS,
        utf_16,
        ("line 1 holds a NUL character at byte 4; it begins as UTF-16 text does", "utf-8 text"),
    ),
    (FORWARD, utf_16, ("line 1 holds", "ascii text")),
    (REPORTS, latin_1, ("not well-formed XML (invalid encoding)",)),
    (REPORTS, dtd, ("has a DTD", "ask the sender for one without")),
]


@pytest.mark.parametrize(("part", "damage", "told"), DAMAGED)
def test_a_damaged_file_is_refused_and_nothing_of_it_goes_on(town, part, damage, told):
    good = ARUDD.read_bytes() if part is REPORTS else town.lay(part)
    town.put(part, damage(good))
    assert_told(town.run(part), Exit.NOT_SO, part.good, "REJECTED", *told)
    assert "the file" in town.events(part)["rejected"]
    assert_nothing_left(town, part)
    assert not town.source(part).exists(), "the refused file is put away"


def test_two_gigabytes_are_refused_by_their_size_before_a_byte_is_read(town):
    town.put(POSTINGS, b"")
    before = town.source(POSTINGS).stat()
    os.truncate(town.source(POSTINGS), HUGE)
    os.utime(town.source(POSTINGS), (before.st_atime, before.st_mtime))
    town.laid.servers["benefits"].faults.no_reading = True
    told = (POSTINGS.good, "2,147,483,648 bytes", "at most 200,000,000", "raise max_file_size")
    assert_told(town.run(POSTINGS), Exit.NOT_SO, *told)
    assert "2,147,483,648" in town.events(POSTINGS)["failed"]
    assert_nothing_left(town, POSTINGS)
    assert town.source(POSTINGS).exists()


def test_two_gigabytes_from_a_persons_hand_are_refused_too(town, tmp_path):
    huge = tmp_path / "huge.dat"
    huge.touch()
    os.truncate(huge, HUGE)
    said = town.command("put", POSTINGS.route, huge)
    assert_told(said, Exit.NOT_SO, "huge.dat has 2,147,483,648 bytes", "at most 200,000,000")
    assert "2,147,483,648" in town.events(POSTINGS)["run_failed"]
    assert_nothing_left(town, POSTINGS)


# The hub's own disk and database.


@pytest.fixture
def impatient(monkeypatch):
    """Waits a moment, not seconds, for another program that writes."""
    monkeypatch.setattr(Store, "open", partial(Store.open, wait=0.2))


@contextmanager
def another_program_writing(town):
    command = [sys.executable, "-c", LOCKS, town.state / "feedhub.db"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.close()


def test_a_database_that_another_program_holds(town, impatient):
    town.lay(POSTINGS)
    with another_program_writing(town):
        said = town.run(POSTINGS)
    assert_told(said, Exit.TROUBLE, "another program is writing to", "feedhub.db", "or end it")
    assert_nothing_left(town, POSTINGS)
    assert_goes_once(town, POSTINGS)


@pytest.mark.parametrize("point", ["found", "staged", "numbered", "worked", "intent", "arrived"])
def test_a_database_that_another_program_takes_in_the_middle_of_a_run(town, impatient, point):
    town.lay(POSTINGS)
    holding = another_program_writing(town)

    def boundary(reached):
        if reached == point:
            holding.__enter__()

    with town.hub(boundary=boundary) as hub, pytest.raises(StoreError, match="another program is writing"):
        hub.run(POSTINGS.route)
    holding.__exit__(None, None, None)
    assert_goes_once(town, POSTINGS)


@pytest.mark.parametrize("room_for", [0, 2, 3])
def test_a_disk_that_is_full(town, monkeypatch, room_for):
    """There is room for so many writes: the first three are of what comes in, the next of what is made. Both
    go into files, as long content does."""
    town.lay(POSTINGS)
    done = []
    monkeypatch.setattr("hub.store.blobs.SMALL", 0)

    def full(handle):
        done.append(handle)
        if len(done) > room_for:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = town.run(POSTINGS)
    assert_told(said, Exit.TROUBLE, "the disk that holds", "open is full", "free some space")
    assert "is full" in town.events(POSTINGS)["run_failed"]
    assert_nothing_left(town, POSTINGS)
    assert_goes_once(town, POSTINGS)


def test_a_wrong_configuration(town):
    town.lay(POSTINGS)
    routes = town.laid.config / "routes" / "housing_benefit.yaml"
    routes.write_text(routes.read_text("utf-8").replace("endpoint: benefits", "endpoint: benfits"), "utf-8")
    said = town.run(POSTINGS)
    assert_told(said, Exit.USAGE, "housing_benefit.yaml line ", "benfits", "benefits")
    assert_nothing_left(town, POSTINGS)
