"""History. The events of one subject form a chain: each seals itself and, by hash, all before it.

What is hashed: [subject, subject_id, number, at, kind, who, data, previous hash].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, ScalarSelect, bindparam, func, insert, select

from hub.model import Compartment
from hub.store.queries.chain import canonical, facts, hash_of
from hub.store.queries.shared import batches, columns_of, now
from hub.store.rows import EventRow
from hub.store.schema import event
from hub.store.statements import run, run_many

_OF_SUBJECT = (event.c.subject == bindparam("subject"), event.c.subject_id == bindparam("subject_id"))
_END = (event.c.number, event.c.hash, event.c.compartment)
_LAST = select(*_END).where(*_OF_SUBJECT).order_by(event.c.number.desc()).limit(1)
_later = event.alias("later")
_ENDS = select(event.c.subject_id, *_END).where(
    event.c.subject == bindparam("subject"),
    event.c.subject_id.in_(bindparam("ids", expanding=True)),
    event.c.number
    == select(func.max(_later.c.number))
    .where(_later.c.subject == event.c.subject, _later.c.subject_id == event.c.subject_id)
    .scalar_subquery(),
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


class End(NamedTuple):
    """Where a subject's history stands: its last event."""

    number: int
    hash: str
    compartment: Compartment


NOTHING_YET = End(0, "", Compartment.OPEN)


def ends_at(subject: str) -> list[ScalarSelect[Any]]:
    """`End` as columns for a statement that changes the subject's own row, `row_id`, to return: so that there
    is no second one."""
    of_row = (event.c.subject == subject, event.c.subject_id == bindparam("row_id"))
    last = [select(column).where(*of_row).order_by(event.c.number.desc()).limit(1) for column in _END]
    return [each.scalar_subquery() for each in last]


def ends_of(conn: Connection, subject: str, subject_ids: Sequence[str]) -> dict[str, End]:
    """Where the histories of several subjects of one kind stand, by their id."""
    asked = (run(conn, _ENDS, {"subject": subject, "ids": ids}) for ids in batches(subject_ids))
    return {id: End(*end) for rows in asked for id, *end in rows}


@contextmanager
def hearing(conn: Connection, events: list[EventRow]) -> Iterator[None]:
    """Collects the events that are appended meanwhile on this connection; whoever was collecting before has
    them too, unless it raises."""
    before = conn.info.get(_HEARING)
    conn.info[_HEARING] = events
    try:
        yield
    finally:
        conn.info[_HEARING] = before
    if before is not None:
        before.extend(events)


def append_event(
    conn: Connection,
    *,
    subject: str,
    subject_id: str,
    kind: str,
    who: str = "hub",
    data: Mapping[str, Any] | None = None,
    after: End | None = None,
    compartment: Compartment | None = None,
) -> EventRow:
    """Add to a subject's history, in the transaction of what it tells of. No personal data in `data`.

    `after`: where the history stands, when that is known; else it is looked for. Without a compartment of its
    own, an event lies in that of the one before it."""
    last = after or _last(conn, subject, subject_id)
    row = next_event(
        conn,
        last,
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        who=who,
        data=data or {},
        compartment=compartment or last.compartment,
    )
    append_events(conn, [row])
    return row


def next_event(
    conn: Connection,
    last: End,
    *,
    subject: str,
    subject_id: str,
    kind: str,
    who: str,
    data: Mapping[str, Any],
    compartment: Compartment,
) -> EventRow:
    """The event that comes after `last`, to be appended."""
    at, told = now(conn), dict(data)
    link = _Link(subject, subject_id, last.number + 1, at, kind, who, canonical(told), last.hash)
    return EventRow(
        subject, subject_id, link.number, at, kind, who, told, last.hash, link.hash(), compartment
    )


def append_events(conn: Connection, rows: Sequence[EventRow]) -> None:
    """Write events that `next_event` made, of any number of subjects."""
    run_many(conn, _INSERT, [{**columns_of(row), "data": canonical(row.data)} for row in rows])
    heard = conn.info.get(_HEARING)
    if heard is not None:
        heard.extend(rows)


def _last(conn: Connection, subject: str, subject_id: str) -> End:
    found = run(conn, _LAST, {"subject": subject, "subject_id": subject_id}).first()
    return NOTHING_YET if found is None else End(*found)


def events_of(conn: Connection, subject: str, subject_id: str) -> list[EventRow]:
    """A subject's history, oldest first."""
    rows = run(conn, _ALL, {"subject": subject, "subject_id": subject_id})
    return [event_row(row) for row in rows]


def verify_chain(conn: Connection, subject: str, subject_id: str) -> EventRow | None:
    """The first event that is not as it was written (or that follows a removed one); None when all are."""
    previous = ""
    rows = run(conn, _ALL, {"subject": subject, "subject_id": subject_id})
    for row in rows:
        if (row.previous, row.hash) != (previous, link_hash(row)):
            return event_row(row)
        previous = row.hash
    return None


def link_hash(row: Row[Any]) -> str:
    """The hash that an event should have, read as `EVENTS`."""
    return hash_of(row[:8])


def event_of(row: Row[Any]) -> EventRow:
    """The same of a row that has its place in all history, too."""
    known = {name: value for name, value in row._asdict().items() if name != "id"}
    return EventRow(**{**known, "data": facts(row.data)})


def event_row(row: Row[Any]) -> EventRow:
    """An event as it was stored; its data may no longer be JSON if somebody altered it."""
    return EventRow(**{**row._asdict(), "data": facts(row.data)})
