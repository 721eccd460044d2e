"""What people look at: lists of transfers, and one transfer whole."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from hub.errors import UsageError
from hub.model import ItemState, TransferState
from hub.store.keys import Keys
from hub.store.queries.counters import numbers_of
from hub.store.queries.deliveries import deliveries_of
from hub.store.queries.events import EVENTS, event_row
from hub.store.queries.items import findings_of, items_of
from hub.store.queries.transfers import get_transfer, transfer_row
from hub.store.rows import EventRow, TransferRow, TransferView
from hub.store.schema import delivery, event, item, transfer

_NEWEST = select(transfer).order_by(transfer.c.id.desc())
_MONEY = (
    select(item.c.state, func.count(), func.sum(item.c.amount))
    .where(item.c.transfer_id == bindparam("transfer"))
    .group_by(item.c.state)
)
_ITS_DELIVERIES = select(delivery.c.id).where(delivery.c.transfer_id == bindparam("transfer"))
_HISTORY = EVENTS.where(
    or_(
        and_(event.c.subject == "transfer", event.c.subject_id == bindparam("transfer")),
        and_(event.c.subject == "delivery", event.c.subject_id.in_(_ITS_DELIVERIES)),
    )
).order_by(event.c.id)


def list_transfers(
    conn: Connection,
    *,
    route: str | None = None,
    feed: str | None = None,
    state: TransferState | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[TransferRow]:
    """Transfers, newest first; `before` = only older than that id (for the next page)."""
    wanted = {transfer.c.route: route, transfer.c.feed: feed, transfer.c.state: state}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if before is not None:
        conditions.append(transfer.c.id < before)
    return [transfer_row(row) for row in conn.execute(_NEWEST.where(*conditions).limit(limit))]


def money_identity(conn: Connection, transfer_id: str) -> Mapping[ItemState, tuple[int, int]]:
    """Count and pence of a transfer's items by state: what came in is their sum, to the penny."""
    rows = conn.execute(_MONEY, {"transfer": transfer_id})
    sums = {state: (count, int(pence)) for state, count, pence in rows}
    return {state: sums[state] for state in ItemState if state in sums}


def show_transfer(conn: Connection, keys: Keys | None, transfer_id: str) -> TransferView:
    """All that is known of a transfer; without keys its items' personal values are left out.

    Raises UsageError when there is none of that id."""
    row = get_transfer(conn, transfer_id)
    if row is None:
        raise UsageError(
            f"There is no transfer {transfer_id}. `feedhub transfers list` shows those that there are."
        )
    return TransferView(
        transfer=row,
        deliveries=deliveries_of(conn, transfer_id),
        findings=findings_of(conn, transfer_id),
        money=money_identity(conn, transfer_id),
        numbers=numbers_of(conn, transfer_id),
        events=_history(conn, transfer_id),
        items=items_of(conn, keys, transfer_id),
    )


def _history(conn: Connection, transfer_id: str) -> list[EventRow]:
    """The events of a transfer and of its deliveries, in the order they happened."""
    rows = conn.execute(_HISTORY, {"transfer": transfer_id})
    return [event_row(row) for row in rows]
