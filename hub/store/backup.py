"""A back-up of a state folder, taken while the hub works: the database as it is at one moment, and stored
bytes.

    TARGET/blobs/COMPARTMENT/ab/…    stored bytes, encrypted as in the state folder; all back-ups share them
    TARGET/2026-11-02T03-00-00Z/     one back-up: `feedhub.db`, `tables/`, if asked for `keys/`;
    `manifest.json`

Stored bytes are named by their content and never change, so that what is there already is not copied again.
On the disk of the state folder they are linked, else copied. The manifest is written last: a folder without
one is none.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from hub.errors import StoreError
from hub.store.files import disk_errors, durable_write, sync_folder
from hub.store.keys import DATABASE, FOLDER

MANIFEST, BLOBS, TABLES = "manifest.json", "blobs", "tables"
_NEW, _PART = "new", ".part"
_PIECE, _PAGES = 1 << 20, 2000
_FORM = 1

Told = Callable[[str, int, int], None]
"""What is done last, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a back-up: its size in bytes and SHA-256 (hex), as it lies there."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds. `files` are named from its own folder on, `blobs` from the shared one.

    counts: rows by table; schema, version, config: of the database, the hub and its configuration"""

    form: int
    taken_at: datetime
    version: str
    schema: str
    config: str
    with_keys: bool
    counts: Mapping[str, int]
    files: Mapping[str, Written]
    blobs: Mapping[str, Written]

    def text(self) -> str:
        told = {**asdict(self), "taken_at": self.taken_at.isoformat()}
        return json.dumps(told, indent=1, sort_keys=True) + "\n"

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError when it is no manifest that this hub reads."""
        told = json.loads(text)
        if told["form"] != _FORM:
            raise ValueError(f"form {told['form']}")
        for part in ("files", "blobs"):
            told[part] = {name: Written(**one) for name, one in told[part].items()}
        return cls(**{**told, "taken_at": datetime.fromisoformat(told["taken_at"])})


@dataclass(frozen=True, slots=True)
class Backup:
    """One back-up: `folder` is its own, in the target that it shares with others."""

    folder: Path
    manifest: Manifest

    @property
    def target(self) -> Path:
        return self.folder.parent

    @property
    def size(self) -> int:
        """Bytes, without what others share with it counted apart."""
        parts = (*self.manifest.files.values(), *self.manifest.blobs.values())
        return sum(one.size for one in parts)


def silent(what: str, done: int, total: int) -> None:
    """No progress is wanted."""


def backups(target: Path) -> list[Backup]:
    """The whole back-ups of a target, the oldest first. Raises StoreError for one whose manifest is
    damaged."""
    with disk_errors(target):
        found = sorted(target.glob(f"*/{MANIFEST}")) if target.is_dir() else []
    return [Backup(path.parent, _manifest(path)) for path in found if path.parent.suffix != _PART]


def _manifest(path: Path) -> Manifest:
    try:
        return Manifest.of(path.read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the manifest {path} cannot be read ({error}): it is damaged, or a newer hub's. Use another "
            f"back-up."
        ) from None


def take(
    state: Path,
    target: Path,
    *,
    at: datetime,
    version: str,
    config: str,
    with_keys: bool,
    told: Told = silent,
) -> Backup:
    """Write a back-up, and read back what was written. Raises StoreError; then nothing of it counts."""
    name = at.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder, part = target / name, target / f"{name}{_PART}"
    with disk_errors(target):
        if folder.exists():
            raise StoreError(f"there is a back-up {folder} already. Nothing was done; try again in a moment.")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        copy_database(state / DATABASE, part / DATABASE, told)
        schema, counts = examine_database(part / DATABASE)
        files = {DATABASE: _seen(part / DATABASE)}
        for kept in (TABLES, *((FOLDER,) if with_keys else ())):
            files |= dict(_copied(state / kept, part / kept, kept))
        blobs = _stored(state / BLOBS, target, told)
        manifest = Manifest(_FORM, at, version, schema, config, with_keys, counts, files, blobs)
        durable_write(part / MANIFEST, manifest.text().encode())
        part.rename(folder)
        sync_folder(target)
    return Backup(folder, manifest)


def copy_database(source: Path, copy: Path, told: Told = silent) -> None:
    """A database as it is at one moment, whatever is written to it meanwhile. Raises StoreError."""
    try:
        with closing(_reading(source)) as old, closing(sqlite3.connect(copy)) as new:
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees this moment
            old.backup(new, pages=_PAGES, progress=lambda _, left, pages: told("pages", pages - left, pages))
            old.rollback()
            new.execute("PRAGMA journal_mode=DELETE")  # one file: nothing of it waits in a log beside
        _sync_file(copy)
    except sqlite3.Error as error:
        raise StoreError(f"the database {source} could not be copied to {copy} ({error}).") from error


def examine_database(path: Path) -> tuple[str, dict[str, int]]:
    """The schema of a copy, and its rows by table. Raises StoreError when it is damaged."""
    try:
        with closing(_reading(path)) as db:
            trouble = [row[0] for row in db.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            trouble += [
                f"a row of {row[0]} names none of {row[2]}" for row in db.execute("PRAGMA foreign_key_check")
            ]
            if trouble:
                raise StoreError(f"the database {path} is damaged: {'; '.join(trouble[:5])}.")
            schema = db.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            names = [
                row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
            ]
            counts = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - names from the schema itself
    except sqlite3.Error as error:
        raise StoreError(f"the database {path} is damaged ({error}).") from error
    return schema, counts


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _copied(source: Path, copy: Path, name: str) -> Iterator[tuple[str, Written]]:
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file():
            inside = path.relative_to(source)
            yield f"{name}/{inside.as_posix()}", copy_file(path, copy / inside)


def _stored(source: Path, target: Path, told: Told) -> dict[str, Written]:
    """Every stored file that is there now; those that an earlier back-up has are believed by their size."""
    earlier = {name: one for backup in backups(target) for name, one in backup.manifest.blobs.items()}
    paths = [path for path in sorted(source.glob("*/??/*")) if path.parent.name != _NEW]
    found: dict[str, Written] = {}
    for done, path in enumerate(paths):
        name = path.relative_to(source).as_posix()
        copy, had = target / BLOBS / name, earlier.get(name)
        if had is None or not copy.is_file() or copy.stat().st_size != had.size:
            copy.unlink(missing_ok=True)
            had = _linked(path, copy) or copy_file(path, copy)
        found[name] = had
        told("stored files", done + 1, len(paths))
    return found


def _linked(path: Path, copy: Path) -> Written | None:
    """None where the two places do not share a disk."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, copy)
    except OSError:
        return None
    return _seen(copy)


def copy_file(path: Path, copy: Path) -> Written:
    """Copied, durable and read back. Raises StoreError when what was read back differs."""
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = copy.with_name(f"{copy.name}{_PART}")
    shutil.copyfile(path, beside)
    os.chmod(beside, 0o600)
    _sync_file(beside)
    written = _seen(beside)
    if written != _seen(path):
        raise StoreError(
            f"{copy} is not what was written there. Look at that disk; nothing of this back-up counts."
        )
    os.replace(beside, copy)
    return written


def _seen(path: Path) -> Written:
    whole, size = sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
            size += len(piece)
    return Written(size, whole.hexdigest())


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def damage(backup: Backup, told: Told = silent) -> Iterator[str]:
    """A sentence for each file of a back-up that is missing or not what its manifest says."""
    parts = [(backup.folder / name, one) for name, one in backup.manifest.files.items()]
    parts += [(backup.target / BLOBS / name, one) for name, one in backup.manifest.blobs.items()]
    for done, (path, written) in enumerate(parts):
        if not path.is_file():
            yield f"{path} is missing"
        elif _seen(path) != written:
            yield f"{path} is not what the manifest says: it was altered or damaged"
        told("files", done + 1, len(parts))


def prune(target: Path, keep: int) -> Sequence[Path]:
    """Let all but the newest `keep` back-ups go, and the stored bytes that none of those names; the folders
    gone."""
    held = backups(target)
    gone = [backup.folder for backup in held[:-keep]]
    named = {name for backup in held[-keep:] for name in backup.manifest.blobs}
    with disk_errors(target):
        for folder in gone:
            (folder / MANIFEST).unlink()  # first: what is left of it then is no back-up
            shutil.rmtree(folder)
        for path in sorted((target / BLOBS).glob("*/??/*")) if gone else ():
            if path.relative_to(target / BLOBS).as_posix() not in named:
                path.unlink()
    return gone


def lay_out(backup: Backup, state: Path, keys: Path | None, told: Told = silent) -> None:
    """Make a state folder of a back-up. `keys`: the folder that holds them, where the back-up does not.

    Raises StoreError when anything of the back-up is not as its manifest says; then nothing is left."""
    wrong = list(damage(backup, told))
    if wrong:
        some = "; ".join(wrong[:5])
        raise StoreError(
            f"the back-up {backup.folder} is not whole: {some}. Nothing was restored; use another one."
        )
    with disk_errors(state):
        for name in backup.manifest.files:
            copy_file(backup.folder / name, state / name)
        if keys is not None:
            shutil.rmtree(state / FOLDER, ignore_errors=True)
            dict(_copied(keys, state / FOLDER, FOLDER))
        for done, name in enumerate(backup.manifest.blobs):
            copy_file(backup.target / BLOBS / name, state / BLOBS / name)
            told("stored files", done + 1, len(backup.manifest.blobs))


def being_restored(state: Path) -> Path:
    """Where a state folder is made ready before it gets its name."""
    return state.with_name(f"{state.name}.restoring")


def refuse_half_restored(state: Path) -> None:
    """Raises StoreError where a restore was broken off: a state folder that starts empty beside it would send
    and number everything again."""
    part = being_restored(state)
    if part.exists() and not (state / DATABASE).exists():
        raise StoreError(
            f"a restore into {state} was broken off and left {part.name}. Nothing was done; run feedhub "
            "restore again."
        )


def shown(backup: Backup) -> dict[str, Any]:
    """For programs."""
    manifest = backup.manifest
    return {
        "folder": str(backup.folder),
        "taken_at": manifest.taken_at.isoformat(),
        "schema": manifest.schema,
        "version": manifest.version,
        "with_keys": manifest.with_keys,
        "files": len(manifest.files),
        "stored_files": len(manifest.blobs),
        "bytes": backup.size,
        "transfers": manifest.counts.get("transfer", 0),
        "events": manifest.counts.get("event", 0),
    }
