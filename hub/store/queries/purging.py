"""What is past its keep: found, and let go. Hashes, totals, references, states and history stay.

Stored bytes hold all items of a transfer and go with the first that expires; personal values go item by item.

What is unfinished, held, in doubt, promised or asked of somebody is not over, and is never let go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    union,
    update,
)

from hub.formats.bundle import BUNDLES
from hub.model import Compartment, DeliveryState, ItemState, PromiseState, TransferState, WorkState
from hub.store.queries.chain import GONE, LET_GO
from hub.store.queries.shared import batches
from hub.store.schema import (
    UNMADE,
    blob,
    call,
    delivery,
    item,
    item_called,
    item_digest,
    promise,
    record,
    record_move,
    transfer,
    worklist,
)

_OVER = (
    TransferState.ACCEPTED,
    TransferState.APPLIED,
    TransferState.DUPLICATE,
    TransferState.REJECTED,
    TransferState.WITHDRAWN,
)
_LIVE = (TransferState.ACCEPTED, TransferState.APPLIED)
_NOT_GONE = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
_OPEN_ITEMS = (ItemState.WAITING, ItemState.HELD, ItemState.TAKEN, ItemState.SUSPENDED)
_child = transfer.alias("child")
_holder = transfer.alias("holder")
_its_items = or_(item.c.transfer_id == transfer.c.id, item.c.batch_id == transfer.c.id)
_its_members = (
    select(_child.c.id)
    .where(_child.c.parent_id == transfer.c.id, transfer.c.format.in_(BUNDLES))
    .correlate(transfer)
)
_its_deliveries = select(delivery.c.id).where(delivery.c.transfer_id == transfer.c.id).correlate(transfer)


def _promised(subject: str, subject_id: Any) -> ColumnElement[bool]:
    return exists().where(
        promise.c.subject == subject,
        promise.c.subject_id == subject_id,
        promise.c.state == PromiseState.OPEN,
    )


_undone = worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN))
_asked = exists().where(
    _undone,
    or_(
        and_(worklist.c.subject == "transfer", worklist.c.subject_id == transfer.c.id),
        and_(worklist.c.subject == "delivery", worklist.c.subject_id.in_(_its_deliveries)),
        and_(
            worklist.c.subject == "item",
            worklist.c.subject_id.in_(select(item.c.id).where(_its_items).correlate(transfer)),
        ),
    ),
)
_a_member_expired = exists().where(item.c.transfer_id.in_(_its_members), item.c.expires < bindparam("today"))
"""Members have bytes of their own, so they need those of their bundle no more once it was unpacked."""
_IS_OVER = and_(
    transfer.c.state.in_(_OVER),
    transfer.c.tidied,
    ~exists().where(delivery.c.transfer_id == transfer.c.id, delivery.c.state.in_(_NOT_GONE)),
    or_(transfer.c.state.not_in(_LIVE), ~exists().where(_its_items, item.c.state.in_(_OPEN_ITEMS))),
    or_(
        ~exists().where(_child.c.parent_id == transfer.c.id, _child.c.purged_at.is_(None)), _a_member_expired
    ),
    ~_promised("transfer", transfer.c.id),
    ~_asked,
)
_EXPIRES = (
    select(func.min(item.c.expires))
    .where(
        or_(
            _its_items & or_(transfer.c.purged_at.is_(None), item.c.personal.is_not(None)),
            item.c.transfer_id.in_(_its_members),
        )
    )
    .scalar_subquery()
)
_EXPIRED = select(item.c.transfer_id).where(item.c.expires < bindparam("today"))
_EXPIRED_IN_BATCH = select(item.c.batch_id).where(item.c.expires < bindparam("today"))
_EXPIRED_IN_BUNDLE = (
    select(_child.c.parent_id)
    .join(item, item.c.transfer_id == _child.c.id)
    .where(item.c.expires < bindparam("today"))
)
_PAST = (
    select(
        transfer.c.id,
        transfer.c.feed,
        transfer.c.route,
        transfer.c.name,
        transfer.c.compartment,
        transfer.c.updated_at,
        _EXPIRES.label("expires"),
        transfer.c.purged_at,
        case((_IS_OVER, True), else_=False).label("is_over"),
    )
    .where(
        transfer.c.values_gone.is_(False),
        or_(
            transfer.c.updated_at < bindparam("before"),
            transfer.c.id.in_(_EXPIRED),
            transfer.c.id.in_(_EXPIRED_IN_BATCH),
            transfer.c.id.in_(_EXPIRED_IN_BUNDLE),
        ),
    )
    .order_by(transfer.c.parent_id.is_(None), transfer.c.id)
)
_OF_THESE = _PAST.where(transfer.c.id.in_(bindparam("ids", expanding=True)))
_HALF_GONE = select(transfer.c.id, transfer.c.compartment).where(
    transfer.c.purged_at.is_not(None), transfer.c.bytes_gone.is_(False)
)
_PAST_REPLIES = (
    select(
        delivery.c.id,
        delivery.c.transfer_id,
        delivery.c.name,
        transfer.c.route,
        transfer.c.compartment,
        delivery.c.replies_until,
    )
    .join(transfer)
    .where(
        delivery.c.replies_until < bindparam("today"),
        delivery.c.state.not_in(_NOT_GONE),
        transfer.c.purged_at.is_(None),
    )
    .order_by(delivery.c.id)
)
_about = record.c.kind + ":" + record.c.key
_PAST_RECORDS = (
    select(
        record.c.kind, record.c.key, record.c.compartment, record.c.state, record.c.since, record.c.expires
    )
    .where(
        record.c.personal.is_not(None),
        record.c.state != UNMADE,
        or_(record.c.expires < bindparam("today"), record.c.since < bindparam("before")),
        ~_promised("record", _about),
        ~exists().where(_undone, worklist.c.subject == "record", worklist.c.subject_id == _about),
    )
    .order_by(record.c.kind, record.c.key)
)

_PAST_HISTORIES = (
    select(
        record.c.kind, record.c.key, record.c.compartment, record.c.state, record.c.since, record.c.expires
    )
    .where(
        record.c.kind == bindparam("of_kind"),
        record.c.state.in_(bindparam("ended", expanding=True)),
        record.c.since < bindparam("before"),
        record.c.data[LET_GO].as_integer().is_(None),
        ~_promised("record", _about),
        ~exists().where(_undone, worklist.c.subject == "record", worklist.c.subject_id == _about),
    )
    .order_by(record.c.key)
)
_FORGET_STEPS = (
    update(record_move)
    .where(
        record_move.c.kind == bindparam("of_kind"),
        record_move.c.key == bindparam("of_key"),
        record_move.c.number <= bindparam("through"),
    )
    .values(data=GONE, reason=None, before=None)
)

_of_transfers: BindParameter[Any] = bindparam("ids", expanding=True)
_free = item.alias("free")
_still_held = exists().where(
    _holder.c.id.in_((_free.c.transfer_id, _free.c.batch_id)), _holder.c.values_gone.is_(False)
)
_FREE_ITEMS = select(_free.c.id).where(
    or_(
        _free.c.transfer_id.in_(_of_transfers),
        _free.c.batch_id.in_(_of_transfers),
        _free.c.made_by.in_(_of_transfers) & (_free.c.state == ItemState.REJECTED),
    ),
    or_(~_still_held, _free.c.expires < bindparam("today")),
)
_FORGET = update(item).where(item.c.id.in_(_FREE_ITEMS)).values(personal=None)
_FORGET_DIGESTS = delete(item_digest).where(item_digest.c.item_id.in_(_FREE_ITEMS))
_FORGET_NAMES = delete(item_called).where(
    item_called.c.item_id.in_(_FREE_ITEMS), item_called.c.sealed.is_not(None)
)
_ALL_GO = (
    update(transfer).where(transfer.c.id.in_(bindparam("whole", expanding=True))).values(values_gone=True)
)
_NONE_LEFT = (
    update(transfer)
    .where(
        transfer.c.id.in_(_of_transfers),
        ~exists().where(
            or_(item.c.transfer_id == transfer.c.id, item.c.batch_id == transfer.c.id),
            item.c.personal.is_not(None),
        ),
    )
    .values(values_gone=True)
)
_FORGET_BEFORE = update(record_move).where(record_move.c.transfer_id.in_(_of_transfers)).values(before=None)
_FORGET_BEFORE_OF = (
    update(record_move)
    .where(record_move.c.kind == bindparam("of_kind"), record_move.c.key == bindparam("of_key"))
    .values(before=None)
)
_STORED = union(
    select(transfer.c.blob.label("sha256")).where(transfer.c.id.in_(_of_transfers)),
    select(delivery.c.blob).where(delivery.c.transfer_id.in_(_of_transfers)),
    select(call.c.reply).join(delivery).where(delivery.c.transfer_id.in_(_of_transfers)),
)
_REPLIES = select(call.c.reply).where(call.c.delivery_id == bindparam("delivery"), call.c.reply.is_not(None))
_here = (transfer.c.compartment == bindparam("inside"), transfer.c.purged_at.is_(None))
_wanted: BindParameter[Any] = bindparam("wanted", expanding=True)
_NAMED = union(
    select(transfer.c.blob.label("sha256")).where(transfer.c.blob.in_(_wanted), *_here),
    select(delivery.c.blob).join(transfer).where(delivery.c.blob.in_(_wanted), *_here),
    select(call.c.reply)
    .select_from(call.join(delivery).join(transfer, transfer.c.id == delivery.c.transfer_id))
    .where(
        call.c.reply.in_(_wanted),
        or_(delivery.c.replies_until.is_(None), delivery.c.replies_until >= bindparam("today")),
        *_here,
    ),
)
_DROP_SMALL = delete(blob).where(blob.c.compartment == bindparam("inside"), blob.c.sha256.in_(_wanted))
_BYTES_GONE = update(transfer).where(transfer.c.id.in_(_of_transfers)).values(bytes_gone=True)
_REPLIES_GONE = update(delivery).where(delivery.c.id == bindparam("delivery")).values(replies_until=None)


class PastTransfer(NamedTuple):
    """A transfer of which something may be past its keep. expires: the first day of its items that have
    something to lose; purged_at: when its bytes went; is_over: it may go; whole: with all personal values;
    until: the last day on which it was kept."""

    id: str
    feed: str | None
    route: str
    name: str
    compartment: Compartment
    updated_at: datetime
    expires: date | None
    purged_at: datetime | None
    is_over: bool
    whole: bool = False
    until: date = date.max


class PastReplies(NamedTuple):
    """A delivery whose conversation's replies are past their day, `until`."""

    id: str
    transfer_id: str
    name: str
    route: str
    compartment: Compartment
    until: date


class PastRecord(NamedTuple):
    """A record with personal values that may be past its keep; `until`: the last day of that."""

    kind: str
    key: str
    compartment: Compartment
    state: str
    since: datetime
    expires: date | None
    until: date = date.max


def past_transfers(
    conn: Connection, *, today: date, before: datetime, ids: Sequence[str] | None = None
) -> list[PastTransfer]:
    """Transfers that were last moved before an instant, or have an item that has expired, members of bundles
    first. `ids`: only of these."""
    asked: dict[str, Any] = {"today": today, "before": before}
    if ids is None:
        return [PastTransfer(*row) for row in conn.execute(_PAST, asked)]
    some = (conn.execute(_OF_THESE, {**asked, "ids": part}) for part in batches(ids))
    return [PastTransfer(*row) for rows in some for row in rows]


def past_replies(conn: Connection, today: date) -> list[PastReplies]:
    return [PastReplies(*row) for row in conn.execute(_PAST_REPLIES, {"today": today})]


def past_records(conn: Connection, *, today: date, before: datetime) -> list[PastRecord]:
    """Records that have expired, or came into their state before an instant; none about which something is
    promised or asked."""
    rows = conn.execute(_PAST_RECORDS, {"today": today, "before": before})
    return [PastRecord(*row) for row in rows]


def past_histories(
    conn: Connection, kind: str, *, ended: Collection[str], before: datetime
) -> list[PastRecord]:
    """Records of a kind that came into a last state before an instant and whose history is there still; none
    about which something is promised or asked."""
    asked = {"of_kind": kind, "ended": list(ended), "before": before}
    return [PastRecord(*row) for row in conn.execute(_PAST_HISTORIES, asked)]


def forget_steps(conn: Connection, kind: str, key: str, through: int) -> None:
    """What the steps of a record up to that number told is kept no more, nor what it was before them."""
    conn.execute(_FORGET_STEPS, {"of_kind": kind, "of_key": key, "through": through})


def half_gone(conn: Connection) -> list[tuple[str, Compartment]]:
    """Transfers that were let go and whose files may still be there: a crash came between."""
    return [(row.id, row.compartment) for row in conn.execute(_HALF_GONE)]


def forget_items(conn: Connection, ids: Sequence[str], whole: Sequence[str], today: date) -> None:
    """Let personal values go: of the items that have expired and, where `whole` transfers held them and no
    other does, of all."""
    asked = {"ids": ids, "today": today}
    conn.execute(_ALL_GO, {"whole": whole})
    for statement in (_FORGET_DIGESTS, _FORGET_NAMES, _FORGET):
        conn.execute(statement, asked)
    conn.execute(_NONE_LEFT, {"ids": ids})
    conn.execute(_FORGET_BEFORE, {"ids": ids})


def forget_before(conn: Connection, kind: str, key: str) -> None:
    """What a record was before its moves is kept no more."""
    conn.execute(_FORGET_BEFORE_OF, {"of_kind": kind, "of_key": key})


def stored_for(conn: Connection, ids: Sequence[str]) -> list[str]:
    """What the transfers hold of stored bytes."""
    return [sha256 for sha256 in conn.execute(_STORED, {"ids": ids}).scalars() if sha256]


def replies_stored(conn: Connection, delivery_id: str) -> list[str]:
    return list(conn.execute(_REPLIES, {"delivery": delivery_id}).scalars())


def unnamed(conn: Connection, inside: Compartment, stored: Iterable[str], today: date) -> list[str]:
    """Those of the stored bytes that nothing which is kept names any more."""
    free: list[str] = []
    for part in batches(sorted(set(stored))):
        named = set(conn.execute(_NAMED, {"inside": inside, "wanted": part, "today": today}).scalars())
        free += [sha256 for sha256 in part if sha256 not in named]
    return free


def drop_small(conn: Connection, inside: Compartment, stored: Collection[str]) -> None:
    """Remove small stored bytes from the database."""
    for part in batches(list(stored)):
        conn.execute(_DROP_SMALL, {"inside": inside, "wanted": part})


def bytes_gone(conn: Connection, ids: Sequence[str]) -> None:
    conn.execute(_BYTES_GONE, {"ids": ids})


def replies_gone(conn: Connection, delivery_id: str) -> None:
    conn.execute(_REPLIES_GONE, {"delivery": delivery_id})


def overwrite_what_goes(conn: Connection) -> None:
    """What is deleted from here on is overwritten on the disk, not only forgotten."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete=ON")
