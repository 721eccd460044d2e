"""What does not answer is left alone for a while, and what refused us is not tried again by itself.

After `AFTER` failures in a row nothing tries it until a wait is over; then one tries, and the next wait is
twice as long. Credentials or a host key that were refused are tried again once the settings or the secrets
are others (their keyed digest says so), or a person has found that they work. It is all stored, so a restart
forgets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from hub.clock.now import LONDON
from hub.config.people import HUB_LOGIN
from hub.config.strict import Settings
from hub.errors import (
    AuthFailed,
    ConfigError,
    FeedHubError,
    HostKeyChanged,
    LeftAlone,
    PeerIncompatible,
    TransportError,
    Unreachable,
)
from hub.model import Compartment
from hub.store import queries
from hub.store.alert_rows import CircuitRow
from hub.tell import alerts

if TYPE_CHECKING:
    from hub.transfer.services import Services

AFTER = 3
FIRST_WAIT, LONGEST_WAIT = 120, 7200
"""Seconds."""
ONE_TRIES = timedelta(seconds=60)
"""How long the others wait for the one that tries."""
REFUSALS = (AuthFailed, HostKeyChanged, PeerIncompatible)
"""What trying again does not mend, and may make worse: log-ins that fail lock accounts."""
OF_THE_LINE = (Unreachable, *REFUSALS)
"""What says that the other side cannot be talked with at all."""


@contextmanager
def tried(services: Services, endpoint: str) -> Iterator[None]:
    """An attempt at an endpoint, whose outcome is remembered. Raises LeftAlone when it is not to be tried."""
    before = _admitted(services, endpoint)
    try:
        yield
    except OF_THE_LINE as error:
        services.commit(_failed_at(services, endpoint, error))
        raise
    except TransportError:  # it answered
        _answers(services, endpoint, before)
        raise
    _answers(services, endpoint, before)


def standing(conn: Connection, services: Services, endpoint: str) -> LeftAlone | None:
    """Why an endpoint is not tried now; None when it may be."""
    row = queries.get_circuit(conn, name_of(endpoint))
    if row is None or may_try(row, _digest(services, endpoint, row), services.clock.now()):
        return None
    if row.refused is not None:
        return LeftAlone(row.reason, None)
    again = f"{row.try_at.astimezone(LONDON):%a %d %b %H:%M}" if row.try_at else "now"
    told = f"The endpoint {endpoint} has failed {row.failures} times in a row and is tried again {again}"
    return LeftAlone(f"{told}. {row.reason}", row.try_at)


def is_open(row: CircuitRow) -> bool:
    """Whether it is left alone, for now or until somebody does something."""
    return row.refused is not None or row.try_at is not None


def may_try(row: CircuitRow, digest: str, now: datetime) -> bool:
    if row.refused is not None:
        return row.refused != digest
    return row.try_at is None or now >= row.try_at


def failed(
    conn: Connection,
    name: str,
    error: FeedHubError,
    digest: str,
    now: datetime,
    after: int = AFTER,
    compartment: Compartment = Compartment.OPEN,
) -> CircuitRow:
    """It failed (again), by an error `OF_THE_LINE`. Returns where it stands now."""
    before = queries.get_circuit(conn, name)
    failures = (before.failures if before else 0) + 1
    refused = isinstance(error, REFUSALS)
    wait = min(FIRST_WAIT * 2 ** min(max(failures - after, 0), 10), LONGEST_WAIT)
    row = CircuitRow(
        name=name,
        failures=failures,
        since=before.since if before else now,
        reason=str(error),
        try_at=now + timedelta(seconds=wait) if failures >= after and not refused else None,
        refused=digest if refused else None,
        compartment=compartment,
    )
    queries.keep_circuit(conn, row)
    return row


def try_afresh(conn: Connection, services: Services, endpoint: str) -> None:
    """A person says that it is mended: it may be tried now. What was told of it stands until it answers."""
    row = queries.get_circuit(conn, name_of(endpoint))
    if row is not None and is_open(row):
        queries.keep_circuit(conn, replace(row, failures=0, try_at=services.clock.now(), refused=None))


def found_working(conn: Connection, services: Services, endpoint: str) -> None:
    """A person has found that it works: it is tried afresh, by a hub that remembers a refusal too."""
    row = queries.get_circuit(conn, name_of(endpoint))
    if row is not None:
        queries.keep_circuit(conn, replace(row, failures=0, try_at=None, refused=None))
        _tell_end(conn, row, endpoint, services.who)


def digest_of(services: Services, settings: Settings, secrets: Sequence[str]) -> str:
    """Tells whether settings and secrets are the ones that were refused; says nothing of them."""
    read = []
    for reference in secrets:
        try:
            read.append(services.secrets(reference))
        except ConfigError:
            read.append("")
    return services.store.keys.digest("\0".join([settings.model_dump_json(), *read]), Compartment.OPEN)


def name_of(endpoint: str) -> str:
    return f"endpoint:{endpoint}"


def _admitted(services: Services, endpoint: str) -> CircuitRow | None:
    """How it stood before, if it failed. Of those who come once a wait is over, one is let through."""
    from hub.transfer import leave_alone

    with services.store.read() as conn:
        well = queries.is_all_well(conn)
        row = None if well else queries.get_circuit(conn, name_of(endpoint))
        alone = leave_alone.of_endpoint(conn, services, endpoint, all_well=well)
    if alone is not None:
        raise alone
    if row is not None and row.failures == 0:
        _forget(services, endpoint)
    if row is None or row.try_at is None:
        return row

    def claim(conn: Connection) -> None:
        again = standing(conn, services, endpoint)
        if again is not None:
            raise again
        now = queries.get_circuit(conn, name_of(endpoint))
        if now is not None:
            queries.keep_circuit(conn, replace(now, try_at=services.clock.now() + ONE_TRIES))

    services.commit(claim)
    return row


def _forget(services: Services, endpoint: str) -> None:
    connector = services.catalogue.connectors[services.config.endpoints[endpoint].type]
    forget = getattr(connector, "forget", None)
    if forget is not None:
        forget(endpoint)


def _failed_at(services: Services, endpoint: str, error: FeedHubError) -> Callable[[Connection], None]:
    """The commit that remembers a failure and, where nothing will be tried for a while, tells people once."""
    settings = services.config.endpoints[endpoint]
    digest = digest_of(services, settings, getattr(settings, "secrets", ()))

    def commit(conn: Connection) -> None:
        before = queries.get_circuit(conn, name_of(endpoint))
        inside = _compartment(services, endpoint)
        row = failed(conn, name_of(endpoint), error, digest, services.clock.now(), compartment=inside)
        if is_open(row) and not (before is not None and is_open(before)):
            alerts.of_endpoint(conn, row, endpoint, _owner(services, endpoint))

    return commit


def _answers(services: Services, endpoint: str, before: CircuitRow | None) -> None:
    if before is None:
        return

    def commit(conn: Connection) -> None:
        queries.close_circuit(conn, name_of(endpoint))
        if is_open(before):
            _tell_end(conn, before, endpoint, HUB_LOGIN)

    services.commit(commit)


def _tell_end(conn: Connection, row: CircuitRow, endpoint: str, who: str) -> None:
    queries.append_event(
        conn,
        subject="endpoint",
        subject_id=endpoint,
        kind="answers_again",
        who=who,
        compartment=row.compartment,
    )
    queries.end_alert(conn, row.name)


def _digest(services: Services, endpoint: str, row: CircuitRow) -> str:
    """Only looked at where something was refused."""
    settings = services.config.endpoints.get(endpoint)
    if row.refused is None or settings is None:
        return ""
    return digest_of(services, settings, getattr(settings, "secrets", ()))


def _routes(services: Services, endpoint: str) -> list[str]:
    return [id for id, route in services.config.routes.items() if endpoint in route.endpoints]


def _owner(services: Services, endpoint: str) -> str:
    """Whose routes need it; the hub's when several owners do."""
    owners = {services.route(id).owner for id in _routes(services, endpoint)}
    return owners.pop() if len(owners) == 1 else HUB_LOGIN


def _compartment(services: Services, endpoint: str) -> Compartment:
    """That of the routes that need it; open when any of them is."""
    inside = {services.compartment(services.route(id)) for id in _routes(services, endpoint)}
    return inside.pop() if len(inside) == 1 else Compartment.OPEN
