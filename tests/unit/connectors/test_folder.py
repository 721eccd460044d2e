"""What is special about a folder: nothing outside it is touched, and shares without hard links work."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest

from hub.config.endpoints import FolderEndpoint
from hub.connectors.base import Receipt
from hub.connectors.folder import FolderConnector
from hub.errors import InDoubt, RemoteRefused, Unreachable


@pytest.fixture
def endpoint(tmp_path: Path) -> FolderEndpoint:
    (tmp_path / "root" / "in").mkdir(parents=True)
    return FolderEndpoint(type="folder", path=tmp_path / "root")


def put(endpoint: FolderEndpoint, folder: str, content: bytes = b"fake") -> Receipt:
    with FolderConnector().open("rent", endpoint, str) as session:
        source = io.BytesIO(content)
        return session.put(folder, "pay.txt", source, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("folder", ["..", "in/../..", "in/../../elsewhere", "C:/x", "in\\..\\.."])
def test_a_folder_outside_is_refused(endpoint: FolderEndpoint, tmp_path: Path, folder: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(RemoteRefused, match="no folder below its path"):
        put(endpoint, folder)
    assert os.listdir(tmp_path / "elsewhere") == []


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_linked_folder_that_leads_out_is_refused(endpoint: FolderEndpoint, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (endpoint.path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RemoteRefused, match="leads out of the endpoint's path"):
        put(endpoint, "out")
    with (
        pytest.raises(RemoteRefused, match="leads out"),
        FolderConnector().open("rent", endpoint, str) as session,
    ):
        session.listing("out")
    assert os.listdir(tmp_path / "elsewhere") == []


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_planted_under_the_temporary_name_is_not_written_through(
    endpoint: FolderEndpoint, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_bytes(b"theirs")
    (endpoint.path / "in" / ".pay.txt.part").symlink_to(tmp_path / "victim")
    put(endpoint, "in")
    assert (tmp_path / "victim").read_bytes() == b"theirs"


def test_a_missing_root_may_be_tried_again(endpoint: FolderEndpoint) -> None:
    gone = endpoint.model_copy(update={"path": endpoint.path / "not-mounted"})
    with pytest.raises(Unreachable, match=r"endpoint rent.*connect the drive"):
        put(gone, "in")


@pytest.mark.parametrize("taken", [False, True])
def test_a_share_without_hard_links_is_written_to_but_not_over(
    endpoint: FolderEndpoint, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def no_links(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    path = endpoint.path / "in" / "pay.txt"
    if taken:
        path.write_bytes(b"theirs")
        with pytest.raises(RemoteRefused, match="never overwrites"):
            put(endpoint, "in")
    else:
        put(endpoint, "in")
    assert path.read_bytes() == (b"theirs" if taken else b"fake")
    assert os.listdir(endpoint.path / "in") == ["pay.txt"]


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.ENOSPC, RemoteRefused, "the place is full"),
        (errno.EIO, Unreachable, "tries again"),
        (errno.EACCES, RemoteRefused, "permission denied"),
    ],
)
def test_what_a_disk_answers_becomes_a_sentence(
    endpoint: FolderEndpoint, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception], sentence: str
) -> None:
    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind, match=rf"endpoint rent: could not write .*{sentence}"):
        put(endpoint, "in")
    assert os.listdir(endpoint.path / "in") == []


def test_a_share_that_goes_away_while_renaming_is_in_doubt(
    endpoint: FolderEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(InDoubt, match="being renamed"):
        put(endpoint, "in")
