"""Records in memory: what feeds look up, and the legal moves, one after the other."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.door.lifecycle import Lifecycle, Lookup
from hub.errors import IllegalMove, PluginError
from hub.model import Move, Record, Records
from hub.store import queries
from hub.store.rows import RecordChange
from hub.transfer.services import Services

Name = tuple[str, str]
"""The kind and key of a record."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who moves a record, and because of what."""

    who: str
    transfer_id: str | None = None
    item_id: str | None = None


class Snapshot:
    """Records as they stood at one moment (`hub.model.Records`)."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_name = {name_of(record): record for record in records}
        self._about: dict[Name, list[Record]] = defaultdict(list)
        self._of_kind: dict[str, list[Record]] = defaultdict(list)
        for record in self._by_name.values():
            self._of_kind[record.kind].append(record)
            if record.account is not None:
                self._about[record.kind, record.account].append(record)

    def get(self, kind: str, key: str) -> Record | None:
        return self._by_name.get((kind, key))

    def about(self, kind: str, account: str) -> Sequence[Record]:
        return tuple(self._about.get((kind, account), ()))

    def all(self, kind: str) -> Sequence[Record]:
        return tuple(self._of_kind.get(kind, ()))


def name_of(record: Record) -> Name:
    return record.kind, record.key


def lifecycle_of(services: Services, kind: str) -> Lifecycle:
    """Raises PluginError when no plug-in that is in declares such records."""
    lifecycle = services.catalogue.lifecycles.get(kind)
    if lifecycle is None:
        raise PluginError(
            f"No plug-in that is switched on declares records of the kind “{kind}”. Name the one that does "
            "under plugins: in hub.yaml."
        )
    return lifecycle


def look_up(
    conn: Connection, services: Services, lookups: Iterable[Lookup], subjects: Sequence[Any]
) -> Snapshot:
    """What the lookups ask for, on behalf of all the subjects: the items of a feed, or records.

    Raises PluginError when no plug-in declares records of a kind that is asked for."""
    found: list[Record] = []
    for lookup in lookups:
        lifecycle, keys = lifecycle_of(services, lookup.kind), services.store.keys
        if lookup.keys is None:
            alive = [state for state in lifecycle.states if not lifecycle.has_ended(state)]
            found += queries.records_of(conn, keys, lookup.kind, states=alive)
        else:
            wanted = {key for subject in subjects for key in lookup.keys(subject)}
            found += queries.records_of(conn, keys, lookup.kind, wanted)
    return Snapshot(found)


class Standing:
    """Records as they stand while moves are made, and the steps that these come to."""

    def __init__(self, services: Services, records: Iterable[Record]) -> None:
        self._services = services
        self._records: dict[Name, Record] = {name_of(record): record for record in records}
        self.steps: list[RecordChange] = []

    def get(self, move: Move) -> Record | None:
        """The record that a move is about."""
        return self._records.get((move.kind, move.key))

    def make(self, moves: Iterable[Move], cause: Cause) -> None:
        """All of the moves or, when one is illegal, none: then IllegalMove is raised. What changes nothing is
        no step."""
        after = ChainMap({}, self._records)
        steps = [step for move in moves if (step := self._step(after, move, cause)) is not None]
        self._records.update(after.maps[0])
        self.steps += steps

    def _step(self, records: MutableMapping[Name, Record], move: Move, cause: Cause) -> RecordChange | None:
        lifecycle, old = lifecycle_of(self._services, move.kind), records.get((move.kind, move.key))
        new = moved(lifecycle, old, move, self._services.clock.now())
        if new == old:
            return None
        records[move.kind, move.key] = new
        return RecordChange(
            old=old,
            new=new,
            who=cause.who,
            compartment=lifecycle.compartment,
            transfer_id=cause.transfer_id,
            item_id=cause.item_id,
            reason=move.reason,
        )


def standing(
    conn: Connection, services: Services, moves: Iterable[Move], known: Records | None = None
) -> Standing:
    """What the moves are about, as it stands; `known` records need no reading again."""
    found: list[Record] = []
    wanted: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        record = known.get(move.kind, move.key) if known else None
        if record is None:
            wanted[move.kind].add(move.key)
        else:
            found.append(record)
    for kind, some in wanted.items():
        found += queries.records_of(conn, services.store.keys, kind, some)
    return Standing(services, found)


def moved(lifecycle: Lifecycle, old: Record | None, move: Move, at: datetime) -> Record:
    """The record after a move; `old` itself when that changes nothing. Raises IllegalMove."""
    to = move.to or (old.state if old else None)
    if to is None:
        raise IllegalMove(f"{move.kind} {move.key} is not known, so nothing of it can change")
    if not lifecycle.may(old.state if old else None, to):
        raise IllegalMove(_refusal(lifecycle, old, move, to))
    before = old or Record(kind=move.kind, key=move.key, state=to, since=at)
    new = replace(
        before,
        state=to,
        account=move.account or before.account,
        data={**before.data, **move.data},
        personal={**before.personal, **move.personal},
        since=before.since if before.state == to else at,
    )
    return new if new == old else replace(new, version=before.version + 1)


def _refusal(lifecycle: Lifecycle, old: Record | None, move: Move, to: str) -> str:
    if old is None:
        return f"{move.kind} {move.key} is not known and cannot begin as {to}"
    end = ", which is the end of it," if lifecycle.has_ended(old.state) else ""
    return f"{move.kind} {move.key} is {old.state}{end} and cannot become {to}"
