"""What people are told of, written in the commit of the thing itself: start reading at `URGENCY`.

Of one thing one alert stands at a time, and it ends with the thing: when the entry is done, the promise kept,
the next run has gone well. Who is told, how and when is decided afterwards (`hub.tell.plan`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from hub.clock.now import LONDON
from hub.config.people import HUB_LOGIN
from hub.model import Urgency, WorkKind
from hub.store import queries
from hub.store.alert_rows import CircuitRow
from hub.store.rows import PromiseRow, RunRow, WorkRow
from hub.tell.logs import masked_text

URGENCY: Mapping[WorkKind, Urgency] = {
    WorkKind.RELEASE: Urgency.AMBER,
    WorkKind.SUSPENSE: Urgency.AMBER,
    WorkKind.HAND_OVER: Urgency.AMBER,
    WorkKind.AGREE: Urgency.AMBER,
    WorkKind.SETTLE: Urgency.RED,
    WorkKind.TASK: Urgency.AMBER,
}
"""Of an entry of the worklist, by what it asks, unless whoever asks says otherwise."""


def of_work(conn: Connection, row: WorkRow, urgency: Urgency | None = None) -> None:
    """Somebody is asked for something."""
    queries.raise_alert(
        conn,
        about=queries.work_alert(row.id),
        urgency=urgency or URGENCY[row.kind],
        subject=row.subject,
        subject_id=row.subject_id,
        says=masked_text(row.title),
        owner=row.owner,
        compartment=row.compartment,
    )


def of_promise(conn: Connection, row: PromiseRow, urgency: Urgency) -> None:
    """It is due soon (amber), or was not kept in time (red)."""
    due = f"{row.due_at.astimezone(LONDON):%a %d %b %H:%M}"
    said = f"not so by {due}" if urgency is Urgency.RED else f"due by {due}"
    queries.raise_alert(
        conn,
        about=queries.promise_alert(row.id),
        urgency=urgency,
        subject=row.subject,
        subject_id=row.subject_id,
        says=masked_text(f"{row.says}: {said}"),
        owner=row.owner,
        compartment=row.compartment,
    )


def of_run(conn: Connection, run: RunRow, outcome: str, trouble: str | None, owner: str) -> None:
    """A run has failed; one that is done ends the alert about those before it."""
    about = f"run:{run.route}"
    if outcome == "done":
        queries.end_alert(conn, about)
    elif trouble is not None:
        queries.raise_alert(
            conn,
            about=about,
            urgency=Urgency.RED,
            subject="route",
            subject_id=run.route,
            says=masked_text(f"The run of {run.route} failed: {trouble}"),
            owner=owner,
            compartment=run.compartment,
        )


def of_endpoint(conn: Connection, row: CircuitRow, endpoint: str, owner: str) -> None:
    """An endpoint is left alone from now on: it refused us, or has not answered for a while."""
    data = {"reason": row.reason, "failures": row.failures}
    queries.append_event(
        conn,
        subject="endpoint",
        subject_id=endpoint,
        kind="refused" if row.refused else "left_alone",
        data=data,
        compartment=row.compartment,
    )
    queries.raise_alert(
        conn,
        about=row.name,
        urgency=Urgency.RED,
        subject="endpoint",
        subject_id=endpoint,
        says=masked_text(row.reason),
        owner=owner,
        compartment=row.compartment,
    )


def of_plugins(conn: Connection, failures: Mapping[str, str]) -> None:
    """Each plug-in that is switched off, with why; of those that are in again, the alert is over."""
    for name, reason in failures.items():
        queries.raise_alert(
            conn,
            about=f"plugin:{name}",
            urgency=Urgency.RED,
            subject="plugin",
            subject_id=name,
            says=reason,
            owner=HUB_LOGIN,
        )
    for standing in queries.standing_alerts(conn, "plugin:"):
        if standing.subject_id not in failures:
            queries.end_alert(conn, standing.about)
