"""Promises: what should happen by when. One that stands is OPEN, or BROKEN and still awaited."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.model import ItemState, PromiseState
from hub.store.queries.alerts import end_alert
from hub.store.queries.answers import left_with
from hub.store.queries.shared import columns_of, now
from hub.store.rows import PromiseRow
from hub.store.schema import answer, item, promise, transfer

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_STANDS = promise.c.state.in_((PromiseState.OPEN, PromiseState.BROKEN))

_INSERT = insert(promise).inline()
_STANDING = (
    select(promise)
    .where(
        promise.c.subject == bindparam("subject"),
        promise.c.subject_id == bindparam("subject_id"),
        _STANDS,
    )
    .order_by(promise.c.due_at, promise.c.id)
)
_LAST_KEPT = (
    select(promise)
    .where(
        promise.c.subject == bindparam("subject"),
        promise.c.subject_id == bindparam("subject_id"),
        promise.c.name == bindparam("called"),
        promise.c.state == PromiseState.KEPT,
        promise.c.settled_at >= bindparam("since"),
    )
    .order_by(promise.c.due_at.desc(), promise.c.id.desc())
    .limit(1)
)
_OPEN_AGAIN = update(promise).where(promise.c.id == bindparam("promise_id"))
_STILL_ANSWERED = (
    select(answer.c.item_id)
    .join(item, item.c.id == answer.c.item_id)
    .join(transfer, transfer.c.id == answer.c.by_transfer)
    .where(left_with, transfer.c.feed == bindparam("feed"))
    .limit(1)
)
_SETTLE = update(promise).where(promise.c.id == bindparam("promise_id"), _STANDS)
_PAST_DUE = (
    select(promise)
    .where(promise.c.state == PromiseState.OPEN, promise.c.due_at < bindparam("instant"))
    .order_by(promise.c.due_at, promise.c.id)
)
_TO_WARN_OF = (
    select(promise)
    .where(promise.c.state == PromiseState.OPEN, promise.c.warn_at <= bindparam("instant"))
    .order_by(promise.c.due_at, promise.c.id)
)
_WARNED = update(promise).where(promise.c.id == bindparam("promise_id"))
_UNANSWERED = update(item).where(item.c.state == ItemState.SENT, left_with)


def insert_promise(conn: Connection, row: PromiseRow) -> None:
    conn.execute(_INSERT, columns_of(row))


def standing_promises(conn: Connection, subject: str, subject_id: str) -> list[PromiseRow]:
    """Those about a subject that are open, or broken and still awaited; the first due first."""
    rows = conn.execute(_STANDING, {"subject": subject, "subject_id": subject_id})
    return [PromiseRow(**row._mapping) for row in rows]


def settle_promise(conn: Connection, promise_id: str, to: PromiseState) -> None:
    """What became of a promise that stood. What people were told of it before is over."""
    settled = {"state": to, "settled_at": now(conn), "warn_at": None}
    conn.execute(_SETTLE, {"promise_id": promise_id, **settled})
    end_alert(conn, promise_alert(promise_id))


def promise_alert(promise_id: str) -> str:
    """What the alert about a promise is about."""
    return f"promise:{promise_id}"


def promises_to_warn_of(conn: Connection, instant: datetime) -> list[PromiseRow]:
    """Open promises of which people are to be told by an instant, before they are due."""
    return [PromiseRow(**row._mapping) for row in conn.execute(_TO_WARN_OF, {"instant": instant})]


def warned_of(conn: Connection, promise_id: str) -> None:
    conn.execute(_WARNED, {"promise_id": promise_id, "warn_at": None})


def open_again(
    conn: Connection, subject: str, subject_id: str, name: str, since: datetime = BEGINNING
) -> PromiseRow | None:
    """The promise that was kept last, at or after an instant, is open again; None when there is none."""
    asked = {"subject": subject, "subject_id": subject_id, "called": name, "since": since}
    last = conn.execute(_LAST_KEPT, asked).first()
    if last is None:
        return None
    changed = {"state": PromiseState.OPEN, "settled_at": None}
    conn.execute(_OPEN_AGAIN, {"promise_id": last.id, **changed})
    return PromiseRow(**{**last._mapping, **changed})


def is_answered_by(conn: Connection, transfer_id: str, feed: str) -> bool:
    """Whether an item that left with a transfer has an answer that came with one of the feed."""
    return conn.execute(_STILL_ANSWERED, {"transfer": transfer_id, "feed": feed}).first() is not None


def promises_past_due(conn: Connection, instant: datetime) -> list[PromiseRow]:
    """Open promises that were due before an instant, the first due first."""
    return [PromiseRow(**row._mapping) for row in conn.execute(_PAST_DUE, {"instant": instant})]


def mark_unanswered(conn: Connection, transfer_id: str) -> int:
    """Items that left with a transfer and have no answer are UNANSWERED; how many there were."""
    asked = {"transfer": transfer_id, "state": ItemState.UNANSWERED}
    return conn.execute(_UNANSWERED, asked).rowcount
