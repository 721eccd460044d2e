"""Rows for tests, evidently fake; each differs from the plainest only in what the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.clock.now import make_id
from hub.model import DeliveryState, Direction, ItemState, TransferState
from hub.store import Store, queries
from hub.store.rows import DeliveryRow, ItemRow, TransferRow

DAY = date(2030, 6, 4)
NOON = datetime(2030, 6, 4, 12, tzinfo=UTC)
SHA = "a" * 64


class TickingClock:
    """Every look at it is a second later."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now, self._ids = start, 0

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def new_id(self) -> str:
        self._ids += 1
        return make_id(NOON + timedelta(milliseconds=self._ids), 0)


def a_transfer(id: str, **columns: Any) -> TransferRow:
    plainest = {
        "route": "tests.route",
        "partner": "A partner",
        "direction": Direction.IN,
        "name": f"{id}.txt",
        "feed": "tests.feed",
        "found_at": NOON,
        "updated_at": NOON,
        "business_date": DAY,
    }
    return TransferRow(id=id, **{**plainest, **columns})


def a_delivery(id: str, transfer_id: str, **columns: Any) -> DeliveryRow:
    plainest = {
        "output": "out",
        "endpoint": "place",
        "folder": "/in",
        "name": "file.txt",
        "blob": SHA,
        "size": 3,
        "updated_at": NOON,
    }
    return DeliveryRow(id=id, transfer_id=transfer_id, **{**plainest, **columns})


def an_item(id: str, **columns: Any) -> ItemRow:
    plainest = {
        "transfer_id": id.partition(".")[0],
        "feed": "tests.feed",
        "kind": "PAYMENT",
        "line": int(id.partition(".")[2] or 1),
        "reference": "REF001",
        "amount": -1000,
        "on": DAY,
        "state": ItemState.TAKEN,
    }
    return ItemRow(id=id, **{**plainest, **columns})


def put_transfer(store: Store, id: str, *items: ItemRow, **columns: Any) -> TransferRow:
    """A stored transfer with its items."""
    row = a_transfer(id, **columns)

    def work(conn: Any) -> TransferRow:
        queries.insert_transfer(conn, row)
        queries.replace_items(conn, store.keys, id, items)
        return row

    return store.write(work)


def put_delivery(store: Store, id: str, transfer_id: str, **columns: Any) -> DeliveryRow:
    row = a_delivery(id, transfer_id, **columns)
    store.write(lambda conn: queries.insert_delivery(conn, row))
    return row


def move(store: Store, row: TransferRow, to: TransferState, **columns: Any) -> TransferRow:
    return store.write(lambda conn: queries.move_transfer(conn, row, to, event="moved", **columns))


def move_delivery(store: Store, row: DeliveryRow, to: DeliveryState, **columns: Any) -> DeliveryRow:
    return store.write(lambda conn: queries.move_delivery(conn, row, to, event="moved", **columns))
