"""A held transfer waits for a second person, who agrees its control totals and lets it go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.errors import UsageError
from hub.model import DeliveryState, TransferState, WorkKind, format_pounds
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow, WorkRow
from hub.transfer import move, over, worklist
from hub.transfer.answers import answers_anew
from hub.transfer.effects import take_effect
from hub.transfer.services import Services, known

RELEASE = "release"
WAITS_AS = "RELEASED"
"""What a held item waits as once a person has let it go."""
_HANDED_IN = ("put", "retried")
"""The events that make somebody the first of the two persons."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The control totals that a person has before them; pence. None = not asked to compare."""

    count: int | None = None
    value: int | None = None


def ask_release(conn: Connection, services: Services, row: TransferRow) -> WorkRow:
    """Ask for a held transfer to be let go, in the commit that holds it."""
    return worklist.ask(
        conn,
        services,
        kind=WorkKind.RELEASE,
        name=RELEASE,
        subject="transfer",
        subject_id=row.id,
        title=f"{row.name} is held: {row.reason}",
        owner=services.route(row.route).owner,
        proposed_by=who_handed_in(conn, row),
        proposal=_proposal(row, queries.deliveries_of(conn, row.id)),
        compartment=row.compartment,
    )


def release(
    conn: Connection, services: Services, row: TransferRow, reason: str, agreed: Agreed
) -> TransferRow:
    """Approve and let go, in one commit. Raises UsageError when the person may not, or the totals differ."""
    entry = standing_release(conn, row)
    if row.feed is None:
        raise UsageError(
            f"Transfer {row.id} is held because {row.reason}. There is nothing to release: withdraw it, "
            "or add its feed to the route and retry it."
        )
    _compare(row, agreed)
    totals = {"count": row.records, "value": format_pounds(row.value)}
    worklist.approve(conn, services, entry, reason, answer=totals, first=_FIRST)
    released = move.transfer(
        conn,
        services,
        row,
        let_go(conn, services, row),
        event="released",
        who=services.who,
        data={"reason": reason},
        reason=None,
        approved_by=services.who,
    )
    if released.state is TransferState.APPLIED:
        over.is_over(conn, services, released)
    return released


def let_go(conn: Connection, services: Services, row: TransferRow) -> TransferState:
    """Makes its moves of records. An extract, and a report about a whole transfer, is worked again for what
    it says, now that it is approved."""
    if answers_anew(conn, services, row) or not take_effect(conn, services, row):
        return TransferState.STAGED
    live = any(d.state is DeliveryState.READY for d in queries.deliveries_of(conn, row.id))
    return TransferState.ACCEPTED if live else TransferState.APPLIED


def standing_release(conn: Connection, row: TransferRow) -> WorkRow:
    """The entry that asks for a held transfer's release. Raises UsageError when it is not held."""
    if row.state is not TransferState.HELD:
        raise UsageError(f"Transfer {row.id} is {row.state}, not HELD; only a held transfer can be released.")
    if row.rehearsed:
        raise UsageError(f"Transfer {row.id} is a rehearsal: nothing of it is meant, so nobody releases it.")
    standing = queries.open_work_about(conn, "transfer", row.id)
    return known(next((e for e in standing if e.kind is WorkKind.RELEASE), None), "release entry")


def _compare(row: TransferRow, agreed: Agreed) -> None:
    if agreed.count not in (None, row.records):
        raise UsageError(f"You agreed to {agreed.count} records, but {row.name} has {row.records}. {_KEPT}")
    if agreed.value is not None and agreed.value != row.value:
        pounds = format_pounds(agreed.value), format_pounds(row.value)
        raise UsageError(f"You agreed to {pounds[0]} pounds, but {row.name} has {pounds[1]}. {_KEPT}")


_KEPT = "It stays held; find out which is right."
_FIRST = "handed this file in or had it tried again, so somebody else must release it"


def who_handed_in(conn: Connection, row: TransferRow) -> str:
    """Who handed the file in or had it tried again last, or the file that it came in with."""
    events = queries.events_of(conn, "transfer", row.id)
    named = [event.who for event in events if event.kind in _HANDED_IN]
    if named:
        return named[-1]
    parent = queries.get_transfer(conn, row.parent_id) if row.parent_id else None
    return who_handed_in(conn, parent) if parent else "hub"


def _proposal(row: TransferRow, deliveries: list[DeliveryRow]) -> Mapping[str, Any]:
    """What a person needs in order to agree: the file's own totals, and those of all that would leave."""
    return {
        "reason": row.reason,
        "count": row.records,
        "value": format_pounds(row.value),
        "business_date": row.business_date and row.business_date.isoformat(),
        "totals": row.summary.get("totals", {}),
        "outputs": [
            {"name": d.name, "to": d.endpoint, "size": d.size, "totals": dict(d.summary)}
            for d in deliveries
            if d.state is DeliveryState.READY
        ],
    }
