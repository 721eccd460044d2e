"""The register: rent accounts and mandates as the rent system last exported them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, select, update

from hub.door.feed import RegisterChange
from hub.errors import StoreError
from hub.model import Account, Mandate
from hub.store.keys import Keys
from hub.store.queries.items import sealed, unsealed
from hub.store.queries.shared import plain
from hub.store.schema import about, account_register, mandate_register

_REGISTERS: Mapping[str, tuple[Table, str]] = {
    "account": (account_register, "ENDED"),
    "mandate": (mandate_register, "CANCELLED"),
}
"""The table of each kind, and the status of a row that a complete extract no longer names."""

_DEFAULTS: Mapping[str, Any] = {"account_type": "MAIN", "status": "ACTIVE", "alt_refs": (), "holds": ()}
_HUB_OWN = ("personal", "transfer_id")
_ACCOUNTS = select(*(c for c in account_register.c if c.name not in _HUB_OWN))
_MANDATES = select(*(c for c in mandate_register.c if c.name != "transfer_id"))
_LAST_CHANGE = "register"
_VERSION = select(about.c.value).where(about.c.name == _LAST_CHANGE)
_DELETE_VERSION = delete(about).where(about.c.name == _LAST_CHANGE)
_INSERT_ABOUT = insert(about).inline()


def apply_register(conn: Connection, keys: Keys, change: RegisterChange, transfer_id: str) -> None:
    """Take over what an extract says: a row that it names replaces all that was known of it.

    Raises StoreError for a kind of row that there is no register of."""
    if change.kind not in _REGISTERS:
        known = ", ".join(sorted(_REGISTERS))
        raise StoreError(f"there is no register of “{change.kind}”; the hub keeps these: {known}")
    table, ended = _REGISTERS[change.kind]
    rows = [
        _columns(table, key, open_values, personal, keys, transfer_id)
        for key, (open_values, personal) in change.rows.items()
    ]
    if rows:
        conn.execute(
            delete(table).where(_key(table) == bindparam("key")), [{"key": key} for key in change.rows]
        )
        conn.execute(insert(table).inline(), rows)
    if change.complete:
        conn.execute(update(table).where(table.c.transfer_id != transfer_id).values(status=ended))
    conn.execute(_DELETE_VERSION)
    conn.execute(_INSERT_ABOUT, {"name": _LAST_CHANGE, "value": transfer_id})


def register_version(conn: Connection) -> str | None:
    """The transfer that changed the register last; None while it is empty."""
    version: str | None = conn.execute(_VERSION).scalar()
    return version


def load_accounts(conn: Connection) -> Iterator[Account]:
    """All accounts of the register."""
    for row in conn.execute(_ACCOUNTS):
        known = dict(row._mapping)
        known |= {"alt_refs": tuple(row.alt_refs), "holds": tuple(row.holds)}
        yield Account(**known)


def load_mandates(conn: Connection, keys: Keys) -> Iterator[Mandate]:
    """All mandates of the register, bank details and names unsealed."""
    for row in conn.execute(_MANDATES):
        known = dict(row._mapping)
        known |= unsealed(known.pop("personal"), keys)
        yield Mandate(**known)


def _key(table: Table) -> ColumnElement[str]:
    (key,) = table.primary_key.columns
    return key


def _columns(
    table: Table,
    key: str,
    open_values: Mapping[str, Any],
    personal: Mapping[str, str],
    keys: Keys,
    transfer_id: str,
) -> dict[str, Any]:
    """All columns of a row, so that one statement takes them all."""
    known = {c.name: plain(open_values.get(c.name, _DEFAULTS.get(c.name))) for c in table.c}
    hub_own = {"personal": sealed(personal, keys), "transfer_id": transfer_id}
    return {**known, _key(table).name: key, **hub_own}
