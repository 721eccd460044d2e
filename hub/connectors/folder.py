"""A folder that this machine can see: a disk, a mounted share. The same contract as SFTP, also on Windows."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from hub.config.endpoints import FolderEndpoint
from hub.connectors.base import Secrets, Session, Sink
from hub.connectors.names import is_temporary, leaving_name, problem_with
from hub.connectors.place import Entry, FileSession
from hub.connectors.sentences import reason
from hub.errors import InDoubt, RemoteRefused, Unreachable

_PIECE = 1024 * 1024
_ONLY_HERE = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)  # Windows; POSIX
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EINVAL}


class FolderConnector:
    """Needs no connection, so there is nothing to close. New names survive a power cut once a session is
    over."""

    @contextmanager
    def open(self, name: str, endpoint: FolderEndpoint, secrets: Secrets) -> Iterator[Session]:
        place = FolderPlace(name, endpoint.path)
        try:
            yield FileSession(place)
        except BaseException:
            with suppress(InDoubt):  # what went wrong first is told
                place.settle()
            raise
        place.settle()

    def close(self) -> None:
        return None


class FolderPlace:
    """`hub.connectors.place.Place` below one root. Nothing outside it is touched, whatever a link says."""

    def __init__(self, name: str, root: Path) -> None:
        self.title = f"endpoint {name}"
        try:
            self._root = os.path.realpath(root, strict=True)
        except OSError as error:
            raise Unreachable(
                f"{self.title}: the folder “{root}” is not there. Create it, or connect the drive that "
                "it is on; the hub tries again."
            ) from error
        self._folders = {"": self._root}  # those that were found to lie inside
        self._renamed: set[str] = set()  # folders with new names

    def describe(self) -> str:
        os.listdir(self._root)
        return f"the folder {self._root}"

    def path(self, folder: str, name: str) -> str:
        return "/".join(("", *(part for part in folder.split("/") if part not in ("", ".")), name))

    def entries(self, folder: str) -> list[Entry]:
        with os.scandir(self._inside(folder)) as found:
            return [_entry(one.name, one.stat(follow_symlinks=False)) for one in found]

    def look(self, path: str) -> Entry:
        local = self._local(path)
        return _entry(os.path.basename(local), os.lstat(local))

    def read(self, path: str, size: int, sink: Sink) -> int:
        came = 0
        with open(os.open(self._local(path), os.O_RDONLY | _ONLY_HERE), "rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                sink(piece)
                came += len(piece)
        return came

    def write(self, path: str, source: BinaryIO) -> None:
        local = self._local(path)
        with suppress(FileNotFoundError):
            os.unlink(local)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _ONLY_HERE
        with open(os.open(local, flags, 0o660), "wb", buffering=0) as file:
            while piece := source.read(_PIECE):
                file.write(piece)
            os.fsync(file.fileno())

    def rename(self, path: str, new: str) -> None:
        old, target = self._local(path), self._local(new)
        if os.name == "nt":
            os.rename(old, target)  # refuses to overwrite there
        else:
            _rename_by_link(_on_its_way(old) if is_temporary(os.path.basename(old)) else old, target)
        self._renamed.add(os.path.dirname(target))

    def settle(self) -> None:
        """Raises InDoubt when the new names of this session may not be on the disk."""
        while self._renamed:
            folder = self._renamed.pop()
            try:
                _sync_folder(folder)
            except OSError as error:
                raise InDoubt(
                    f"{self.title}: could not make sure that the new names in “{folder}” are on the disk "
                    f"({reason(error)}). Look whether the disk or share is sound."
                ) from error

    def remove(self, path: str) -> None:
        os.unlink(self._local(path))

    def _local(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        return os.path.join(self._inside(folder), name)

    def _inside(self, folder: str) -> str:
        if folder not in self._folders:
            self._folders[folder] = self._resolved(folder)
        return self._folders[folder]

    def _resolved(self, folder: str) -> str:
        """The real folder. Raises RemoteRefused when `..`, a drive or a link leads out of the root."""
        parts = [part for part in folder.split("/") if part]
        if any(problem_with(part) for part in parts):
            raise RemoteRefused(f"{self.title}: “{folder}” is no folder below its path. Correct the folder.")
        inside = os.path.realpath(os.path.join(self._root, *parts))
        if not Path(inside).is_relative_to(self._root):
            raise RemoteRefused(
                f"{self.title}: the folder “{folder}” is a link that leads out of the endpoint's path. "
                "Use a folder that really lies there."
            )
        return inside


def _entry(name: str, found: os.stat_result) -> Entry:
    is_folder, is_plain = stat.S_ISDIR(found.st_mode), stat.S_ISREG(found.st_mode)
    return Entry(name, found.st_size, found.st_mtime, is_folder, is_plain)


def _on_its_way(temporary: str) -> str:
    """Renamed, so that it is not taken for unsent when the hub dies between the link and the unlink below
    and the partner has picked the file up."""
    leaving = leaving_name(temporary)
    os.rename(temporary, leaving)
    return leaving


def _rename_by_link(old: str, target: str) -> None:
    """POSIX rename would overwrite; a hard link does not. Shares without hard links are asked first."""
    try:
        os.link(old, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from None
        os.rename(old, target)
    else:
        os.unlink(old)


def _sync_folder(folder: str) -> None:
    """So that its new names survive a power cut; Windows has no such call and needs none."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
