"""Sums by business date, kept in the commit that changes what they sum, so that reports read few rows.

What is rehearsed, and what has no business date yet, is in none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from hub.model import TransferState
from hub.store.rows import TransferRow
from hub.store.schema import day_total
from hub.store.statements import run

_BAD = (TransferState.REJECTED, TransferState.FAILED)
_KEY, _SUMS = ("day", "route", "partner", "compartment"), ("transfers", "records", "value", "bad")
_ADD = (
    update(day_total)
    .where(*(day_total.c[name] == bindparam(f"its_{name}") for name in _KEY))
    .values({name: day_total.c[name] + bindparam(f"more_{name}") for name in _SUMS})
)
_BEGIN = insert(day_total).inline()


def count_transfer(conn: Connection, before: TransferRow | None, after: TransferRow) -> None:
    """A transfer is there, or was `before` and has changed."""
    old, new = _counted(before), _counted(after)
    if old == new:
        return
    if old is not None:
        _add(conn, {**old, **{name: -old[name] for name in _SUMS}})
    if new is not None:
        _add(conn, new)


def _counted(row: TransferRow | None) -> Mapping[str, Any] | None:
    """Where a transfer counts, and with what."""
    if row is None or row.business_date is None or row.rehearsed:
        return None
    key = {"day": row.business_date, "route": row.route, "partner": row.partner}
    sums = {"transfers": 1, "records": row.records, "value": row.value, "bad": int(row.state in _BAD)}
    return {**key, "compartment": row.compartment, **sums}


def _add(conn: Connection, row: Mapping[str, Any]) -> None:
    its = {f"its_{name}": row[name] for name in _KEY}
    if run(conn, _ADD, {**its, **{f"more_{name}": row[name] for name in _SUMS}}).rowcount == 0:
        run(conn, _BEGIN, row)
