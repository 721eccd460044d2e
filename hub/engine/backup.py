"""Backing up while the hub works, and putting a back-up in place of a state that was lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.local import Hub
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Compartment, DeliveryState, TransferState
from hub.store import backup as files
from hub.store import queries
from hub.store.backup import Backup, Told, silent
from hub.store.files import sync_folder
from hub.store.queries.restored import Restored
from hub.store.rows import CounterRow
from hub.transfer import move, restored
from hub.transfer.services import Services

BACKUP = "backup"
"""The lock under which stored bytes neither are copied nor go; and what the history calls the back-ups."""

MARGIN = 100
"""So many numbers of a counter are never given after a restore: some of them partners may have seen."""


def back_up(
    services: Services,
    target: Path,
    *,
    with_keys: bool = False,
    keep: int | None = None,
    told: Told = silent,
) -> Backup:
    """Back up into a target, and let all but the newest `keep` go. Routes may be worked meanwhile.

    Raises UsageError when the person may not, StoreError when it cannot be written or is not what was
    written."""
    demand(services, Right.BACK_UP)
    state, at = services.config.hub.state_folder, services.clock.now()
    _refuse_inside(state, target)
    with services.store.alone(BACKUP):
        made = files.take(
            state,
            target,
            at=at,
            version=version("feedhub"),
            config=services.config.version,
            with_keys=with_keys,
            told=told,
        )
        gone = files.prune(target, keep) if keep else ()
    manifest = made.manifest
    data = {
        "folder": str(made.folder),
        "with_keys": with_keys,
        "stored_files": len(manifest.blobs),
        "gone": [folder.name for folder in gone],
    }
    services.commit(
        lambda conn: queries.append_event(
            conn,
            subject="hub",
            subject_id=BACKUP,
            kind="backed_up",
            who=services.who,
            data=data,
            compartment=Compartment.OPEN,
        )
    )
    return made


def _refuse_inside(state: Path, target: Path) -> None:
    if target.resolve().is_relative_to(state.resolve()):
        raise UsageError(
            f"{target} lies in the state folder, and would be lost with it. Name a folder elsewhere."
        )


@dataclass(frozen=True, slots=True)
class Put:
    """What a restore has put in place. `doubted`: deliveries, `held`: transfers, of which nobody knows
    whether they went out since; `burnt` and `asked`: counters that skip numbers, or wait for a person."""

    backup: Backup
    doubted: int
    held: int
    burnt: Sequence[str]
    asked: Sequence[str]


def chosen(target: Path, name: str | None = None) -> Backup:
    """The newest back-up of a target, or the one of that name. Raises UsageError when there is none."""
    held = files.backups(target)
    found = [one for one in held if name in (None, one.folder.name)]
    if not held:
        raise UsageError(f"There is no back-up in {target}. Name the folder that `feedhub backup` was given.")
    if not found:
        there = ", ".join(one.folder.name for one in held)
        raise UsageError(f"There is no back-up {name} in {target}; there is {there}.")
    return found[-1]


def refuse_occupied(state: Path) -> None:
    """Raises UsageError when something lies in a state folder."""
    if state.exists() and any(state.iterdir()):
        raise UsageError(
            f"{state} is not empty. Nothing was restored: move it away first, and keep it until all is well."
        )


def restore(
    state: Path,
    backup: Backup,
    opened: Callable[[Path], AbstractContextManager[Hub]],
    *,
    keys: Path | None = None,
    margin: int = MARGIN,
    told: Told = silent,
) -> Put:
    """Put a back-up in place of a state folder that is empty or not there. `opened` opens a hub over the
    folder that is prepared beside it: what may have gone out since is marked there as doubtful, before it
    gets its name.

    Raises UsageError when something is there or the person may not, StoreError when the back-up is not whole
    or the keys are not those of its database."""
    refuse_occupied(state)
    if not backup.manifest.with_keys and keys is None:
        raise UsageError(f"{backup.folder} holds no keys. Name the folder that does, with --keys.")
    part = files.being_restored(state)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        files.lay_out(backup, part, keys, told)
        with opened(part) as hub:
            demand(hub.services, Right.BACK_UP)
            put = _mark(hub.services, backup, margin)
        if state.exists():
            state.rmdir()
        part.rename(state)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync_folder(state.parent)
    return put


def _mark(services: Services, backup: Backup, margin: int) -> Put:
    """In one commit: nothing that may have gone out since goes out by itself."""
    at = services.clock.now()
    mark = Restored(backup.manifest.taken_at, at, dict.fromkeys(services.config.routes))

    def commit(conn: Connection) -> Put:
        queries.keep_restored(conn, mark)
        said = restored.since(mark)
        put = Put(
            backup, _doubt_deliveries(conn, services, said), _warn_of_held(conn, services, said), (), ()
        )
        asked, burnt = _counters(conn, services, said, margin)
        data = {"taken_at": mark.taken_at.isoformat(), "doubted": put.doubted, "held": put.held}
        queries.append_event(
            conn,
            subject="hub",
            subject_id=BACKUP,
            kind="restored",
            who=services.who,
            data={**data, "burnt": burnt, "asked": asked},
            compartment=Compartment.OPEN,
        )
        return replace(put, burnt=burnt, asked=asked)

    return services.commit(commit)


def _doubt_deliveries(conn: Connection, services: Services, said: str) -> int:
    rows = queries.deliveries_to_doubt(conn)
    for row in rows:
        if row.state is DeliveryState.READY:
            row = move.delivery(conn, services, row, DeliveryState.SENDING, event="restored")  # noqa: PLW2901 - the same delivery, moved
        reason = f"{said}: it may have gone out meanwhile. Ask {row.endpoint}, then settle the transfer."
        move.delivery(
            conn, services, row, DeliveryState.IN_DOUBT, event="in_doubt", reason=reason, next_attempt_at=None
        )
    return len(rows)


def _warn_of_held(conn: Connection, services: Services, said: str) -> int:
    """Whoever releases what was held then must know that somebody may have released it already."""
    rows = queries.held_transfers(conn)
    for row in rows:
        reason = f"{row.reason}. {said}: somebody may have released it meanwhile. {restored.ASK}"
        moved = move.transfer(conn, services, row, TransferState.HELD, event="restored", reason=reason)
        for entry in queries.open_work_about(conn, "transfer", row.id):
            title = f"{row.name} is held: {moved.reason}"
            queries.reword_work(conn, entry, who=services.who, title=title, proposal=entry.proposal)
    return len(rows)


def _counters(conn: Connection, services: Services, said: str, margin: int) -> tuple[list[str], list[str]]:
    """Those that a person must set, and those that skip numbers."""
    asked, burnt = [], []
    for row, no_gap in queries.counters_to_doubt(conn):
        if no_gap or margin == 0:
            queries.doubt_counter(conn, row.scope)
            asked.append(row.scope)
        else:
            _burn(conn, services, row, said, margin)
            burnt.append(row.scope)
    return asked, burnt


def _burn(conn: Connection, services: Services, row: CounterRow, said: str, margin: int) -> None:
    queries.set_counter(conn, row.scope, row.next_value + margin, said, services.who, row.compartment)
