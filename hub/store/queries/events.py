"""History. The events of one subject form a chain: each seals itself and, by hash, all before it.

What is hashed: [subject, subject_id, number, at, kind, who, data, previous hash].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from hub.model import Compartment
from hub.store.queries.chain import canonical, facts, hash_of
from hub.store.queries.shared import columns_of, now
from hub.store.rows import EventRow
from hub.store.schema import event

_OF_SUBJECT = (event.c.subject == bindparam("subject"), event.c.subject_id == bindparam("subject_id"))
_LAST = (
    select(event.c.number, event.c.hash, event.c.compartment)
    .where(*_OF_SUBJECT)
    .order_by(event.c.number.desc())
    .limit(1)
)
EVENTS = select(*(column for column in event.c if column.name != "id"))
"""The columns of an `EventRow`, in its order."""

_ALL = EVENTS.where(*_OF_SUBJECT).order_by(event.c.number)
_INSERT = insert(event).inline()


_HEARING = "hearing"


@dataclass(frozen=True, slots=True)
class _Link:
    """An event as it is hashed: all of it but its own hash."""

    subject: str
    subject_id: str
    number: int
    at: datetime
    kind: str
    who: str
    data: str
    previous: str

    def hash(self) -> str:
        return hash_of([getattr(self, name) for name in self.__slots__])


@contextmanager
def hearing(conn: Connection, events: list[EventRow]) -> Iterator[None]:
    """Collects the events that are appended meanwhile on this connection."""
    conn.info[_HEARING] = events
    try:
        yield
    finally:
        del conn.info[_HEARING]


def append_event(
    conn: Connection,
    *,
    subject: str,
    subject_id: str,
    kind: str,
    who: str = "hub",
    data: Mapping[str, Any] | None = None,
    first: bool = False,
    compartment: Compartment | None = None,
) -> EventRow:
    """Add to a subject's history, in the transaction of what it tells of. No personal data in `data`.

    `first`: the subject is new, so that there is no event to look for. Without a compartment of its own, an
    event lies in that of the one before it."""
    told = dict(data or {})
    last = None if first else conn.execute(_LAST, {"subject": subject, "subject_id": subject_id}).first()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    link = _Link(subject, subject_id, number, now(conn), kind, who, canonical(told), previous)
    inside = compartment or (last.compartment if last else Compartment.OPEN)
    row = EventRow(subject, subject_id, number, link.at, kind, who, told, previous, link.hash(), inside)
    conn.execute(_INSERT, {**columns_of(link), "hash": row.hash, "compartment": inside})
    conn.info.get(_HEARING, []).append(row)
    return row


def events_of(conn: Connection, subject: str, subject_id: str) -> list[EventRow]:
    """A subject's history, oldest first."""
    rows = conn.execute(_ALL, {"subject": subject, "subject_id": subject_id})
    return [event_row(row) for row in rows]


def verify_chain(conn: Connection, subject: str, subject_id: str) -> EventRow | None:
    """The first event that is not as it was written (or that follows a removed one); None when all are."""
    previous = ""
    rows = conn.execute(_ALL, {"subject": subject, "subject_id": subject_id})
    for row in rows:
        if (row.previous, row.hash) != (previous, _Link(*row[:8]).hash()):
            return event_row(row)
        previous = row.hash
    return None


def event_row(row: Row[Any]) -> EventRow:
    """An event as it was stored; its data may no longer be JSON if somebody altered it."""
    return EventRow(**{**row._mapping, "data": facts(row.data)})
