"""What a person may do about alerts: say that somebody is at it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.store import queries
from hub.store.alert_rows import AlertRow
from hub.transfer.services import Services


def acknowledge(services: Services, alerts: Sequence[AlertRow]) -> int:
    """Somebody is at it, so that nobody else is told. How many were not acknowledged before.

    Raises UsageError for somebody who may not."""
    demand(services, Right.ACKNOWLEDGE)
    new = [alert for alert in alerts if alert.acknowledged_at is None]

    def commit(conn: Connection) -> None:
        queries.acknowledge_alerts(conn, [alert.id for alert in new], services.who)
        for alert in new:
            queries.append_event(
                conn,
                subject=alert.subject,
                subject_id=alert.subject_id,
                kind="alert_acknowledged",
                who=services.who,
                data={"alert": alert.id},
                compartment=alert.compartment,
            )

    if new:
        services.commit(commit)
    return len(new)
