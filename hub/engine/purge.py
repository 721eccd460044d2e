"""Letting go of what is past its keep: stored bytes and personal values. What happened stays: hashes, totals,
references, states and the whole history.

First the database forgets, in one commit with the event that says so; then the files go; then it is noted
that they have. A purge that was interrupted is finished by the next. Meanwhile nobody works a route, so that
nothing that is let go is taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub.config.people import Right
from hub.door.keep import Keep
from hub.engine.backup import BACKUP
from hub.engine.rights import demand
from hub.model import Compartment, TransferState
from hub.store import queries
from hub.store.queries import purging
from hub.store.queries.chain import LET_GO
from hub.store.queries.purging import PastRecord, PastReplies, PastTransfer
from hub.store.rows import RecordChange
from hub.transfer import move
from hub.transfer.services import Services, known

T = TypeVar("T", PastTransfer, PastReplies, PastRecord)

AT_ONCE = 100
"""Transfers in one commit."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What is past its keep on a day. `kept_back`: past it, and not over yet."""

    today: date
    transfers: Sequence[PastTransfer] = ()
    replies: Sequence[PastReplies] = ()
    records: Sequence[PastRecord] = ()
    histories: Sequence[PastRecord] = ()
    kept_back: Sequence[PastTransfer] = field(default=())

    @property
    def ids(self) -> Sequence[str]:
        return [one.id for one in self.transfers]


def purge(services: Services, *, dry_run: bool = False) -> Purge:
    """Let go of what is past its keep today, of the compartments that who acts may know of.

    Raises UsageError when they may not, StoreError when a route is being worked."""
    demand(services, Right.PURGE)
    if dry_run:
        return find(services)
    with ExitStack() as alone:
        for route in sorted(services.config.routes):
            alone.enter_context(services.store.alone(route))
        alone.enter_context(
            services.store.alone(BACKUP)
        )  # a back-up holds all the bytes that its database names
        _finish(services)
        found = left = find(services)
        gone: dict[str, PastTransfer] = {}
        # what a bundle held goes before the bundle
        while some := [one for one in left.transfers if one.id not in gone][:AT_ONCE]:
            went = _let_go(services, some, found.today)
            if not went:  # somebody did something about each of them meanwhile: the next purge looks again
                break
            gone |= {one.id: one for one in went}
            left = find(services)
        for replies in found.replies:
            _let_replies_go(services, replies, found.today)
        if found.records:
            services.commit(lambda conn: _forget_records(conn, services, found.records))
        if found.histories:
            services.commit(lambda conn: _forget_histories(conn, services, found.histories))
        return replace(found, transfers=[*gone.values()], kept_back=left.kept_back)


def find(services: Services) -> Purge:
    """What is past its keep, as far as who acts may know of it."""
    today = services.local(services.clock.now())
    with services.store.read() as conn:
        past = _seen(services, _past(conn, services, today))
        return Purge(
            today,
            [one for one in past if one.is_over],
            _seen(services, purging.past_replies(conn, today)),
            _seen(services, _past_records(conn, services, today)),
            _seen(services, _past_histories(conn, services, today)),
            [one for one in past if not one.is_over],
        )


def _seen(services: Services, found: Iterable[T]) -> list[T]:
    open_to = services.viewer.compartments & services.store.keys.sets.keys()
    return [one for one in found if one.compartment in open_to]


def _past(
    conn: Connection, services: Services, today: date, ids: Sequence[str] | None = None
) -> list[PastTransfer]:
    keeps = _keeps_of_feeds(services)
    before = _at_least(services, keeps)
    found = purging.past_transfers(conn, today=today, before=before, ids=ids)

    def looked(one: PastTransfer) -> PastTransfer:
        whole = keeps.get(one.feed or "", services.config.hub.keep).until(services.local(one.updated_at))
        return one._replace(whole=whole < today, until=min(whole, one.expires or whole))

    return [one for one in map(looked, found) if one.until < today]


def _keeps_of_feeds(services: Services) -> dict[str, Keep]:
    """Of the feeds that say it, how long each keeps; as the plug-in is set, where that decides it."""
    said = {name: feed.keep for name, feed in services.catalogue.feeds.items() if feed.keep is not None}
    return {
        name: keep if isinstance(keep, Keep) else keep(services.settings_for(name))
        for name, keep in said.items()
    }


def _past_records(conn: Connection, services: Services, today: date) -> list[PastRecord]:
    lives = services.catalogue.lifecycles
    keeps = {kind: life.keep for kind, life in lives.items() if life.keep is not None}
    found = purging.past_records(conn, today=today, before=_at_least(services, keeps))

    def looked(one: PastRecord) -> PastRecord:
        keep = keeps.get(one.kind, services.config.hub.keep)
        ended = one.kind in lives and lives[one.kind].has_ended(one.state)
        over = keep.until(services.local(one.since)) if ended else date.max
        return one._replace(until=min(over, one.expires or over))

    return [one for one in map(looked, found) if one.until < today]


def _past_histories(conn: Connection, services: Services, today: date) -> list[PastRecord]:
    """Records of kinds whose history is not kept for good, once that time is over."""
    past: list[PastRecord] = []
    for kind, life in services.catalogue.lifecycles.items():
        if life.keep_history is None:
            continue
        keep = life.keep_history(services.settings_for(kind))
        ended = [state for state in life.states if life.has_ended(state)]
        before = services.clock.now() - keep.at_least + timedelta(days=1)
        found = purging.past_histories(conn, kind, ended=ended, before=before)
        past += [one._replace(until=keep.until(services.local(one.since))) for one in found]
    return [one for one in past if one.until < today]


def _at_least(services: Services, keeps: Mapping[str, Keep]) -> datetime:
    """Nothing that was touched since is past any keep."""
    shortest = min(keep.at_least for keep in (*keeps.values(), services.config.hub.keep))
    return services.clock.now() - shortest + timedelta(days=1)


def _let_go(services: Services, some: Sequence[PastTransfer], today: date) -> list[PastTransfer]:
    ids = [one.id for one in some]
    gone = services.commit(lambda conn: _forget(conn, services, ids, today))
    services.boundary("forgotten")
    for inside, of_it in _by_compartment(gone).items():
        _remove_files(services, inside, of_it, today)
    return gone


def _forget(conn: Connection, services: Services, ids: Sequence[str], today: date) -> list[PastTransfer]:
    """Those that are still past their keep and over, in the commit that lets them go."""
    purging.overwrite_what_goes(conn)
    gone = [one for one in _past(conn, services, today, ids) if one.is_over]
    for one in gone:
        _note(conn, services, one)
    purging.forget_items(conn, [one.id for one in gone], [one.id for one in gone if one.whole], today)
    for inside, some in _by_compartment(gone).items():
        stored = purging.stored_for(conn, some)
        purging.drop_small(conn, inside, purging.unnamed(conn, inside, stored, today))
    return gone


def _note(conn: Connection, services: Services, one: PastTransfer) -> None:
    """That it went is no move from which a keep counts anew."""
    row = known(queries.get_transfer(conn, one.id), "row")
    stays: dict[str, Any] = {"purged_at": row.purged_at or services.clock.now(), "updated_at": row.updated_at}
    event = "purged" if row.purged_at is None else "values_purged"
    move.transfer(conn, services, row, TransferState(row.state), event=event, who=services.who, **stays)


def _finish(services: Services) -> None:
    """What an interrupted purge has left: files of transfers that were let go."""
    with services.store.read() as conn:
        left = purging.half_gone(conn)
    for inside in sorted({inside for _, inside in left}):
        ids = [id for id, where in left if where is inside]
        _remove_files(services, inside, ids, services.local(services.clock.now()))


def _remove_files(services: Services, inside: Compartment, ids: Sequence[str], today: date) -> None:
    if inside not in services.store.keys.sets:
        return
    with services.store.read() as conn:
        free = purging.unnamed(conn, inside, purging.stored_for(conn, ids), today)
    for sha256 in free:
        services.store.blobs(inside).remove(sha256)
    services.boundary("files_gone")
    services.commit(lambda conn: purging.bytes_gone(conn, ids))


def _by_compartment(some: Iterable[PastTransfer]) -> Mapping[Compartment, list[str]]:
    found: dict[Compartment, list[str]] = {}
    for one in some:
        found.setdefault(one.compartment, []).append(one.id)
    return found


def _let_replies_go(services: Services, one: PastReplies, today: date) -> None:
    """The replies' bytes first: until they are noted as gone the next purge finds them again."""
    with services.store.read() as conn:
        free = purging.unnamed(conn, one.compartment, purging.replies_stored(conn, one.id), today)
    for sha256 in free:
        services.store.blobs(one.compartment).remove(sha256)
    services.boundary("replies_gone")

    def commit(conn: Connection) -> None:
        purging.overwrite_what_goes(conn)
        purging.drop_small(conn, one.compartment, free)
        purging.replies_gone(conn, one.id)
        queries.append_event(
            conn, subject="delivery", subject_id=one.id, kind="replies_purged", who=services.who
        )

    services.commit(commit)


def _forget_records(conn: Connection, services: Services, found: Sequence[PastRecord]) -> None:
    """One more move of each, which says that its personal values were let go; it asks nobody what follows."""
    purging.overwrite_what_goes(conn)
    keys = services.store.keys
    changes: list[RecordChange] = []
    for one in found:
        record = queries.get_record(conn, keys, one.kind, one.key)
        if record is not None:
            changes.append(
                RecordChange(
                    old=record,
                    new=replace(record, personal={}, expires=None, version=record.version + 1),
                    who=services.who,
                    compartment=one.compartment,
                    reason="past its keep: personal values were let go",
                )
            )
            purging.forget_before(conn, one.kind, one.key)
    queries.write_records(conn, keys, changes)


def _forget_histories(conn: Connection, services: Services, found: Sequence[PastRecord]) -> None:
    """One more move of each, which says up to where its history was let go; the chain goes on through it."""
    purging.overwrite_what_goes(conn)
    keys = services.store.keys
    for one in found:
        record = queries.get_record(conn, keys, one.kind, one.key)
        if record is None:
            continue
        bare = replace(record, data={LET_GO: record.version}, personal={}, account=None, expires=None)
        change = RecordChange(
            old=record,
            new=replace(bare, version=record.version + 1),
            who=services.who,
            compartment=one.compartment,
            reason="past its keep: its facts and its history were let go",
        )
        queries.write_records(conn, keys, [change])
        purging.forget_steps(conn, one.kind, one.key, record.version)
