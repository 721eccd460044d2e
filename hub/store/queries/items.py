"""Items and findings. Personal values are sealed on the way in; only the keys open them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from hub.model import Compartment, Finding, ItemState
from hub.store.keys import Keys
from hub.store.queries.answers import left_with, take_back_answers
from hub.store.queries.shared import batches
from hub.store.rows import FindingRow, ItemRow
from hub.store.schema import finding, item, item_digest
from hub.store.statements import run, run_many

_DELETE_ITEMS = delete(item).where(item.c.transfer_id == bindparam("transfer"))
_INSERT_ITEMS = insert(item).inline()
_INSERT_DIGESTS = insert(item_digest).inline()
of_transfer = or_(item.c.transfer_id == bindparam("transfer"), item.c.batch_id == bindparam("transfer"))
"""What came in with a transfer or was gathered by it; no item is both."""
_OF_TRANSFER = select(item).where(of_transfer).order_by(item.c.transfer_id, item.c.line, item.c.id)
_OF_KINDS = _OF_TRANSFER.where(item.c.kind.in_(bindparam("kinds", expanding=True)))
MONEY = (
    select(item.c.state, func.count().label("items"), func.sum(item.c.amount).label("pence"))
    .where(of_transfer)
    .group_by(item.c.state)
)
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_MONEY_OF_EACH = union_all(
    *(
        select(
            it.label("of"), item.c.state, func.count().label("items"), func.sum(item.c.amount).label("pence")
        )
        .where(it.in_(_ids))
        .group_by(it, item.c.state)
        for it in (item.c.transfer_id, item.c.batch_id)
    )
)
_LEAVING = select(item.c.id).where(left_with)
_SET_STATES = update(item).where(
    left_with,
    item.c.state == bindparam("from_state", literal_execute=True),
)
_TAKEN_KINDS = (
    select(item.c.kind).where(left_with, item.c.state == ItemState.TAKEN).distinct().order_by(item.c.kind)
)
_SET_STATES_OF_KINDS = _SET_STATES.where(item.c.kind.in_(bindparam("kinds", expanding=True)))

_DELETE_FINDINGS = delete(finding).where(finding.c.transfer_id == bindparam("transfer"))
_INSERT_FINDINGS = insert(finding).inline()
_FINDINGS = (
    select(*(column for column in finding.c if column.name != "transfer_id"))
    .where(finding.c.transfer_id == bindparam("transfer"))
    .order_by(finding.c.number)
)
_COUNT_FINDINGS = (
    select(finding.c.transfer_id, func.count())
    .where(finding.c.transfer_id.in_(_ids))
    .group_by(finding.c.transfer_id)
)


def replace_items(conn: Connection, keys: Keys, transfer_id: str, rows: Iterable[ItemRow]) -> None:
    """Put a transfer's items in place of those it had. Answers that the old ones gave are taken back."""
    take_back_answers(conn, transfer_id)
    run(conn, _DELETE_ITEMS, {"transfer": transfer_id})
    insert_items(conn, keys, rows)


def insert_items(conn: Connection, keys: Keys, rows: Iterable[ItemRow]) -> None:
    """Items of a transfer that had none."""
    rows = list(rows)
    if rows:
        run_many(conn, _INSERT_ITEMS, [_columns(row, keys) for row in rows])
    digests = [
        {"item_id": row.id, "digest": digest}
        for row in rows
        for digest in sorted(set(digests_of(row.personal, keys, row.compartment)))
    ]
    if digests:
        run_many(conn, _INSERT_DIGESTS, digests)


def items_of(
    conn: Connection, keys: Keys | None, transfer_id: str, kinds: Collection[str] | None = None
) -> list[ItemRow]:
    """What came in with a transfer or was gathered by it, in the order that it came in.

    Without keys personal values are left out."""
    if kinds is None:
        rows = run(conn, _OF_TRANSFER, {"transfer": transfer_id})
    else:
        rows = run(conn, _OF_KINDS, {"transfer": transfer_id, "kinds": list(kinds)})
    return [item_row(row, keys) for row in rows]


def money_of_each(
    conn: Connection, transfer_ids: Sequence[str]
) -> Mapping[str, Mapping[ItemState, tuple[int, int]]]:
    """Count and pence of the items of transfers by state, by the transfer's id: what came in is their sum, to
    the penny."""
    found: dict[str, list[Row[Any]]] = {id: [] for id in transfer_ids}
    for ids in batches(transfer_ids):
        for row in run(conn, _MONEY_OF_EACH, {"ids": ids}):
            found[row.of].append(row)
    return {id: by_state(rows) for id, rows in found.items()}


def by_state(rows: Iterable[Row[Any]]) -> Mapping[ItemState, tuple[int, int]]:
    """What `MONEY` found, in the order of the states."""
    sums = {row.state: (row.items, int(row.pence)) for row in rows}
    return {state: sums[state] for state in ItemState if state in sums}


def leaving_with(conn: Connection, transfer_id: str) -> frozenset[str]:
    """The ids of the items that leave, or have left, with a transfer."""
    return frozenset(run(conn, _LEAVING, {"transfer": transfer_id}).scalars())


def taken_kinds(conn: Connection, transfer_id: str) -> list[str]:
    """The kinds of the items that leave with the transfer and have not left."""
    return run(conn, _TAKEN_KINDS, {"transfer": transfer_id}).scalars()


def set_item_states(
    conn: Connection,
    transfer_id: str,
    from_: ItemState,
    to: ItemState,
    kinds: Collection[str] | None,
    **columns: Any,
) -> int:
    """Move what leaves with the transfer, of these kinds or all, from one state to another; how many there
    were."""
    asked = {"transfer": transfer_id, "from_state": from_, "state": to, **columns}
    if kinds is None:
        return run(conn, _SET_STATES, asked).rowcount
    return run(conn, _SET_STATES_OF_KINDS, {**asked, "kinds": list(kinds)}).rowcount


def replace_findings(conn: Connection, transfer_id: str, findings: Sequence[Finding]) -> None:
    """Put a transfer's findings in place of those it had."""
    run(conn, _DELETE_FINDINGS, {"transfer": transfer_id})
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
        run_many(conn, _INSERT_FINDINGS, rows)


def findings_of(conn: Connection, transfer_id: str) -> list[FindingRow]:
    """A transfer's findings in the order found."""
    rows = run(conn, _FINDINGS, {"transfer": transfer_id})
    return [FindingRow(**row._asdict()) for row in rows]


def count_findings(conn: Connection, transfer_ids: Sequence[str]) -> Mapping[str, int]:
    """How many findings each of the transfers has, by its id; those without are left out."""
    asked = (run(conn, _COUNT_FINDINGS, {"ids": ids}) for ids in batches(transfer_ids))
    return {id: count for rows in asked for id, count in rows}


def unsealed(sealed: bytes | None, keys: Keys | None) -> Mapping[str, str]:
    """The personal values of a row; none without keys."""
    if sealed is None or keys is None:
        return {}
    personal: Mapping[str, str] = json.loads(keys.unseal(sealed))
    return personal


def sealed(personal: Mapping[str, str], keys: Keys, inside: Compartment) -> bytes | None:
    """Personal values as one sealed value; None when there are none."""
    return keys.seal(json.dumps(dict(personal), ensure_ascii=False), inside) if personal else None


def item_row(row: Row[Any], keys: Keys | None) -> ItemRow:
    values = row._asdict()
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
        "personal": sealed(row.personal, keys, row.compartment),
        "state": row.state,
        "account": row.account,
        "tenancy": row.tenancy,
        "reason": row.reason,
        "candidates": list(row.candidates),
        "item_key": row.item_key,
        "answers": row.answers,
        "batch_id": row.batch_id,
        "waits_as": row.waits_as,
        "made_by": row.made_by,
        "expires": row.expires,
        "compartment": row.compartment,
    }


def digests_of(personal: Mapping[str, str], keys: Keys, inside: Compartment) -> Iterable[str]:
    """How personal values are searched for in a compartment: one keyed digest each."""
    return (keys.digest(f"{name}={value}", inside) for name, value in personal.items() if value.strip())
