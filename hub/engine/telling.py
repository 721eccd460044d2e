"""Telling people: alerts become messages of the outbox, and messages go out. Both are chores of the service.

Each message is sent at least once, always under the same id: after a crash between sending and noting it, it
goes out again, and its Message-ID or idempotency key says that it is the same. A channel that fails stops
nothing else; its messages wait, for longer each time, and `feedhub overdue` tells of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from sqlalchemy import Connection

from hub.config.alerting import Channel, EmailChannel
from hub.config.people import Right
from hub.config.sentences import near
from hub.engine.rights import demand
from hub.errors import ConfigError, FeedHubError, RemoteRefused, TransportError, UsageError
from hub.model import MessageState, Urgency
from hub.store import queries
from hub.store.alert_rows import AlertRow, CircuitRow, MessageRow
from hub.tell import alerts
from hub.tell.mail import mail_session
from hub.tell.plan import Reader, readers
from hub.tell.webhook import hook_session
from hub.tell.wording import Message, message_of
from hub.transfer import circuits
from hub.transfer.services import Services

AT_A_TIME = 500
"""Alerts planned in one commit, and messages sent before the chore gives way."""
FIRST_WAIT, LONGEST_WAIT = 60, 3600
"""Seconds until a message that could not be sent is tried again, doubling."""


class Line(Protocol):
    """An open channel."""

    def send(self, message: Message, to: str, made_at: datetime) -> None: ...


def tell_people(services: Services) -> None:
    """Plan what nobody was told of yet, then send what is due. Cheap when there is nothing."""
    plan(services)
    send(services)


def notice_plugins(services: Services) -> None:
    """Tell of plug-ins that are switched off, once each; to be called at the start and after a reload."""
    failures = services.catalogue.failures
    with services.store.read() as conn:
        standing = {alert.subject_id for alert in queries.standing_alerts(conn, "plugin:")}
    if standing != failures.keys():
        services.commit(lambda conn: alerts.of_plugins(conn, failures))


def plan(services: Services) -> None:
    """Decide who is told of each new alert, over which channel and when."""
    while True:
        with services.store.read() as conn:
            if not queries.unplanned_alerts(conn, 1):
                return
        services.commit(lambda conn: _plan_some(conn, services))


def _plan_some(conn: Connection, services: Services) -> None:
    new = queries.unplanned_alerts(conn, AT_A_TIME)
    told: dict[Reader, list[str]] = defaultdict(list)
    for alert in new:
        route, partner = _about(conn, services, alert)
        for reader in readers(services.config.hub, alert, partner, services.clock.now(), route):
            told[reader].append(alert.id)
    for reader, ids in told.items():
        queries.put_in_outbox(conn, _message(services, reader, ids))
    queries.mark_planned(conn, [alert.id for alert in new])


def _message(services: Services, reader: Reader, ids: Sequence[str]) -> MessageRow:
    return MessageRow(
        id=services.clock.new_id(),
        channel=reader.channel,
        recipient=reader.recipient,
        alerts=ids,
        made_at=services.clock.now(),
        due_at=reader.due_at,
        escalates=reader.escalates,
        compartment=reader.compartment,
    )


def _about(conn: Connection, services: Services, alert: AlertRow) -> tuple[str | None, str | None]:
    """The route that an alert is about, or whose file, and its partner."""
    transfer_id = alert.subject_id if alert.subject == "transfer" else None
    if alert.subject == "delivery":
        delivery = queries.get_delivery(conn, alert.subject_id)
        transfer_id = delivery.transfer_id if delivery else None
    if transfer_id is not None:
        transfer = queries.get_transfer(conn, transfer_id)
        return (transfer.route, transfer.partner) if transfer else (None, None)
    route = services.config.routes.get(alert.subject_id) if alert.subject == "route" else None
    return (route.id, route.partner) if route else (None, None)


def send(services: Services) -> None:
    """Send what is due, one session a channel."""
    with services.store.read() as conn:
        due = queries.due_messages(conn, AT_A_TIME)
    due.sort(key=lambda message: message.channel)
    for name, messages in groupby(due, key=lambda message: message.channel):
        channel = services.config.hub.alerts.channels.get(name)
        if channel is None:
            _void(services, list(messages))
        else:
            _over(services, name, channel, list(messages))


def _void(services: Services, messages: Sequence[MessageRow]) -> None:
    """The channel was taken out of the configuration, and nobody is told over it any more."""

    def commit(conn: Connection) -> None:
        for one in messages:
            queries.settle_message(conn, one, MessageState.VOID)

    services.commit(commit)


def _over(services: Services, name: str, channel: Channel, messages: list[MessageRow]) -> None:
    """Messages over one channel. Where the line itself fails, those that are left wait too."""
    needed = list(_needed(services, messages))
    digest = circuits.digest_of(services, channel, channel.secrets)
    with services.store.read() as conn:
        standing = queries.get_circuit(conn, circuit_of(name))
    if standing is not None and not circuits.may_try(standing, digest, services.clock.now()):
        _wait(services, [row for row, _ in needed], standing)
        return
    try:
        if needed:
            with open_channel(services, name, channel) as line:
                while needed:
                    _send(services, line, *needed[0])
                    needed.pop(0)
            if standing is not None:
                services.commit(lambda conn: queries.close_circuit(conn, circuit_of(name)))
    except (TransportError, ConfigError) as error:
        _failed(services, name, digest, [row for row, _ in needed], error)


def _needed(
    services: Services, messages: Sequence[MessageRow]
) -> Iterator[tuple[MessageRow, Sequence[AlertRow]]]:
    """Each message with those of its alerts that somebody must still hear of; VOID without any."""
    with services.store.read() as conn:
        known = queries.alerts_of(conn, [id for one in messages for id in one.alerts])
    unneeded = []
    for one in messages:
        left = [known[id] for id in one.alerts if id in known and _is_news(one, known[id])]
        if left:
            yield one, left
        else:
            unneeded.append(one)
    if unneeded:
        _void(services, unneeded)


def _is_news(message: MessageRow, alert: AlertRow) -> bool:
    """Not what is over; nor what somebody knows, where the message escalates or comes late anyway."""
    known = alert.acknowledged_at is not None and (message.escalates or message.attempts > 0)
    return alert.over_at is None and not known


def _send(services: Services, line: Line, row: MessageRow, told: Sequence[AlertRow]) -> None:
    line.send(message_of(row.id, told), row.recipient, row.made_at)
    services.boundary("told_people")
    services.commit(lambda conn: queries.settle_message(conn, row, MessageState.SENT))


def _failed(
    services: Services, name: str, digest: str, left: Sequence[MessageRow], error: FeedHubError
) -> None:
    """One that was refused for itself waits alone: the next are tried by the next sweep."""
    now = services.clock.now()
    if isinstance(error, circuits.OF_THE_LINE):
        services.commit(lambda conn: circuits.failed(conn, circuit_of(name), error, digest, now, after=1))
    _postpone(services, left[:1] if isinstance(error, RemoteRefused) else left, str(error))
    services.log.error("people were not told", channel=name, reason=str(error))


def _wait(services: Services, messages: Sequence[MessageRow], standing: CircuitRow) -> None:
    """Nothing was tried. Whether credentials that were refused are others now is looked at often."""
    due = standing.try_at or services.clock.now() + timedelta(seconds=FIRST_WAIT)

    def commit(conn: Connection) -> None:
        for row in messages:
            queries.postpone_message(conn, row, standing.reason, due)

    services.commit(commit)


def _postpone(services: Services, messages: Sequence[MessageRow], reason: str) -> None:
    def commit(conn: Connection) -> None:
        for row in messages:
            wait = min(FIRST_WAIT * 2 ** min(row.attempts, 10), LONGEST_WAIT)
            queries.postpone_message(conn, row, reason, services.clock.now() + timedelta(seconds=wait))

    services.commit(commit)


def circuit_of(channel: str) -> str:
    return f"channel:{channel}"


def open_channel(services: Services, name: str, channel: Channel) -> AbstractContextManager[Line]:
    if isinstance(channel, EmailChannel):
        return mail_session(name, channel, services.secrets)
    return hook_session(name, channel, services.secrets)


def try_channel(services: Services, name: str, to: str) -> None:
    """Send a message that says it is a test; when that went well, what waits for the channel is due at once.

    Raises UsageError, ConfigError, TransportError."""
    demand(services, Right.ACKNOWLEDGE)
    channels = services.config.hub.alerts.channels
    if name not in channels:
        raise UsageError(f"There is no channel “{name}”{near(name, channels)}")
    id, now = services.clock.new_id(), services.clock.now()
    text = "This is a test of Feed hub's alerts. Nothing has happened."
    with open_channel(services, name, channels[name]) as line:
        line.send(Message(id, "a test", text, Urgency.AMBER, 0), to, now)
    services.commit(lambda conn: _works(conn, name))


def _works(conn: Connection, channel: str) -> None:
    queries.close_circuit(conn, circuit_of(channel))
    queries.hurry_messages(conn, channel)
