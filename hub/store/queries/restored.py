"""That the state came from a back-up, and what may have happened since which it knows nothing of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, or_, select, update

from hub.model import DeliveryState, TransferState
from hub.store.rows import CounterRow, DeliveryRow, TransferRow
from hub.store.schema import LIVE, about, counter, delivery, item, number, transfer
from hub.store.statements import run

_NAME = "restored"
_GET = select(about.c.value).where(about.c.name == _NAME)
_DROP = delete(about).where(about.c.name == _NAME)
_KEEP = insert(about)
_DELIVERIES = (
    select(delivery)
    .join(transfer)
    .where(transfer.c.mode == LIVE, transfer.c.state == TransferState.ACCEPTED)
    .where(delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING)))
    .order_by(delivery.c.id)
)
_HELD = select(transfer).where(transfer.c.state == TransferState.HELD, transfer.c.mode == LIVE)
_IN_DOUBT = (
    select(delivery, transfer)
    .join(transfer)
    .where(transfer.c.route == bindparam("of_route"), delivery.c.state == DeliveryState.IN_DOUBT)
    .order_by(delivery.c.id)
)
_COUNTERS = select(
    counter,
    exists().where(number.c.scope == counter.c.scope, number.c.policy == "no_gap").label("no_gap"),
).order_by(counter.c.scope)
_DOUBT = update(counter).where(counter.c.scope == bindparam("of_scope")).values(doubtful=True)
_came = transfer.alias("came")
_OLD_ITEMS = (
    select(func.count())
    .select_from(item.outerjoin(_came, _came.c.id == func.coalesce(item.c.transfer_id, item.c.made_by)))
    .where(item.c.batch_id == bindparam("batch"))
    .where(
        or_(
            _came.c.found_at <= bindparam("at", type_=_came.c.found_at.type),
            _came.c.source_mtime <= bindparam("iso", type_=_came.c.source_mtime.type),
            item.c.id <= bindparam("newest"),
        )
    )
)
_OLD_ITEMS_DUE = _OLD_ITEMS.where(item.c.on_date <= bindparam("day", type_=item.c.on_date.type))


@dataclass(frozen=True, slots=True)
class Restored:
    """The state is that of `taken_at`, and was put in place at `restored_at`.

    routes: those that there were then, each with when it was first worked since; None while it has not
    been"""

    taken_at: datetime
    restored_at: datetime
    routes: Mapping[str, datetime | None]

    def looked(self, route: str, at: datetime) -> Self:
        return replace(self, routes={**self.routes, route: at})

    def is_to_be_looked_at(self, route: str) -> bool:
        return route in self.routes and self.routes[route] is None


def restored(conn: Connection) -> Restored | None:
    """None for a state that was never restored."""
    text: str | None = run(conn, _GET).scalar()
    if text is None:
        return None
    told = json.loads(text)
    routes = {id: at and datetime.fromisoformat(at) for id, at in told["routes"].items()}
    taken, put = (datetime.fromisoformat(told[name]) for name in ("taken_at", "restored_at"))
    return Restored(taken, put, routes)


def keep_restored(conn: Connection, row: Restored) -> None:
    routes = {id: at and at.isoformat() for id, at in row.routes.items()}
    told = {
        "taken_at": row.taken_at.isoformat(),
        "restored_at": row.restored_at.isoformat(),
        "routes": routes,
    }
    conn.execute(_DROP)
    conn.execute(_KEEP, {"name": _NAME, "value": json.dumps(told)})


def deliveries_to_doubt(conn: Connection) -> list[DeliveryRow]:
    """Live deliveries that had not left, or were leaving."""
    return [DeliveryRow(**row._mapping) for row in conn.execute(_DELIVERIES)]


def held_transfers(conn: Connection) -> list[TransferRow]:
    return [TransferRow(**row._mapping) for row in conn.execute(_HELD)]


def doubtful_deliveries(conn: Connection, route: str) -> list[tuple[TransferRow, DeliveryRow]]:
    """What of a route is in doubt, each with its transfer."""
    found = []
    for row in conn.execute(_IN_DOUBT, {"of_route": route}):
        values = row._mapping
        mine = DeliveryRow(**{column.name: values[column] for column in delivery.c})
        found.append((TransferRow(**{column.name: values[column] for column in transfer.c}), mine))
    return found


def counters_to_doubt(conn: Connection) -> list[tuple[CounterRow, bool]]:
    """Every counter, and whether a partner takes no gap in it."""
    rows = conn.execute(_COUNTERS)
    return [(CounterRow(**{c.name: row._mapping[c] for c in counter.c}), row.no_gap) for row in rows]


def doubt_counter(conn: Connection, scope: str) -> None:
    conn.execute(_DOUBT, {"of_scope": scope})


def items_from_before(conn: Connection, batch: str, at: datetime, newest: str, due: date | None) -> int:
    """How many items of a batch were there, or came of what was there, at an instant; `newest`: the last id
    that could have been given by then; `due`: its day, if the batch takes only what is due."""
    asked = {"batch": batch, "at": at, "iso": at.isoformat(), "newest": newest}
    if due is not None:
        return int(conn.execute(_OLD_ITEMS_DUE, {**asked, "day": due}).scalar_one())
    return int(conn.execute(_OLD_ITEMS, asked).scalar_one())
