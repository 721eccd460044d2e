"""The files behind the embedded SFTP server: one folder, nothing outside it, and faults on order."""

from __future__ import annotations

import errno
import os
import posixpath
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

import paramiko
from paramiko.sftp import SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

P = ParamSpec("P")
T = TypeVar("T")


def _open_gate() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


@dataclass
class Faults:
    """What the server does wrong.

    drop_after:     the line is cut once this many bytes of content have come in or gone out
    full_after:     no byte is written past this many
    gate:           every request waits until it is set; it is, until a test clears it
    refuse_rename:  renaming is not allowed; drop_at_rename: it is done, but the line breaks before the answer
    overwrites:     a rename replaces what is there, as some servers do
    no_reading:     files may be written but not read back
    denied:         folders that nobody may use
    swallowed:      names that vanish as soon as they are there, as when the partner picks them up at once
    hostile_names:  what listings also hold
    garble:         flips the last byte of each piece that is written
    ciphers:        the only ones it offers
    away:           whoever connects is cut off at once
    hangs_up:       the line is cut at each log-in instead of an answer
    no_sftp:        logging in works, but there is no SFTP behind it
    """

    drop_after: int | None = None
    full_after: int | None = None
    gate: threading.Event = field(default_factory=_open_gate)
    refuse_rename: bool = False
    drop_at_rename: bool = False
    overwrites: bool = False
    no_reading: bool = False
    denied: frozenset[str] = frozenset()
    swallowed: frozenset[str] = frozenset()
    hostile_names: tuple[bytes, ...] = ()
    garble: bool = False
    ciphers: tuple[str, ...] = ()
    away: bool = False
    hangs_up: bool = False
    no_sftp: bool = False


@dataclass
class Served:
    """What one connection works on. `moved` counts bytes of content; `cut` breaks the line."""

    root: Path
    faults: Faults
    cut: Callable[[], None]
    moved: int = 0

    def count(self, size: int) -> None:
        self.moved += size
        if self.faults.drop_after is not None and self.moved > self.faults.drop_after:
            self.cut()

    def locate(self, path: str) -> Path:
        """Raises PermissionError for what lies, or leads by a link, outside the root."""
        inside = posixpath.normpath("/" + path).lstrip("/")
        folder = posixpath.dirname(inside)
        real = (self.root / folder).resolve() / posixpath.basename(inside)
        if not real.parent.is_relative_to(self.root) and real != self.root:
            raise PermissionError(errno.EACCES, "outside the served folder")
        if {"/" + folder, "/" + inside} & self.faults.denied:
            raise PermissionError(errno.EACCES, "denied")
        return real


def _answered(work: Callable[Concatenate[Files, P], T]) -> Callable[Concatenate[Files, P], T | int]:
    """Waits at the gate; an OSError becomes the protocol's answer."""

    def answer(files: Files, /, *args: P.args, **kwargs: P.kwargs) -> T | int:
        files.served.faults.gate.wait()
        try:
            return work(files, *args, **kwargs)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)

    return answer


class Files(paramiko.SFTPServerInterface):
    """Listing, reading, writing, renaming and removing; no folders, links or modes."""

    def __init__(self, server: paramiko.ServerInterface, *, served: Served) -> None:
        super().__init__(server)
        self.served = served

    @_answered
    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes]:
        folder = self.served.locate(path)
        found = [
            _attributes(one.stat(follow_symlinks=False), os.fsencode(one.name)) for one in os.scandir(folder)
        ]
        return found + [
            _attributes(folder.parent.stat(), name, 0o100644) for name in self.served.faults.hostile_names
        ]

    @_answered
    def lstat(self, path: str) -> paramiko.SFTPAttributes:
        return _attributes(self.served.locate(path).lstat())

    @_answered
    def stat(self, path: str) -> paramiko.SFTPAttributes:
        return _attributes(self.served.locate(path).lstat())

    @_answered
    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        if self.served.faults.no_reading and not writes:
            return SFTP_PERMISSION_DENIED
        flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.served.locate(path), flags, 0o660)
        return _Handle(os.fdopen(handle, "r+b" if writes else "rb", buffering=0), self.served)

    @_answered
    def rename(self, oldpath: str, newpath: str) -> int:
        old, new = self.served.locate(oldpath), self.served.locate(newpath)
        faults = self.served.faults
        if faults.refuse_rename:
            return SFTP_PERMISSION_DENIED
        if os.path.lexists(new) and not faults.overwrites:
            return SFTP_FAILURE
        os.replace(old, new)
        if new.name in faults.swallowed:
            new.unlink()
        if faults.drop_at_rename:
            self.served.cut()
        return SFTP_OK

    @_answered
    def remove(self, path: str) -> int:
        self.served.locate(path).unlink()
        return SFTP_OK


class _Handle(paramiko.SFTPHandle):
    """One open file."""

    def __init__(self, file: BinaryIO, served: Served) -> None:
        super().__init__()
        self._file = file
        self._served = served

    def close(self) -> None:
        self._file.close()

    def read(self, offset: int, length: int) -> bytes | int:
        self._served.faults.gate.wait()
        self._file.seek(offset)
        piece = self._file.read(length)
        self._served.count(len(piece))
        return piece

    def write(self, offset: int, data: Any) -> int:
        faults = self._served.faults
        faults.gate.wait()
        if faults.full_after is not None and offset + len(data) > faults.full_after:
            return SFTP_FAILURE
        self._file.seek(offset)
        self._file.write(data[:-1] + bytes([data[-1] ^ 1]) if faults.garble else data)
        self._served.count(len(data))
        return SFTP_OK


def _attributes(
    found: os.stat_result, name: bytes | None = None, mode: int | None = None
) -> paramiko.SFTPAttributes:
    attributes = paramiko.SFTPAttributes.from_stat(found)
    attributes.st_mode = mode or found.st_mode
    attributes.st_uid = attributes.st_gid = None
    # Whole seconds, as the protocol has them; the name goes out as the bytes that it is.
    attributes.st_atime, attributes.st_mtime = int(found.st_atime), int(found.st_mtime)
    if name is not None:
        attributes.filename = name  # type: ignore[assignment]
    return attributes
