"""Records that live on, and the history of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import bindparam, case, func, or_, select

from hub.bank.matching import DUE
from hub.model import Record
from hub.store.look.seen import Seen, asked, unknown, visible
from hub.store.queries.records import FACTS, record_move_row, record_of, verify_record_chain
from hub.store.rows import RecordMoveRow
from hub.store.schema import record, record_move, transfer

_SEEN = select(*(record.c[name] for name in FACTS)).where(visible(record))
_ALL = _SEEN.order_by(record.c.kind, record.c.key)
_of_record = (record.c.kind == bindparam("kind"), record.c.key == bindparam("key"))
_GET = _SEEN.where(*_of_record)
_COUNT = select(func.count()).select_from(record).where(visible(record))
_NOT_AS_IT_IS = ("id", "transfer_id", "item_id", "before")
_may_name_its_cause = or_(record_move.c.transfer_id.is_(None), transfer.c.id.is_not(None))
_SEEN_MOVES = (
    select(
        *(column for column in record_move.c if column.name not in _NOT_AS_IT_IS),
        transfer.c.id.label("transfer_id"),
        case((_may_name_its_cause, record_move.c.item_id)).label("item_id"),
    )
    .outerjoin(transfer, (transfer.c.id == record_move.c.transfer_id) & visible(transfer))
    .join(record, (record.c.kind == record_move.c.kind) & (record.c.key == record_move.c.key))
    .where(visible(record))
)
_MOVES = _SEEN_MOVES.where(*_of_record).order_by(record_move.c.number)
_HISTORY = _SEEN_MOVES.where(record.c.kind == bindparam("kind")).order_by(
    record_move.c.key, record_move.c.number
)
_MOVED_BY = _SEEN_MOVES.where(
    record_move.c.transfer_id == bindparam("transfer"), transfer.c.id.is_not(None)
).order_by(record_move.c.id)
_COUNT_MOVED = select(func.count()).select_from(_MOVED_BY.subquery())


class SeenRecords(Seen):
    def records(
        self,
        kind: str | None = None,
        *,
        state: str | None = None,
        states: Collection[str] = (),
        account: str | None = None,
        after: str | None = None,
        limit: int | None = 50,
    ) -> list[Record]:
        """Records in the order of kind and key; `states`: in any of these; `after` = only those whose key is
        greater (the next page)."""
        conditions = asked({record.c.kind: kind, record.c.state: state, record.c.account: account})
        if states:
            conditions.append(record.c.state.in_(states))
        if after is not None:
            conditions.append(record.c.key > after)
        return [record_of(row, self._keys) for row in self._rows(_ALL.where(*conditions).limit(limit))]

    def count_records(self, kind: str, states: Collection[str]) -> int:
        """How many records of a kind are in any of the states."""
        counted: int = self._rows(_COUNT.where(record.c.kind == kind, record.c.state.in_(states)))[0][0]
        return counted

    def dues(self, transfer_id: str) -> list[Record]:
        """What a transfer tells of and the bank must show, each as it stands, in the order of their parts."""
        below = (record.c.key >= f"{transfer_id}/", record.c.key < f"{transfer_id}0")
        rows = self._rows(_ALL.where(record.c.kind == DUE, *below))
        return [record_of(row, None) for row in rows]

    def record(self, kind: str, key: str) -> Record:
        """Raises UsageError when there is none of that kind and key."""
        row = self._row(_GET, kind=kind, key=key)
        if row is None:
            raise unknown(kind, key, "records")
        return record_of(row, self._keys)

    def found_by(self, kind: str, fact: str, value: str) -> list[Record]:
        """Records of a kind that have this open fact, the oldest first. Goes through all of the kind."""
        has = (record.c.kind == kind, record.c.data[fact].as_string() == value)
        return [
            record_of(row, self._keys) for row in self._rows(_SEEN.where(*has).order_by(record.c.made_at))
        ]

    def moves(self, kind: str, key: str) -> list[RecordMoveRow]:
        """The history of a record, oldest first; without what moved it, where that is not to be known."""
        return [record_move_row(row) for row in self._rows(_MOVES, kind=kind, key=key)]

    def history(self, kind: str) -> Iterator[RecordMoveRow]:
        """The histories of all records of a kind, one after the other, each as `moves` tells it."""
        return map(record_move_row, self._rows(_HISTORY, kind=kind))

    def moved_by(self, transfer_id: str, *, limit: int = 50) -> tuple[int, list[RecordMoveRow]]:
        """How many moves of records a transfer has made, and the first of them."""
        count = self._rows(_COUNT_MOVED, transfer=transfer_id)[0][0]
        first = self._rows(_MOVED_BY.limit(limit), transfer=transfer_id) if count else ()
        return count, [record_move_row(row) for row in first]

    def broken_move(self, kind: str, key: str) -> RecordMoveRow | None:
        """The first move of a record that is not as it was written; None when all are."""
        seen = self._row(_GET, kind=kind, key=key) is not None
        return verify_record_chain(self._conn, kind, key) if seen else None
