"""The worklist: what persons must do. Moved by compare-and-set, with an event of what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from hub.errors import LostRace
from hub.model import WorkState
from hub.store.queries.alerts import end_alert
from hub.store.queries.events import append_event
from hub.store.queries.moves import move_of
from hub.store.queries.shared import columns_of, now
from hub.store.rows import WorkRow
from hub.store.schema import worklist
from hub.store.statements import run

_STANDS = worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN))
WORK_OVER = (WorkState.DONE, WorkState.REFUSED, WorkState.VOID)

_INSERT = insert(worklist).inline()
_MOVE = move_of(worklist)
_GET = select(worklist).where(worklist.c.id == bindparam("id"))
_ABOUT = (
    select(worklist)
    .where(
        worklist.c.subject == bindparam("subject"),
        worklist.c.subject_id == bindparam("subject_id"),
        _STANDS,
    )
    .order_by(worklist.c.id)
)
_VOID_SINCE = (
    select(worklist)
    .where(
        worklist.c.subject == bindparam("subject"),
        worklist.c.subject_id == bindparam("subject_id"),
        worklist.c.state == WorkState.VOID,
        worklist.c.closed_at >= bindparam("since"),
    )
    .order_by(worklist.c.id)
)


def work_alert(work_id: str) -> str:
    """What the alert about an entry is about."""
    return f"work:{work_id}"


def insert_work(conn: Connection, row: WorkRow) -> None:
    """Ask for something, with the event `work_asked`. Raises LostRace when it is asked for already."""
    run(conn, _INSERT, columns_of(row))
    _tell(conn, row, "work_asked", row.proposed_by, {"title": row.title})


def reword_work(
    conn: Connection, row: WorkRow, *, who: str, title: str, proposal: Mapping[str, Any]
) -> WorkRow:
    """The open entry asks for something else now, with the event `work_asked`. Raises LostRace."""
    reworded = _moved(conn, row, title=title, proposal=dict(proposal))
    _tell(conn, reworded, "work_asked", who, {"title": title})
    return reworded


def get_work(conn: Connection, work_id: str) -> WorkRow | None:
    row = run(conn, _GET, {"id": work_id}).first()
    return None if row is None else WorkRow(**row._asdict())


def open_work_about(conn: Connection, subject: str, subject_id: str) -> list[WorkRow]:
    """What somebody must still do about a subject, the oldest first."""
    rows = run(conn, _ABOUT, {"subject": subject, "subject_id": subject_id})
    return [WorkRow(**row._asdict()) for row in rows]


def void_since(conn: Connection, subject: str, subject_id: str, since: datetime) -> list[WorkRow]:
    """What was asked about a subject and became void at or after an instant, the oldest first."""
    rows = run(conn, _VOID_SINCE, {"subject": subject, "subject_id": subject_id, "since": since})
    return [WorkRow(**row._asdict()) for row in rows]


def move_work(
    conn: Connection,
    row: WorkRow,
    to: WorkState,
    *,
    who: str,
    data: Mapping[str, Any] | None = None,
    **columns: Any,
) -> WorkRow:
    """The entry as it is after the move, told as `work_done`, `work_taken` and so on.

    Raises LostRace when somebody else moved it first; StoreError when whoever proposed would approve."""
    if to in WORK_OVER:
        columns |= {"closed_by": who, "closed_at": now(conn)}
        end_alert(conn, work_alert(row.id))
    moved = _moved(conn, row, state=to, **columns)
    reason = {"reason": moved.reason} if moved.reason else {}
    _tell(conn, moved, f"work_{to.lower()}", who, {**reason, **(data or {})})
    return moved


def _moved(conn: Connection, row: WorkRow, **columns: Any) -> WorkRow:
    changed = {**columns, "version": row.version + 1}
    here = {"row_id": row.id, "row_state": row.state, "row_version": row.version}
    if run(conn, _MOVE, {**here, **changed}).rowcount != 1:
        raise LostRace(f"the worklist entry {row.id} is no longer {row.state}: somebody else had it first")
    return replace(row, **changed)


def _tell(conn: Connection, row: WorkRow, kind: str, who: str, data: Mapping[str, Any]) -> None:
    append_event(
        conn,
        subject=row.subject,
        subject_id=row.subject_id,
        kind=kind,
        who=who,
        data={"work": row.id, "what": row.kind, **data},
        compartment=row.compartment,
    )
