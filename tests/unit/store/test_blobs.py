"""Stored bytes: once, whole, encrypted, and checked when they are read."""

from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.store import Blobs
from hub.store.age import AgeKey
from hub.store.blobs import SMALL
from hub.store.files import hold

KEY = AgeKey.generate()
MIDDLING = b"more than the database takes; " * 4_000  # 120 kB
LONG = b"a long content, longer than what is opened in memory; " * 200_000  # 10 MB


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, KEY, nothing_small)


def nothing_small(sha256: str) -> bytes | None:
    return None


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def put_in_pieces(blobs: Blobs, content: bytes, size: int = 1 << 20) -> str:
    with blobs.incoming() as incoming:
        for start in range(0, len(content), size):
            incoming.write(content[start : start + size])
        assert (incoming.sha256, incoming.size) == (sha256(content).hexdigest(), len(content))
        return incoming.keep().sha256


@pytest.mark.parametrize("content", [MIDDLING, LONG], ids=["middling", "long"])
def test_content_comes_back_as_it_went_in(blobs: Blobs, content: bytes) -> None:
    name = put_in_pieces(blobs, content)
    assert name == sha256(content).hexdigest()
    assert blobs.read(name) == content
    assert blobs.put(content).sha256 == name


def test_the_same_content_is_stored_once(blobs: Blobs, tmp_path: Path) -> None:
    refs = {blobs.put(MIDDLING), blobs.put(MIDDLING)}
    put_in_pieces(blobs, MIDDLING)
    (ref,) = refs
    assert files(tmp_path) == [tmp_path / ref.sha256[:2] / ref.sha256]
    assert ref.size == len(MIDDLING)


def test_the_plain_content_never_touches_the_disk(blobs: Blobs, tmp_path: Path) -> None:
    with blobs.incoming() as incoming:
        incoming.write(LONG)
        assert all(LONG[:50] not in path.read_bytes() for path in files(tmp_path))
        incoming.keep()
    blobs.put(MIDDLING)
    assert all(MIDDLING[:20] not in path.read_bytes() for path in files(tmp_path))
    assert all(LONG[:50] not in path.read_bytes() for path in files(tmp_path))


def test_content_that_is_not_kept_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError), blobs.incoming() as incoming:
        incoming.write(LONG)
        raise ConnectionError
    assert files(tmp_path) == []


@pytest.mark.parametrize("content", [MIDDLING, LONG], ids=["middling", "long"])
@pytest.mark.parametrize("harm", ["altered", "cut", "another's"])
def test_harmed_content_is_noticed(blobs: Blobs, tmp_path: Path, content: bytes, harm: str) -> None:
    name = blobs.put(content).sha256
    (path,) = files(tmp_path)
    stored = path.read_bytes()
    middle = len(stored) // 2
    harmed = {
        "altered": stored[:middle] + bytes([stored[middle] ^ 1]) + stored[middle + 1 :],
        "cut": stored[:-1000],
        "another's": AgeKey.generate().encrypt(content),
    }
    path.write_bytes(harmed[harm])
    with pytest.raises(StoreError, match=f"{name} were altered or damaged"):
        blobs.read(name)


def test_other_content_under_the_name_is_noticed(blobs: Blobs, tmp_path: Path) -> None:
    name = blobs.put(LONG).sha256
    (path,) = files(tmp_path)
    path.write_bytes(KEY.encrypt(LONG[1:]))
    with pytest.raises(StoreError, match="altered"):
        blobs.read(name)


@pytest.mark.parametrize("content", [b"", b"short"], ids=["empty", "short"])
def test_small_content_is_sealed_for_the_commit_that_names_it(tmp_path: Path, content: bytes) -> None:
    kept: dict[str, bytes] = {}
    blobs = Blobs(tmp_path, KEY, kept.get)
    ref = blobs.put(content)
    assert put_in_pieces(blobs, content) == ref.sha256
    assert files(tmp_path) == []
    kept[ref.sha256] = ref.sealed or b""
    assert content not in kept[ref.sha256] or not content
    assert blobs.read(ref.sha256) == content


def test_small_content_that_was_altered_is_noticed(tmp_path: Path) -> None:
    ref = Blobs(tmp_path, KEY, nothing_small).put(b"short")
    with pytest.raises(StoreError, match="altered or damaged"):
        Blobs(tmp_path, KEY, lambda sha256: (ref.sealed or b"")[:-1] + b"!").read(ref.sha256)


def test_small_content_is_at_hand_for_a_while(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, KEY, nothing_small)
    refs = [blobs.put(bytes([number]) * SMALL) for number in range(17)]
    assert blobs.read(refs[-1].sha256) == bytes([16]) * SMALL
    with pytest.raises(StoreError, match="are missing from"):
        blobs.read(refs[0].sha256)


def test_missing_content_is_a_sentence(blobs: Blobs) -> None:
    assert not blobs.exists("ab" * 32)
    with pytest.raises(StoreError, match=r"are missing from .*Restore them"):
        blobs.open("ab" * 32)


@pytest.mark.parametrize("content", [MIDDLING, LONG], ids=["middling", "long"])
def test_the_start_can_be_looked_at_before_the_whole_is_read(blobs: Blobs, content: bytes) -> None:
    with blobs.open(blobs.put(content).sha256) as stream:
        assert stream.peek() == content[: 64 << 10]
        assert stream.read() == content


def test_long_content_may_be_left_half_read(blobs: Blobs) -> None:
    name = blobs.put(LONG).sha256
    with blobs.open(name) as stream:
        assert stream.read(10) == LONG[:10]


def test_leftovers_are_removed_at_opening_but_not_what_is_in_use(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "new" / "leftover").write_bytes(b"half")
    with (tmp_path / "new" / "in-use").open("xb") as used:
        hold(used)
        with blobs.incoming() as incoming:
            Blobs(tmp_path, KEY, nothing_small)
            assert not (tmp_path / "new" / "leftover").exists()
            assert (tmp_path / "new" / "in-use").exists()
            incoming.write(MIDDLING)
            name = incoming.keep().sha256
    assert blobs.read(name) == MIDDLING


def refuse(number: int) -> None:
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("content", [MIDDLING, LONG], ids=["middling", "long"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: refuse(errno.ENOSPC))
    with pytest.raises(StoreError, match=r"is full.+free some space"):
        blobs.put(content)
    with pytest.raises(StoreError, match="is full"):
        put_in_pieces(blobs, content)
    assert files(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_while_content_comes_in(blobs: Blobs) -> None:
    with pytest.raises(StoreError, match="is full"), blobs.incoming() as incoming:
        incoming.write(MIDDLING)
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, incoming._file.fileno())
        os.close(full)
        incoming.write(LONG)
        incoming.keep()


def test_a_folder_without_rights_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: refuse(errno.EACCES))
    with pytest.raises(StoreError, match=r"cannot use .*: Permission denied"):
        Blobs(tmp_path, KEY, nothing_small).put(MIDDLING)
