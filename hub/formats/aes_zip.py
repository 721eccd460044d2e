"""Zips under a passphrase: one of one file is written (AES-256, AE-2), members of any are read.

Source: WinZip, "AES Encryption Information: Encryption Specification AE-1 and AE-2" (version 1.04), and
APPNOTE 6.3 for the zip round it. Nothing here is kept in memory but one piece; the salt is handed in, and
must never be used twice with one passphrase.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

SALT = 16
"""Bytes of salt that AES-256 takes."""
SHORTEST = 12
"""Characters of a passphrase: what a zip is under can be tried for as long as somebody likes."""
LARGEST = 0xFFFF_FFFF
"""Bytes that a zip can say (without ZIP64) of a file."""

_BLOCK, _ROUNDS, _TELLS, _CODE, _PIECE = 16, 1000, 2, 10, 64 << 10
_AES, _STRENGTHS = 0x9901, (1, 2, 3)
_METHOD, _VERSION, _FLAGS = 99, 51, 0x0001 | 0x0008 | 0x0800  # encrypted; sizes follow; the name is UTF-8
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)  # AE-2, 256 bits, deflated
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_SIZES = struct.Struct("<4sIII")
_END = struct.Struct("<4sHHHHIIH")


def fault_of(passphrase: str) -> str | None:
    """What is wrong with a passphrase, without telling it; None = it may be used."""
    if len(passphrase) < SHORTEST:
        return f"it has fewer than {SHORTEST} characters"
    if not (passphrase.isascii() and passphrase.isprintable()):
        return "it holds what not every keyboard has: only letters, digits and signs of ASCII are safe"
    return None


def of_its_own(secret: str, about: str) -> str:
    """The passphrase of one file, made of a secret and of what the file is: 100 bits, as somebody can read
    them out.

    >>> of_its_own("a secret that is fake", "T1/a.zip")
    'BLMVY-HIR2B-VCOAO-C7HBJ'
    """
    digest = hmac.new(secret.encode(), about.encode(), hashlib.sha256).digest()
    text = base64.b32encode(digest).decode()[:20]
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


def packed(
    name: str, pieces: Iterable[bytes], passphrase: str, *, salt: bytes, at: datetime
) -> Iterator[bytes]:
    """A zip that holds `pieces` as the file `name`, in pieces. `at`: local time of the entry.

    Raises ValueError for a passphrase or salt that may not be used, or a file too long for a zip."""
    if (fault := fault_of(passphrase)) or len(salt) != SALT:
        raise ValueError(f"the passphrase or salt cannot be used: {fault or 'the salt is of a wrong length'}")
    entry = _Entry(name.encode(), _dos(at))
    head = entry.local()
    yield head
    sealed, plain = 0, 0
    sealing = _Stream(passphrase, salt)
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    start = salt + sealing.tells
    yield start
    for piece in pieces:
        plain += len(piece)
        data = sealing.seal(deflating.compress(piece))
        sealed += len(data)
        if max(plain, sealed) > LARGEST - _BLOCK - _CODE:
            raise ValueError(f"{name} is too long for a zip: it holds more than 4 GB")
        yield data
    last = sealing.seal(deflating.flush()) + sealing.code()
    yield last
    size = len(start) + sealed + len(last)
    yield entry.end(size, plain, len(head) + size)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The one file of the zip, as its headers tell it. AE-2 keeps no checksum of the plain bytes."""

    name: bytes
    dos: tuple[int, int]

    def local(self) -> bytes:
        sizes = (0, 0, 0, len(self.name), len(_EXTRA))
        return _LOCAL.pack(b"PK\3\4", _VERSION, _FLAGS, _METHOD, *self.dos, *sizes) + self.name + _EXTRA

    def end(self, size: int, plain: int, told: int) -> bytes:
        """What follows the content: its sizes, the directory and its end. `told`: bytes before it."""
        sizes = _SIZES.pack(b"PK\7\x08", 0, size, plain)
        fixed = (b"PK\1\2", _VERSION, _VERSION, _FLAGS, _METHOD, *self.dos, 0, size, plain)
        entry = _ENTRY.pack(*fixed, len(self.name), len(_EXTRA), 0, 0, 0, 0, 0) + self.name + _EXTRA
        end = _END.pack(b"PK\5\6", 0, 0, 1, 1, len(entry), told + len(sizes), 0)
        return sizes + entry + end


class _Stream:
    """AES in counter mode as WinZip counts (from 1, lowest byte first), and the HMAC over what is sealed.

    strength: 1, 2 or 3: keys of 128, 192 or 256 bits, with a salt of half as many"""

    def __init__(self, passphrase: str, salt: bytes, strength: int = 3) -> None:
        key = 8 + 8 * strength
        made = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, _ROUNDS, 2 * key + _TELLS)
        # Each block is a counter that comes once: this is counter mode, which the library has only in the
        # other byte order.
        self._blocks = Cipher(AES(made[:key]), ECB()).encryptor()  # noqa: S305
        self._code = hmac.new(made[key : 2 * key], digestmod="sha1")
        self._next, self._over = 1, b""
        self.tells = made[2 * key :]
        """Two bytes that tell most wrong passphrases."""

    def seal(self, data: bytes) -> bytes:
        """The next bytes, encrypted."""
        sealed = self._mixed(data)
        self._code.update(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        """The next bytes, decrypted."""
        self._code.update(sealed)
        return self._mixed(sealed)

    def code(self) -> bytes:
        """The authentication code that follows the content."""
        return self._code.digest()[:_CODE]

    def _mixed(self, data: bytes) -> bytes:
        if not data:
            return b""
        stream = self._over + self._more(len(data) - len(self._over))
        self._over = stream[len(data) :]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream[: len(data)], "little")
        return mixed.to_bytes(len(data), "little")

    def _more(self, wanted: int) -> bytes:
        """At least so many bytes of key stream."""
        blocks = max(0, -(-wanted // _BLOCK))
        counters = range(self._next, self._next + blocks)
        self._next += blocks
        return self._blocks.update(b"".join(count.to_bytes(_BLOCK, "little") for count in counters))


class WrongPassphrase(ValueError):
    """A member is under another passphrase."""


def is_sealed(info: ZipInfo) -> bool:
    """Whether a member of a zip is under AES."""
    return info.compress_type == _METHOD


def unreadable(info: ZipInfo) -> str | None:
    """Why a member under AES cannot be read here; None = it can."""
    told = _told(info)
    if told is None or told[0] not in _STRENGTHS:
        return "is encrypted in a way that is not read here; ask for AES-256"
    if told[1] not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that is not read here; ask for an ordinary zip (deflate)"
    return None


def opened(stream: BinaryIO, info: ZipInfo, passphrase: str) -> Iterator[bytes]:
    """The content of a member under AES, piece by piece; whether it is whole is known at its end only.

    Raises WrongPassphrase, and ValueError or struct.error for one that was changed or cut short."""
    strength, method = _told(info) or (3, ZIP_DEFLATED)
    left = _start(stream, info) - _TELLS - _CODE - 4 * (strength + 1)
    aes = _Stream(passphrase, _exactly(stream, 4 * (strength + 1)), strength)
    if _exactly(stream, _TELLS) != aes.tells:
        raise WrongPassphrase
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        piece = aes.open(_exactly(stream, min(left, _PIECE)))
        left -= min(left, _PIECE)
        plain = piece if method == ZIP_STORED else inflating.decompress(piece, _PIECE)
        while plain:
            yield plain
            plain = b"" if method == ZIP_STORED else inflating.decompress(inflating.unconsumed_tail, _PIECE)
    if not hmac.compare_digest(_exactly(stream, _CODE), aes.code()):
        raise ValueError("the authentication code is another")
    if method != ZIP_STORED and not inflating.eof:
        raise ValueError("the packed content ends too early")


def _told(info: ZipInfo) -> tuple[int, int] | None:
    """Strength and true method, as the extra field of AES tells them."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _AES and length >= 7:
            _, vendor, strength, method = struct.unpack_from("<H2sBH", extra, 4)
            return (strength, method) if vendor == b"AE" else None
        extra = extra[4 + length :]
    return None


def _start(stream: BinaryIO, info: ZipInfo) -> int:
    """Goes to where the sealed content begins; its length."""
    stream.seek(info.header_offset)
    head = _exactly(stream, _LOCAL.size)
    name, extra = struct.unpack_from("<HH", head, 26)
    if head[:4] != b"PK\3\4":
        raise ValueError("the directory names a place where no file is")
    _exactly(stream, name + extra)
    return info.compress_size


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise ValueError("the zip was cut short")
    return data


def _dos(at: datetime) -> tuple[int, int]:
    """A zip's clock: from 1980, in steps of two seconds (time, date)."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
