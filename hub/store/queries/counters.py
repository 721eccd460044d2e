"""Numbers that partners count: drawn once, burnt (`never_again`) or given back (`no_gap`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import count as counting
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from hub.errors import DataError
from hub.model import Compartment, DeliveryState
from hub.store.queries.events import append_event
from hub.store.queries.happened import happened_for
from hub.store.queries.shared import now
from hub.store.rows import CounterRow
from hub.store.schema import DEAD, counter, delivery, number, transfer, used_value

_of_transfer = number.c.transfer_id == bindparam("transfer")
_DRAWN = select(number.c.item_id, number.c.value).where(
    _of_transfer, number.c.scope == bindparam("scope"), number.c.name == bindparam("name")
)
_OWN = (
    select(number.c.name, number.c.value).where(_of_transfer, number.c.item_id == "").order_by(number.c.name)
)
_INSERT_NUMBER = insert(number).inline()
_ALL = select(counter).order_by(counter.c.scope)
_REHEARSED = (
    select(func.max(number.c.value))
    .join(transfer)
    .where(number.c.scope == bindparam("scope"), happened_for("asking"))
)
_NEXT = select(counter.c.next_value, counter.c.doubtful).where(counter.c.scope == bindparam("asked"))
_INSERT = insert(counter).inline()
_COMPARTMENT = select(transfer.c.compartment).where(transfer.c.id == bindparam("id"))
_INSIDE = select(counter.c.compartment).where(counter.c.scope == bindparam("asked"))
_SET = update(counter).where(counter.c.scope == bindparam("asked"))
_MAY_GO_BACK = (
    select(number.c.scope, number.c.name, number.c.item_id, number.c.value, counter.c.next_value)
    .join(counter, counter.c.scope == number.c.scope)
    .where(_of_transfer, number.c.policy == "no_gap")
    .where(
        ~exists().where(
            delivery.c.transfer_id == number.c.transfer_id,
            delivery.c.state.not_in((DeliveryState.READY, DeliveryState.WITHDRAWN)),
        )
    )
    .order_by(number.c.scope, number.c.value.desc())
)
_DELETE_NUMBER = delete(number).where(
    _of_transfer,
    number.c.scope == bindparam("of_scope"),
    number.c.name == bindparam("named"),
    number.c.item_id == bindparam("of_item"),
)
_BROUGHT = (
    select(used_value.c.value)
    .join(transfer)
    .where(
        used_value.c.scope == bindparam("scope"),
        transfer.c.id != bindparam("other_than"),
        transfer.c.state.not_in(DEAD),
        happened_for("other_than"),
    )
)
_DRAWN_BY_OTHERS = (
    select(number.c.value)
    .join(transfer)
    .where(
        number.c.scope == bindparam("scope"),
        number.c.value.in_(bindparam("values", expanding=True)),
        transfer.c.id != bindparam("other_than"),
        transfer.c.state.not_in(DEAD),
        happened_for("other_than"),
    )
)
_WHOLE = ("",)
_DIGITS = 18
"""A counter gives no longer numbers."""


def draw_numbers(
    conn: Connection,
    *,
    scope: str,
    name: str,
    transfer_id: str,
    policy: str,
    first: int,
    last: int,
    items: Sequence[str] = _WHOLE,
) -> Mapping[str, int]:
    """The transfer's numbers of a counter, one for each of the items (an empty id: its own), in their order:
    drawn at the first call, the same ones at every later call. Those that a file brought along under the
    scope (`use_values`) are passed over.

    Raises DataError when the counter has passed `last`, or nobody knows where it stands."""
    had, new = _had(conn, transfer_id, scope, name, items)
    if new:
        standing = _standing(conn, scope)
        values = _free(conn, scope, first if standing is None else standing, len(new), transfer_id)
        _check_last(scope, values, last)
        _go_on(conn, scope, values[-1] + 1, None if standing is not None else transfer_id)
        had |= _keep(conn, new, values, transfer_id=transfer_id, scope=scope, name=name, policy=policy)
    return had


def rehearse_numbers(
    conn: Connection,
    *,
    scope: str,
    name: str,
    transfer_id: str,
    policy: str,
    first: int,
    last: int,
    items: Sequence[str] = _WHOLE,
) -> Mapping[str, int]:
    """The numbers that `draw_numbers` would give, were what this rehearsal did before meant; draws none."""
    rehearsed = f"rehearsal:{scope}"
    had, new = _had(conn, transfer_id, rehearsed, name, items)
    if new:
        before = conn.execute(_REHEARSED, {"asking": transfer_id, "scope": rehearsed}).scalar()
        standing = conn.execute(_NEXT, {"asked": scope}).scalar()
        start: int = before + 1 if before is not None else first if standing is None else standing
        values = _free(conn, scope, start, len(new), transfer_id)
        _check_last(scope, values, last)
        had |= _keep(conn, new, values, transfer_id=transfer_id, scope=rehearsed, name=name, policy=policy)
    return had


def _had(
    conn: Connection, transfer_id: str, scope: str, name: str, items: Sequence[str]
) -> tuple[dict[str, int], Sequence[str]]:
    """What was drawn already, and the items that have none yet."""
    rows = conn.execute(_DRAWN, {"transfer": transfer_id, "scope": scope, "name": name})
    drawn = {row.item_id: row.value for row in rows}
    return {id: drawn[id] for id in items if id in drawn}, [id for id in items if id not in drawn]


def _free(conn: Connection, scope: str, start: int, count: int, transfer_id: str) -> Sequence[int]:
    """So many numbers from `start` on that no file of another live transfer brought along."""
    used = _brought(conn, scope, transfer_id)
    return list(islice((value for value in counting(start) if value not in used), count))


def _brought(conn: Connection, scope: str, transfer_id: str) -> frozenset[int]:
    rows = conn.execute(_BROUGHT, {"scope": scope, "other_than": transfer_id}).scalars()
    return frozenset(number for value in rows if (number := _as_number(value)) is not None)


def _keep(conn: Connection, items: Sequence[str], values: Sequence[int], **drawn: str) -> Mapping[str, int]:
    numbers = dict(zip(items, values, strict=True))
    conn.execute(_INSERT_NUMBER, [{**drawn, "item_id": id, "value": value} for id, value in numbers.items()])
    return numbers


def numbers_of(conn: Connection, transfer_id: str) -> Mapping[str, int]:
    """The numbers that a transfer has drawn for itself, by name."""
    return {row.name: row.value for row in conn.execute(_OWN, {"transfer": transfer_id})}


def give_back(conn: Connection, transfer_id: str) -> list[str]:
    """Give back the `no_gap` numbers of a transfer of which nothing left; the scopes given back.

    Only the newest numbers of a counter can be given back; an older one would be drawn twice."""
    newest = conn.execute(_MAY_GO_BACK, {"transfer": transfer_id}).all()
    given: list[str] = []
    for scope, rows in groupby(newest, key=lambda row: row.scope):
        back = _at_the_end([*rows], _brought(conn, scope, transfer_id))
        if back:
            given.append(scope)
            _set_next(conn, scope, back[-1].value)
            of_each = [{"of_scope": scope, "named": row.name, "of_item": row.item_id} for row in back]
            conn.execute(_DELETE_NUMBER, [{"transfer": transfer_id, **one} for one in of_each])
    return given


def _at_the_end(drawn: Sequence[Any], brought: Collection[int]) -> Sequence[Any]:
    """Those of the numbers, the greatest first, after which the counter has given no other."""
    back: list[Any] = []
    newest = drawn[0].next_value - 1
    for row in drawn:
        while newest in brought and newest > row.value:
            newest -= 1
        if row.value != newest:
            break
        back.append(row)
        newest -= 1
    return back


def drawn_again(
    conn: Connection, used: Mapping[str, Collection[str]], *, other_than: str
) -> Mapping[str, frozenset[str]]:
    """Those of the values that a file brings along, by scope, which another live transfer drew."""
    found: dict[str, frozenset[str]] = {}
    for scope, values in used.items():
        numbers = {value: number for value in values if (number := _as_number(value)) is not None}
        asked = {"scope": scope, "values": list(set(numbers.values())), "other_than": other_than}
        drawn = set(conn.execute(_DRAWN_BY_OTHERS, asked).scalars()) if numbers else set()
        found[scope] = frozenset(value for value, number in numbers.items() if number in drawn)
    return found


def _as_number(value: str) -> int | None:
    """A value of a file's own as a counter would have given it; None when none could."""
    return int(value) if value.isdecimal() and len(value) <= _DIGITS else None


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


def _check_last(scope: str, values: Sequence[int], last: int) -> None:
    if values[-1] > last:
        start, count = values[0], len(values)
        wanted = f"the next number is {start}" if count == 1 else f"{count} are wanted from {start} on"
        raise DataError(
            f"the counter “{scope}” is used up: {wanted} and the last that the partner takes is {last}. "
            "Agree with the partner where to go on, then `feedhub counters set`."
        )


def _standing(conn: Connection, scope: str) -> int | None:
    """The next number; None while there is no such counter."""
    found = conn.execute(_NEXT, {"asked": scope}).first()
    if found is not None and found.doubtful:
        raise DataError(
            f"the counter “{scope}” may have given numbers that are forgotten since the state was restored "
            f"from "
            "a back-up, and its partner takes no gap. Ask them for the last number that they have, then "
            "`feedhub counters set` to the next one and retry."
        )
    return None if found is None else int(found.next_value)


def _go_on(conn: Connection, scope: str, next_value: int, maker: str | None) -> None:
    """`maker`: the transfer that draws from the counter first, and in whose compartment it is made."""
    if maker is None:
        _set_next(conn, scope, next_value)
    else:
        _make(conn, scope, next_value, conn.execute(_COMPARTMENT, {"id": maker}).scalar_one())


def _make(conn: Connection, scope: str, value: int, compartment: Compartment) -> None:
    made = {
        "scope": scope,
        "next_value": value,
        "updated_at": now(conn),
        "compartment": compartment,
        "doubtful": False,
    }
    conn.execute(_INSERT, made)


def _set_next(conn: Connection, scope: str, value: int) -> None:
    conn.execute(_SET, {"asked": scope, "next_value": value, "updated_at": now(conn), "doubtful": False})
