"""What does not answer is left alone for a while, and what refused us is not tried again by itself.

After `AFTER` failures in a row nothing tries it until a wait is over; then one tries, and the next wait is
twice as long. Credentials or a host key that were refused are tried again once the settings or the secrets
are others (their keyed digest says so), or a person says so. It is all stored, so a restart forgets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.config.strict import Settings
from hub.connectors.base import Secrets
from hub.errors import AuthFailed, ConfigError, FeedHubError, HostKeyChanged, PeerIncompatible, Unreachable
from hub.model import Compartment
from hub.store import queries
from hub.store.alert_rows import CircuitRow
from hub.transfer.services import Services

AFTER = 3
FIRST_WAIT, LONGEST_WAIT = 120, 7200
"""Seconds."""
REFUSALS = (AuthFailed, HostKeyChanged, PeerIncompatible)
"""What trying again does not mend, and may make worse: log-ins that fail lock accounts."""


def digest_of(services: Services, settings: Settings, secrets: tuple[str, ...]) -> str:
    """Tells whether settings and secrets are the ones that were refused; says nothing of them."""
    read = [_content(services.secrets, reference) for reference in secrets]
    return services.store.keys.digest("\0".join([settings.model_dump_json(), *read]), Compartment.OPEN)


def _content(secrets: Secrets, reference: str) -> str:
    try:
        return secrets(reference)
    except ConfigError:
        return ""


def may_try(row: CircuitRow | None, digest: str, now: datetime) -> bool:
    if row is None:
        return True
    if row.refused is not None:
        return row.refused != digest
    return row.try_at is None or now >= row.try_at


def failed(
    conn: Connection, name: str, error: FeedHubError, digest: str, now: datetime, after: int = AFTER
) -> CircuitRow:
    """Something failed. Returns where it stands now; other errors than of the line itself change nothing."""
    before = queries.get_circuit(conn, name)
    failures = (before.failures if before else 0) + 1
    refused = isinstance(error, REFUSALS)
    wait = min(FIRST_WAIT * 2 ** max(failures - after, 0), LONGEST_WAIT)
    row = CircuitRow(
        name=name,
        failures=failures,
        since=before.since if before else now,
        reason=str(error),
        try_at=now + timedelta(seconds=wait) if failures >= after and not refused else None,
        refused=digest if refused else None,
    )
    queries.keep_circuit(conn, row)
    return row


def is_of_the_line(error: FeedHubError) -> bool:
    """Whether an error says that the other side cannot be talked with at all."""
    return isinstance(error, (Unreachable, *REFUSALS))
