"""The embedded server itself: who talks to it sees one folder and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from hub.testing.sftp_server import EmbeddedSftp
from tests.contract.ground import PASSWORD, USER


@pytest.fixture
def client(embedded: EmbeddedSftp, tmp_path: Path) -> Iterator[paramiko.SFTPClient]:
    """A stranger's client, which sends whatever path it likes."""
    (tmp_path / "secret.txt").write_text("outside")
    (tmp_path / "served" / "inside.txt").write_text("inside")
    with paramiko.Transport((embedded.host, embedded.port)) as transport:
        transport.connect(username=USER, password=PASSWORD)
        opened = paramiko.SFTPClient.from_transport(transport)
        assert opened is not None
        yield opened


@pytest.mark.parametrize("path", ["../secret.txt", "/../secret.txt", "a/../../secret.txt", "link/secret.txt"])
def test_nothing_outside_the_folder_can_be_touched(
    client: paramiko.SFTPClient, tmp_path: Path, path: str
) -> None:
    (tmp_path / "served" / "link").symlink_to(tmp_path)
    for touch in (client.stat, client.remove, lambda path: client.open(path, "r")):
        with pytest.raises(OSError):
            touch(path)
    with pytest.raises(OSError):
        client.rename("inside.txt", "link/stolen.txt")
    with pytest.raises(OSError):
        client.open("link/new.txt", "w")
    assert (tmp_path / "secret.txt").read_text() == "outside"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["secret.txt", "served"]


def test_a_link_to_a_file_outside_is_not_read(client: paramiko.SFTPClient, tmp_path: Path) -> None:
    (tmp_path / "served" / "pay.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(OSError):
        client.open("pay.txt", "r")


def test_the_folder_itself_is_served(client: paramiko.SFTPClient) -> None:
    assert client.listdir("/") == ["inside.txt"]
    with client.open("/inside.txt") as file:
        assert file.read() == b"inside"


def test_there_is_no_shell(client: paramiko.SFTPClient) -> None:
    transport = client.get_channel().get_transport()  # type: ignore[union-attr]
    with pytest.raises(paramiko.SSHException):
        transport.open_session().exec_command("true")
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1))


def test_it_listens_on_loopback_only_and_ends_by_itself(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with EmbeddedSftp(tmp_path, users={USER: PASSWORD}) as server:
        assert server.host == "127.0.0.1"
        port = server.port
        transport = paramiko.Transport((server.host, port))
        transport.connect(username=USER, password=PASSWORD)
    transport.close()
    transport.join(10)
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
