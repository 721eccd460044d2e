"""What an SFTP endpoint may do to us, and that nothing half done is taken for done."""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from hub.config.endpoints import SftpEndpoint
from hub.connectors import pool
from hub.connectors.base import Presence
from hub.connectors.sftp import SftpConnector
from hub.errors import InDoubt, PeerIncompatible, RemoteRefused, TransportError, Unreachable
from hub.testing.sftp_server import EmbeddedSftp
from tests.contract.ground import CONTENT, PASSWORD, Ground, fetch, log_in, names, probe, put

LARGE = hashlib.shake_128(b"fake").digest(2_000_000)
Settings = Callable[..., SftpEndpoint]


def test_a_line_that_drops_during_an_upload_leaves_no_half_file(
    pretend: Ground, embedded: EmbeddedSftp
) -> None:
    inbox = pretend.folder("in")
    embedded.faults.drop_after = 500_000
    with pytest.raises(Unreachable, match=r"bureau.*pay\.txt.*line broke"), pretend.session() as session:
        put(session, inbox, "pay.txt", LARGE)
    assert names(pretend.local / "in") == [".pay.txt.part"]
    embedded.faults.drop_after = None
    with pretend.session() as session:
        assert probe(session, inbox, "pay.txt", LARGE) is Presence.PARTIAL
        put(session, inbox, "pay.txt", LARGE)
    assert names(pretend.local / "in") == ["pay.txt"]


def test_a_line_that_drops_during_a_download_is_told(pretend: Ground, embedded: EmbeddedSftp) -> None:
    outbox = pretend.folder("out")
    (pretend.local / "out" / "pay.txt").write_bytes(LARGE)
    embedded.faults.drop_after = 500_000
    with pytest.raises(Unreachable, match=r"bureau.*pay\.txt.*line broke"), pretend.session() as session:
        fetch(session, session.listing(outbox).files[0])


def test_a_line_that_drops_while_renaming_is_in_doubt(pretend: Ground, embedded: EmbeddedSftp) -> None:
    inbox = pretend.folder("in")
    embedded.faults.drop_at_rename = True
    with pytest.raises(InDoubt, match=r"bureau.*being renamed"), pretend.session() as session:
        put(session, inbox, "pay.txt")
    embedded.faults.drop_at_rename = False
    with pretend.session() as session:
        assert probe(session, inbox, "pay.txt") is Presence.THERE


def test_a_refused_rename_leaves_nothing(pretend: Ground, embedded: EmbeddedSftp) -> None:
    inbox = pretend.folder("in")
    embedded.faults.refuse_rename = True
    with (
        pytest.raises(RemoteRefused, match=r"bureau.*rename.*permission denied"),
        pretend.session() as session,
    ):
        put(session, inbox, "pay.txt")
    assert names(pretend.local / "in") == []


@pytest.mark.parametrize("content", [CONTENT, LARGE])
def test_a_full_disk_is_told_and_leaves_nothing(
    pretend: Ground, embedded: EmbeddedSftp, content: bytes
) -> None:
    inbox = pretend.folder("in")
    embedded.faults.full_after = 10
    with pytest.raises(RemoteRefused, match=r"bureau.*write.*full disk"), pretend.session() as session:
        put(session, inbox, "pay.txt", content)
    assert names(pretend.local / "in") == []


def test_bytes_that_changed_on_the_way_are_noticed(pretend: Ground, embedded: EmbeddedSftp) -> None:
    inbox = pretend.folder("in")
    embedded.faults.garble = True
    with pytest.raises(Unreachable, match="did not arrive as it was sent"), pretend.session() as session:
        put(session, inbox, "pay.txt")
    assert names(pretend.local / "in") == []


def test_a_server_that_would_overwrite_is_not_given_the_chance(
    pretend: Ground, embedded: EmbeddedSftp
) -> None:
    inbox = pretend.folder("in")
    (pretend.local / "in" / "pay.txt").write_bytes(b"theirs")
    embedded.faults.overwrites = True
    with pytest.raises(RemoteRefused, match="never overwrites"), pretend.session() as session:
        put(session, inbox, "pay.txt")
    assert (pretend.local / "in" / "pay.txt").read_bytes() == b"theirs"


def test_a_file_that_is_picked_up_at_once_counts_as_sent(pretend: Ground, embedded: EmbeddedSftp) -> None:
    inbox = pretend.folder("in")
    embedded.faults.swallowed = frozenset({"pay.txt"})
    with pretend.session() as session:
        assert "picked up at once" in put(session, inbox, "pay.txt").checked
        assert probe(session, inbox, "pay.txt") is Presence.ABSENT


def test_where_nothing_may_be_read_back_only_the_size_is_vouched_for(
    pretend: Ground, embedded: EmbeddedSftp
) -> None:
    inbox = pretend.folder("in")
    embedded.faults.no_reading = True
    with pretend.session() as session:
        assert "size only" in put(session, inbox, "pay.txt").checked
    with pytest.raises(InDoubt, match="may not read it"), pretend.session() as session:
        probe(session, inbox, "pay.txt")
    with pytest.raises(InDoubt, match="may not read it"), pretend.session() as session:
        put(session, inbox, "pay.txt", CONTENT[::-1])


def test_a_folder_that_is_not_ours_is_refused(pretend: Ground, embedded: EmbeddedSftp) -> None:
    outbox = pretend.folder("out")
    embedded.faults.denied = frozenset({"/out"})
    with pytest.raises(RemoteRefused, match=r"bureau.*/out.*permission denied"), pretend.session() as session:
        session.listing(outbox)


def test_hostile_names_are_refused_one_by_one(pretend: Ground, embedded: EmbeddedSftp) -> None:
    outbox = pretend.folder("out")
    embedded.faults.hostile_names = (b"../../x", b"/etc/passwd", b"a\0b", b"", b"x" * 5000, b"good.csv")
    with pretend.session() as session:
        listing = session.listing(outbox)
    assert [file.name for file in listing.files] == ["good.csv"]
    assert len(listing.refused) == 5
    assert all(len(one.reason) < 400 and one.reason.isprintable() for one in listing.refused)


# --------------------------------------------------------------------------------------------- time-outs


def test_a_server_that_falls_silent_is_given_up(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    settings = endpoint(timeout=1)
    with (
        pytest.raises(Unreachable, match="the line is closed"),
        connector.open("bureau", settings, lambda _: PASSWORD) as session,
    ):
        embedded.faults.gate.clear()
        with pytest.raises(Unreachable, match="no answer within 1"):
            session.listing("")
        embedded.faults.gate.set()
        session.listing("")  # must not take the late answer for its own
    with connector.open("bureau", settings, lambda _: PASSWORD) as session:
        assert session.listing("").files == ()


@contextmanager
def silent_listener() -> Iterator[int]:
    """Takes connections in its backlog and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_never_greets_is_given_up(connector: SftpConnector, endpoint: Settings) -> None:
    with silent_listener() as port, pytest.raises(Unreachable, match="no SSH session came about"):
        log_in(connector, endpoint(port=port, connect_timeout=1))


def test_a_dead_port_is_told(connector: SftpConnector, endpoint: Settings) -> None:
    with silent_listener() as port:
        pass
    with pytest.raises(Unreachable, match=rf"bureau \(127\.0\.0\.1:{port}\): no connection"):
        log_in(connector, endpoint(port=port))


def test_an_unknown_host_is_told(connector: SftpConnector, endpoint: Settings) -> None:
    with pytest.raises(Unreachable, match="host name is not known"):
        log_in(connector, endpoint(host="no-such-host.invalid"))


class Valve:
    """Passes bytes on to a server until enough have come; then reads no more, as a frozen machine would."""

    def __init__(self, target: tuple[str, int], shut_after: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._target = target
        self._left = shut_after
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *error: object) -> None:
        self._over.set()
        socket.create_connection(self._listener.getsockname()).close()  # in case that nobody came
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        near, _ = self._listener.accept()
        with near, socket.create_connection(self._target) as far:
            back = threading.Thread(target=pass_on, args=(far, near))
            back.start()
            while self._left > 0 and (piece := near.recv(4096)):
                self._left -= len(piece)
                far.sendall(piece)
            self._over.wait()
            far.shutdown(socket.SHUT_RDWR)
            back.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # either end may hang up
        while piece := source.recv(4096):
            target.sendall(piece)


def test_a_peer_that_stops_reading_is_given_up(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    content = bytes(30_000_000)
    with Valve((embedded.host, embedded.port), shut_after=100_000) as port:
        settings = endpoint(port=port, timeout=1)
        with (
            pytest.raises(Unreachable, match=r"bureau.*pay\.txt"),
            connector.open("bureau", settings, lambda _: PASSWORD) as session,
        ):
            put(session, "", "pay.txt", content)


# ------------------------------------------------------------------------------------------- connections


def test_connections_are_few_and_used_again(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    settings, most, together = endpoint(connections=2), [], threading.Barrier(2, timeout=30)

    def work(number: int) -> None:
        with connector.open("bureau", settings, lambda _: PASSWORD) as session:
            together.wait()
            most.append(embedded.connections)
            session.listing("")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert len(embedded.log_ins) == 2


def test_a_line_that_died_in_the_pool_is_replaced(
    pretend: Ground, embedded: EmbeddedSftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "FRESH", 0)
    with pretend.session() as session:
        session.listing("")
    embedded.drop_all()
    with pretend.session() as session:
        assert session.listing("").files == ()
    assert len(embedded.log_ins) == 2


def test_closing_ends_every_connection_and_thread(pretend: Ground, embedded: EmbeddedSftp) -> None:
    before = set(threading.enumerate())
    with pretend.session() as session:
        session.listing("")
    pretend.connector.close()
    assert not [thread for thread in set(threading.enumerate()) - before if lives_on(thread)]
    assert embedded.connections == 0


def lives_on(thread: threading.Thread) -> bool:
    thread.join(10)
    return thread.is_alive()


def test_nothing_is_printed_or_logged(
    pretend: Ground, embedded: EmbeddedSftp, capfd: pytest.CaptureFixture[str]
) -> None:
    """paramiko logs whole tracebacks; our errors say the same in a sentence."""
    embedded.faults.drop_after = 1
    logged = Collected()
    logging.getLogger().addHandler(logged)
    try:
        for _ in range(2):
            with pytest.raises(TransportError), pretend.session() as session:
                put(session, "", "pay.txt", LARGE)
        embedded.faults.ciphers = ("3des-cbc",)
        with pytest.raises(PeerIncompatible):
            log_in(pretend.connector, pretend.endpoint)
    finally:
        logging.getLogger().removeHandler(logged)
    assert not logged.records
    assert capfd.readouterr() == ("", "")


class Collected(logging.Handler):
    """What reaches the root logger, and so the hub's own log."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_no_cipher_in_common_is_named(pretend: Ground, embedded: EmbeddedSftp) -> None:
    embedded.faults.ciphers = ("aes128-cbc", "3des-cbc")
    with pytest.raises(PeerIncompatible, match=r"no cipher in common.*aes128-cbc, 3des-cbc.*aes256-gcm"):
        log_in(pretend.connector, pretend.endpoint)


def test_a_server_without_sftp_is_named(connector: SftpConnector, tmp_path: Path, endpoint: Settings) -> None:
    with EmbeddedSftp(tmp_path, users={"hub": PASSWORD}) as server:
        server.faults.no_sftp = True
        settings = endpoint(port=server.port, host_keys=(server.host_key_line,))
        with pytest.raises(PeerIncompatible, match="offers no SFTP"):
            log_in(connector, settings)
