"""Published tables that an operator loads: dated, several held, beside the database in the state folder.

One folder a version: the files as they were given, and what is known of them. It is renamed into its place
when it is whole, and never changed. They are no personal data, so commands without a store read them too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from hub.errors import UsageError
from hub.store.files import disk_errors, durable_write, sync_folder

_KNOWN = "table.json"


@dataclass(frozen=True, slots=True)
class Version:
    """Tables of one kind as they were loaded. `version`: what their publisher calls them; `sha256`: over the
    contents of the files, in the order of their names."""

    valid_from: date
    version: str
    rows: int
    files: tuple[str, ...]
    sha256: str
    loaded_at: datetime
    loaded_by: str
    folder: Path


@lru_cache(maxsize=16)
def _read_all(shelf: Path, folders: tuple[str, ...]) -> Sequence[Version]:
    """Read once, since versions never change: they are asked for with each file."""
    found = [
        _read(shelf / name) for name in sorted(folders) if name[0] != "." and (shelf / name / _KNOWN).exists()
    ]
    return sorted(found, key=lambda one: (one.valid_from, one.loaded_at))


class Shelf:
    """The versions of one kind of table that a state folder holds."""

    def __init__(self, state_folder: Path, kind: str) -> None:
        self._folder = state_folder / "tables" / kind

    def held(self) -> Sequence[Version]:
        """By the day from which they are valid; of one day, as they were loaded."""
        with disk_errors(self._folder):
            try:
                folders = os.listdir(self._folder)
            except FileNotFoundError:
                return []
        return _read_all(self._folder, tuple(folders))

    def in_force(self, day: date) -> Version | None:
        """The one that counts on a day; None before the first."""
        begun = [one for one in self.held() if one.valid_from <= day]
        return begun[-1] if begun else None

    def add(
        self, files: Mapping[str, bytes], *, valid_from: date, version: str, rows: int, at: datetime, by: str
    ) -> Version:
        """Keep the files as valid from a day. Raises UsageError when these are held for that day already."""
        content = sha256(b"".join(files[name] for name in sorted(files))).hexdigest()
        folder = self._folder / f"{valid_from}_{content[:16]}"
        if folder.exists():
            raise UsageError(f"These tables are held already, valid from {valid_from}. Nothing was done.")
        known = {
            "valid_from": valid_from.isoformat(),
            "version": version,
            "rows": rows,
            "files": sorted(files),
            "sha256": content,
            "loaded_at": at.isoformat(),
            "loaded_by": by,
        }
        with disk_errors(self._folder):
            _put(folder, {**files, _KNOWN: json.dumps(known, indent=2).encode()})
        return _read(folder)


def text_of(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace")


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    """The folder is there whole, or not at all; what a crash left of an earlier try is written anew."""
    half = folder.with_name(f".{folder.name}")
    half.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in half.iterdir():
        old.unlink()
    for name, content in files.items():
        durable_write(half / name, content)
    half.rename(folder)
    sync_folder(folder.parent)


def _read(folder: Path) -> Version:
    known = json.loads((folder / _KNOWN).read_text("utf-8"))
    return Version(
        valid_from=date.fromisoformat(known["valid_from"]),
        version=known["version"],
        rows=known["rows"],
        files=tuple(known["files"]),
        sha256=known["sha256"],
        loaded_at=datetime.fromisoformat(known["loaded_at"]),
        loaded_by=known["loaded_by"],
        folder=folder,
    )
