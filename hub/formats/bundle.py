"""Zip bundles: several files sent as one. Read from a stream that can be sought in; nothing is written.

A bundle is sound or it is refused whole. What its headers say of sizes is not believed: every member is
inflated, piece by piece, and the first piece beyond a limit is the last.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hub.fields import file_name
from hub.fields.problem import FieldProblem
from hub.formats import aes_zip
from hub.model import Finding, Severity

ZIP, PGP = "zip", "pgp"
BUNDLES = (ZIP, PGP)
"""The formats of transfers that hold others."""

PIECE = 64 << 10
_STARTS = (b"PK\x03\x04", b"PK\x05\x06")  # a first member; a zip without any
_END = struct.Struct("<4s6sH10s")  # the end of the directory: 22 bytes, and how many entries (APPNOTE 4.3.16)
_MANY = 0xFFFF  # what it says of more
_ENCRYPTED = 0x1  # bit 0 of the general purpose flags (APPNOTE 4.4.4)
_ROOM = 1 << 20  # below this size no ratio is suspicious: blanks and zeros shrink a lot
_BROKEN = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
"""What `zipfile` raises for bytes that are no sound zip."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle may hold: members; inflated bytes of one and of all; inflated bytes for one packed."""

    members: int
    member_size: int
    total_size: int
    ratio: int


def is_zip(head: bytes) -> bool:
    """Whether content that starts so is a zip."""
    return head.startswith(_STARTS)


def problems(
    stream: BinaryIO, limits: Limits, reads: Callable[[bytes], bool], passphrase: str | None = None
) -> list[Finding]:
    """All that is wrong with a bundle; none: it is sound. Every member is inflated once.

    reads: whether a feed reads content that starts so, and a zip inside is therefore a file, no bundle
    passphrase: what members under AES are opened with"""
    try:
        with ZipFile(stream) as archive:
            _check_directory(stream, archive)
            return list(_problems(_Archive(stream, archive, passphrase), limits, reads))
    except _BROKEN:
        return [_finding("BUNDLE-READ", "this is a zip that cannot be opened: cut short, or damaged")]


def members(stream: BinaryIO, passphrase: str | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and content of each member of a bundle that `problems` finds sound, in its order."""
    with ZipFile(stream) as archive:
        opened = _Archive(stream, archive, passphrase)
        for info in _files(archive):
            yield _name(info), opened.pieces(info)


@dataclass(frozen=True, slots=True)
class _Archive:
    """A zip with what opens its members."""

    stream: BinaryIO
    zip: ZipFile
    passphrase: str | None

    def pieces(self, info: ZipInfo) -> Iterator[bytes]:
        """A member's content. Raises what `_BROKEN` names."""
        if aes_zip.is_sealed(info) and self.passphrase is not None:
            yield from aes_zip.opened(self.stream, info, self.passphrase)
            return
        with self.zip.open(info) as member:
            while piece := member.read(PIECE):
                yield piece


def _check_directory(stream: BinaryIO, archive: ZipFile) -> None:
    """A length that is wrong in the directory can swallow the entry after it: then its end counts more.

    Raises BadZipFile for that, and for a folder that is a file to whoever reads from the front."""
    stream.seek(-_END.size - len(archive.comment), io.SEEK_END)
    start, _, count, _ = _END.unpack(stream.read(_END.size))
    entries = archive.infolist()
    if start != _STARTS[1] or count != min(len(entries), _MANY):
        raise BadZipFile("the directory is not whole")
    for info in entries:
        if _is_folder(info):
            archive.open(info).close()


def _problems(archive: _Archive, limits: Limits, reads: Callable[[bytes], bool]) -> Iterator[Finding]:
    files = _files(archive.zip)
    if not 0 < len(files) <= limits.members:
        held = f"holds {len(files):,} files" if files else "holds no files"
        yield _finding("BUNDLE-COUNT", f"the bundle {held}", f"1 to {limits.members:,}")
        return
    yield from _name_problems(files)
    inflating = _Inflating(archive, limits, reads)
    try:
        for info in files:
            trouble = inflating.trouble(info)
            if trouble is not None:
                yield _finding(trouble[0], f"“{_printable(info)}” {trouble[1]}")
    except _TooMuch as bomb:
        yield bomb.finding


class _TooMuch(Exception):
    """The bundle is not unpacked any further."""

    def __init__(self, check: str, message: str, expected: str) -> None:
        super().__init__(message)
        self.finding = _finding(check, message, expected)


class _Inflating:
    """Inflates members for nothing but to see that they can be. `total` bytes came so far."""

    def __init__(self, archive: _Archive, limits: Limits, reads: Callable[[bytes], bool]) -> None:
        self._archive, self._limits, self._reads = archive, limits, reads
        self.total = 0

    def trouble(self, info: ZipInfo) -> tuple[str, str] | None:
        """Check id and sentence about one member. Raises _TooMuch at the first piece beyond a limit."""
        closed = _closed(info, self._archive.passphrase)
        if closed is not None:
            return "BUNDLE-READ", closed
        try:
            return self._through(info)
        except aes_zip.WrongPassphrase:
            return "BUNDLE-READ", "is under another passphrase than the one that was agreed"
        except _BROKEN:
            return "BUNDLE-READ", "cannot be unpacked: it is damaged, or its checksum does not fit"

    def _through(self, info: ZipInfo) -> tuple[str, str] | None:
        size = 0
        for piece in self._archive.pieces(info):
            if size == 0 and is_zip(piece) and not self._reads(piece):
                return "BUNDLE-NESTED", "is a zip itself, and a bundle holds files only"
            size += len(piece)
            self.total += len(piece)
            self._weigh(info, size)
        return None if size == info.file_size else ("BUNDLE-READ", "is not as long as the bundle says")

    def _weigh(self, info: ZipInfo, size: int) -> None:
        limits, name = self._limits, f"“{_printable(info)}”"
        if size > limits.member_size:
            raise _TooMuch("BUNDLE-SIZE", f"{name} is too long", f"at most {limits.member_size:,} bytes")
        if size > max(info.compress_size * limits.ratio, _ROOM):
            times = f"at most {limits.ratio} bytes for one that is packed"
            raise _TooMuch("BUNDLE-RATIO", f"{name} grows beyond measure when it is unpacked", times)
        if self.total > limits.total_size:
            most = f"at most {limits.total_size:,} bytes"
            raise _TooMuch("BUNDLE-SIZE", "the bundle's files are too long in all", most)


def _closed(info: ZipInfo, passphrase: str | None) -> str | None:
    """Why a member is not even tried."""
    if aes_zip.is_sealed(info) and passphrase is not None:
        return aes_zip.unreadable(info)
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted, and encrypted zips cannot be opened here; ask for it without a password"
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that is not read here; ask for an ordinary zip (deflate)"
    return None


def _name_problems(files: Sequence[ZipInfo]) -> Iterator[Finding]:
    for info in files:
        try:
            for part in info.orig_filename.split("/"):
                file_name.validate(part)
        except FieldProblem as problem:
            yield _finding("BUNDLE-NAME", f"“{_printable(info)}” {problem.reason}")
    counted = Counter(_name(info).casefold() for info in files)
    for name, times in counted.items():
        if times > 1:
            yield _finding("BUNDLE-NAME", f"{times} files are called “{file_name.format(name)}”")


def _files(archive: ZipFile) -> list[ZipInfo]:
    """Folders are passed over: a file in one counts under its own name. One with content is no folder."""
    return [info for info in archive.infolist() if not _is_folder(info)]


def _is_folder(info: ZipInfo) -> bool:
    return info.orig_filename.endswith("/") and info.file_size == 0 and info.CRC == 0


def _name(info: ZipInfo) -> str:
    """`filename` would depend on the system that reads it, and end at a NUL."""
    return info.orig_filename.rpartition("/")[2]


def _printable(info: ZipInfo) -> str:
    return "/".join(map(file_name.format, info.orig_filename.split("/")))


def _finding(check: str, message: str, expected: str | None = None) -> Finding:
    return Finding(check, Severity.ERROR, message, expected=expected)
