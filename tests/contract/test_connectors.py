"""What every connector promises, at a folder, at the embedded server and at OpenSSH's sshd."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.config.endpoints import FolderEndpoint
from hub.connectors.base import Presence, RemoteFile, Session
from hub.connectors.folder import FolderConnector
from hub.errors import RemoteRefused, Unreachable
from tests.contract.ground import CONTENT, Ground, fetch, names, probe, put

# ------------------------------------------------------------------------------------------------ upload


@pytest.mark.parametrize("size", [0, 1, 32_767, 32_768, 32_769, 200_000, 5_000_000])
def test_an_upload_arrives_whole_and_comes_back_the_same(ground: Ground, size: int) -> None:
    content = hashlib.shake_128(b"fake").digest(size)
    inbox = ground.folder("in")
    with ground.session() as session:
        receipt = put(session, inbox, "pay.txt", content)
        (file,) = session.listing(inbox).files
        assert fetch(session, file) == content
    assert (receipt.size, receipt.checked) == (size, "size and SHA-256")
    assert (ground.local / "in" / "pay.txt").read_bytes() == content
    assert names(ground.local / "in") == ["pay.txt"]


def test_an_upload_may_be_repeated(ground: Ground) -> None:
    inbox = ground.folder("in")
    with ground.session() as session:
        first, again = put(session, inbox, "pay.txt"), put(session, inbox, "pay.txt")
    assert replace(again, checked=first.checked) == first
    assert "there already" in again.checked
    assert names(ground.local / "in") == ["pay.txt"]


@pytest.mark.parametrize("other", [b"longer than what we send, and not ours" * 2, CONTENT[::-1]])
def test_an_upload_never_overwrites(ground: Ground, other: bytes) -> None:
    inbox = ground.folder("in")
    (ground.local / "in" / "pay.txt").write_bytes(other)
    with ground.session() as session, pytest.raises(RemoteRefused, match=r"pay\.txt.*never overwrites"):
        put(session, inbox, "pay.txt")
    assert (ground.local / "in" / "pay.txt").read_bytes() == other
    assert names(ground.local / "in") == ["pay.txt"]


def test_an_upload_replaces_what_an_earlier_attempt_left_behind(ground: Ground) -> None:
    inbox = ground.folder("in")
    (ground.local / "in" / ".pay.txt.part").write_bytes(b"left by a crash, and longer than the content" * 3)
    with ground.session() as session:
        put(session, inbox, "pay.txt")
    assert names(ground.local / "in") == ["pay.txt"]
    assert (ground.local / "in" / "pay.txt").read_bytes() == CONTENT


def test_content_that_is_not_what_was_promised_is_not_given_its_name(ground: Ground) -> None:
    inbox = ground.folder("in")
    with ground.session() as session, pytest.raises(Unreachable, match="did not arrive as it was sent"):
        session.put(inbox, "pay.txt", io.BytesIO(CONTENT), len(CONTENT), hashlib.sha256(b"other").hexdigest())
    assert names(ground.local / "in") == []


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "..", "a\\b", "a\0b", "a\nb", "C:x", "CON", "nul.txt", ""]
)
def test_an_unsafe_name_is_refused(ground: Ground, name: str) -> None:
    inbox = ground.folder("in")
    with ground.session() as session:
        with pytest.raises(RemoteRefused, match="file name"):
            put(session, inbox, name)
        with pytest.raises(RemoteRefused, match="file name"):
            probe(session, inbox, name)
    assert names(ground.local / "in") == []


def test_a_missing_folder_is_named(ground: Ground) -> None:
    with ground.session() as session:
        with pytest.raises(RemoteRefused, match=r"bureau.*nowhere.*does not exist"):
            session.listing("nowhere")
        with pytest.raises(RemoteRefused, match=r"bureau.*nowhere.*does not exist"):
            put(session, "nowhere", "pay.txt")
        assert session.describe()


def test_many_threads_share_an_endpoint(ground: Ground) -> None:
    inbox = ground.folder("in")

    def send(number: int) -> None:
        with ground.session() as session:
            put(session, inbox, f"{number}.txt", b"%d" % number * 500)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(60)))
    assert len(names(ground.local / "in")) == 60
    assert (ground.local / "in" / "59.txt").read_bytes() == b"59" * 500


# ------------------------------------------------------------------------------------------------- probe


def test_a_probe_tells_what_lies_under_a_name(ground: Ground) -> None:
    inbox = ground.folder("in")
    with ground.session() as session:
        assert probe(session, inbox, "pay.txt") is Presence.ABSENT
        (ground.local / "in" / ".pay.txt.part").write_bytes(CONTENT)
        assert probe(session, inbox, "pay.txt") is Presence.PARTIAL
        (ground.local / "in" / "pay.txt").write_bytes(CONTENT[::-1])
        assert probe(session, inbox, "pay.txt") is Presence.DIFFERENT
        (ground.local / "in" / "pay.txt").write_bytes(CONTENT)
        assert probe(session, inbox, "pay.txt") is Presence.THERE
        assert probe(session, inbox, "pay.txt", CONTENT + b"x") is Presence.DIFFERENT


def test_an_upload_that_is_there_is_tidied_up_after(ground: Ground) -> None:
    inbox, here = ground.folder("in"), ground.local / "in"
    for name in ("pay.txt", ".pay.txt.part", ".pay.txt.part.leaving", ".else.txt.part"):
        (here / name).write_bytes(CONTENT)
    with ground.session() as session:
        session.tidy(inbox, "pay.txt")
    assert names(here) == [".else.txt.part", "pay.txt"]


def test_a_file_that_was_picked_up_while_the_hub_died_is_not_taken_for_unsent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def dies(*args: Any, **options: Any) -> None:
        link(*args, **options)
        (tmp_path / "in/pay.txt").unlink()  # the partner
        raise KeyboardInterrupt

    (tmp_path / "in").mkdir()
    connector, settings = FolderConnector(), FolderEndpoint(type="folder", path=tmp_path)
    with connector.open("bureau", settings, str) as session:
        monkeypatch.setattr(os, "link", dies)
        with pytest.raises(KeyboardInterrupt):
            put(session, "in", "pay.txt")
        monkeypatch.undo()
        assert probe(session, "in", "pay.txt") is Presence.ABSENT
        assert put(session, "in", "pay.txt").checked == "size and SHA-256"
    assert names(tmp_path / "in") == ["pay.txt"]


# ------------------------------------------------------------------------------------- listing and fetch


def test_a_listing_holds_only_plain_visible_files_by_name(ground: Ground) -> None:
    outbox = ground.folder("out")
    for name in ("b.xml", "a.csv", ".hidden", ".c.csv.part"):
        (ground.local / "out" / name).write_bytes(CONTENT)
    (ground.local / "out" / "folder").mkdir()
    with ground.session() as session:
        listing = session.listing(outbox)
    assert [(file.name, file.size) for file in listing.files] == [("a.csv", 31), ("b.xml", 31)]
    assert not listing.refused
    assert listing.files[0].mtime.endswith("+00:00")


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made on Windows")
def test_an_unsafe_name_is_told_without_failing_the_folder(ground: Ground) -> None:
    outbox = ground.folder("out")
    unsafe = [b"line\nbreak", b"back\\slash", b"not utf-8 \xff", b"CON", b"esc\x1b[2J", "turn\u202e".encode()]
    for name in [*unsafe, b"good.csv"]:
        Path(os.fsdecode(os.fsencode(ground.local / "out") + b"/" + name)).write_bytes(CONTENT)
    with ground.session() as session:
        listing = session.listing(outbox)
    assert [file.name for file in listing.files] == ["good.csv"]
    assert len(listing.refused) == len(unsafe)
    assert all(one.name.isprintable() and one.reason.isprintable() for one in listing.refused)
    assert all("bureau" in one.reason and "/out" in one.reason for one in listing.refused)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_not_followed(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> None:
    outbox = ground.folder("out")
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.txt"
    secret.write_bytes(CONTENT)
    (ground.local / "out" / "pay.txt").symlink_to(secret)
    with ground.session() as session:
        listing = session.listing(outbox)
        with pytest.raises(RemoteRefused):
            put(session, outbox, "pay.txt")
    assert not listing.files
    assert "link" in listing.refused[0].reason
    assert secret.read_bytes() == CONTENT


@pytest.mark.parametrize("change", [CONTENT + b"more", CONTENT[:5], CONTENT[::-1]])
def test_a_file_that_changed_since_it_was_listed_is_not_taken(ground: Ground, change: bytes) -> None:
    outbox = ground.folder("out")
    path = ground.local / "out" / "pay.txt"
    path.write_bytes(CONTENT)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with ground.session() as session:
        (file,) = session.listing(outbox).files
        path.write_bytes(change)
        with pytest.raises(Unreachable, match="changed while it was read"):
            fetch(session, file)


def test_a_file_that_is_gone_is_named(ground: Ground) -> None:
    with ground.session() as session, pytest.raises(RemoteRefused, match=r"gone\.txt.*does not exist"):
        fetch(session, RemoteFile(f"{ground.remote}/gone.txt", "gone.txt", 1, ""))


def test_an_error_of_the_sink_is_not_told_as_the_endpoints(ground: Ground) -> None:
    outbox = ground.folder("out")
    (ground.local / "out" / "pay.txt").write_bytes(CONTENT)

    def full(piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Exception, match="The hub's own disk"), ground.session() as session:
        session.fetch(session.listing(outbox).files[0], full)


# -------------------------------------------------------------------------------------------------- tidy


def listed(session: Session, folder: str) -> RemoteFile:
    (file,) = session.listing(folder).files
    return file


def test_a_move_may_be_repeated(ground: Ground) -> None:
    outbox, archive = ground.folder("out"), ground.folder("archive")
    (ground.local / "out" / "pay.txt").write_bytes(CONTENT)
    with ground.session() as session:
        file = listed(session, outbox)
        assert session.move(file, archive).endswith("/archive/pay.txt")
        assert session.move(file, archive).endswith("/archive/pay.txt")
        session.remove(file)
    assert names(ground.local / "out") == []
    assert names(ground.local / "archive") == ["pay.txt"]


def test_a_move_keeps_what_has_the_name_already(ground: Ground) -> None:
    outbox, archive = ground.folder("out"), ground.folder("archive")
    (ground.local / "archive" / "pay.txt").write_bytes(b"yesterday's")
    (ground.local / "out" / "pay.txt").write_bytes(CONTENT)
    os.utime(ground.local / "out" / "pay.txt", (1_700_000_000, 1_700_000_000))
    with ground.session() as session:
        session.move(listed(session, outbox), archive)
    assert names(ground.local / "archive") == ["pay.20231114T221320.txt", "pay.txt"]
    assert (ground.local / "archive" / "pay.txt").read_bytes() == b"yesterday's"
    assert (ground.local / "archive" / "pay.20231114T221320.txt").read_bytes() == CONTENT


@pytest.mark.parametrize("tidy", ["move", "remove"])
def test_a_new_file_under_an_old_name_is_not_tidied_away(ground: Ground, tidy: str) -> None:
    outbox, archive = ground.folder("out"), ground.folder("archive")
    path = ground.local / "out" / "pay.txt"
    path.write_bytes(CONTENT)
    with ground.session() as session:
        file = listed(session, outbox)
        path.write_bytes(b"the partner's next file")
        with pytest.raises(RemoteRefused, match="no longer the file that was fetched"):
            session.move(file, archive) if tidy == "move" else session.remove(file)
    assert path.read_bytes() == b"the partner's next file"


def test_remove_removes(ground: Ground) -> None:
    outbox = ground.folder("out")
    (ground.local / "out" / "pay.txt").write_bytes(CONTENT)
    with ground.session() as session:
        file = listed(session, outbox)
        session.remove(file)
        session.remove(file)
    assert names(ground.local / "out") == []
