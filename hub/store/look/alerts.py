"""What people were told, and are to be told."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from hub.model import MessageState
from hub.store.alert_rows import AlertRow, MessageRow
from hub.store.look.seen import Seen, unknown, visible
from hub.store.schema import alert, alert_message

_ALERTS = select(alert).where(visible(alert)).order_by(alert.c.id.desc())
_ONE = select(alert).where(alert.c.id == bindparam("alert"), visible(alert))
_MESSAGES = select(alert_message).where(visible(alert_message)).order_by(alert_message.c.id.desc())
_UNSENT = (
    select(alert_message)
    .where(
        visible(alert_message),
        alert_message.c.state == MessageState.WAITING,
        alert_message.c.attempts > 0,
    )
    .order_by(alert_message.c.id)
)


class SeenAlerts(Seen):
    def alerts(self, *, over: bool = False, limit: int | None = 50) -> list[AlertRow]:
        """Alerts, the newest first; those that are `over` too when asked for."""
        found = _ALERTS if over else _ALERTS.where(alert.c.over_at.is_(None))
        return [AlertRow(**row._mapping) for row in self._rows(found.limit(limit))]

    def alert(self, id: str) -> AlertRow:
        """Raises UsageError when there is none of that id."""
        row = self._row(_ONE, alert=id)
        if row is None:
            raise unknown("alert", id, "alerts")
        return AlertRow(**row._mapping)

    def messages(self, *, limit: int = 50) -> list[MessageRow]:
        """What people were and will be told, the newest first."""
        return [MessageRow(**row._mapping) for row in self._rows(_MESSAGES.limit(limit))]

    def unsent_messages(self) -> list[MessageRow]:
        """Those that were tried in vain, the oldest first."""
        return [MessageRow(**row._mapping) for row in self._rows(_UNSENT)]
