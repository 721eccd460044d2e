"""Items, findings and answers. Personal values are sealed on the way in; only the keys open them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select, update

from hub.errors import LostRace
from hub.model import Answered, Finding, ItemState
from hub.store.keys import Keys
from hub.store.queries.shared import batches, now
from hub.store.rows import FindingRow, ItemRow
from hub.store.schema import answer, finding, item, item_digest

_ANSWERABLE = (ItemState.SENT, ItemState.UNANSWERED, ItemState.ANSWERED)

_DELETE_ITEMS = delete(item).where(item.c.transfer_id == bindparam("transfer"))
_INSERT_ITEMS = insert(item).inline()
_INSERT_DIGESTS = insert(item_digest).inline()
_OF_TRANSFER = (
    select(item).where(item.c.transfer_id == bindparam("transfer")).order_by(item.c.line, item.c.id)
)
_OF_KINDS = _OF_TRANSFER.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
_SET_STATES = update(item).where(
    item.c.transfer_id == bindparam("transfer"),
    item.c.state == bindparam("from_state"),
    item.c.kind.in_(bindparam("kinds", expanding=True)),
)
_HAVING_DIGESTS = (
    select(item_digest.c.item_id)
    .where(item_digest.c.digest.in_(bindparam("digests", expanding=True)))
    .group_by(item_digest.c.item_id)
    .having(func.count() == bindparam("wanted"))
)
_FIND = select(item).where(item.c.id.in_(_HAVING_DIGESTS)).order_by(item.c.id)

_INSERT_ANSWER = insert(answer).inline()
_MARK_ANSWERED = update(item).where(item.c.id == bindparam("answered"), item.c.state.in_(_ANSWERABLE))
_ANSWERED_BY = (
    select(answer.c.item_id)
    .join(item, item.c.id == answer.c.by_item)
    .where(item.c.transfer_id == bindparam("transfer"))
)
_OWN_ITEMS = select(item.c.id).where(item.c.transfer_id == bindparam("transfer"))
_DELETE_ANSWERS = delete(answer).where(answer.c.by_item.in_(_OWN_ITEMS))
_SENT_AGAIN = update(item).where(
    item.c.id.in_(bindparam("ids", expanding=True)),
    item.c.state == ItemState.ANSWERED,
    ~exists().where(answer.c.item_id == item.c.id),
)

_DELETE_FINDINGS = delete(finding).where(finding.c.transfer_id == bindparam("transfer"))
_INSERT_FINDINGS = insert(finding).inline()
_FINDINGS = (
    select(*(column for column in finding.c if column.name != "transfer_id"))
    .where(finding.c.transfer_id == bindparam("transfer"))
    .order_by(finding.c.number)
)


def replace_items(conn: Connection, keys: Keys, transfer_id: str, rows: Iterable[ItemRow]) -> None:
    """Put a transfer's items in place of those it had. Answers that the old ones gave are taken back."""
    take_back_answers(conn, transfer_id)
    conn.execute(_DELETE_ITEMS, {"transfer": transfer_id})
    insert_items(conn, keys, rows)


def insert_items(conn: Connection, keys: Keys, rows: Iterable[ItemRow]) -> None:
    """Items of a transfer that had none."""
    rows = list(rows)
    if rows:
        conn.execute(_INSERT_ITEMS, [_columns(row, keys) for row in rows])
    digests = [
        {"item_id": row.id, "digest": digest}
        for row in rows
        for digest in sorted(set(_digests(row.personal, keys)))
    ]
    if digests:
        conn.execute(_INSERT_DIGESTS, digests)


def items_of(
    conn: Connection, keys: Keys | None, transfer_id: str, kinds: Collection[str] | None = None
) -> list[ItemRow]:
    """A transfer's items in file order. Without keys their personal values are left out."""
    if kinds is None:
        rows = conn.execute(_OF_TRANSFER, {"transfer": transfer_id})
    else:
        rows = conn.execute(_OF_KINDS, {"transfer": transfer_id, "kinds": list(kinds)})
    return [item_row(row, keys) for row in rows]


def find_items(conn: Connection, keys: Keys, personal: Mapping[str, str]) -> list[ItemRow]:
    """Items that carry all these personal values (`{"account_number": …}`), oldest first."""
    digests = list(_digests(personal, keys))
    rows = conn.execute(_FIND, {"digests": digests, "wanted": len(digests)})
    return [item_row(row, keys) for row in rows]


def set_item_states(
    conn: Connection, transfer_id: str, from_: ItemState, to: ItemState, kinds: Collection[str]
) -> int:
    """Move the transfer's items of these kinds from one state to another; how many there were."""
    asked = {"transfer": transfer_id, "from_state": from_, "kinds": list(kinds), "state": to}
    return conn.execute(_SET_STATES, asked).rowcount


def insert_answer(
    conn: Connection,
    *,
    item_id: str,
    kind: str,
    said: Answered,
    by_transfer: str,
    by_item: str | None = None,
    reason: str | None = None,
) -> None:
    """Record that an item that left is answered, by another or by a whole transfer, and make it ANSWERED.

    Raises LostRace when it has an answer of this kind, or never left."""
    if conn.execute(_MARK_ANSWERED, {"answered": item_id, "state": ItemState.ANSWERED}).rowcount != 1:
        raise LostRace(f"item {item_id} did not leave, so that nothing can answer it")
    given = {"item_id": item_id, "kind": kind, "said": said, "by_item": by_item, "by_transfer": by_transfer}
    conn.execute(_INSERT_ANSWER, {**given, "reason": reason, "answered_at": now(conn)})


def take_back_answers(conn: Connection, transfer_id: str) -> None:
    """Undo the answers that a transfer's items gave: what has no other answer waits for one again."""
    answered = conn.execute(_ANSWERED_BY, {"transfer": transfer_id}).scalars().all()
    if not answered:
        return
    conn.execute(_DELETE_ANSWERS, {"transfer": transfer_id})
    for ids in batches(answered):
        conn.execute(_SENT_AGAIN, {"ids": ids, "state": ItemState.SENT})


def replace_findings(conn: Connection, transfer_id: str, findings: Sequence[Finding]) -> None:
    """Put a transfer's findings in place of those it had."""
    conn.execute(_DELETE_FINDINGS, {"transfer": transfer_id})
    rows = [
        {
            "transfer_id": transfer_id,
            "number": number,
            "check": found.check,
            "severity": found.severity,
            "message": found.message,
            "line": found.line,
            "field": found.field,
            "expected": found.expected,
        }
        for number, found in enumerate(findings, start=1)
    ]
    if rows:
        conn.execute(_INSERT_FINDINGS, rows)


def findings_of(conn: Connection, transfer_id: str) -> list[FindingRow]:
    """A transfer's findings in the order found."""
    rows = conn.execute(_FINDINGS, {"transfer": transfer_id})
    return [FindingRow(**row._mapping) for row in rows]


def unsealed(sealed: bytes | None, keys: Keys | None) -> Mapping[str, str]:
    """The personal values of a row; none without keys."""
    if sealed is None or keys is None:
        return {}
    personal: Mapping[str, str] = json.loads(keys.unseal(sealed))
    return personal


def sealed(personal: Mapping[str, str], keys: Keys) -> bytes | None:
    """Personal values as one sealed value; None when there are none."""
    return keys.seal(json.dumps(dict(personal), ensure_ascii=False)) if personal else None


def item_row(row: Row[Any], keys: Keys | None) -> ItemRow:
    values = dict(row._mapping)
    personal = unsealed(values.pop("personal"), keys)
    values |= {"on": values.pop("on_date"), "candidates": tuple(row.candidates)}
    return ItemRow(**values, personal=personal)


def _columns(row: ItemRow, keys: Keys) -> dict[str, Any]:
    return {
        "id": row.id,
        "transfer_id": row.transfer_id,
        "feed": row.feed,
        "kind": row.kind,
        "line": row.line,
        "reference": row.reference,
        "amount": row.amount,
        "on_date": row.on,
        "data": dict(row.data),
        "personal": sealed(row.personal, keys),
        "state": row.state,
        "account": row.account,
        "tenancy": row.tenancy,
        "reason": row.reason,
        "candidates": list(row.candidates),
        "item_key": row.item_key,
        "answers": row.answers,
        "batch_id": row.batch_id,
        "waits_as": row.waits_as,
        "compartment": row.compartment,
    }


def _digests(personal: Mapping[str, str], keys: Keys) -> Iterable[str]:
    return (keys.digest(f"{name}={value}") for name, value in personal.items() if value.strip())
