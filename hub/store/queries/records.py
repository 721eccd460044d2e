"""Records: long-lived business things, each with its chained history of moves.

A record's version is the number of its last move, so that compare-and-set on the one guards the chain too.
One whose making was undone is there no more. Its row stays, so that its history goes on if it is made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from hub.errors import LostRace
from hub.model import Record
from hub.store.keys import Keys
from hub.store.queries.chain import GONE, LET_GO, canonical, facts, hash_of
from hub.store.queries.items import sealed, unsealed
from hub.store.queries.shared import batches, now
from hub.store.rows import RecordChange, RecordMoveRow
from hub.store.schema import UNMADE, record, record_move

FACTS = ("kind", "key", "state", "account", "data", "personal", "since", "version", "expires")
_RECORDS = (
    select(*(record.c[name] for name in FACTS))
    .where(record.c.state != UNMADE)
    .order_by(record.c.made_at, record.c.key)
)
_OF_KIND = _RECORDS.where(record.c.kind == bindparam("of_kind"))
_WITH_KEYS = _OF_KIND.where(record.c.key.in_(bindparam("wanted", expanding=True)))
_IN_STATES = _OF_KIND.where(record.c.state.in_(bindparam("states", expanding=True)))
_BELOW = _OF_KIND.where(record.c.key >= bindparam("first"), record.c.key < bindparam("after"))
_ABOUT = _OF_KIND.where(record.c.account.in_(bindparam("about", expanding=True)))
_INSERT = insert(record).inline()
_UPDATE = update(record).where(
    record.c.kind == bindparam("of_kind"),
    record.c.key == bindparam("of_key"),
    record.c.version == bindparam("seen"),
)

_INSERT_MOVES = insert(record_move).inline()
MOVES = select(*(column for column in record_move.c if column.name not in ("id", "before")))
"""The columns of a `RecordMoveRow`, in its order."""

_MADE_BY = (
    select(record_move.c.transfer_id)
    .where(
        record_move.c.kind == bindparam("of_kind"),
        record_move.c.key == bindparam("of_key"),
        record_move.c.from_state.is_(None),
    )
    .order_by(record_move.c.number.desc())
    .limit(1)
)
_HISTORY = MOVES.where(
    record_move.c.kind == bindparam("of_kind"), record_move.c.key == bindparam("of_key")
).order_by(record_move.c.number)
_is_last = and_(
    record_move.c.kind == record.c.kind,
    record_move.c.key == record.c.key,
    record_move.c.number == record.c.version,
)
_LAST_HASHES = (
    select(record.c.kind, record.c.key, record_move.c.hash)
    .join(record_move, _is_last)
    .where(record.c.kind == bindparam("of_kind"), record.c.key.in_(bindparam("wanted", expanding=True)))
)
_UNMADE = select(record.c.key, record.c.version).where(
    record.c.kind == bindparam("of_kind"),
    record.c.key.in_(bindparam("wanted", expanding=True)),
    record.c.state == UNMADE,
)
_STANDS = select(record_move.c.id).where(
    record_move.c.id == bindparam("mark"), record_move.c.hash == bindparam("its_hash")
)
_MOVED_SINCE = (
    select(record_move.c.key)
    .where(record_move.c.id > bindparam("mark"), record_move.c.kind == bindparam("of_kind"))
    .distinct()
)

Name = tuple[str, str]
"""The kind and key of a record."""


class Mark(NamedTuple):
    """A place in the order of all moves of all records."""

    id: int
    hash: str


def get_record(conn: Connection, keys: Keys | None, kind: str, key: str) -> Record | None:
    """One record as it stands; without keys its personal values are left out, as everywhere here."""
    return next(iter(records_of(conn, keys, kind, [key])), None)


def records_of(
    conn: Connection,
    keys: Keys | None,
    kind: str,
    wanted: Collection[str] | None = None,
    *,
    states: Collection[str] | None = None,
) -> list[Record]:
    """Records of a kind, the oldest first: those with the keys wanted, or those in the states, or all."""
    if wanted is not None:
        pieces = batches(sorted(set(wanted)))
        rows = [r for some in pieces for r in conn.execute(_WITH_KEYS, {"of_kind": kind, "wanted": some})]
    elif states is not None:
        rows = list(conn.execute(_IN_STATES, {"of_kind": kind, "states": list(states)}))
    else:
        rows = list(conn.execute(_OF_KIND, {"of_kind": kind}))
    return [record_of(row, keys) for row in rows]


def unmade(conn: Connection, kind: str, wanted: Collection[str]) -> Mapping[str, int]:
    """Those of the keys of a kind whose record was made and is there no more: the number of its last move."""
    rows = (conn.execute(_UNMADE, {"of_kind": kind, "wanted": some}) for some in batches(sorted(wanted)))
    return {row.key: row.version for some in rows for row in some}


def records_below(conn: Connection, kind: str, name: str) -> list[Record]:
    """Records of a kind whose key is `name`, a slash and more, the oldest first; without personal values."""
    asked = {"of_kind": kind, "first": f"{name}/", "after": f"{name}0"}  # 0 is what follows the slash
    return [record_of(row, None) for row in conn.execute(_BELOW, asked)]


def records_about(conn: Connection, keys: Keys | None, kind: str, *accounts: str) -> list[Record]:
    """Records of a kind that concern rent accounts, the oldest of each account first."""
    pieces = batches(accounts)
    rows = (conn.execute(_ABOUT, {"of_kind": kind, "about": some}) for some in pieces)
    return [record_of(row, keys) for some in rows for row in some]


def record_of(row: Row[Any], keys: Keys | None) -> Record:
    return Record(**{**row._mapping, "personal": unsealed(row.personal, keys)})


def write_records(conn: Connection, keys: Keys, changes: Sequence[RecordChange]) -> None:
    """Take steps of records, in order, each with its place in the history. Any number in one go.

    Raises LostRace when a record is no longer as the first step about it saw it."""
    first: dict[Name, RecordChange] = {}
    last: dict[Name, RecordChange] = {}
    for change in changes:
        first.setdefault(_name(change), change)
        last[_name(change)] = change
    made = [last[name] for name, change in first.items() if change.new.version == 1]
    seen = [(last[name], change.new.version - 1) for name, change in first.items() if change.new.version > 1]
    at = now(conn)
    hashes = _last_hashes(conn, [change.new for change, _ in seen])
    _change(conn, keys, seen, at)
    if made:
        conn.execute(_INSERT, [{**_named(c), **_columns(c, keys, at), "made_at": at} for c in made])
    if changes:
        conn.execute(
            _INSERT_MOVES,
            [{**_sealed_move(one, hashes, at), "before": _before(one, keys)} for one in changes],
        )


def history_of(conn: Connection, kind: str, key: str) -> list[RecordMoveRow]:
    """A record's moves, the oldest first."""
    return [record_move_row(row) for row in conn.execute(_HISTORY, {"of_kind": kind, "of_key": key})]


def made_by(conn: Connection, kind: str, key: str) -> str | None:
    """The transfer that made a record; None for one that a person or the hub itself made."""
    return conn.execute(_MADE_BY, {"of_kind": kind, "of_key": key}).scalar()


def verify_record_chain(conn: Connection, kind: str, key: str) -> RecordMoveRow | None:
    """The first move that is not as it was written (or that follows a removed one); None when all are."""
    previous, rows = "", conn.execute(_HISTORY, {"of_kind": kind, "of_key": key}).all()
    gone = max((let_go(row.data) for row in rows), default=0)
    for row in rows:
        if (row.previous, row.hash) != (previous, move_hash(row, gone)):
            return record_move_row(row)
        previous = row.hash
    return None


def let_go(data: str) -> int:
    """Up to which step of its record this one says that the history was let go; 0 where it says nothing."""
    return int(facts(data).get(LET_GO) or 0) if LET_GO in data else 0


def move_hash(row: Row[Any], gone: int) -> str:
    """What the hash of a move should be. Of one up to `gone` whose facts were let go nobody can tell any
    more: it is what it says, which the next one holds."""
    return str(row.hash) if row.data == GONE and row.number <= gone else hash_of(row[:-1])


def moved_since(conn: Connection, kind: str, mark: Mark) -> list[str] | None:
    """Keys of the records of a kind that moved after the mark. None when it does not stand: it was seen in a
    transaction that was given up."""
    if conn.execute(_STANDS, {"mark": mark.id, "its_hash": mark.hash}).first() is None:
        return None
    return list(conn.execute(_MOVED_SINCE, {"mark": mark.id, "of_kind": kind}).scalars())


def record_move_row(row: Row[Any]) -> RecordMoveRow:
    return RecordMoveRow(**{**row._mapping, "data": facts(row.data)})


def _name(change: RecordChange) -> Name:
    return change.new.kind, change.new.key


def _named(change: RecordChange) -> dict[str, Any]:
    """What of a record never changes."""
    return {"kind": change.new.kind, "key": change.new.key, "compartment": change.compartment}


def _columns(change: RecordChange, keys: Keys, at: datetime) -> dict[str, Any]:
    new = change.new
    return {
        "state": new.state,
        "version": new.version,
        "account": new.account,
        "data": dict(new.data),
        "personal": sealed(new.personal, keys, change.compartment),
        "since": new.since or at,
        "expires": new.expires,
        "updated_at": at,
    }


def _change(conn: Connection, keys: Keys, changes: Sequence[tuple[RecordChange, int]], at: datetime) -> None:
    """`changes`: each with the version that the record has still."""
    rows = [
        {"of_kind": c.new.kind, "of_key": c.new.key, "seen": version, **_columns(c, keys, at)}
        for c, version in changes
    ]
    if rows and conn.execute(_UPDATE, rows).rowcount != len(rows):
        raise LostRace("a record is no longer as it was read: somebody else moved it first")


def _last_hashes(conn: Connection, records: Iterable[Record]) -> dict[Name, str]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in records:
        by_kind[one.kind].append(one.key)
    found: dict[Name, str] = {}
    for kind, wanted in by_kind.items():
        for some in batches(wanted):
            rows = conn.execute(_LAST_HASHES, {"of_kind": kind, "wanted": some})
            found |= {(row.kind, row.key): row.hash for row in rows}
    return found


def _sealed_move(change: RecordChange, hashes: dict[Name, str], at: datetime) -> dict[str, Any]:
    """The columns of a move; its hash becomes the last of its record."""
    old, new = change.old, change.new
    move: dict[str, Any] = {
        "kind": new.kind,
        "key": new.key,
        "number": new.version,
        "at": at,
        "from_state": old.state if old else None,
        "to_state": new.state,
        "who": change.who,
        "transfer_id": change.transfer_id,
        "item_id": change.item_id,
        "reason": change.reason,
        "data": canonical(_changed(old, new)),
        "undoes": change.undoes,
        "previous": hashes.get(_name(change), ""),
    }
    hashes[_name(change)] = move["hash"] = hash_of(list(move.values()))
    return move


def _changed(old: Record | None, new: Record) -> Mapping[str, Any]:
    """The open facts that changed, None for what is no more. Of personal values the names: what they are
    stands in no history."""
    before = old or Record(kind=new.kind, key=new.key, state="")
    told = _differing(before.data, new.data)
    if new.account != before.account:
        told["account"] = new.account
    personal = _differing(before.personal, new.personal)
    return {**told, "personal": sorted(personal)} if personal else told


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: after.get(name) for name in [*after, *before] if before.get(name) != after.get(name)}


def _before(change: RecordChange, keys: Keys) -> bytes | None:
    """What the record was, for undoing the move: only a transfer's are undone."""
    old = change.old
    if old is None or change.transfer_id is None or change.undoes is not None:
        return None
    facts = {name: getattr(old, name) for name in FACTS}
    facts |= {"data": dict(old.data), "personal": dict(old.personal)}
    kept = canonical({**facts, "since": old.since and old.since.isoformat()})
    return keys.seal(kept, change.compartment)
