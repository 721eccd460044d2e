"""A zip under AES-256: whoever has the passphrase reads what went in; nobody else reads or alters it."""

from __future__ import annotations

import tracemalloc
from datetime import datetime
from random import Random
from zipfile import ZipFile

import pytest

from hub.formats.aes_zip import SALT, fault_of, packed
from tests.aes_zip_oracle import WrongPassphrase, opened

PASSPHRASE = "a passphrase that is fake"
AT = datetime(2026, 10, 1, 9, 30)  # noqa: DTZ001 - a zip's clock has no zone


def zipped(*pieces, name="a.txt", salt=b"0123456789abcdef"):
    return b"".join(packed(name, pieces, PASSPHRASE, salt=salt, at=AT))


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (15, 1, 16, 17), (70_000, 3)])
def test_what_went_in_comes_out_whatever_the_pieces(sizes):
    pieces = [Random(size).randbytes(size) for size in sizes]  # noqa: S311 - repeatable on purpose
    assert opened(zipped(*pieces), PASSPHRASE) == {"a.txt": b"".join(pieces)}


def test_the_directory_tells_name_time_and_size(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(b"x" * 1000, name="Größe.txt"))
    with ZipFile(tmp_path / "a.zip") as archive:
        (info,) = archive.infolist()
    assert (info.filename, info.date_time, info.file_size) == ("Größe.txt", (2026, 10, 1, 9, 30, 0), 1000)


def test_a_wrong_passphrase_opens_nothing_and_nothing_plain_stands_in_it():
    data = zipped(b"T0004711|F|Mrs|TESTERMAN\r\n" * 3)
    with pytest.raises(WrongPassphrase):
        opened(data, "another passphrase")
    assert b"TESTERMAN" not in data


def test_what_is_altered_is_found_out():
    data = bytearray(zipped(b"payments" * 9))
    data[70] ^= 1
    with pytest.raises(AssertionError, match="authentication code"):
        opened(bytes(data), PASSPHRASE)


def test_another_salt_makes_other_bytes_and_a_wrong_one_is_refused():
    assert zipped(b"same", salt=b"1" * SALT) != zipped(b"same", salt=b"2" * SALT)
    with pytest.raises(ValueError, match="salt is of a wrong length"):
        zipped(b"same", salt=b"short")


@pytest.mark.parametrize(("passphrase", "why"), [("short", "fewer than 12"), ("pässword" * 3, "keyboard")])
def test_a_passphrase_that_is_none_is_refused_untold(passphrase, why):
    assert why in fault_of(passphrase)
    with pytest.raises(ValueError, match=why) as error:
        list(packed("a", [b""], passphrase, salt=b"1" * SALT, at=AT))
    assert passphrase not in str(error.value)


def test_it_is_written_in_flat_memory():
    made = Random(1)  # noqa: S311 - repeatable on purpose
    pieces = (made.randbytes(64 << 10) for _ in range(64))
    tracemalloc.start()
    size = sum(map(len, packed("a", pieces, PASSPHRASE, salt=b"1" * SALT, at=AT)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 4 << 20
    assert peak < 2 << 20
