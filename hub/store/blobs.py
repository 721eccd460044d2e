"""Stored bytes, named by the SHA-256 of the plain content and encrypted each with a key of its own (age).

Small content belongs into the database: it is durable with the row that names it, for one disk flush. Longer
content is a file, written beside, made durable and renamed, so that under its name it is always whole. Bytes
are encrypted while they are written: the plain content never touches the disk.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from hub.errors import StoreError
from hub.model import Compartment
from hub.store.age import AgeKey, Decrypting, Encrypting, check_content
from hub.store.files import disk_errors, hold, remove_unless_held, sync_folder
from hub.store.rows import BlobRef
from hub.store.spool import Spool

SMALL = 64 << 10  # up to this size content goes into the database
_HEAD = 64 << 10  # so much of the start can be looked at before it is read
_IN_MEMORY = 4 << 20  # up to this size content is checked before a byte is handed out
_AT_HAND = 1 << 20  # so much small content is still known: what was just stored is mostly read at once


class Blobs:
    """Stored bytes of one compartment. All methods may be called from any thread, and by several processes.
    `small` reads the sealed bytes that `queries.keep_blob` wrote, None when there are none of that name.

    They raise StoreError when the disk is full or says no; nothing half written is left then."""

    def __init__(
        self,
        folder: Path,
        key: AgeKey,
        small: Callable[[str], bytes | None],
        inside: Compartment = Compartment.OPEN,
    ) -> None:
        self._inside = inside
        self._folder, self._new, self._key, self._small = folder, folder / "new", key, small
        self._at_hand: dict[str, bytes] = {}
        self._bytes_at_hand = 0
        self._lock = Lock()
        with disk_errors(folder):
            self._new.mkdir(parents=True, exist_ok=True)
            for leftover in self._new.iterdir():
                remove_unless_held(leftover)

    def put(self, data: bytes) -> BlobRef:
        """Store content that is in memory; the same content is stored once. Small content is only sealed:
        `queries.keep_blob` stores it, in the commit that names it."""
        if len(data) <= SMALL:
            return self._sealed(data)
        ref = BlobRef(sha256(data).hexdigest(), len(data), inside=self._inside)
        with disk_errors(self._folder):
            if self.exists(ref.sha256):
                sync_folder(self._path(ref.sha256).parent)
                return ref
            with self._beside() as file:
                file.write(self._key.encrypt(data))
                self._adopt(file, ref.sha256)
        return ref

    @contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """Store content piece by piece: `write` each, then `keep`. Without `keep` nothing stays."""
        with ExitStack() as files:
            incoming = Incoming(self, files)
            try:
                yield incoming
            finally:
                incoming.stop()

    def open(self, sha256: str) -> io.BufferedReader:
        """The plain content as a stream; `peek` shows its first 64 KiB. Raises StoreError when it is
        missing or was altered: small content here, long content when its end has been read."""
        return io.BufferedReader(self._raw(sha256), _HEAD)

    @contextmanager
    def seekable(self, sha256: str) -> Iterator[BinaryIO]:
        """The plain content as a stream that can be sought in, checked: long content by way of a spool."""
        with ExitStack() as files:
            stream = files.enter_context(self.open(sha256))
            if not stream.seekable():
                with disk_errors(self._folder):
                    spool = Spool(stream, files.enter_context(self._beside()))
                stream = files.enter_context(io.BufferedReader(spool))
            yield stream

    def _raw(self, sha256: str) -> io.BytesIO | Decrypting:
        known = self._at_hand.get(sha256)
        if known is not None:
            return io.BytesIO(known)
        sealed = self._small(sha256)
        if sealed is not None:
            return io.BytesIO(self._plain(sealed, sha256))
        with disk_errors(self._folder):
            file = self._stored(sha256)
            if os.fstat(file.fileno()).st_size > _IN_MEMORY:
                return Decrypting(file, self._key, sha256)
            with file:
                return io.BytesIO(self._plain(file.read(), sha256))

    def read(self, sha256: str) -> bytes:
        """The whole plain content, checked. Raises StoreError when it is missing or was altered."""
        with self.open(sha256) as stream:
            return stream.read()

    def _sealed(self, data: bytes) -> BlobRef:
        ref = BlobRef(sha256(data).hexdigest(), len(data), self._key.encrypt(data), self._inside)
        with self._lock:
            if ref.sha256 not in self._at_hand:
                self._at_hand[ref.sha256] = data
                self._bytes_at_hand += len(data)
            while self._bytes_at_hand > _AT_HAND:
                self._bytes_at_hand -= len(self._at_hand.pop(next(iter(self._at_hand))))
        return ref

    def remove(self, sha256: str) -> None:
        """Let long content go; small content is the database's. May be repeated."""
        with disk_errors(self._folder):
            self._path(sha256).unlink(missing_ok=True)

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _stored(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise StoreError(
                f"the stored bytes {sha256} are missing from {self._folder}. Restore them from the back-up."
            ) from None

    def _plain(self, stored: bytes, expected: str) -> bytes:
        data = self._key.decrypt(stored)
        check_content(expected, None if data is None else sha256(data).hexdigest())
        return data or b""

    @contextmanager
    def _beside(self) -> Iterator[BinaryIO]:
        """A new file that is removed again unless it was adopted."""
        path = self._new / secrets.token_hex(16)
        with disk_errors(self._folder):
            file = path.open("x+b")
        try:
            hold(file)
            yield file
        finally:
            with suppress(OSError):  # what a full disk did not take is not wanted any more
                file.close()
            path.unlink(missing_ok=True)

    def _adopt(self, file: BinaryIO, sha256: str) -> None:
        """Make a written file durable and give it its name."""
        file.flush()
        os.fsync(file.fileno())
        file.close()
        path = self._path(sha256)
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            sync_folder(self._folder)
        os.replace(file.name, path)
        sync_folder(path.parent)


class Incoming:
    """Content on its way in. `sha256` and `size` are those of the plain bytes written so far.

    Small content waits in memory; what grows beyond is encrypted into a file as it comes."""

    def __init__(self, blobs: Blobs, files: ExitStack) -> None:
        self._blobs, self._files = blobs, files
        self._small = bytearray()
        self._file: BinaryIO | None = None
        self._encrypting: Encrypting | None = None
        self._hash = sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        if self._encrypting is None:
            self._small += data
            if self.size <= SMALL:
                return
            self._file = self._files.enter_context(self._blobs._beside())
            self._encrypting = Encrypting(self._file, self._blobs._key)
            data = bytes(self._small)
            self._small.clear()
        with disk_errors(self._blobs._folder):
            self._encrypting.write(data)

    def keep(self) -> BlobRef:
        """Make what was written durable, under its name; small content as `Blobs.put` does."""
        if self._encrypting is None or self._file is None:
            return self._blobs._sealed(bytes(self._small))
        with disk_errors(self._blobs._folder):
            self._encrypting.finish()
            self._blobs._adopt(self._file, self.sha256)
        return BlobRef(self.sha256, self.size, inside=self._blobs._inside)

    def stop(self) -> None:
        """End the encryption, kept or not."""
        if self._encrypting is not None:
            self._encrypting.stop()
