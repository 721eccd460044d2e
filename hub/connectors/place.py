"""One session for all places that hold files: what an upload, a probe and a tidy are, written once.

A place (a folder, an SFTP account) offers a few plain operations and raises plain `OSError`s; this module
checks, compares and turns every error into a sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from hub.connectors.base import Listing, Presence, Receipt, Refusal, RemoteFile, Sink
from hub.connectors.names import (
    is_hidden,
    leaving_name,
    printable,
    problem_with,
    safe_name,
    temporary_name,
)
from hub.connectors.sentences import is_line_lost, reason, told
from hub.errors import InDoubt, RemoteRefused, StoreError, Unreachable


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder. `seconds` since 1970; None where the place doesn't tell."""

    name: str
    size: int
    seconds: float | None
    is_folder: bool = False
    is_plain: bool = True


class Place(Protocol):
    """Raises OSErrors: FileNotFoundError, PermissionError, FileExistsError for what they say,
    ConnectionError or TimeoutError when the line is gone, any other when the place says no.

    `title` starts every sentence. Paths come from `path`.
    """

    title: str

    def describe(self) -> str: ...

    def path(self, folder: str, name: str) -> str: ...

    def entries(self, folder: str) -> list[Entry]: ...

    def look(self, path: str) -> Entry:
        """Without following a link."""
        ...

    def read(self, path: str, size: int, sink: Sink) -> int:
        """Everything up to the end, which is expected at `size`; returns how many bytes came."""
        ...

    def write(self, path: str, source: BinaryIO) -> None:
        """Creates the file or replaces what was under this name."""
        ...

    def rename(self, path: str, new: str) -> None:
        """Raises FileExistsError rather than overwrite."""
        ...

    def remove(self, path: str) -> None: ...

    def settle(self) -> None:
        """Raises InDoubt when new names may not be on the disk."""
        ...


def _nothing(error: OSError) -> bool:
    return False


class FileSession:
    """`hub.connectors.base.Session` over a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def describe(self) -> str:
        with self._told("say what it is"):
            return self._place.describe()

    def listing(self, folder: str) -> Listing:
        with self._told(f"list the folder “{folder or '.'}”"):
            entries = self._place.entries(folder)
        files, refused = [], []
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_folder or is_hidden(entry.name):
                continue
            problem = _problem(entry)
            if problem is None:
                files.append(_remote_file(self._place.path(folder, entry.name), entry))
            else:
                refused.append(self._refusal(entry.name, folder, problem))
        return Listing(tuple(files), tuple(refused))

    def fetch(self, file: RemoteFile, sink: Sink) -> None:
        with self._told(f"read “{file.path}”"):
            try:
                came = self._place.read(file.path, file.size, self._own_disk(sink))
                now = _remote_file(file.path, self._place.look(file.path))
            except FileNotFoundError as error:
                raise RemoteRefused(
                    f"{self._place.title}: “{file.path}” does not exist any more: somebody took it away, or "
                    "put another in its place, after it was listed. Ask for it again; a file that is put "
                    "there is fetched as a new one, and this one may be withdrawn."
                ) from error
        if now != file or came != file.size:
            raise Unreachable(
                f"{self._place.title}: “{file.path}” changed while it was read ({file.size} bytes when "
                f"listed, {came} read, {now.size} now). It is probably still being written; the hub tries "
                "again."
            )

    def put(self, folder: str, name: str, source: BinaryIO, size: int, sha256: str) -> Receipt:
        final = self._place.path(folder, safe_name(name))
        temporary = self._place.path(folder, temporary_name(name))
        try:
            with self._told(f"write “{temporary}”"):
                self._place.write(temporary, source)
            checked = self._check_upload(temporary, size, sha256)
            self._rename(temporary, final)
        except FileExistsError:
            self.tidy(folder, name)
            return self._settle_clash(final, size, sha256)
        except (RemoteRefused, Unreachable):
            self.tidy(folder, name)
            raise
        return Receipt(final, size, sha256, self._read_back(final, size, checked))

    def probe(self, folder: str, name: str, size: int, sha256: str) -> Presence:
        same = self._holds(self._place.path(folder, safe_name(name)), size, sha256)
        if same is not None:
            return Presence.THERE if same else Presence.DIFFERENT
        left = self._look(self._place.path(folder, temporary_name(name)))
        return Presence.ABSENT if left is None else Presence.PARTIAL

    def tidy(self, folder: str, name: str) -> None:
        temporary = self._place.path(folder, temporary_name(name))
        self._clear_away(temporary)
        self._clear_away(leaving_name(temporary))

    def settle(self) -> None:
        self._place.settle()

    def move(self, file: RemoteFile, folder: str) -> str:
        new = self._place.path(folder, file.name)
        if not self._still_there(file):
            return new
        with self._told(f"move “{file.path}” to the folder “{folder}”"):
            try:
                self._place.rename(file.path, new)
            except FileExistsError:
                new = self._place.path(folder, stamped(file.name, file.mtime))
                self._place.rename(file.path, new)
        return new

    def remove(self, file: RemoteFile) -> None:
        if self._still_there(file):
            with self._told(f"remove “{file.path}”"):
                self._place.remove(file.path)

    def _check_upload(self, temporary: str, size: int, sha256: str) -> str:
        """What was compared, in words. Raises Unreachable when what arrived is not what was sent."""
        try:
            seen, checked = self._digest(temporary, size), "size and SHA-256"
        except PermissionError:
            entry = self._look(temporary)
            seen, checked = (entry.size if entry else 0, sha256), "size only: reading back is not allowed"
        if seen != (size, sha256):
            raise Unreachable(
                f"{self._place.title}: “{temporary}” did not arrive as it was sent ({size} bytes sent, "
                f"{seen[0]} there, or other content), so it was not given its final name. The hub tries "
                "again; if it stays so, look whether the place is full."
            )
        return checked

    def _rename(self, temporary: str, final: str) -> None:
        try:
            with self._told(f"rename “{temporary}” to “{final}”", let=_is_lost_or_taken):
                self._place.rename(temporary, final)
        except FileExistsError:
            raise
        except OSError as error:
            raise InDoubt(
                f"{self._place.title}: the line broke while “{temporary}” was being renamed to “{final}” "
                f"({reason(error)}). Look for the final name at the place before it is sent again."
            ) from error

    def _settle_clash(self, final: str, size: int, sha256: str) -> Receipt:
        if self._holds(final, size, sha256):
            return Receipt(final, size, sha256, "was there already: size and SHA-256")
        raise RemoteRefused(
            f"{self._place.title}: “{final}” is there already with other content, and the hub never "
            "overwrites. Ask the partner whether it may go, or send under another name."
        )

    def _read_back(self, final: str, size: int, checked: str) -> str:
        try:
            entry = self._look(final)
        except (RemoteRefused, Unreachable) as error:
            return f"{checked}; it could not be looked at after the rename ({error})"
        if entry is None:
            return f"{checked}; it was picked up at once after the rename"
        if entry.size != size:
            raise InDoubt(
                f"{self._place.title}: “{final}” has {entry.size} bytes after the rename; {size} were sent "
                "and checked before it. Ask the partner what they received."
            )
        return checked

    def _holds(self, path: str, size: int, sha256: str) -> bool | None:
        """Whether the path holds this content; None when nothing is there."""
        entry = self._look(path)
        if entry is None:
            return None
        if entry.size != size or not entry.is_plain:
            return False
        try:
            return self._digest(path, size) == (size, sha256)
        except PermissionError:
            raise InDoubt(
                f"{self._place.title}: “{path}” is there with the expected {size} bytes, but the account may "
                "not read it to compare its content. Ask the partner for its SHA-256 or its totals."
            ) from None

    def _digest(self, path: str, size: int) -> tuple[int, str]:
        digest = hashlib.sha256()
        with self._told(f"read back “{path}”", let=lambda error: isinstance(error, PermissionError)):
            came = self._place.read(path, size, digest.update)
        return came, digest.hexdigest()

    def _look(self, path: str) -> Entry | None:
        try:
            with self._told(f"look at “{path}”", let=lambda error: isinstance(error, FileNotFoundError)):
                return self._place.look(path)
        except FileNotFoundError:
            return None

    def _still_there(self, file: RemoteFile) -> bool:
        """Raises RemoteRefused when another file has taken the place of the one that was fetched."""
        entry = self._look(file.path)
        if entry is not None and _remote_file(file.path, entry) != file:
            raise RemoteRefused(
                f"{self._place.title}: “{file.path}” is no longer the file that was fetched (its size or "
                "time changed), so it stays. It is fetched as a new file when the folder is next listed."
            )
        return entry is not None

    def _clear_away(self, temporary: str) -> None:
        # Best effort: what remains under a temporary name is overwritten by the next attempt.
        with suppress(OSError, RemoteRefused):
            self._place.remove(temporary)

    def _own_disk(self, sink: Sink) -> Sink:
        """The sink, whose own failures must not be told as the endpoint's."""

        def take(piece: bytes) -> None:
            try:
                sink(piece)
            except OSError as error:
                raise StoreError(
                    f"The hub's own disk did not take what was read from {self._place.title}: "
                    f"{reason(error)}. Make room or repair the disk; the hub tries again."
                ) from error

        return take

    def _refusal(self, name: str, folder: str, problem: str) -> Refusal:
        shown = printable(name)
        return Refusal(
            shown,
            f"{self._place.title}: “{shown}” in the folder “{folder or '.'}” {problem}; the hub leaves it "
            "alone. Ask the partner to send it under a plain name, then remove it.",
        )

    def _told(self, doing: str, let: Callable[[OSError], bool] = _nothing) -> AbstractContextManager[None]:
        return told(self._place.title, doing, let)


def _is_lost_or_taken(error: OSError) -> bool:
    return isinstance(error, FileExistsError) or is_line_lost(error)


def _problem(entry: Entry) -> str | None:
    return problem_with(entry.name) or (None if entry.is_plain else "is a link or a device, not a file")


def _remote_file(path: str, entry: Entry) -> RemoteFile:
    return RemoteFile(path, entry.name, entry.size, _iso(entry.seconds))


def _iso(seconds: float | None) -> str:
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return str(seconds)


def stamped(name: str, mtime: str) -> str:
    """A file's name with its own time before its suffix: the same at every attempt."""
    stem, dot, suffix = name.rpartition(".")
    stamp = "".join(char for char in mtime.partition("+")[0] if char.isalnum())
    return f"{stem}.{stamp}.{suffix}" if dot else f"{name}.{stamp}"
