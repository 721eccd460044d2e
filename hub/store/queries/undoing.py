"""What a transfer moved and started inside the hub, as far as it stands: that is what can be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, update

from hub.errors import StoreError
from hub.model import Compartment, ItemState, Record
from hub.store.keys import Keys
from hub.store.schema import item, record, record_move
from hub.store.statements import run

_later = record_move.alias("later")
_others = record_move.alias("others")
_other_later = record_move.alias("other_later")


def _stands(move: Any, later: Any) -> Any:
    """Of a move: that it takes nothing back, and that none takes it back."""
    taken_back = exists().where(
        later.c.kind == move.c.kind,
        later.c.key == move.c.key,
        later.c.number > move.c.number,
        later.c.undoes <= move.c.number,
    )
    return and_(move.c.undoes.is_(None), ~taken_back)


_OF_TRANSFER = (record_move.c.transfer_id == bindparam("transfer"), _stands(record_move, _later))
_LAST_OF_OTHERS = (
    select(func.coalesce(func.max(_others.c.number), 0))
    .where(
        _others.c.kind == record_move.c.kind,
        _others.c.key == record_move.c.key,
        or_(_others.c.transfer_id.is_(None), _others.c.transfer_id != record_move.c.transfer_id),
        _stands(_others, _other_later),
    )
    .scalar_subquery()
)
_MOVED_BY = select(record_move.c.kind, record_move.c.key, record_move.c.item_id).where(*_OF_TRANSFER)
_STANDING = (
    select(
        record_move.c.kind,
        record_move.c.key,
        record_move.c.number,
        record_move.c.at,
        record_move.c.from_state,
        record_move.c.item_id,
        record_move.c.before,
        record.c.compartment,
        _LAST_OF_OTHERS.label("others"),
    )
    .join(record, (record.c.kind == record_move.c.kind) & (record.c.key == record_move.c.key))
    .where(*_OF_TRANSFER)
    .order_by(record_move.c.kind, record_move.c.key, record_move.c.number)
)
_STARTED = item.c.made_by == bindparam("transfer")
_REFUSE_STARTED = update(item).where(_STARTED, item.c.state == ItemState.WAITING, item.c.batch_id.is_(None))
_STARTED_BY = select(item.c.id).where(_STARTED, item.c.state != ItemState.REJECTED).order_by(item.c.id)

_STARTED_AND_GONE = _STARTED_BY.where(or_(item.c.state != ItemState.WAITING, item.c.batch_id.is_not(None)))


class StandingMove(NamedTuple):
    """A move that a transfer made and that stands.

    from_state: None when the move made the record; before: the record as it was, sealed
    others: the number of the last standing move of the record that is not the transfer's; 0 = there is none
    """

    kind: str
    key: str
    number: int
    at: datetime
    from_state: str | None
    item_id: str | None
    before: bytes | None
    compartment: Compartment
    others: int


def moved_by(conn: Connection, transfer_id: str) -> frozenset[tuple[str, str, str | None]]:
    """What a transfer has moved and was not undone: kind and key of the record, and the item."""
    rows = run(conn, _MOVED_BY, {"transfer": transfer_id})
    return frozenset((row.kind, row.key, row.item_id) for row in rows)


def standing_moves(conn: Connection, transfer_id: str) -> list[StandingMove]:
    """What a transfer has moved and was not undone, record by record, the oldest first."""
    return [StandingMove(*row) for row in run(conn, _STANDING, {"transfer": transfer_id})]


def before_it(move: StandingMove, keys: Keys) -> Record | None:
    """The record as it was before a move; None when that is not kept any more.

    Raises StoreError when what is kept is another record's."""
    if move.before is None:
        return None
    kept = json.loads(keys.unseal(move.before))
    if (kept["kind"], kept["key"], kept["version"]) != (move.kind, move.key, move.number - 1):
        raise StoreError(
            f"what the {move.kind} {move.key} was before its move {move.number} is another's now. "
            "The database was altered: restore the state folder from the back-up."
        )
    since = kept["since"] and datetime.fromisoformat(kept["since"])
    expires = kept["expires"] and date.fromisoformat(kept["expires"])
    return Record(**{**kept, "since": since, "expires": expires})


def started_by(conn: Connection, transfer_id: str) -> Sequence[str]:
    """The items that started inside because of a transfer and were not refused."""
    return run(conn, _STARTED_BY, {"transfer": transfer_id}).scalars()


def started_and_gone(conn: Connection, transfer_id: str) -> Sequence[str]:
    """Those of them that wait no more."""
    return run(conn, _STARTED_AND_GONE, {"transfer": transfer_id}).scalars()


def refuse_started(conn: Connection, transfer_id: str, reason: str) -> None:
    """Refuse the items that started inside because of a transfer and still wait."""
    refused = {"state": ItemState.REJECTED, "reason": reason}
    run(conn, _REFUSE_STARTED, {"transfer": transfer_id, **refused})
