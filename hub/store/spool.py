"""Long content that can be sought in: enciphered beside the stored bytes under a key that only memory knows.

Age can be read from the start alone. A spool is written once, in chunks that are each enciphered and
authenticated with their number (AES-256-GCM), and any of them can be read again. Without the key, which ends
with the process, what a crash leaves of it is noise.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 64 << 10
_TAG = 16
_WHENCE = (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END)


class Spool(io.RawIOBase):
    """The content of `source`, which is read to its end; one chunk of it is in memory. `file` is of
    the caller, new and empty. Raises what `source` raises, and OSError for a disk that takes no more."""

    def __init__(self, source: io.BufferedIOBase | io.RawIOBase, file: BinaryIO) -> None:
        self._file, self._cipher = file, AESGCM(AESGCM.generate_key(256))
        self._size = self._position = 0
        self._at_hand, self._chunk = -1, b""
        number = 0
        while piece := source.read(CHUNK):
            file.write(self._cipher.encrypt(_nonce(number), piece, None))
            self._size += len(piece)
            number += 1

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = dict(zip(_WHENCE, (0, self._position, self._size), strict=True))[whence]
        if start + offset < 0:
            raise ValueError("a place before the start")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Raises StoreError for a chunk that was altered on the disk."""
        if self._position >= self._size:
            return 0
        number, start = divmod(self._position, CHUNK)
        piece = self._plain(number)[start : start + len(memoryview(buffer))]
        memoryview(buffer)[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _plain(self, number: int) -> bytes:
        if number != self._at_hand:
            self._file.seek(number * (CHUNK + _TAG))
            try:
                self._chunk = self._cipher.decrypt(_nonce(number), self._file.read(CHUNK + _TAG), None)
            except InvalidTag:
                raise StoreError(
                    f"{self._file.name} was altered while the hub read it; nothing was done with it. "
                    "Look at who may write there, then try again."
                ) from None
            self._at_hand = number
        return self._chunk


def _nonce(number: int) -> bytes:
    """No two chunks under one key have the same."""
    return number.to_bytes(12, "big")
