"""What partners call an item beside its reference: a voucher number, an agency's own key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub.model import Compartment
from hub.store.keys import Keys
from hub.store.queries.shared import batches
from hub.store.schema import item_called

Called = Mapping[str, Mapping[str, str]]
"""By the item's id: kind → value."""

_INSERT = insert(item_called).inline()
_GIVEN = select(item_called.c.item_id, item_called.c.kind, item_called.c.value).where(
    item_called.c.given_by == bindparam("by")
)
_DELETE = delete(item_called).where(item_called.c.given_by == bindparam("by"))
_OF_ITEMS = (
    select(item_called.c.item_id, item_called.c.kind, item_called.c.value, item_called.c.sealed)
    .where(item_called.c.item_id.in_(bindparam("ids", expanding=True)))
    .order_by(item_called.c.item_id, item_called.c.kind, item_called.c.value)
)


def insert_called(
    conn: Connection,
    keys: Keys,
    called: Called,
    *,
    given_by: str,
    personal: Collection[str] = (),
    inside: Compartment = Compartment.OPEN,
) -> None:
    """Write down what items are called, as a transfer says; `personal`: the kinds that are personal data;
    `inside`: where the items lie."""
    rows = {
        (item_id, kind, digest_of(keys, value, inside) if kind in personal else value): value
        for item_id, names in called.items()
        for kind, value in names.items()
        if value.strip()
    }
    had = {tuple(row) for row in conn.execute(_GIVEN, {"by": given_by})} if rows else set()
    new = [
        {
            "item_id": item_id,
            "kind": kind,
            "value": stored,
            "given_by": given_by,
            "sealed": keys.seal(value, inside) if kind in personal else None,
        }
        for (item_id, kind, stored), value in rows.items()
        if (item_id, kind, stored) not in had
    ]
    if new:
        conn.execute(_INSERT, new)


def digest_of(keys: Keys, value: str, inside: Compartment) -> str:
    """How a personal one is searched for."""
    return keys.digest(f"called={value}", inside)


def drop_called(conn: Connection, transfer_id: str) -> None:
    """What a transfer said that items are called is said no more."""
    conn.execute(_DELETE, {"by": transfer_id})


def called_of(
    conn: Connection, keys: Keys, item_ids: Sequence[str]
) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """What each of the items is called: by item, the values of each kind."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for ids in batches(item_ids):
        for item_id, kind, value, sealed in conn.execute(_OF_ITEMS, {"ids": ids}):
            plain = value if sealed is None else keys.unseal(sealed)
            if plain not in found[item_id][kind]:
                found[item_id][kind].append(plain)
    return found
