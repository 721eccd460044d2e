"""Alerts and the outbox of messages that tell them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.model import Compartment, MessageState, Urgency
from hub.store.alert_rows import AlertRow, MessageRow
from hub.store.queries.shared import batches, columns_of, new_id, now
from hub.store.schema import alert, alert_message

_STANDS = (alert.c.about == bindparam("about_it"), alert.c.over_at.is_(None))
_STANDING = select(alert).where(*_STANDS)
_INSERT = insert(alert).inline()
_END = update(alert).where(*_STANDS)
_CHANGE = update(alert).where(alert.c.id.in_(bindparam("ids", expanding=True)))
_UNPLANNED = select(alert).where(alert.c.planned_at.is_(None)).order_by(alert.c.id).limit(bindparam("limit"))
_BELOW = select(alert).where(alert.c.about.startswith(bindparam("start")), _STANDS[1])
_AMONG = select(alert).where(alert.c.id.in_(bindparam("ids", expanding=True)))

_INSERT_MESSAGE = insert(alert_message).inline()
_CHANGE_MESSAGE = update(alert_message).where(alert_message.c.id == bindparam("message"))
_WAITS = alert_message.c.state == MessageState.WAITING
_HURRY = update(alert_message).where(
    _WAITS, alert_message.c.attempts > 0, alert_message.c.channel == bindparam("over")
)
_SAME = select(alert_message).where(
    _WAITS,
    alert_message.c.attempts == 0,
    alert_message.c.channel == bindparam("over"),
    alert_message.c.recipient == bindparam("to"),
    alert_message.c.escalates == bindparam("only_unheard"),
    alert_message.c.compartment == bindparam("inside"),
    alert_message.c.due_at == bindparam("due"),
)
_DUE = (
    select(alert_message)
    .where(_WAITS, alert_message.c.due_at <= bindparam("instant"))
    .order_by(alert_message.c.due_at, alert_message.c.id)
    .limit(bindparam("limit"))
)


def raise_alert(
    conn: Connection,
    *,
    about: str,
    urgency: Urgency,
    subject: str,
    subject_id: str,
    says: str,
    owner: str,
    compartment: Compartment = Compartment.OPEN,
) -> None:
    """Tell people, once: nothing while one about it stands."""
    if standing_alert(conn, about) is None:
        row = AlertRow(
            id=new_id(conn),
            about=about,
            urgency=urgency,
            subject=subject,
            subject_id=subject_id,
            says=says,
            owner=owner,
            made_at=now(conn),
            compartment=compartment,
        )
        conn.execute(_INSERT, columns_of(row))


def standing_alert(conn: Connection, about: str) -> AlertRow | None:
    """The alert about something that is not over."""
    row = conn.execute(_STANDING, {"about_it": about}).first()
    return None if row is None else AlertRow(**row._mapping)


def standing_alerts(conn: Connection, start: str) -> list[AlertRow]:
    """Those about things whose names start so, such as `plugin:`."""
    return [AlertRow(**row._mapping) for row in conn.execute(_BELOW, {"start": start})]


def end_alert(conn: Connection, about: str) -> None:
    """What it tells of needs nobody any more."""
    conn.execute(_END, {"about_it": about, "over_at": now(conn)})


def acknowledge_alerts(conn: Connection, ids: Collection[str], who: str) -> None:
    conn.execute(_CHANGE, {"ids": list(ids), "acknowledged_by": who, "acknowledged_at": now(conn)})


def unplanned_alerts(conn: Connection, limit: int) -> list[AlertRow]:
    """Those of which nobody has decided yet who is told, the oldest first."""
    return [AlertRow(**row._mapping) for row in conn.execute(_UNPLANNED, {"limit": limit})]


def mark_planned(conn: Connection, ids: Collection[str]) -> None:
    conn.execute(_CHANGE, {"ids": list(ids), "planned_at": now(conn)})


def alerts_of(conn: Connection, ids: Sequence[str]) -> Mapping[str, AlertRow]:
    """By id."""
    found: dict[str, AlertRow] = {}
    for some in batches(ids):
        found |= {row.id: AlertRow(**row._mapping) for row in conn.execute(_AMONG, {"ids": list(some)})}
    return found


def put_in_outbox(conn: Connection, row: MessageRow) -> None:
    """A message; what waits for the same reader and moment, and was not tried yet, tells its alerts too."""
    asked = {
        "over": row.channel,
        "to": row.recipient,
        "only_unheard": row.escalates,
        "inside": row.compartment,
        "due": row.due_at,
    }
    same = conn.execute(_SAME, asked).first()
    if same is None:
        conn.execute(_INSERT_MESSAGE, columns_of(row))
    else:
        told = [*same.alerts, *(id for id in row.alerts if id not in same.alerts)]
        conn.execute(_CHANGE_MESSAGE, {"message": same.id, "alerts": told})


def due_messages(conn: Connection, limit: int) -> list[MessageRow]:
    """Those whose time has come, the longest due first."""
    rows = conn.execute(_DUE, {"instant": now(conn), "limit": limit})
    return [MessageRow(**row._mapping) for row in rows]


def settle_message(conn: Connection, row: MessageRow, to: MessageState) -> None:
    """SENT, or VOID when nobody needs it."""
    sent = 1 if to is MessageState.SENT else 0
    values = {"state": to, "settled_at": now(conn), "attempts": row.attempts + sent}
    conn.execute(_CHANGE_MESSAGE, {"message": row.id, **values})


def postpone_message(conn: Connection, row: MessageRow, reason: str, due_at: datetime) -> None:
    """It could not be sent: kept, and tried again then."""
    values = {"attempts": row.attempts + 1, "reason": reason, "due_at": due_at}
    conn.execute(_CHANGE_MESSAGE, {"message": row.id, **values})


def hurry_messages(conn: Connection, channel: str) -> None:
    """What could not be sent over a channel is due now."""
    conn.execute(_HURRY, {"over": channel, "due_at": now(conn)})
