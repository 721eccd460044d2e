"""A zip of one file under a passphrase, by AES-256 (AE-2), written piece by piece.

Source: WinZip, "AES Encryption Information: Encryption Specification AE-1 and AE-2" (version 1.04), and
APPNOTE 6.3 for the zip round it. Nothing here is kept in memory but one piece; the salt is handed in, and
must never be used twice with one passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

SALT = 16
"""Bytes of salt that AES-256 takes."""
SHORTEST = 12
"""Characters of a passphrase: what a zip is under can be tried for as long as somebody likes."""
LARGEST = 0xFFFF_FFFF
"""Bytes that a zip can say (without ZIP64) of a file."""

_BLOCK, _KEY, _ROUNDS, _CODE = 16, 32, 1000, 10
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
    sealing = _Sealing(passphrase, salt)
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    yield sealing.start
    for piece in pieces:
        plain += len(piece)
        data = sealing.seal(deflating.compress(piece))
        sealed += len(data)
        if max(plain, sealed) > LARGEST - _BLOCK - _CODE:
            raise ValueError(f"{name} is too long for a zip: it holds more than 4 GB")
        yield data
    last = sealing.seal(deflating.flush()) + sealing.code()
    yield last
    size = len(sealing.start) + sealed + len(last)
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


class _Sealing:
    """AES in counter mode as WinZip counts (from 1, lowest byte first), with an HMAC over what it wrote."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        length = 2 * _KEY + 2
        made = hashlib.pbkdf2_hmac("sha1", passphrase.encode("ascii"), salt, _ROUNDS, length)
        # Each block is a counter that comes once: this is counter mode, which the library has only in the
        # other byte order.
        self._blocks = Cipher(AES(made[:_KEY]), ECB()).encryptor()  # noqa: S305
        self._code = hmac.new(made[_KEY : 2 * _KEY], digestmod="sha1")
        self._next, self._over = 1, b""
        self.start = salt + made[2 * _KEY :]
        """What stands before the content: the salt, and two bytes that tell most wrong passphrases."""

    def seal(self, data: bytes) -> bytes:
        """The next bytes, encrypted."""
        if not data:
            return b""
        stream = self._over + self._more(len(data) - len(self._over))
        self._over = stream[len(data) :]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream[: len(data)], "little")
        sealed = mixed.to_bytes(len(data), "little")
        self._code.update(sealed)
        return sealed

    def code(self) -> bytes:
        """The authentication code that follows the content."""
        return self._code.digest()[:_CODE]

    def _more(self, wanted: int) -> bytes:
        """At least so many bytes of key stream."""
        blocks = max(0, -(-wanted // _BLOCK))
        counters = range(self._next, self._next + blocks)
        self._next += blocks
        return self._blocks.update(b"".join(count.to_bytes(_BLOCK, "little") for count in counters))


def _dos(at: datetime) -> tuple[int, int]:
    """A zip's clock: from 1980, in steps of two seconds (time, date)."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
