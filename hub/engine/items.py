"""What a person may do about a single item that waits or is held: refuse it, or let it go."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.config.people import Right
from hub.door.feed import Feed
from hub.engine.rights import demand
from hub.errors import LostRace, UsageError
from hub.model import ItemState, RentTransaction
from hub.store import queries
from hub.store.look import Look
from hub.store.rows import ItemRow
from hub.transfer.examine import RELEASED
from hub.transfer.release import WAITS_AS, who_handed_in
from hub.transfer.services import Services, known


def refuse_item(services: Services, id: str, reason: str) -> ItemRow:
    """The item goes nowhere, for good; the rest of its transfer is as it was.

    Raises UsageError when the person may not, there is no such item, or it cannot be refused now."""
    demand(services, Right.REFUSE_ITEM)

    def commit(conn: Connection) -> ItemRow:
        row = Look(conn, services.store.keys, services.viewer).item(id)
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


def release_item(services: Services, id: str, reason: str) -> ItemRow:
    """A held posting leaves with the next run of its route, whatever check held it.

    Raises UsageError when the person may not, there is no such item, or it cannot be let go by itself."""
    demand(services, Right.RELEASE)

    def commit(conn: Connection) -> ItemRow:
        row = Look(conn, services.store.keys, services.viewer).item(id)
        _refuse_release(conn, services, row)
        data = {**row.data, RELEASED: services.who}
        try:
            queries.release_item(conn, row, data=data, waits_as=WAITS_AS)
        except LostRace as error:
            raise UsageError(_not_through(row)) from error
        queries.append_event(
            conn,
            subject="transfer",
            subject_id=str(row.transfer_id),
            kind="item_released",
            who=services.who,
            data={"item": id, "held": row.reason, "reason": reason},
            compartment=row.compartment,
        )
        return known(queries.get_item(conn, services.store.keys, id), "item")

    return services.commit(commit)


def _refuse_release(conn: Connection, services: Services, row: ItemRow) -> None:
    """Raises UsageError for what is not held, is no posting that has its rent account, or was handed in by
    this very person."""
    if row.state is not ItemState.HELD:
        raise UsageError(f"Item {row.id} is {row.state}; only what is held can be let go.")
    if not _posts(services.feed(row.feed), row.kind) or row.account is None:
        raise UsageError(
            f"Item {row.id} is no posting that has found its rent account, so it cannot be let go by itself. "
            "Put right what it came of, and have it sent again."
        )
    transfer = known(queries.get_transfer(conn, str(row.transfer_id)), "transfer")
    if who_handed_in(conn, transfer) == services.who:
        raise UsageError(f"You ({services.who}) handed {transfer.name} in, so somebody else must let go.")


def _posts(feed: Feed, kind: str) -> bool:
    """Whether items of the kind become postings to rent accounts."""
    return any(
        output.makes is not None and output.of is RentTransaction and output.carries(kind)
        for output in feed.outputs
    )


def _not_through(row: ItemRow) -> str:
    return (
        f"Item {row.id} cannot be let go yet: its transfer {row.transfer_id} is not through, or is a "
        "rehearsal. Settle that transfer first."
    )


def _why_not(row: ItemRow) -> str:
    if row.state not in (ItemState.HELD, ItemState.WAITING):
        return f"Item {row.id} is {row.state}; only what waits or is held can be refused."
    return (
        f"Item {row.id} cannot be refused by itself: its transfer {row.transfer_id} is not through, or is a "
        "rehearsal. Settle that transfer first, then refuse the item."
    )
