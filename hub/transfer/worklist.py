"""What the hub asks of persons, and how each entry ends: done, refused, or void once nobody need do it.

Every step is committed with what it is about, and is an event of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.errors import UsageError
from hub.model import Compartment, Urgency, WorkKind, WorkState
from hub.store import queries
from hub.store.look import Look
from hub.store.rows import WorkRow
from hub.tell import alerts
from hub.transfer.services import Services

_REWORDED = (WorkKind.TASK, WorkKind.SETTLE)


def ask(
    conn: Connection,
    services: Services,
    *,
    kind: WorkKind,
    name: str,
    subject: str,
    subject_id: str,
    title: str,
    owner: str,
    proposed_by: str,
    proposal: Mapping[str, Any] | None = None,
    urgency: Urgency | None = None,
    compartment: Compartment = Compartment.OPEN,
) -> WorkRow:
    """The entry that asks for it. What is asked for already is not asked for twice; a task, or what
    has stopped, says then what is so now.

    title: a sentence without personal data; subject: a table's name; subject_id: of the row (a record's is
    KIND:KEY); urgency: of the alert, where it is not that of its kind"""
    for standing in queries.open_work_about(conn, subject, subject_id):
        if (standing.kind, standing.name) == (kind, name):
            return _asked_anew(conn, standing, proposed_by, title, proposal or {})
    row = WorkRow(
        id=services.clock.new_id(),
        kind=kind,
        name=name,
        subject=subject,
        subject_id=subject_id,
        title=title,
        owner=owner,
        proposed_by=proposed_by,
        proposal=proposal or {},
        made_at=services.clock.now(),
        compartment=compartment,
    )
    queries.insert_work(conn, row)
    alerts.of_work(conn, row, urgency)
    return row


def closer(named: Compartment, about: Compartment) -> Compartment:
    """Where an entry lies that names what is in one compartment and is about what is in another."""
    return about if named is Compartment.OPEN else named


def _asked_anew(conn: Connection, row: WorkRow, who: str, title: str, proposal: Mapping[str, Any]) -> WorkRow:
    if row.kind not in _REWORDED or (row.title, row.proposal) == (title, proposal):
        return row
    return queries.reword_work(conn, row, who=who, title=title, proposal=proposal)


def void(
    conn: Connection,
    subject: str,
    subject_id: str,
    *,
    who: str = "hub",
    kinds: Collection[WorkKind] = tuple(WorkKind),
) -> None:
    """Nobody need do what is asked about a subject: it is over, or will be asked for anew."""
    for standing in queries.open_work_about(conn, subject, subject_id):
        if standing.kind in kinds:
            queries.move_work(conn, standing, WorkState.VOID, who=who)


def ask_again(conn: Connection, subject: str, subject_id: str, since: datetime, *, who: str) -> None:
    """What became void about a subject, at or after an instant, is to be done after all."""
    standing = {(one.kind, one.name) for one in queries.open_work_about(conn, subject, subject_id)}
    for entry in queries.void_since(conn, subject, subject_id, since):
        if (entry.kind, entry.name) not in standing:
            standing.add((entry.kind, entry.name))
            again = {"taken_by": None, "closed_by": None, "closed_at": None}
            alerts.of_work(conn, queries.move_work(conn, entry, WorkState.OPEN, who=who, **again))


def approve(
    conn: Connection,
    services: Services,
    row: WorkRow,
    reason: str,
    *,
    answer: Mapping[str, Any] | None = None,
    first: str = "proposed this, so somebody else must approve it",
) -> WorkRow:
    """DONE by a second person. Raises UsageError for whoever proposed it; the database would refuse it too.

    first: what is said to whoever was the first person"""
    if row.proposed_by == services.who:
        raise UsageError(f"You ({services.who}) {first}.")
    return queries.move_work(
        conn, row, WorkState.DONE, who=services.who, reason=reason, answer=answer or {}, data=answer
    )


def refuse(conn: Connection, services: Services, row: WorkRow, reason: str) -> WorkRow:
    """REFUSED: it will not be done. Whoever proposed may do so too."""
    return queries.move_work(conn, row, WorkState.REFUSED, who=services.who, reason=reason)


def known_work(conn: Connection, services: Services, work_id: str) -> WorkRow:
    """The entry, while somebody must still do it. Raises UsageError otherwise."""
    row = Look(conn, services.store.keys, services.viewer).work(work_id)
    if row.state in queries.WORK_OVER:
        raise UsageError(
            f"The worklist entry {work_id} is {row.state} already (by {row.closed_by}); nothing was done."
        )
    return row
