"""Age encryption (age-encryption.org/v1), whole and as streams; the one module that knows the library.

Age pulls what it reads and pushes what it writes. A thread and a pipe turn that round, so that memory stays
flat however long the content is.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import pyrage  # type: ignore[import-untyped]  # a compiled module without type information

from hub.errors import StoreError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(frozen=True, slots=True, repr=False)
class AgeKey:
    """The key that stored bytes are encrypted to. Each content has its own, wrapped with this."""

    identity: Any
    recipient: Any

    @classmethod
    def generate(cls) -> Self:
        return cls._of(pyrage.x25519.Identity.generate())

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises ValueError when the text is no age key."""
        try:
            return cls._of(pyrage.x25519.Identity.from_str(text))
        except pyrage.IdentityError as error:
            raise ValueError(str(error)) from None

    @classmethod
    def _of(cls, identity: Any) -> Self:
        return cls(identity, identity.to_public())

    def secret_text(self) -> str:
        return str(self.identity)

    def public_text(self) -> str:
        return str(self.recipient)

    def encrypt(self, data: bytes) -> bytes:
        encrypted: bytes = pyrage.encrypt(data, [self.recipient])
        return encrypted

    def decrypt(self, data: bytes) -> bytes | None:
        """None when the data was altered or is not ours."""
        try:
            plain: bytes = pyrage.decrypt(data, [self.identity])
        except pyrage.DecryptError:
            return None
        return plain


class Encrypting:
    """Plain bytes written here arrive encrypted in `target`, all of them once `finish` has returned."""

    def __init__(self, target: BinaryIO, key: AgeKey) -> None:
        reader, writer = os.pipe()
        self._source, self._plain = os.fdopen(reader, "rb"), os.fdopen(writer, "wb")
        self._target, self._key = _Noting(target), key
        self._thread = Thread(target=self._encrypt, name="encrypt", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Raises OSError when the target did (a full disk)."""
        try:
            self._plain.write(data)
        except OSError:
            self.finish()
            raise

    def finish(self) -> None:
        """Raises OSError when the target did."""
        self.stop()
        if self._target.error is not None:
            raise self._target.error

    def stop(self) -> None:
        """End without a word of what went wrong. May be called again."""
        with suppress(OSError):
            self._plain.close()
        self._thread.join()

    def _encrypt(self) -> None:
        with self._source, suppress(pyrage.EncryptError):
            pyrage.encrypt_io(self._source, self._target, [self._key.recipient])


class _Noting:
    """A file that keeps the error of a failed write: age passes on only its text."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


class Decrypting(io.RawIOBase):
    """The plain bytes of an encrypted file, checked against their SHA-256 when the end is reached."""

    def __init__(self, source: BinaryIO, key: AgeKey, sha256_hex: str) -> None:
        reader, writer = os.pipe()
        self._plain, self._sink = os.fdopen(reader, "rb"), os.fdopen(writer, "wb")
        self._source, self._key = source, key
        self._expected, self._seen = sha256_hex, sha256()
        self._thread = Thread(target=self._decrypt, name="decrypt", daemon=True)
        self._thread.start()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fills the buffer unless the content ends. Raises StoreError then if it is not what was stored."""
        count = self._plain.readinto(buffer)
        self._seen.update(memoryview(buffer)[:count])
        if count == 0:
            check_content(self._expected, self._seen.hexdigest())
        return count

    def close(self) -> None:
        if not self.closed:
            self._plain.close()
            self._thread.join()
        super().close()

    def _decrypt(self) -> None:
        # What stops age here (altered content, a reader that left) ends the stream early: the hash tells.
        with self._source, suppress(OSError, pyrage.DecryptError), self._sink:
            pyrage.decrypt_io(self._source, self._sink, [self._key.identity])


def check_content(expected: str, seen: str | None) -> None:
    """Raises StoreError when stored bytes are not those that their name says."""
    if seen != expected:
        raise StoreError(
            f"the stored bytes {expected} were altered or damaged on the disk; nothing was done with them. "
            "Restore the file of that name under “blobs” from the back-up."
        )
