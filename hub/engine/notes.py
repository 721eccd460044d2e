"""What people write about a transfer: a note, or a question to its partner that waits for the answer."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import WorkKind
from hub.store import queries
from hub.store.look import Look
from hub.store.rows import TransferRow, WorkRow
from hub.transfer import worklist
from hub.transfer.services import Services

NOTED, QUERY = "noted", "query"
"""The event of a note; the name that entries of questions begin with."""
LONGEST = 2000


def note(services: Services, transfer_id: str, text: str) -> None:
    """Kept in the history of the transfer for as long as that is: it names no person.

    Raises UsageError when there is no such transfer for whoever acts, or they may not."""
    demand(services, Right.NOTE)
    said = _said(text)

    def commit(conn: Connection) -> None:
        row = _transfer(conn, services, transfer_id)
        queries.append_event(
            conn,
            subject="transfer",
            subject_id=row.id,
            kind=NOTED,
            who=services.who,
            data={"note": said},
            compartment=row.compartment,
        )

    services.commit(commit)


def ask_partner(services: Services, transfer_id: str, question: str) -> WorkRow:
    """A question to the partner of a transfer. Whoever asked writes to them; the entry waits for the answer.

    Raises as `note`."""
    demand(services, Right.NOTE)
    said = _said(question)

    def commit(conn: Connection) -> WorkRow:
        row = _transfer(conn, services, transfer_id)
        return worklist.ask(
            conn,
            services,
            kind=WorkKind.TASK,
            name=f"{QUERY} {services.clock.new_id()}",
            subject="transfer",
            subject_id=row.id,
            title=f"Asked {row.partner} about {row.name}: {said}",
            owner=services.route(row.route).owner,
            proposed_by=services.who,
            proposal={"transfer": row.id, "question": said},
            compartment=row.compartment,
        )

    return services.commit(commit)


def _transfer(conn: Connection, services: Services, id: str) -> TransferRow:
    return Look(conn, services.store.keys, services.viewer).transfer_row(id)


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise UsageError("Write something: a blank text says nothing to whoever reads it later.")
    if len(said) > LONGEST:
        raise UsageError(f"That is longer than {LONGEST} characters. Say it shorter.")
    return said
