"""What checks and matching may know of earlier transfers. Dead transfers (`schema.DEAD`) do not count.

`other_than` names the transfer that asks, so that one worked again does not find itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from hub.model import ItemState, LastTransfer, SentItem, TransferState
from hub.store.keys import Keys
from hub.store.queries.items import unsealed
from hub.store.queries.shared import batches
from hub.store.schema import DEAD, answer, item, transfer, used_value

_SENT = (ItemState.SENT, ItemState.ANSWERED, ItemState.UNANSWERED)
_CARRIED = (
    ItemState.TAKEN,
    ItemState.SENT,
    ItemState.ANSWERED,
    ItemState.UNANSWERED,
    ItemState.POSTED,
    ItemState.SUSPENDED,
    ItemState.HELD,
)
_of_other_live_transfer = (transfer.c.state.not_in(DEAD), transfer.c.id != bindparam("other_than"))

_LAST = (
    select(
        transfer.c.id,
        transfer.c.business_date,
        transfer.c.records,
        transfer.c.value,
        transfer.c.summary,
    )
    .where(
        transfer.c.route == bindparam("route"),
        transfer.c.feed == bindparam("feed"),
        transfer.c.state.in_((TransferState.ACCEPTED, TransferState.APPLIED)),
        transfer.c.business_date.is_not(None),
        transfer.c.id != bindparam("other_than"),
    )
    .order_by(transfer.c.id.desc())
    .limit(1)
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
    .join(transfer, transfer.c.id == func.coalesce(item.c.batch_id, item.c.transfer_id))
    .where(
        item.c.feed == bindparam("feed"),
        item.c.item_key.in_(bindparam("keys", expanding=True)),
        item.c.state.in_(_CARRIED),
        *_of_other_live_transfer,
    )
)
_SENT_ITEMS = (
    select(item.c.id, item.c.reference, item.c.amount, item.c.on_date, item.c.account, item.c.personal)
    .where(
        item.c.feed == bindparam("feed"),
        item.c.reference.in_(bindparam("references", expanding=True)),
        item.c.state.in_(_SENT),
    )
    .order_by(item.c.on_date, item.c.id)
)
_by = item.alias("by_item")
_ANSWERS = (
    select(answer.c.item_id, answer.c.kind)
    .join(_by, _by.c.id == answer.c.by_item)
    .where(
        answer.c.item_id.in_(bindparam("ids", expanding=True)),
        _by.c.transfer_id != bindparam("other_than"),
    )
)


def last_transfer(conn: Connection, *, route: str, feed: str, other_than: str = "") -> LastTransfer | None:
    """The newest accepted or applied transfer of the feed on the route. Not "the one before": after a clock
    that stood wrong, none would be before and the checks that compare with it would fall silent."""
    row = conn.execute(_LAST, {"route": route, "feed": feed, "other_than": other_than}).first()
    return None if row is None else LastTransfer(*row)


def used_values(
    conn: Connection, scopes: Collection[str], *, other_than: str = ""
) -> Mapping[str, frozenset[str]]:
    """For each scope, the values that other live transfers used up."""
    found: dict[str, set[str]] = {scope: set() for scope in scopes}
    if not found:
        return {}
    rows = conn.execute(_USED, {"scopes": list(scopes), "other_than": other_than})
    for scope, value in rows:
        found[scope].add(value)
    return {scope: frozenset(values) for scope, values in found.items()}


def use_values(conn: Connection, transfer_id: str, used: Mapping[str, Collection[str]]) -> None:
    """Record values that a transfer uses up; those it has already are left as they are."""
    wanted = {(scope, value) for scope, values in used.items() for value in values}
    if not wanted:
        return
    had = {tuple(row) for row in conn.execute(_OWN_USED, {"transfer": transfer_id})}
    new = [
        {"scope": scope, "value": value, "transfer_id": transfer_id} for scope, value in sorted(wanted - had)
    ]
    if new:
        conn.execute(_INSERT_USED, new)


def posted_keys(
    conn: Connection, feed: str, keys: Collection[str], *, other_than: str = ""
) -> frozenset[str]:
    """Those of the item keys that an item of another live transfer carries already."""
    found: set[str] = set()
    for some in batches(sorted(keys)):
        asked = {"feed": feed, "keys": some, "other_than": other_than}
        found.update(conn.execute(_POSTED, asked).scalars())
    return frozenset(found)


def sent_items(
    conn: Connection, keys: Keys, feed: str, references: Collection[str], *, other_than: str = ""
) -> list[SentItem]:
    """Items of the feed that left under one of the references, in order of date, with the kinds of answer
    that other transfers gave."""
    found: list[Any] = []
    for some in batches(sorted(references)):
        found.extend(conn.execute(_SENT_ITEMS, {"feed": feed, "references": some}).all())
    answers = _answers(conn, [row.id for row in found], other_than)
    found.sort(key=lambda row: (row.on_date, row.id))
    return [_sent_item(row, answers[row.id], keys) for row in found]


def _sent_item(row: Row[Any], answered: Collection[str], keys: Keys) -> SentItem:
    return SentItem(
        id=row.id,
        reference=row.reference,
        amount=row.amount,
        on=row.on_date,
        account=row.account,
        answered=frozenset(answered),
        personal=unsealed(row.personal, keys),
    )


def _answers(conn: Connection, item_ids: list[str], other_than: str) -> Mapping[str, set[str]]:
    """The kinds of answer by answered item."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for some in batches(item_ids):
        for item_id, kind in conn.execute(_ANSWERS, {"ids": some, "other_than": other_than}):
            kinds[item_id].add(kind)
    return kinds
