"""Records in memory: what feeds look up, and the legal moves, one after the other."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.door.compartments import records, refuse_changing, refuse_reading
from hub.door.feed import Feed
from hub.door.lifecycle import Follow, Lifecycle, Lookup, digest_name
from hub.errors import IllegalMove, PluginError
from hub.fields.problem import without
from hub.model import Compartment, Item, Move, Record, Records, Taken
from hub.store import queries
from hub.store.keys import Keys
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a snapshot was made for: who asked, for what, about which rent accounts."""

    who: str
    lookups: Sequence[Lookup]
    accounts: Collection[str]

    def refuse_other(self, kind: str, account: str | None = None, *, one: bool = False) -> None:
        """Raises PluginError for what was not looked up: it must not read as none. `one`: by its key."""
        lookups = [lookup for lookup in self.lookups if lookup.kind == kind]
        known = account in self.accounts and any(lookup.accounts for lookup in lookups)
        if (one and lookups) or known or any(lookup.is_whole for lookup in lookups):
            return
        if account is not None and any(lookup.accounts for lookup in lookups):
            missing = "that are about an account which was not the item's when they were looked up"
        elif lookups:
            missing = f"by more than their keys: Lookup({kind!r}) finds all, accounts=True an account’s"
        else:
            missing = f"that it does not look up: add Lookup({kind!r}) to its looks_up"
        raise PluginError(f"{self.who} asks for records of the kind “{kind}” {missing}.")


class Snapshot:
    """Records as they stood at one moment (`hub.model.Records`). `asked`: None = nothing else there is."""

    def __init__(self, records: Iterable[Record], asked: Asked | None = None) -> None:
        self._asked = asked
        self._of_kind: dict[str, dict[str, Record]] = defaultdict(dict)
        self._about: dict[Name, dict[str, Record]] = defaultdict(dict)
        for record in records:
            self.put(record)

    def put(self, record: Record) -> None:
        """In place of what is known of it."""
        old = self._of_kind[record.kind].get(record.key)
        if old is not None and old.account is not None and old.account != record.account:
            del self._about[old.kind, old.account][old.key]
        self._of_kind[record.kind][record.key] = record
        if record.account is not None:
            self._about[record.kind, record.account][record.key] = record

    def get(self, kind: str, key: str) -> Record | None:
        if self._asked is not None:
            self._asked.refuse_other(kind, one=True)
        return self._of_kind.get(kind, {}).get(key)

    def about(self, kind: str, account: str) -> Sequence[Record]:
        if self._asked is not None:
            self._asked.refuse_other(kind, account)
        return tuple(self._about.get((kind, account), {}).values())

    def all(self, kind: str) -> Sequence[Record]:
        if self._asked is not None:
            self._asked.refuse_other(kind)
        return tuple(self._of_kind.get(kind, {}).values())


class Moving:
    """Records as they were looked up, under the moves made since (`hub.model.Records`)."""

    def __init__(self, seen: Records, made: Snapshot) -> None:
        self._seen, self._made = seen, made

    def get(self, kind: str, key: str) -> Record | None:
        stood = self._seen.get(kind, key)
        return self._made.get(kind, key) or stood

    def about(self, kind: str, account: str) -> Sequence[Record]:
        found = self._now((*self._seen.about(kind, account), *self._made.about(kind, account)))
        return tuple(record for record in found if record.account == account)

    def all(self, kind: str) -> Sequence[Record]:
        return tuple(self._now((*self._seen.all(kind), *self._made.all(kind))))

    def _now(self, records: Iterable[Record]) -> Iterable[Record]:
        return {one.key: self._made.get(one.kind, one.key) or one for one in records}.values()


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
    conn: Connection,
    services: Services,
    asker: Feed | Lifecycle | Follow,
    subjects: Sequence[Taken | Item | Record],
    inside: Compartment,
) -> Snapshot:
    """What a feed's, or a life cycle's, lookups ask for on behalf of all the subjects; `inside`: in which
    compartment it asks.

    Raises PluginError when no plug-in declares records of a kind that is asked for, or they lie elsewhere."""
    found: list[Record] = []
    about = _accounts(conn, services, subjects) if any(one.accounts for one in asker.looks_up) else set()
    for lookup in asker.looks_up:
        lifecycle, keys = lifecycle_of(services, lookup.kind), services.store.keys
        refuse_reading(_named(asker), inside, records(lookup.kind), lifecycle.compartment)
        if lookup.is_whole:
            alive = [state for state in lifecycle.states if not lifecycle.has_ended(state)]
            found += queries.records_of(conn, keys, lookup.kind, states=lookup.states or alive)
        if lookup.keys is not None:
            asked: Sequence[Item | Record] = found if lookup.of else list(map(_item_of, subjects))
            of = (one for one in asked if lookup.of in (None, one.kind))
            wanted = {key for one in of for key in lookup.keys(one)}
            found += queries.records_of(conn, keys, lookup.kind, wanted)
        if lookup.accounts:
            found += queries.records_about(conn, keys, lookup.kind, *sorted(about))
    return Snapshot(found, Asked(_named(asker), asker.looks_up, about))


def refuse_moves(services: Services, mover: Feed | Lifecycle, kinds: Iterable[str]) -> None:
    """Raises PluginError when some of the kinds lie in another compartment than whoever moves them."""
    for kind in set(kinds):
        where = lifecycle_of(services, kind).compartment
        refuse_changing(_named(mover), mover.compartment, records(kind), where)


def _named(asker: Feed | Lifecycle | Follow) -> str:
    if isinstance(asker, Feed):
        return f"The feed {asker.name}"
    what = "A life cycle that follows" if isinstance(asker, Follow) else "The life cycle of"
    return f"{what} “{asker.kind}”"


def _item_of(subject: Taken | Item | Record) -> Item | Record:
    return subject.item if isinstance(subject, Taken) else subject


def _accounts(
    conn: Connection, services: Services, subjects: Sequence[Taken | Item | Record]
) -> Collection[str]:
    register = services.registers.current(conn, services.store)
    accounts: set[str | None] = set()
    for subject in subjects:
        if isinstance(subject, Record):
            accounts.add(subject.account)
        elif isinstance(subject, Taken):
            accounts.add(subject.disposition.account)
        elif register is not None and (account := register.account(subject.reference)):
            accounts.add(account.payment_ref)
    return {account for account in accounts if account is not None}


class Standing:
    """Records as they stand while moves are made, and the steps that these come to."""

    def __init__(
        self,
        services: Services,
        records: Iterable[Record],
        read: Iterable[Name] = (),
        unmade: Mapping[Name, int] | None = None,
    ) -> None:
        self._services, self._read = services, set(read)
        self._records: dict[Name, Record] = {name_of(record): record for record in records}
        self._left_off = dict(unmade or {})
        self.made = Snapshot(())
        """The records that moved, as they stand now."""
        self.steps: list[RecordChange] = []

    def read(self, conn: Connection, moves: Iterable[Move]) -> None:
        """What the moves are about and is not known yet, as it stands."""
        for move in moves:
            name = move.kind, move.key
            if name not in self._read:
                self._read.add(name)
                if found := queries.get_record(conn, self._services.store.keys, *name):
                    self._records[name] = found
                else:
                    self._left_off |= _unmade(conn, move.kind, (move.key,))

    def get(self, move: Move) -> Record | None:
        """The record that a move is about."""
        return self._records.get((move.kind, move.key))

    def make(self, moves: Iterable[Move], cause: Cause, *, always: bool = False) -> None:
        """All of the moves or, when one is illegal, none: then IllegalMove is raised. What changes nothing is
        no step, unless that it was done is a fact of its own (`always`)."""
        after = ChainMap({}, self._records)
        made = [self._step(after, move, cause, always) for move in moves]
        steps = [step for step in made if step is not None]
        self._records.update(after.maps[0])
        self.steps += steps
        for step in steps:
            self.made.put(step.new)

    def _step(
        self, records: MutableMapping[Name, Record], move: Move, cause: Cause, always: bool
    ) -> RecordChange | None:
        lifecycle, old = lifecycle_of(self._services, move.kind), records.get((move.kind, move.key))
        move = with_digests(move, lifecycle, self._services.store.keys)
        new = moved(lifecycle, old, move, self._services.clock.now())
        if old is not None and new == old:
            if not always:
                return None
            new = replace(new, version=old.version + 1)
        if old is None:
            new = replace(new, version=self._left_off.get((move.kind, move.key), 0) + 1)
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


def standing(conn: Connection, services: Services, moves: Iterable[Move]) -> Standing:
    """What the moves are about, as it stands."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        wanted[move.kind].add(move.key)
    keys = services.store.keys
    found = [record for kind, some in wanted.items() for record in queries.records_of(conn, keys, kind, some)]
    there = {name_of(record) for record in found}
    names = [(kind, key) for kind, some in wanted.items() for key in some]
    unmade: dict[Name, int] = {}
    for kind, some in wanted.items():
        unmade |= _unmade(conn, kind, [key for key in some if (kind, key) not in there])
    return Standing(services, found, names, unmade)


def _unmade(conn: Connection, kind: str, wanted: Collection[str]) -> Mapping[Name, int]:
    """Of records that are there no more: the number of the last move, after which theirs go on."""
    return {(kind, key): number for key, number in queries.unmade(conn, kind, wanted).items()}


def with_digests(move: Move, lifecycle: Lifecycle, keys: Keys) -> Move:
    """The move with a keyed digest of each of its personal values by which records of the kind are found."""
    told = {
        digest_name(name): personal_digest(lifecycle, name, move.personal[name], keys)
        for name in lifecycle.found_by
        if move.personal.get(name)
    }
    return replace(move, data={**move.data, **told}) if told else move


def personal_digest(lifecycle: Lifecycle, name: str, value: str, keys: Keys) -> str:
    """The same however somebody spaces the value, and in capitals or not."""
    return keys.digest(f"{name}={without(value, ' -')}", lifecycle.compartment)


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
        expires=move.expires or before.expires,
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
