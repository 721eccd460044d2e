"""The register: rent accounts as the rent system last exported them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from hub.door.feed import RegisterChange
from hub.model import Account, Compartment
from hub.store.keys import Keys
from hub.store.queries.items import sealed
from hub.store.queries.records import Mark
from hub.store.schema import about, account_register, record_move
from hub.store.statements import run

_ENDED = "ENDED"
"""The status of an account that a complete extract no longer names."""

_DEFAULTS: Mapping[str, Any] = {"account_type": "MAIN", "status": "ACTIVE", "alt_refs": ()}
_HUB_OWN = ("personal", "transfer_id")
_ACCOUNTS = select(*(c for c in account_register.c if c.name not in _HUB_OWN))
_DELETE = delete(account_register).where(account_register.c.payment_ref == bindparam("key"))
_INSERT = insert(account_register).inline()
_END_OTHERS = (
    update(account_register)
    .where(account_register.c.transfer_id != bindparam("transfer"))
    .values(status=_ENDED)
)
_LAST_CHANGE = "register"
_newest_move = [
    select(column).order_by(record_move.c.id.desc()).limit(1).scalar_subquery()
    for column in (record_move.c.id, record_move.c.hash)
]
_VERSION = select(select(about.c.value).where(about.c.name == _LAST_CHANGE).scalar_subquery(), *_newest_move)
_DELETE_VERSION = delete(about).where(about.c.name == _LAST_CHANGE)
_INSERT_ABOUT = insert(about).inline()


class RegisterVersion(NamedTuple):
    """Of what the register is made: the transfer that changed its accounts last, and the newest move of all
    records. None before the first."""

    accounts: str | None
    moves: Mark | None


def apply_register(conn: Connection, keys: Keys, change: RegisterChange, transfer_id: str) -> None:
    """Take over what an extract says: a row that it names replaces all that was known of it."""
    rows = [
        _columns(key, open_values, personal, keys, transfer_id)
        for key, (open_values, personal) in change.rows.items()
    ]
    if rows:
        conn.execute(_DELETE, [{"key": key} for key in change.rows])
        conn.execute(_INSERT, rows)
    if change.complete:
        conn.execute(_END_OTHERS, {"transfer": transfer_id})
    conn.execute(_DELETE_VERSION)
    conn.execute(_INSERT_ABOUT, {"name": _LAST_CHANGE, "value": transfer_id})


def register_version(conn: Connection) -> RegisterVersion:
    """How the register stands, by one statement: it is asked for each file."""
    accounts, *newest = run(conn, _VERSION).first()
    return RegisterVersion(accounts, None if newest[0] is None else Mark(*newest))


def load_accounts(conn: Connection) -> Iterator[Account]:
    """All accounts of the register."""
    for row in conn.execute(_ACCOUNTS):
        yield Account(**{**row._mapping, "alt_refs": tuple(row.alt_refs)})


def _columns(
    key: str,
    open_values: Mapping[str, Any],
    personal: Mapping[str, str],
    keys: Keys,
    transfer_id: str,
) -> dict[str, Any]:
    """All columns of a row, so that one statement takes them all."""
    known = {c.name: open_values.get(c.name, _DEFAULTS.get(c.name)) for c in account_register.c}
    hub_own = {"personal": sealed(personal, keys, Compartment.OPEN), "transfer_id": transfer_id}
    return {**known, "payment_ref": key, **hub_own}
