"""What a person may do about a single item that waits or is held: refuse it."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import LostRace, UsageError
from hub.model import ItemState
from hub.store import queries
from hub.store.look.seen import unknown
from hub.store.rows import ItemRow
from hub.transfer.services import Services, known


def refuse_item(services: Services, id: str, reason: str) -> ItemRow:
    """The item goes nowhere, for good; the rest of its transfer is as it was.

    Raises UsageError when the person may not, there is no such item, or it cannot be refused now."""
    demand(services, Right.REFUSE_ITEM)

    def commit(conn: Connection) -> ItemRow:
        row = queries.get_item(conn, services.store.keys, id)
        if row is None or not services.viewer.sees(row.compartment):
            raise unknown("item", id, "items")
        try:
            queries.refuse_item(conn, row, reason)
        except LostRace as error:
            raise UsageError(_why_not(row)) from error
        queries.append_event(
            conn,
            subject="transfer" if row.transfer_id else "item",
            subject_id=row.transfer_id or id,
            kind="item_refused",
            who=services.who,
            data={"item": id, "from": row.state, "reason": reason},
            compartment=row.compartment,
        )
        return known(queries.get_item(conn, services.store.keys, id), "item")

    return services.commit(commit)


def _why_not(row: ItemRow) -> str:
    if row.state not in (ItemState.HELD, ItemState.WAITING):
        return f"Item {row.id} is {row.state}; only what waits or is held can be refused."
    return (
        f"Item {row.id} cannot be refused by itself: its transfer {row.transfer_id} is not through, or is a "
        "rehearsal. Settle that transfer first, then refuse the item."
    )
