"""Numbers that partners count: drawn once a transfer, burnt (`never_again`) or given back (`no_gap`)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from hub.errors import DataError
from hub.model import DeliveryState
from hub.store.queries.events import append_event
from hub.store.queries.shared import now
from hub.store.rows import CounterRow
from hub.store.schema import counter, delivery, number

_of_transfer = number.c.transfer_id == bindparam("transfer")
_DRAWN = select(number.c.value).where(
    _of_transfer, number.c.scope == bindparam("scope"), number.c.name == bindparam("name")
)
_OWN = select(number.c.name, number.c.value).where(_of_transfer).order_by(number.c.name)
_INSERT_NUMBER = insert(number).inline()
_ALL = select(counter.c.scope, counter.c.next_value, counter.c.updated_at).order_by(counter.c.scope)
_NEXT = select(counter.c.next_value).where(counter.c.scope == bindparam("asked"))
_INSERT = insert(counter).inline()
_SET = update(counter).where(counter.c.scope == bindparam("asked"))
_NEWEST = (
    select(number.c.scope, number.c.name, number.c.value)
    .join(counter, counter.c.scope == number.c.scope)
    .where(_of_transfer, number.c.policy == "no_gap", counter.c.next_value == number.c.value + 1)
    .where(
        ~exists().where(
            delivery.c.transfer_id == number.c.transfer_id,
            delivery.c.state.not_in((DeliveryState.READY, DeliveryState.WITHDRAWN)),
        )
    )
)
_DELETE_NUMBER = delete(number).where(
    _of_transfer, number.c.scope == bindparam("asked"), number.c.name == bindparam("named")
)


def draw_number(
    conn: Connection,
    *,
    scope: str,
    name: str,
    transfer_id: str,
    policy: str,
    first: int,
    last: int,
) -> int:
    """The transfer's number of a counter: drawn at the first call, the same one at every later call.

    Raises DataError when the counter has passed `last`."""
    drawn = {"scope": scope, "name": name}
    had: int | None = conn.execute(_DRAWN, {"transfer": transfer_id, **drawn}).scalar()
    if had is not None:
        return had
    value = _take(conn, scope, first)
    if value > last:
        raise DataError(
            f"the counter “{scope}” is used up: the next number is {value} and the last that the partner "
            f"takes is {last}. Agree with the partner where to go on, then `feedhub counters set`."
        )
    conn.execute(_INSERT_NUMBER, {**drawn, "transfer_id": transfer_id, "value": value, "policy": policy})
    return value


def numbers_of(conn: Connection, transfer_id: str) -> Mapping[str, int]:
    """The numbers that a transfer has drawn, by name."""
    return {row.name: row.value for row in conn.execute(_OWN, {"transfer": transfer_id})}


def give_back(conn: Connection, transfer_id: str) -> list[str]:
    """Give back the `no_gap` numbers of a transfer of which nothing left; the scopes given back.

    Only the newest number of a counter can be given back; an older one would be drawn twice."""
    newest = conn.execute(_NEWEST, {"transfer": transfer_id}).all()
    for row in newest:
        _set_next(conn, row.scope, row.value)
        conn.execute(_DELETE_NUMBER, {"transfer": transfer_id, "asked": row.scope, "named": row.name})
    return [row.scope for row in newest]


def counters(conn: Connection) -> list[CounterRow]:
    return [CounterRow(**row._mapping) for row in conn.execute(_ALL)]


def set_counter(conn: Connection, scope: str, value: int, reason: str, who: str) -> None:
    """Make `value` the number that is drawn next, and write down who wanted it and why."""
    old: int | None = conn.execute(_NEXT, {"asked": scope}).scalar()
    if old is None:
        conn.execute(_INSERT, {"scope": scope, "next_value": value, "updated_at": now(conn)})
    else:
        _set_next(conn, scope, value)
    data = {"from": old, "to": value, "reason": reason}
    append_event(conn, subject="counter", subject_id=scope, kind="set", who=who, data=data)


def _take(conn: Connection, scope: str, first: int) -> int:
    """The counter's next number, and the counter one further."""
    value: int | None = conn.execute(_NEXT, {"asked": scope}).scalar()
    if value is None:
        conn.execute(_INSERT, {"scope": scope, "next_value": first + 1, "updated_at": now(conn)})
        return first
    _set_next(conn, scope, value + 1)
    return value


def _set_next(conn: Connection, scope: str, value: int) -> None:
    conn.execute(_SET, {"asked": scope, "next_value": value, "updated_at": now(conn)})
