"""Answers: what partners made of items that left, and of whole transfers. Each item has one of a kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, or_, select, update

from hub.errors import LostRace
from hub.model import Answered, DeliveryState, ItemState
from hub.store.queries.shared import batches, now
from hub.store.rows import DeliveryRow
from hub.store.schema import DEAD, LIVE, answer, delivery, item, transfer
from hub.store.statements import run, run_many

answerable = item.c.state.in_((ItemState.SENT, ItemState.UNANSWERED, ItemState.ANSWERED))
"""What left and may be, or is, answered."""

LEFT_WITH = func.coalesce(item.c.batch_id, item.c.transfer_id)
"""The transfer that an item left with: the batch that gathered it, else the one that it came in with."""
left_with = or_(
    item.c.batch_id == bindparam("transfer"),
    and_(item.c.transfer_id == bindparam("transfer"), item.c.batch_id.is_(None)),
)

_INSERT = insert(answer).inline()
_MARK = update(item).where(item.c.id.in_(bindparam("ids", expanding=True)), answerable)
_UNANSWERED = (
    select(item.c.id)
    .where(
        left_with,
        answerable,
        ~exists().where(answer.c.item_id == item.c.id, answer.c.kind == bindparam("answer_kind")),
    )
    .order_by(item.c.id)
)
_UNANSWERED_OF_KINDS = _UNANSWERED.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
_ONE_UNANSWERED = _UNANSWERED.limit(1)
_ONE_UNANSWERED_OF_KINDS = _UNANSWERED_OF_KINDS.limit(1)
_GIVEN = select(answer.c.item_id).where(answer.c.by_transfer == bindparam("by"))
_SAID = (
    select(answer.c.said, func.count().label("items"))
    .where(answer.c.by_transfer == bindparam("by"))
    .group_by(answer.c.said)
)
_SAID_OF_ITEMS = select(answer.c.item_id, answer.c.said).where(answer.c.by_transfer == bindparam("by"))
_ANSWERED_TRANSFERS = (
    select(LEFT_WITH).join(answer, answer.c.item_id == item.c.id)
    .where(answer.c.by_transfer == bindparam("by"))
    .distinct()
)  # fmt: skip
_DELETE = delete(answer).where(answer.c.by_transfer == bindparam("by"))
_SENT_AGAIN = update(item).where(
    item.c.id.in_(bindparam("ids", expanding=True)),
    item.c.state == ItemState.ANSWERED,
    ~exists().where(answer.c.item_id == item.c.id),
)
_GONE_OUT_AS = (
    select(delivery)
    .join(transfer, transfer.c.id == delivery.c.transfer_id)
    .where(
        delivery.c.identity == bindparam("called"),
        delivery.c.state != DeliveryState.WITHDRAWN,
        transfer.c.feed.in_(bindparam("feeds", expanding=True)),
        transfer.c.mode == LIVE,
        transfer.c.state.not_in(DEAD),
    )
    .order_by(delivery.c.id)
)
_ANSWERED_BY = select(delivery).where(delivery.c.answered_by == bindparam("by")).order_by(delivery.c.id)


def insert_answers(
    conn: Connection,
    item_ids: Sequence[str],
    *,
    kind: str,
    said: Answered,
    by_transfer: str,
    by_item: str | None = None,
    reason: str | None = None,
) -> None:
    """Record that items which left are answered, by another or by a whole transfer; they become ANSWERED.

    Raises LostRace when one has an answer of this kind, or never left."""
    marked = [
        run(conn, _MARK, {"ids": ids, "state": ItemState.ANSWERED}).rowcount for ids in batches(item_ids)
    ]
    if sum(marked) != len(item_ids):
        raise LostRace(f"{len(item_ids) - sum(marked)} items did not leave, so that nothing can answer them")
    given = {"kind": kind, "said": said, "by_item": by_item, "by_transfer": by_transfer, "reason": reason}
    rows = [{**given, "item_id": item_id, "answered_at": now(conn)} for item_id in item_ids]
    if rows:
        run_many(conn, _INSERT, rows)


def unanswered_items(
    conn: Connection, transfer_id: str, kind: str, kinds: Collection[str] | None = None
) -> list[str]:
    """The ids of what left with a transfer, of these kinds, and has no answer of `kind`."""
    asked = {"transfer": transfer_id, "answer_kind": kind}
    if kinds is None:
        return run(conn, _UNANSWERED, asked).scalars()
    return run(conn, _UNANSWERED_OF_KINDS, {**asked, "kinds": list(kinds)}).scalars()


def are_all_answered(conn: Connection, transfer_id: str, kind: str, kinds: Collection[str]) -> bool:
    """Whether each item of these kinds (none named: of all) that left with a transfer has an answer of
    `kind`."""
    asked = {"transfer": transfer_id, "answer_kind": kind}
    if not kinds:
        return run(conn, _ONE_UNANSWERED, asked).first() is None
    return run(conn, _ONE_UNANSWERED_OF_KINDS, {**asked, "kinds": list(kinds)}).first() is None


def take_back_answers(conn: Connection, transfer_id: str) -> None:
    """Undo the answers that a transfer gave: what has no other answer waits for one again."""
    answered = run(conn, _GIVEN, {"by": transfer_id}).scalars()
    if not answered:
        return
    run(conn, _DELETE, {"by": transfer_id})
    for ids in batches(answered):
        run(conn, _SENT_AGAIN, {"ids": ids, "state": ItemState.SENT})


def said_by(conn: Connection, transfer_id: str) -> Counter[Answered]:
    """How many items a transfer said what of."""
    rows = run(conn, _SAID, {"by": transfer_id})
    return Counter({row.said: row.items for row in rows})


def said_of_items(conn: Connection, transfer_id: str) -> Mapping[str, Answered]:
    """What a transfer said, by the item that it said it of."""
    return {row.item_id: row.said for row in run(conn, _SAID_OF_ITEMS, {"by": transfer_id})}


def transfers_answered_by(conn: Connection, transfer_id: str) -> list[str]:
    """The transfers with which the items left that a transfer answers."""
    return run(conn, _ANSWERED_TRANSFERS, {"by": transfer_id}).scalars()


def gone_out_as(conn: Connection, identity: str, *, feeds: Collection[str]) -> list[DeliveryRow]:
    """The deliveries of the feeds' live transfers that went out, or are about to, under an identity."""
    rows = run(conn, _GONE_OUT_AS, {"called": identity, "feeds": list(feeds)})
    return [DeliveryRow(**row._asdict()) for row in rows]


def deliveries_answered_by(conn: Connection, transfer_id: str) -> list[DeliveryRow]:
    """The deliveries of which a transfer said what became of the whole."""
    return [DeliveryRow(**row._asdict()) for row in run(conn, _ANSWERED_BY, {"by": transfer_id})]
