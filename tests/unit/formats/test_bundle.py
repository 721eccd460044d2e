"""Zip bundles: what is sound comes out as it went in; what is not is refused, and no bomb is unpacked.

The faults are planted in the bytes, by slices of this file's own."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fields import file_name
from hub.formats.bundle import Limits, is_zip, members, problems

WHEN = (2026, 11, 2, 8, 0, 0)
LIMITS = Limits(members=20, member_size=4 << 20, total_size=6 << 20, ratio=200)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
NAMES = st.text(LETTERS, min_size=1, max_size=12).filter(file_name.is_valid)  # not "nul"
CONTENT = st.binary(max_size=300).filter(lambda content: content[:2] != b"PK")
FILES = st.dictionaries(NAMES, CONTENT, min_size=1, max_size=5)
TWO = {"one.txt": b"ABC001+0001000\n" * 20, "two.txt": b"ABC002-0000200\n"}
CENTRAL = b"PK\x01\x02"


def zipped(files, method=ZIP_DEFLATED):
    made = io.BytesIO()
    with ZipFile(made, "w", method) as archive:
        for name, content in files:
            archive.writestr(ZipInfo(name, WHEN), content, method)
    return made.getvalue()


def found(data, limits=LIMITS, reads=lambda head: False):
    return [finding.check for finding in problems(io.BytesIO(data), limits, reads)]


def unpacked(data):
    return {name: b"".join(pieces) for name, pieces in members(io.BytesIO(data))}


@given(FILES, st.sampled_from([ZIP_DEFLATED, ZIP_STORED]))
def test_what_went_in_comes_out(files, method):
    data = zipped(files.items(), method)
    assert is_zip(data)
    assert found(data) == []
    assert unpacked(data) == files


@given(FILES, st.data())
def test_a_changed_byte_is_noticed_or_changes_nothing(files, data):
    whole = zipped(files.items())
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    spoiled = whole[:at] + bytes([byte]) + whole[at + 1 :]
    if not found(spoiled):
        assert unpacked(spoiled) == files


@given(FILES, st.data())
def test_a_zip_that_is_cut_short_is_refused(files, data):
    whole = zipped(files.items())
    assert found(whole[: data.draw(st.integers(0, len(whole) - 1))]) != []


@given(st.binary(max_size=200))
def test_anything_else_is_refused_with_a_sentence(data):
    assert found(b"PK\x03\x04" + data) != []


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "/a.txt", "a\\b.txt", "C:a.txt", "con.txt", "x/../a.txt", "a\n.txt", "x//a.txt", ". ", "a."],
)
def test_names_that_no_system_could_hold_are_refused(name):
    assert found(zipped([("good.txt", b"1"), (name, b"2")])) == ["BUNDLE-NAME"]


def test_a_nul_does_not_end_a_name():
    name = b"ab.txt"
    data = zipped([("ab.txt", b"1")]).replace(name, b"a\0.txt")
    assert found(data) == ["BUNDLE-NAME"]


def test_files_in_folders_count_under_their_own_names():
    data = zipped([("2026/", b""), ("2026/11/a.txt", b"1"), ("b.txt", b"2")])
    assert found(data) == []
    assert unpacked(data) == {"a.txt": b"1", "b.txt": b"2"}


def test_a_folder_with_content_is_not_passed_over():
    assert found(zipped([("a.txt", b"1"), ("folder/", b"money")])) == ["BUNDLE-NAME"]


def test_two_files_of_one_name_are_refused():
    assert found(zipped([("x/a.txt", b"1"), ("y/A.TXT", b"2")])) == ["BUNDLE-NAME"]


@pytest.mark.parametrize("count", [0, LIMITS.members + 1])
def test_too_many_or_none_are_refused(count):
    assert found(zipped((f"{n}.txt", b"") for n in range(count))) == ["BUNDLE-COUNT"]


def test_every_trouble_is_told_at_once():
    data = zipped([("../a.txt", b"1"), ("con", b"2"), ("inner.zip", zipped(TWO.items()))])
    assert found(data) == ["BUNDLE-NAME", "BUNDLE-NAME", "BUNDLE-NESTED"]


def test_a_zip_inside_is_a_file_where_a_feed_reads_it():
    data = zipped([("book.xlsx", zipped(TWO.items()))])
    assert found(data) == ["BUNDLE-NESTED"]
    assert found(data, reads=lambda head: head.startswith(b"PK")) == []


def spoiled_entry(data, at, value):
    """The zip with two bytes of its directory's first entry changed."""
    start = data.index(CENTRAL) + at
    return data[:start] + value + data[start + len(value) :]


def test_an_entry_that_swallows_the_next_is_noticed():
    """A length in the directory that reaches over the next entry would make its file disappear."""
    data = zipped([("a", b"1"), ("b", b"2")])
    entry = len(data[data.index(CENTRAL) : -22]) // 2
    for at in (30, 32):  # of the extra field, of the comment
        assert found(spoiled_entry(data, at, struct.pack("<H", entry))) == ["BUNDLE-READ"]


def test_a_file_that_only_the_directory_calls_a_folder_is_noticed():
    data = zipped([("ab", b"")])
    assert found(spoiled_entry(data, 46, b"a/")) == ["BUNDLE-READ"]


def test_a_member_shorter_than_its_headers_say_is_refused():
    data = bytearray(zipped([("a.txt", b"x" * 100)]))
    for at in (22, data.index(CENTRAL) + 24):
        struct.pack_into("<I", data, at, 105)
    assert found(bytes(data)) == ["BUNDLE-READ"]


def test_another_way_of_packing_is_refused():
    assert found(zipped([("a.txt", b"1" * 100)], ZIP_BZIP2)) == ["BUNDLE-READ"]


def test_an_encrypted_member_is_refused_with_what_to_do():
    data = bytearray(zipped([("a.txt", b"1")]))
    data[6] |= 1
    data[data.index(CENTRAL) + 8] |= 1
    (finding,) = problems(io.BytesIO(bytes(data)), LIMITS, lambda head: False)
    assert finding.check == "BUNDLE-READ"
    assert "without a password" in finding.message


def test_content_that_its_checksum_does_not_fit_is_refused():
    data = zipped(TWO.items(), ZIP_STORED)
    assert found(data.replace(b"ABC002-0000200", b"ABC002-0009200")) == ["BUNDLE-READ"]


def test_a_bomb_is_stopped_by_its_ratio():
    assert found(zipped([("a.txt", bytes(3 << 20))])) == ["BUNDLE-RATIO"]


def test_a_file_too_long_and_files_too_long_in_all_are_stopped():
    long = zipped([("a.txt", bytes(range(256)) * (LIMITS.member_size // 256 + 1))], ZIP_STORED)
    half = bytes(range(256)) * (LIMITS.total_size // 512)
    assert found(long) == ["BUNDLE-SIZE"]
    assert found(zipped([(f"{n}.txt", half + b"x") for n in range(2)], ZIP_STORED)) == ["BUNDLE-SIZE"]


class Counting(io.BytesIO):
    """How much was read of it."""

    came = 0

    def read(self, size=-1):
        piece = super().read(size)
        self.came += len(piece)
        return piece


def bomb(said):
    """100 MB of nothing, packed; its headers say how long it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(100 << 20)) + packer.flush()
    whole = zipped([("a.txt", b"x" * 100)])
    data = bytearray(whole[:35] + packed + whole[whole.index(CENTRAL) :])
    central = len(data) - (len(whole) - whole.index(CENTRAL))
    for at in (18, central + 20):
        struct.pack_into("<II", data, at, len(packed), said)
    struct.pack_into("<I", data, len(data) - 6, central)
    return bytes(data)


@pytest.mark.parametrize(("said", "check"), [(100, "BUNDLE-READ"), (100 << 20, "BUNDLE-SIZE")])
def test_a_bomb_is_not_inflated_to_its_end_whatever_its_headers_say(said, check):
    stream = Counting(bomb(said))
    assert [finding.check for finding in problems(stream, LIMITS, lambda head: False)] == [check]
    assert stream.came < len(stream.getvalue())


def test_members_that_share_their_bytes_are_bounded_by_what_they_inflate_to():
    """A directory that names one packed member many times: each is inflated, and the sum is what counts."""
    data = zipped([("a.txt", bytes(range(256)) * 4096)])
    start = data.index(CENTRAL)
    entry, end = data[start:-22], bytearray(data[-22:])
    many = 19
    struct.pack_into("<HHI", end, 8, many, many, many * len(entry))
    assert "BUNDLE-SIZE" in found(data[:start] + entry * many + bytes(end))


def test_the_library_opens_what_this_refuses_so_that_the_faults_are_real():
    data = zipped([("../a.txt", b"1"), ("folder/", b"money")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
