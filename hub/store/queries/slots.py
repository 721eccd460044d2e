"""The clock's slots: rung once, waiting until they are over; and how far the clock has looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from hub.model import DeliveryState
from hub.store.queries.shared import batches, columns_of, now
from hub.store.queries.transfers import UNFINISHED
from hub.store.rows import SlotRow
from hub.store.schema import CLOCK_RANG, about, delivery, slot, transfer

_LOOKED = "clock"
_COLUMNS = [slot.c[name] for name in SlotRow.__dataclass_fields__]
_RANG_BEFORE = select(slot.c.route, slot.c.due).where(
    slot.c.route.in_(bindparam("routes", expanding=True)),
    slot.c.kind == CLOCK_RANG,
    slot.c.due.in_(bindparam("dues", expanding=True)),
)
_INSERT = insert(slot).inline()
_WAITING = select(*_COLUMNS).where(slot.c.over_at.is_(None), slot.c.at.is_not(None)).order_by(slot.c.at)
_GET = select(*_COLUMNS).where(slot.c.id == bindparam("slot"))
_CHANGE = update(slot).where(slot.c.id == bindparam("slot"))
_IS_DUE_AGAIN = exists().where(
    delivery.c.transfer_id == transfer.c.id,
    delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING)),
    delivery.c.next_attempt_at <= bindparam("now"),
)
_UNFINISHED = select(transfer.c.route).where(UNFINISHED).distinct()
_DUE_AGAIN = _UNFINISHED.where(or_(transfer.c.next_attempt_at <= bindparam("now"), _IS_DUE_AGAIN))


def insert_rung(conn: Connection, rows: Sequence[SlotRow]) -> list[SlotRow]:
    """Those that are new: what rang before, here or elsewhere, is there already."""
    there: set[tuple[str, str]] = set()
    for some in batches(rows):
        asked = {"routes": sorted({row.route for row in some}), "dues": sorted({row.due for row in some})}
        there.update((found.route, found.due) for found in conn.execute(_RANG_BEFORE, asked))
    new = [row for row in rows if (row.route, row.due) not in there]
    if new:
        more = {"kind": CLOCK_RANG, "made_at": now(conn)}
        conn.execute(_INSERT, [{**columns_of(row), **more} for row in new])
    return new


def waiting_slots(conn: Connection) -> list[SlotRow]:
    """Rung and not over, the longest due first."""
    return [SlotRow(**row._mapping) for row in conn.execute(_WAITING)]


def get_slot(conn: Connection, slot_id: str) -> SlotRow | None:
    row = conn.execute(_GET, {"slot": slot_id}).first()
    return None if row is None else SlotRow(**row._mapping)


def end_slots(conn: Connection, slot_ids: Iterable[str], why: str | None = None) -> None:
    """They are over: worked, or left out for a reason."""
    for slot_id in slot_ids:
        conn.execute(_CHANGE, {"slot": slot_id, "over_at": now(conn), "why": why, "next_attempt_at": None})


def put_off_slot(conn: Connection, row: SlotRow, until: datetime, attempts: int) -> None:
    """It is not over: another run will try, `attempts` having failed."""
    conn.execute(_CHANGE, {"slot": row.id, "attempts": attempts, "next_attempt_at": until})


def looked_until(conn: Connection) -> datetime | None:
    """The instant before which every due time has been rung; None when the clock never looked."""
    text = conn.execute(select(about.c.value).where(about.c.name == _LOOKED)).scalar()
    return None if text is None else datetime.fromisoformat(text)


def look_until(conn: Connection, instant: datetime) -> None:
    value = instant.isoformat(timespec="microseconds")
    if conn.execute(update(about).where(about.c.name == _LOOKED), {"value": value}).rowcount == 0:
        conn.execute(insert(about), {"name": _LOOKED, "value": value})


def routes_due_again(conn: Connection) -> list[str]:
    """Routes that have a transfer whose next attempt is due."""
    return list(conn.execute(_DUE_AGAIN, {"now": now(conn)}).scalars())


def routes_unfinished(conn: Connection) -> list[str]:
    """Routes that have a transfer which a run may carry on."""
    return list(conn.execute(_UNFINISHED).scalars())
