"""Seals of the history: each covers what was appended since the one before, and names that one.

A seal's leaves are the ends of all chains that went on meanwhile (subjects of events, records), and the
receipts of what was sent, in the order of their names. What is signed: [number, at, last event, last move,
root, digest of the seal before].
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select

from hub.model import Compartment
from hub.store.merkle import leaf
from hub.store.queries.chain import LET_GO, canonical
from hub.store.queries.events import EVENTS, link_hash
from hub.store.queries.records import MOVES, let_go, move_hash
from hub.store.schema import delivery, event, record, record_move, seal, transfer

_INSERT = insert(seal).inline()
_ALL = select(seal).order_by(seal.c.number)
_LAST = _ALL.order_by(None).order_by(seal.c.number.desc()).limit(1)
_LAST_EVENT = select(func.coalesce(func.max(event.c.id), 0))
_LAST_MOVE = select(func.coalesce(func.max(record_move.c.id), 0))
_WINDOW = (event.c.id > bindparam("after"), event.c.id <= bindparam("until"))
_EVENT_ENDS = (
    select(
        event.c.subject, event.c.subject_id, event.c.number, event.c.hash, event.c.compartment, event.c.data
    )
    .where(*_WINDOW)
    .order_by(event.c.subject, event.c.subject_id, event.c.number)
)
_MOVE_ENDS = (
    select(
        record_move.c.kind, record_move.c.key, record_move.c.number, record_move.c.hash, record.c.compartment
    )
    .outerjoin(record, (record.c.kind == record_move.c.kind) & (record.c.key == record_move.c.key))
    .where(record_move.c.id > bindparam("after"), record_move.c.id <= bindparam("until"))
    .order_by(record_move.c.kind, record_move.c.key, record_move.c.number)
)
_RECEIPT = select(delivery.c.blob, delivery.c.remote).where(delivery.c.id == bindparam("sent"))
_EVENTS = EVENTS.order_by(event.c.subject, event.c.subject_id, event.c.number)
_MOVES = MOVES.order_by(record_move.c.kind, record_move.c.key, record_move.c.number)
_LET_GO = (
    select(record_move.c.kind, record_move.c.key, record_move.c.data)
    .where(record_move.c.data.contains(LET_GO, autoescape=True))
    .order_by(record_move.c.number)
)
_HOW_MANY = [select(func.count()).select_from(table).scalar_subquery() for table in (event, record_move)]
_COUNT = select(_HOW_MANY[0] + _HOW_MANY[1])
_events_of_row = select(func.coalesce(func.max(event.c.number), 0)).where(
    event.c.subject == bindparam("what")
)
_SHORT_TRANSFERS = select(transfer.c.id, transfer.c.compartment).where(
    transfer.c.version > _events_of_row.where(event.c.subject_id == transfer.c.id).scalar_subquery()
)
_SHORT_DELIVERIES = (
    select(delivery.c.id, transfer.c.compartment)
    .join(transfer)
    .where(delivery.c.version > _events_of_row.where(event.c.subject_id == delivery.c.id).scalar_subquery())
)
_last_move = (
    select(record_move.c.to_state)
    .where(
        record_move.c.kind == record.c.kind,
        record_move.c.key == record.c.key,
        record_move.c.number == record.c.version,
    )
    .scalar_subquery()
)
_SHORT_RECORDS = select(record.c.kind, record.c.key, record.c.compartment).where(
    func.coalesce(_last_move, "") != record.c.state
)


class Place(NamedTuple):
    """An entry of a history: of what (`event`, `record`, `receipt`), whose, and the number; 0: the end."""

    of: str
    subject: str
    id: str
    number: int
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True)
class Seal:
    """One row. `leaves`: the hashes under the root, one after the other."""

    number: int
    at: datetime
    events: int
    moves: int
    root: str
    previous: str
    leaves: bytes
    key_id: str
    signature: bytes

    def message(self) -> bytes:
        """What is signed."""
        at = self.at.isoformat(timespec="microseconds")
        return canonical([self.number, at, self.events, self.moves, self.root, self.previous]).encode()

    def digest(self) -> str:
        return sha256(self.message()).hexdigest()


def last_seal(conn: Connection) -> Seal | None:
    row = conn.execute(_LAST).first()
    return None if row is None else Seal(**row._mapping)


def seals(conn: Connection) -> list[Seal]:
    """All, the oldest first."""
    return [Seal(**row._mapping) for row in conn.execute(_ALL)]


def keep_seal(conn: Connection, row: Seal) -> None:
    conn.execute(_INSERT, {name: getattr(row, name) for name in row.__dataclass_fields__})


def ends(conn: Connection) -> tuple[int, int]:
    """The ids of the last event and the last move of a record."""
    return conn.execute(_LAST_EVENT).scalar_one(), conn.execute(_LAST_MOVE).scalar_one()


def leaves_of(
    conn: Connection, after: tuple[int, int], until: tuple[int, int]
) -> Iterator[tuple[Place, bytes]]:
    """What a seal covers: each end and receipt, with its leaf."""
    sent: list[tuple[str, Compartment]] = []
    rows = conn.execute(_EVENT_ENDS, {"after": after[0], "until": until[0]})
    for name, chain in groupby(rows, key=lambda row: (row.subject, row.subject_id)):
        last = None
        for last in chain:
            if last.subject == "delivery" and _was_sent(last.data):
                sent.append((last.subject_id, last.compartment))
        if last is not None:
            place = Place("event", *name, last.number, last.compartment)
            yield place, _leaf([*place[:4], last.hash])
    moved = conn.execute(_MOVE_ENDS, {"after": after[1], "until": until[1]})
    for name, steps in groupby(moved, key=lambda row: (row.kind, row.key)):
        *_, end = steps
        place = Place("record", *name, end.number, end.compartment or Compartment.OPEN)
        yield place, _leaf([*place[:4], end.hash])
    for id, inside in dict.fromkeys(sent):
        yield Place("receipt", "delivery", id, 0, inside), _receipt(conn, id)


def _was_sent(data: str) -> bool:
    try:
        return bool(json.loads(data).get("to") == "SENT")
    except (ValueError, AttributeError):
        return False


def _receipt(conn: Connection, delivery_id: str) -> bytes:
    found = conn.execute(_RECEIPT, {"sent": delivery_id}).first()
    return _leaf(["receipt", delivery_id, *((found.blob, dict(found.remote)) if found else ())])


def _leaf(entry: list[object]) -> bytes:
    return leaf(canonical(entry).encode())


def history_size(conn: Connection) -> int:
    """How many entries all chains have."""
    return int(conn.execute(_COUNT).scalar_one())


def entries(conn: Connection) -> Iterator[tuple[Place, bool]]:
    """Every entry of every chain, and whether it is as it was written and follows the one before."""
    for chain in (_event_entries(conn), _move_entries(conn)):
        subject, number, previous = None, 0, ""
        for place, said, should in chain:
            if place[:3] != subject:
                subject, number, previous = place[:3], 0, ""
            number += 1
            yield place, (place.number, *said) == (number, previous, should)
            previous = said[1]


def _event_entries(conn: Connection) -> Iterator[tuple[Place, tuple[str, str], str]]:
    for row in conn.execute(_EVENTS):
        place = Place("event", row.subject, row.subject_id, row.number, row.compartment)
        yield place, (row.previous, row.hash), link_hash(row)


def _move_entries(conn: Connection) -> Iterator[tuple[Place, tuple[str, str], str]]:
    gone = {(row.kind, row.key): let_go(row.data) for row in conn.execute(_LET_GO)}
    for row in conn.execute(_MOVES):
        place = Place("record", row.kind, row.key, row.number)
        yield place, (row.previous, row.hash), move_hash(row, gone.get((row.kind, row.key), 0))


def cut_off(conn: Connection) -> Iterator[Place]:
    """Rows that have moved further than their history tells, or stand elsewhere: its end was cut off."""
    for what, statement in (("transfer", _SHORT_TRANSFERS), ("delivery", _SHORT_DELIVERIES)):
        for id, inside in conn.execute(statement, {"what": what}):
            yield Place("event", what, id, 0, inside)
    for kind, key, inside in conn.execute(_SHORT_RECORDS):
        yield Place("record", kind, key, 0, inside)
