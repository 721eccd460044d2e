"""Files that are still there after a power cut, and sentences for a disk that says no."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from hub.errors import StoreError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_ROOM = 64 * 1024
"""Bytes free, below which a disk is as good as full: SQLite may call that an I/O error."""


def sync_folder(folder: Path) -> None:
    """Make renames within a folder durable. Windows has no such call: NTFS journals the rename itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def durable_write(path: Path, content: bytes) -> None:
    """A new file that only its owner can read, on the disk when this returns. It must not be there yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the operating system refuses in a folder into a StoreError sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(disk_sentence(folder, error)) from error


def disk_sentence(folder: Path, error: OSError) -> str:
    if is_full(error):
        return full_sentence(folder)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"cannot use {folder}: it, or what it should lie in, is a file. Name a folder."
    return f"cannot use {folder}: {error.strerror or error}. Check that the hub's account may write there."


def full_sentence(path: Path) -> str:
    return f"the disk that holds {path} is full. Nothing was kept; free some space and try again."


def is_full(error: OSError) -> bool:
    """Whether a disk, or what somebody may have of it, is full."""
    return error.errno in _FULL


def has_no_room(folder: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < _NO_ROOM
    return False


def hold(file: BinaryIO) -> None:
    """Mark an open file as in use, until it is closed; raises OSError when another process holds it.

    Windows needs no mark: it does not let an open file be removed."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(file: BinaryIO) -> None:
    """Keep an open file from everybody else, until it is closed; raises OSError when another one has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        hold(file)


def remove_unless_held(path: Path) -> None:
    """Remove what a process that is gone left behind; a file still in use stays."""
    with suppress(OSError):
        with path.open("rb") as file:
            hold(file)
        path.unlink()
