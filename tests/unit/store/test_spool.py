"""Long stored bytes that can be sought in: nothing in the clear on the disk, little of it in memory."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path
from random import Random
from zipfile import ZIP_STORED, ZipFile

import pytest

from hub.errors import StoreError
from hub.formats import bundle
from hub.formats.bundle import Limits
from hub.store import Blobs
from hub.store.age import AgeKey
from hub.store.spool import CHUNK, Spool

KEY = AgeKey.generate()
NOISE = Random(7).randbytes(1 << 20)  # noqa: S311 - repeatable on purpose
LONG = NOISE * 5


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, KEY, lambda sha256: None)


def beside(folder: Path) -> list[Path]:
    return list((folder / "new").iterdir())


def test_it_can_be_read_from_anywhere(blobs: Blobs) -> None:
    places = Random(11)  # noqa: S311
    with blobs.seekable(blobs.put(LONG).sha256) as stream:
        for _ in range(50):
            start, count = places.randrange(len(LONG)), places.randrange(3 * CHUNK)
            stream.seek(start)
            assert stream.read(count) == LONG[start : start + count]
        assert stream.seek(-10, os.SEEK_END) == len(LONG) - 10
        assert (stream.read(), stream.read(1)) == (LONG[-10:], b"")


def test_short_content_needs_no_spool(blobs: Blobs, tmp_path: Path) -> None:
    with blobs.seekable(blobs.put(NOISE).sha256) as stream:
        assert beside(tmp_path) == []
        assert stream.read() == NOISE


def test_nothing_of_it_is_on_the_disk_in_the_clear_or_afterwards(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), blobs.seekable(blobs.put(LONG).sha256) as stream:
        stream.read(1)
        (spool,) = beside(tmp_path)
        stored = spool.read_bytes()
        assert len(stored) > len(LONG)
        assert all(NOISE[at : at + 16] not in stored for at in range(0, len(NOISE), CHUNK))
        raise ZeroDivisionError
    assert beside(tmp_path) == []


def test_what_a_crash_leaves_is_tidied_when_the_store_is_opened(tmp_path: Path) -> None:
    leftover = tmp_path / "new" / "0123"
    leftover.parent.mkdir()
    with leftover.open("xb") as file:
        Spool(io.BytesIO(LONG), file)
    Blobs(tmp_path, KEY, lambda sha256: None)
    assert beside(tmp_path) == []


def test_stored_bytes_that_were_altered_are_never_handed_out(blobs: Blobs, tmp_path: Path) -> None:
    name = blobs.put(LONG).sha256
    (path,) = (path for path in tmp_path.rglob(name))
    path.write_bytes(KEY.encrypt(LONG[1:]))
    with pytest.raises(StoreError, match="altered or damaged"), blobs.seekable(name):
        pytest.fail("the stream was handed out")
    assert beside(tmp_path) == []


@pytest.mark.parametrize("harm", ["a bit", "two chunks changed places", "cut short"])
def test_a_spool_that_was_altered_is_noticed(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "spool"
    with path.open("x+b") as file:
        spool = Spool(io.BytesIO(LONG), file)
        file.flush()
        stored, length = path.read_bytes(), CHUNK + 16
        harmed = {
            "a bit": stored[:5] + bytes([stored[5] ^ 1]) + stored[6:],
            "two chunks changed places": stored[length : 2 * length] + stored[:length] + stored[2 * length :],
            "cut short": stored[: length - 1],
        }
        path.write_bytes(harmed[harm])
        with pytest.raises(StoreError, match="was altered while"):
            spool.read(1)


def test_memory_stays_flat_however_long_a_bundle_is(blobs: Blobs, tmp_path: Path) -> None:
    with blobs.incoming() as incoming:
        packed = tmp_path / "large.zip"
        with ZipFile(packed, "w", ZIP_STORED) as archive:
            for number in range(4):
                archive.writestr(f"{number}.bin", NOISE * 16)
        with packed.open("rb") as file:
            while piece := file.read(1 << 20):
                incoming.write(piece)
        name = incoming.keep().sha256
    tracemalloc.start()
    try:
        with blobs.seekable(name) as stream:
            assert bundle.problems(stream, Limits(10, 1 << 30, 1 << 30, 100), lambda head: False) == []
            seen = sum(len(piece) for _, pieces in bundle.members(stream) for piece in pieces)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == 64 << 20
    assert peak < 2 << 20, "megabytes of the bundle were held in memory"
