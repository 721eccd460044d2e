"""The life of the configuration: each version that ran is kept, a change is told, and one that decides where
money goes is used only once a second person has agreed.

A guarded value is known by its name and digest. Whoever first opens the hub with a new one has brought it,
and so has the owner of its file; somebody else who may agrees. Until then the routes that need it are
unavailable. With fewer than two people who may agree named in hub.yaml there is no second person: then all
that is there counts as agreed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from hub.config.agreed import Guarded, guarded
from hub.config.files import ConfigFiles
from hub.config.load import Config
from hub.config.login import normal_login
from hub.config.people import People, Right, Viewer
from hub.config.plugin_files import FOLDER as SETTINGS
from hub.config.settings import HubSettings
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.store import queries
from hub.store.db import Store
from hub.store.queries.config import AgreedRow, VersionRow
from hub.transfer.services import Services

SHORT = 12
"""Characters that name a version where people read."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A guarded value that waits for a second person; `was`: the one agreed before."""

    new: Guarded
    seen_by: str
    was: str | None

    @property
    def sentence(self) -> str:
        was = f", was {self.was}" if self.was else ""
        return f"the {self.new.name} becomes {self.new.value}{was} (brought by {self.seen_by})"


AGREE_FIRST = "A second person must agree first"


def is_held(config: Config) -> bool:
    """Whether routes wait until somebody agrees."""
    return any(why.startswith(AGREE_FIRST) for why in config.unavailable.values())


def with_agreed(config: Config, store: Store, who: Viewer) -> Config:
    """The configuration in which routes that need a value nobody has agreed to are unavailable."""
    waiting = _pending(config, store, who)
    held = {
        id: f"{AGREE_FIRST}: {one.sentence}. `feedhub config agree` shows it."
        for one in waiting
        for id in one.new.routes
    }
    return replace(config, unavailable={**config.unavailable, **held}) if held else config


def _pending(config: Config, store: Store, who: Viewer) -> list[Pending]:
    """Notes what nobody has seen before."""
    with store.read() as conn:
        rows = {(row.name, row.digest): row for row in queries.agreed_values(conn)}
    now_there = guarded(config)
    is_first = not rows or not _has_second_person(config)
    unseen = [one for one in now_there if (one.name, one.digest) not in rows]
    loose = [one for one in now_there if is_first and _is_open(rows.get((one.name, one.digest)))]
    if unseen or loose:
        rows |= store.write(lambda conn: _note(conn, unseen, loose, who))
    waiting = [one for one in now_there if _is_open(rows[one.name, one.digest])]
    return [Pending(one, rows[one.name, one.digest].seen_by, _last_agreed(rows, one.name)) for one in waiting]


def _is_open(row: AgreedRow | None) -> bool:
    return row is None or row.agreed_by is None


def _note(
    conn: Connection, unseen: Sequence[Guarded], loose: Sequence[Guarded], who: Viewer
) -> dict[tuple[str, str], AgreedRow]:
    for one in unseen:
        row = AgreedRow(one.name, one.digest, one.value, who.login, queries.now(conn))
        queries.see_value(conn, row)
    by_name = {(row.name, row.digest): row for row in queries.agreed_values(conn)}
    for one in loose:
        queries.agree_value(conn, by_name[one.name, one.digest], _NOBODY)
    return {(row.name, row.digest): row for row in queries.agreed_values(conn)}


_NOBODY = "nobody else"
"""Who agreed to what was there first, or where there is no second person."""


def _has_second_person(config: Config) -> bool:
    return People(config.hub.people).may_count(Right.AGREE) > 1


def _last_agreed(rows: Mapping[tuple[str, str], AgreedRow], name: str) -> str | None:
    known = [row for row in rows.values() if row.name == name and row.agreed_at is not None]
    return max(known, key=lambda row: str(row.agreed_at)).value if known else None


def pending(services: Services) -> list[Pending]:
    """What waits for a second person. Raises UsageError when who acts may not look."""
    demand(services, Right.LOOK)
    return _pending(services.config, services.store, services.viewer)


def agree(services: Services, reason: str) -> list[Pending]:
    """Agree, as the second person, to all that waits; what was agreed to. An event says so.

    Raises UsageError when nothing waits, when they may not, or brought one of the values themselves."""
    demand(services, Right.AGREE)
    waiting = _pending(services.config, services.store, services.viewer)
    if not waiting:
        raise UsageError("Nothing in the configuration waits for a second person.")
    for one in waiting:
        _refuse_editor(services, one)

    def commit(conn: Connection) -> None:
        rows = {(row.name, row.digest): row for row in queries.agreed_values(conn)}
        for one in waiting:
            queries.agree_value(conn, rows[one.new.name, one.new.digest], services.who)
        told = {
            "agreed": [one.sentence for one in waiting],
            "reason": reason,
            "config": services.config.version,
        }
        queries.append_event(
            conn, subject="hub", subject_id="config", kind="agreed", who=services.who, data=told
        )

    services.commit(commit)
    return waiting


def _refuse_editor(services: Services, one: Pending) -> None:
    editors = {normal_login(one.seen_by), *_owner(services.config.folder / one.new.file)}
    if normal_login(services.who) in editors:
        raise UsageError(
            f"You ({services.who}) brought this yourself: {one.sentence}. Somebody else must agree to it."
        )


def _owner(path: Path) -> set[str]:
    """Whose file it is, as far as the system tells; an administrator of the machine is nobody in
    particular."""
    if os.name == "nt":
        return set()
    with suppress(KeyError, OSError):
        return {normal_login(path.owner())} - {"root"}
    return set()


def history(store: Store) -> list[VersionRow]:
    """Every version that ran, the newest first."""
    with store.read() as conn:
        return queries.config_versions(conn)


def files_of(store: Store, version: str) -> Mapping[str, str]:
    """The files of the one version that starts so. Raises UsageError when there is none, or more than one."""
    fitting = [row.version for row in history(store) if row.version.startswith(version)]
    if len(fitting) != 1 or not version:
        raise UsageError(
            f"{len(fitting) or 'No'} versions start with “{version}”. `feedhub config history` lists them."
        )
    with store.read() as conn:
        return queries.config_files(conn, fitting[0])


def files_now(folder: Path) -> dict[str, str]:
    """The files as they lie there, right or wrong."""
    files = ConfigFiles(folder.resolve())
    plain = [name for name in ("hub.yaml", "endpoints.yaml", "waivers.yaml") if files.exists(name)]
    tables = [name for kind in ("calendars", "codes") for name in files.names(kind, ".csv")]
    several = (*files.names("routes", ".yaml"), *files.names_below(SETTINGS, ".yaml"))
    read = {name: files.text(name) for name in (*plain, *several, *tables)}
    return {name: text for name, text in read.items() if text is not None}


def roll_back(
    store: Store, folder: Path, settings: HubSettings, viewer: Viewer, version: str, reason: str
) -> None:
    """Write the files of a version back. What is there now is kept first; a file of routes or settings
    that the version has not goes. Raises UsageError when the person may not."""
    if not viewer.may(Right.AGREE):
        raise UsageError(People(settings.people).refusal(viewer, Right.AGREE))
    wanted, there = files_of(store, version), files_now(folder)
    lost = {name: text.encode() for name, text in there.items()}
    name = ConfigFiles.digest(lost)
    told = {"to": version, "kept": name, "reason": reason}

    def commit(conn: Connection) -> None:
        queries.keep_config(conn, name, lost, viewer.login)
        queries.append_event(
            conn, subject="hub", subject_id="config", kind="rolled_back", who=viewer.login, data=told
        )

    store.write(commit)
    for file, text in wanted.items():
        if there.get(file) != text:
            _write(folder / file, text)
    for file in there.keys() - wanted.keys():
        if file.startswith(("routes/", f"{SETTINGS}/")):
            (folder / file).unlink()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    part.replace(path)
