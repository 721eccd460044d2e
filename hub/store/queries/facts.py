"""What checks and matching may know of earlier transfers. Dead transfers (`schema.DEAD`) do not count.

`other_than` names the transfer that asks, so that one worked again does not find itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Text,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
)

from hub.model import (
    RECENT,
    Compartment,
    DeliveryState,
    EarlierItem,
    ItemState,
    LastTransfer,
    SentItem,
    TransferState,
)
from hub.store.keys import Keys
from hub.store.queries.answers import LEFT_WITH, left_with
from hub.store.queries.called import called_of, digest_of
from hub.store.queries.happened import happened_for
from hub.store.queries.items import unsealed
from hub.store.queries.shared import batches
from hub.store.schema import (
    DEAD,
    LIVE,
    answer,
    delivery,
    item,
    item_called,
    item_digest,
    transfer,
    used_value,
)
from hub.store.statements import run, run_many

_SENT = (ItemState.SENT, ItemState.ANSWERED, ItemState.UNANSWERED)
_CARRIED = (
    ItemState.WAITING,
    ItemState.TAKEN,
    ItemState.SENT,
    ItemState.ANSWERED,
    ItemState.UNANSWERED,
    ItemState.POSTED,
    ItemState.SUSPENDED,
    ItemState.HELD,
)
_MOVED = (
    ItemState.WAITING,
    ItemState.TAKEN,
    ItemState.SENT,
    ItemState.ANSWERED,
    ItemState.UNANSWERED,
    ItemState.POSTED,
)
_of_other_live_transfer = (
    transfer.c.state.not_in(DEAD),
    transfer.c.id != bindparam("other_than"),
    happened_for("other_than"),
)

_LAST = (
    select(
        transfer.c.id,
        type_coerce(transfer.c.business_date, Text),
        transfer.c.records,
        transfer.c.value,
        type_coerce(transfer.c.summary, Text),
    )
    .where(
        transfer.c.route == bindparam("route"),
        transfer.c.feed == bindparam("feed"),
        transfer.c.state.in_((TransferState.ACCEPTED, TransferState.APPLIED)),
        transfer.c.business_date.is_not(None),
        transfer.c.id != bindparam("other_than"),
        happened_for("other_than"),
    )
    .order_by(transfer.c.id.desc())
    .limit(bindparam("limit"))
)
_USED = (
    select(used_value.c.scope, used_value.c.value)
    .join(transfer)
    .where(used_value.c.scope.in_(bindparam("scopes", expanding=True)), *_of_other_live_transfer)
)
_OWN_USED = select(used_value.c.scope, used_value.c.value).where(
    used_value.c.transfer_id == bindparam("transfer")
)
_INSERT_USED = insert(used_value).inline()
_POSTED = (
    select(item.c.item_key)
    .outerjoin(transfer, transfer.c.id == item.c.transfer_id)
    .where(
        item.c.feed == bindparam("feed"),
        item.c.item_key.in_(bindparam("keys", expanding=True)),
        item.c.state.in_(_CARRIED),
        or_(item.c.batch_id.is_(None), item.c.batch_id != bindparam("other_than")),
        or_(item.c.transfer_id.is_(None), and_(*_of_other_live_transfer)),
    )
)
_WENT_OUT_AS = (
    select(func.max(delivery.c.identity))
    .where(delivery.c.transfer_id == transfer.c.id, delivery.c.state != DeliveryState.WITHDRAWN)
    .scalar_subquery()
)
_SENT_ITEMS = (
    select(
        item.c.id,
        item.c.kind,
        item.c.reference,
        item.c.amount,
        item.c.on_date,
        item.c.account,
        item.c.personal,
        _WENT_OUT_AS.label("transfer"),
    )
    .join(transfer, transfer.c.id == LEFT_WITH)
    .where(item.c.state.in_(_SENT))
)
_feeds: BindParameter[Any] = bindparam("feeds", expanding=True)
_SENT_BY_FEED = _SENT_ITEMS.where(
    or_(item.c.feed.in_(_feeds), transfer.c.feed.in_(_feeds)), transfer.c.mode == LIVE
)
_values: BindParameter[Any] = bindparam("values", expanding=True)
_SENT_AMONG = {
    "reference": _SENT_BY_FEED.where(item.c.reference.in_(_values)),
    "account": _SENT_BY_FEED.where(item.c.account.in_(_values)),
}
_called: BindParameter[Any] = bindparam("called", expanding=True)
_SENT_KNOWN_AS = _SENT_BY_FEED.where(
    or_(
        item.c.id.in_(select(item_digest.c.item_id).where(item_digest.c.digest.in_(_values))),
        item.c.id.in_(
            select(item_called.c.item_id).where(
                item_called.c.kind == bindparam("among"), item_called.c.value.in_(_called)
            )
        ),
    )
)
"""By a personal value, or by what a partner calls it."""

_SENT_WITH = _SENT_ITEMS.where(left_with)
_SENT_WITH_OF_KINDS = _SENT_WITH.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
_LAST_LEFT = (
    select(item.c.reference, func.max(item.c.on_date))
    .where(item.c.feed == bindparam("feed"), item.c.state.in_(_SENT), item.c.reference.in_(_values))
    .group_by(item.c.reference)
)
_EARLIER = (
    select(
        item.c.id,
        item.c.kind,
        item.c.reference,
        item.c.amount,
        item.c.on_date.label("on"),
        item.c.account,
        item.c.data,
    )
    .join(transfer, transfer.c.id == item.c.transfer_id)
    .where(
        item.c.feed == bindparam("feed"),
        item.c.reference.in_(_values),
        item.c.state.in_(_MOVED),
        *_of_other_live_transfer,
    )
    .order_by(item.c.on_date, item.c.id)
)
_ANSWERS = select(answer.c.item_id, answer.c.kind).where(
    answer.c.item_id.in_(bindparam("ids", expanding=True)),
    answer.c.by_transfer != bindparam("other_than"),
)


def recent_transfers(
    conn: Connection, *, route: str, feed: str, other_than: str = "", limit: int = RECENT
) -> list[LastTransfer]:
    """The newest accepted or applied transfers of the feed on the route, the newest first. Not "those
    before": after a clock that stood wrong there would be none, and the checks that compare fell silent."""
    asked = {"route": route, "feed": feed, "other_than": other_than, "limit": limit}
    return [_last_transfer(*row) for row in run(conn, _LAST, asked)]


@lru_cache(maxsize=2048)
def _last_transfer(id: str, day: str, records: int, value: int, summary: str) -> LastTransfer:
    """Made of what is stored as it is: each file of a run looks back on the same ones, but for one."""
    return LastTransfer(id, date.fromisoformat(day), records, value, MappingProxyType(json.loads(summary)))


def used_values(
    conn: Connection, scopes: Collection[str], *, other_than: str = ""
) -> Mapping[str, frozenset[str]]:
    """For each scope, the values that other live transfers used up."""
    found: dict[str, set[str]] = {scope: set() for scope in scopes}
    if not found:
        return {}
    rows = run(conn, _USED, {"scopes": list(scopes), "other_than": other_than})
    for scope, value in rows:
        found[scope].add(value)
    return {scope: frozenset(values) for scope, values in found.items()}


def use_values(conn: Connection, transfer_id: str, used: Mapping[str, Collection[str]]) -> None:
    """Record values that a transfer uses up; those it has already are left as they are."""
    wanted = {(scope, value) for scope, values in used.items() for value in values}
    if not wanted:
        return
    had = {tuple(row) for row in run(conn, _OWN_USED, {"transfer": transfer_id})}
    new = [
        {"scope": scope, "value": value, "transfer_id": transfer_id} for scope, value in sorted(wanted - had)
    ]
    if new:
        run_many(conn, _INSERT_USED, new)


def posted_keys(
    conn: Connection, feed: str, keys: Collection[str], *, other_than: str = ""
) -> frozenset[str]:
    """Those of the item keys that an item of another live transfer carries already."""
    found: set[str] = set()
    for some in batches(sorted(keys)):
        asked = {"feed": feed, "keys": some, "other_than": other_than}
        found.update(run(conn, _POSTED, asked).scalars())
    return frozenset(found)


def last_left(conn: Connection, feed: str, references: Collection[str]) -> Mapping[str, date]:
    """The last day that items of the feed with these references were about, of those that left."""
    found: dict[str, date] = {}
    for some in batches(sorted(references)):
        rows = run(conn, _LAST_LEFT, {"feed": feed, "values": some})
        found.update((reference, day) for reference, day in rows)
    return found


def earlier_items(
    conn: Connection, feed: str, references: Collection[str], *, other_than: str = ""
) -> Mapping[str, Sequence[EarlierItem]]:
    """By reference, the oldest first: items of other live transfers that were not held or suspended."""
    found: dict[str, list[EarlierItem]] = defaultdict(list)
    for some in batches(sorted(references)):
        for row in run(conn, _EARLIER, {"feed": feed, "values": some, "other_than": other_than}):
            found[row.reference].append(EarlierItem(**row._asdict()))
    return found


def sent_items(
    conn: Connection,
    keys: Keys,
    feeds: Collection[str],
    wanted: Mapping[str, Collection[str]],
    *,
    other_than: str = "",
    inside: Compartment = Compartment.OPEN,
) -> list[SentItem]:
    """Items that left and came in with one of the feeds, or that one of them sent, in order of date, with the
    kinds of answer that other transfers gave.

    wanted: values by where they are looked for: `reference`, `account`, the name of a personal value or a
            kind of what partners call items
    inside: the compartment of the feeds"""
    found: dict[str, Any] = {}
    for among, values in wanted.items():
        statement = _SENT_AMONG.get(among, _SENT_KNOWN_AS)
        for some in batches(sorted(values)):
            asked: dict[str, Any] = {"feeds": list(feeds), "values": some}
            if among not in _SENT_AMONG:
                digests = [keys.digest(f"{among}={value}", inside) for value in some]
                called = [*some, *(digest_of(keys, value, inside) for value in some)]
                asked |= {"values": digests, "called": called, "among": among}
            found.update((row.id, row) for row in run(conn, statement, asked))
    return _as_sent(conn, keys, found.values(), other_than)


def items_sent_with(
    conn: Connection,
    keys: Keys,
    transfer_id: str,
    kinds: Collection[str] | None = None,
    *,
    other_than: str = "",
) -> list[SentItem]:
    """Items of these kinds that left with a transfer; else as `sent_items`."""
    if kinds is None:
        rows = run(conn, _SENT_WITH, {"transfer": transfer_id})
    else:
        rows = run(conn, _SENT_WITH_OF_KINDS, {"transfer": transfer_id, "kinds": list(kinds)})
    return _as_sent(conn, keys, rows, other_than)


def _as_sent(conn: Connection, keys: Keys, rows: Iterable[Any], other_than: str) -> list[SentItem]:
    found = sorted(rows, key=lambda row: (row.on_date, row.id))
    ids = [row.id for row in found]
    answers, called = _answers(conn, ids, other_than), called_of(conn, keys, ids)
    return [_sent_item(row, answers[row.id], called.get(row.id, {}), keys) for row in found]


def _sent_item(
    row: Any, answered: Collection[str], called: Mapping[str, Sequence[str]], keys: Keys
) -> SentItem:
    return SentItem(
        id=row.id,
        reference=row.reference,
        amount=row.amount,
        on=row.on_date,
        account=row.account,
        answered=frozenset(answered),
        personal=unsealed(row.personal, keys),
        transfer=row.transfer,
        kind=row.kind,
        called=called,
    )


def _answers(conn: Connection, item_ids: list[str], other_than: str) -> Mapping[str, set[str]]:
    """The kinds of answer by answered item."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for some in batches(item_ids):
        for item_id, kind in run(conn, _ANSWERS, {"ids": some, "other_than": other_than}):
            kinds[item_id].add(kind)
    return kinds
