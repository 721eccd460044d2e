"""What only a person can decide: a transfer that failed or was refused, a delivery that is in doubt, refused
by the partner, or stopped with no next attempt. Each asks in the worklist, in the commit that stops it."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.config.people import HUB_LOGIN
from hub.model import DeliveryState, TransferState, Urgency, WorkKind
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import worklist
from hub.transfer.services import Services, known

STOPPED = "stopped"
"""The entry of what goes on, or ends, only when somebody says so."""
REFUSED = "refused"
"""The entry of what has ended badly: somebody says what was done about it."""

_UNDER_WAY = (DeliveryState.READY, DeliveryState.SENDING)


def is_stopped(row: DeliveryRow) -> bool:
    """Whether a delivery goes on only when a person says so."""
    stalled = row.reason is not None and row.next_attempt_at is None
    return row.state is DeliveryState.IN_DOUBT or (row.state in _UNDER_WAY and stalled)


def ask_about_transfer(conn: Connection, services: Services, row: TransferRow) -> None:
    """Asks nobody about a transfer that goes on by itself, or that was only rehearsed."""
    if row.state is TransferState.FAILED:
        _ask(conn, services, row, "transfer", row.id, STOPPED, f"{row.name} failed: {row.reason}")
    elif row.state is TransferState.REJECTED:
        _ask(conn, services, row, "transfer", row.id, REFUSED, f"{row.name} is refused: {row.reason}")


def ask_about_step(conn: Connection, services: Services, row: TransferRow, reason: str) -> None:
    """An accepted transfer that could not be carried on: each run tries again, and a person must mend it."""
    _ask(conn, services, row, "transfer", row.id, STOPPED, f"{row.name} does not go on: {reason}")


def ask_about_delivery(conn: Connection, services: Services, row: DeliveryRow) -> None:
    """As `ask_about_transfer`."""
    if not is_stopped(row) and row.state is not DeliveryState.REFUSED:
        return
    transfer = known(queries.get_transfer(conn, row.transfer_id), "row")
    what = f"{row.name} to {row.endpoint}"
    if row.state is DeliveryState.REFUSED:
        title, name = f"{what} is refused by the partner: {row.reason}", REFUSED
    else:
        state = "is in doubt" if row.state is DeliveryState.IN_DOUBT else "has stopped"
        title, name = f"{what} {state}: {row.reason}", STOPPED
    _ask(conn, services, transfer, "delivery", row.id, name, title)


def _ask(
    conn: Connection,
    services: Services,
    row: TransferRow,
    subject: str,
    subject_id: str,
    name: str,
    title: str,
) -> None:
    if row.rehearsed:
        return
    route = services.config.routes.get(row.route)
    worklist.ask(
        conn,
        services,
        kind=WorkKind.SETTLE if name == STOPPED else WorkKind.TASK,
        name=name,
        subject=subject,
        subject_id=subject_id,
        title=title,
        owner=route.owner if route else row.partner,
        proposed_by=HUB_LOGIN,
        proposal={"transfer": row.id},
        urgency=Urgency.RED,
        compartment=row.compartment,
    )
