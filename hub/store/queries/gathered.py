"""Items that wait to be gathered, and the batch that has them.

What came in waits only once its own transfer is through: until then that may be worked anew, and its items
written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from hub.model import Compartment, DeliveryState, ItemState, TransferState
from hub.store.keys import Keys
from hub.store.queries.items import item_row
from hub.store.queries.shared import batches
from hub.store.rows import ItemRow
from hub.store.schema import LIVE, delivery, item, transfer

_NOT_GONE = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
_still_leaving = exists().where(delivery.c.transfer_id == transfer.c.id, delivery.c.state.in_(_NOT_GONE))
THROUGH = or_(
    transfer.c.state == TransferState.APPLIED,
    (transfer.c.state == TransferState.ACCEPTED) & ~_still_leaving,
)
"""Of a transfer: nothing of it will be worked again."""

_WAITING = (
    select(item)
    .outerjoin(transfer, transfer.c.id == item.c.transfer_id)
    .where(
        item.c.waits_as == bindparam("waits_as"),
        item.c.compartment == bindparam("inside"),
        item.c.state == ItemState.WAITING,
        item.c.batch_id.is_(None),
        or_(item.c.transfer_id.is_(None), THROUGH & (transfer.c.mode == LIVE)),
    )
    .order_by(item.c.transfer_id, item.c.line, item.c.id)
)
_waits = (
    item.c.waits_as == bindparam("waits_as"),
    item.c.state == ItemState.WAITING,
    item.c.batch_id.is_(None),
)
_ANYTHING_WAITS = select(item.c.id).where(*_waits).limit(1)
_ANYTHING_TO_LEAVE = (
    select(delivery.c.id)
    .join(transfer, transfer.c.id == delivery.c.transfer_id)
    .where(
        delivery.c.endpoint == bindparam("endpoint"),
        delivery.c.state.in_(_NOT_GONE),
        transfer.c.route == bindparam("route"),
        transfer.c.state == TransferState.ACCEPTED,
        transfer.c.mode == LIVE,
    )
    .limit(1)
)
_TAKE = update(item).where(
    item.c.id.in_(bindparam("ids", expanding=True)),
    item.c.state == ItemState.WAITING,
    item.c.batch_id.is_(None),
)
_of_batch = (item.c.batch_id == bindparam("batch"), item.c.state == ItemState.TAKEN)
_HAS = select(item.c.id).where(*_of_batch)
_GIVE_BACK_ALL = update(item).where(*_of_batch)
_GIVE_BACK = _GIVE_BACK_ALL.where(item.c.id.in_(bindparam("ids", expanding=True)))
_GIVE_BACK_KINDS = _GIVE_BACK_ALL.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
_REFUSE = update(item).where(item.c.id == bindparam("refused_id"), *_of_batch)
_GATHERED_FROM = (
    select(item.c.id, item.c.batch_id)
    .where(item.c.transfer_id == bindparam("transfer"), item.c.batch_id.is_not(None))
    .order_by(item.c.id)
    .limit(1)
)
_FREE = {"state": ItemState.WAITING, "batch_id": None}


def waiting_items(
    conn: Connection,
    keys: Keys,
    waits_as: str,
    *,
    compartment: Compartment = Compartment.OPEN,
) -> list[ItemRow]:
    """What waits under a name, in the order that it came in; nothing that a rehearsal brought, and nothing of
    another compartment."""
    rows = conn.execute(_WAITING, {"waits_as": waits_as, "inside": compartment})
    return [item_row(row, keys) for row in rows]


def anything_waits(conn: Connection, waits_as: str) -> bool:
    """Whether anything waits under a name."""
    return conn.execute(_ANYTHING_WAITS, {"waits_as": waits_as}).first() is not None


def anything_to_leave(conn: Connection, route: str, endpoint: str) -> bool:
    """Whether a file of a route was let go and has not left for an endpoint."""
    return conn.execute(_ANYTHING_TO_LEAVE, {"route": route, "endpoint": endpoint}).first() is not None


def take_items(conn: Connection, batch_id: str, days: Mapping[str, date]) -> int:
    """Give waiting items to a batch, each for its day; how many of them still waited."""
    taken, count = {"state": ItemState.TAKEN, "batch_id": batch_id}, 0
    for day in sorted(set(days.values())):
        of_day = [id for id, on in days.items() if on == day]
        count += sum(
            conn.execute(_TAKE, {"ids": some, "on_date": day, **taken}).rowcount for some in batches(of_day)
        )
    return count


def gathered_ids(conn: Connection, batch_id: str) -> frozenset[str]:
    """The items that a batch has and that have not left."""
    return frozenset(conn.execute(_HAS, {"batch": batch_id}).scalars())


def give_back_items(
    conn: Connection,
    batch_id: str,
    ids: Collection[str] | None = None,
    *,
    kinds: Collection[str] | None = None,
) -> None:
    """Let items of a batch that have not left wait again: these, or those of these kinds, or all of them."""
    if kinds is not None:
        conn.execute(_GIVE_BACK_KINDS, {"batch": batch_id, "kinds": list(kinds), **_FREE})
        return
    if ids is None:
        conn.execute(_GIVE_BACK_ALL, {"batch": batch_id, **_FREE})
        return
    for some in batches(list(ids)):
        conn.execute(_GIVE_BACK, {"batch": batch_id, "ids": some, **_FREE})


def gathered_from(conn: Connection, transfer_id: str) -> tuple[str, str] | None:
    """An item that came in with a transfer and was gathered, and the batch that has it; None = none was."""
    row = conn.execute(_GATHERED_FROM, {"transfer": transfer_id}).first()
    return None if row is None else (row.id, row.batch_id)


def refuse_gathered(conn: Connection, batch_id: str, reasons: Mapping[str, str]) -> None:
    """Refuse items of a batch that have not left, each for its reason; they wait no more."""
    for id, reason in reasons.items():
        refused = {"state": ItemState.REJECTED, "reason": reason}
        conn.execute(_REFUSE, {"batch": batch_id, "refused_id": id, **refused})
