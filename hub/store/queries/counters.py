"""Numbers that partners count: drawn once a transfer, burnt (`never_again`) or given back (`no_gap`)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from hub.errors import DataError
from hub.model import Compartment, DeliveryState
from hub.store.queries.events import append_event
from hub.store.queries.happened import happened_for
from hub.store.queries.shared import now
from hub.store.rows import CounterRow
from hub.store.schema import counter, delivery, number, transfer

_of_transfer = number.c.transfer_id == bindparam("transfer")
_DRAWN = select(number.c.value).where(
    _of_transfer, number.c.scope == bindparam("scope"), number.c.name == bindparam("name")
)
_OWN = select(number.c.name, number.c.value).where(_of_transfer).order_by(number.c.name)
_INSERT_NUMBER = insert(number).inline()
_ALL = select(counter).order_by(counter.c.scope)
_REHEARSED = (
    select(func.max(number.c.value))
    .join(transfer)
    .where(number.c.scope == bindparam("scope"), happened_for("asking"))
)
_NEXT = select(counter.c.next_value).where(counter.c.scope == bindparam("asked"))
_INSERT = insert(counter).inline()
_COMPARTMENT = select(transfer.c.compartment).where(transfer.c.id == bindparam("id"))
_INSIDE = select(counter.c.compartment).where(counter.c.scope == bindparam("asked"))
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
    value = _take(conn, scope, first, transfer_id)
    _check_last(scope, value, last)
    conn.execute(_INSERT_NUMBER, {**drawn, "transfer_id": transfer_id, "value": value, "policy": policy})
    return value


def rehearse_number(
    conn: Connection,
    *,
    scope: str,
    name: str,
    transfer_id: str,
    policy: str,
    first: int,
    last: int,
) -> int:
    """The number that `draw_number` would give, were what this rehearsal did before meant; draws none."""
    drawn = {"scope": f"rehearsal:{scope}", "name": name}
    had: int | None = conn.execute(_DRAWN, {"transfer": transfer_id, **drawn}).scalar()
    if had is not None:
        return had
    before = conn.execute(_REHEARSED, {"asking": transfer_id, "scope": drawn["scope"]}).scalar()
    standing = conn.execute(_NEXT, {"asked": scope}).scalar()
    value: int = before + 1 if before is not None else first if standing is None else standing
    _check_last(scope, value, last)
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


def set_counter(
    conn: Connection,
    scope: str,
    value: int,
    reason: str,
    who: str,
    compartment: Compartment = Compartment.OPEN,
) -> None:
    """Make `value` the number that is drawn next, and write down who wanted it and why.

    `compartment`: that of the transfers that draw it; a counter that is there stays in its own."""
    old: int | None = conn.execute(_NEXT, {"asked": scope}).scalar()
    if old is None:
        _make(conn, scope, value, compartment)
    else:
        _set_next(conn, scope, value)
    data = {"from": old, "to": value, "reason": reason}
    append_event(
        conn,
        subject="counter",
        subject_id=scope,
        kind="set",
        who=who,
        data=data,
        compartment=counter_compartment(conn, scope),
    )


def counter_compartment(conn: Connection, scope: str) -> Compartment | None:
    """In whose compartment a counter lies; None while there is none of that scope."""
    inside: Compartment | None = conn.execute(_INSIDE, {"asked": scope}).scalar()
    return inside


def _check_last(scope: str, value: int, last: int) -> None:
    if value > last:
        raise DataError(
            f"the counter “{scope}” is used up: the next number is {value} and the last that the partner "
            f"takes is {last}. Agree with the partner where to go on, then `feedhub counters set`."
        )


def _take(conn: Connection, scope: str, first: int, transfer_id: str) -> int:
    """The counter's next number, and the counter one further."""
    value: int | None = conn.execute(_NEXT, {"asked": scope}).scalar()
    if value is None:
        _make(conn, scope, first + 1, conn.execute(_COMPARTMENT, {"id": transfer_id}).scalar_one())
        return first
    _set_next(conn, scope, value + 1)
    return value


def _make(conn: Connection, scope: str, value: int, compartment: Compartment) -> None:
    made = {"scope": scope, "next_value": value, "updated_at": now(conn), "compartment": compartment}
    conn.execute(_INSERT, made)


def _set_next(conn: Connection, scope: str, value: int) -> None:
    conn.execute(_SET, {"asked": scope, "next_value": value, "updated_at": now(conn)})
