"""Showing somebody the personal values of a transfer for a while, once it is written down what for."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.store import queries
from hub.store.account_rows import SignedInRow
from hub.store.look import Look
from hub.transfer.services import Services

FOR = timedelta(minutes=10)
UNMASKED = "unmasked"
"""The event."""


def unmask(services: Services, row: SignedInRow, transfer_id: str, purpose: str) -> datetime:
    """Until when whoever is signed in so may read the personal values of a transfer.

    Raises UsageError when there is no such transfer for them, they may not, or say no purpose."""
    demand(services, Right.UNMASK)
    if not purpose.strip():
        raise UsageError("Say what for: that you looked, and why, is kept in the history.")
    until = services.clock.now() + FOR

    def commit(conn: Connection) -> None:
        transfer = Look(conn, services.store.keys, services.viewer).transfer_row(transfer_id)
        told = {"purpose": purpose.strip(), "until": until.isoformat()}
        queries.append_event(
            conn,
            subject="transfer",
            subject_id=transfer_id,
            kind=UNMASKED,
            who=services.who,
            data=told,
            compartment=transfer.compartment,
        )
        unmasked = {**row.unmasked, transfer_id: until.isoformat()}
        queries.change_signed_in(conn, row.token, unmasked=unmasked)

    services.commit(commit)
    return until


def unmasked_until(services: Services, row: SignedInRow, transfer_id: str) -> datetime | None:
    """None when they may not, or not any more."""
    told = row.unmasked.get(transfer_id)
    until = datetime.fromisoformat(told) if told else None
    may = services.viewer.may(Right.UNMASK)
    return until if may and until is not None and services.clock.now() < until else None
