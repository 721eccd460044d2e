"""Who is told of an alert, over which channel and when, by the rules of `alerts:`. Pure.

What lies in a closed compartment is told to people with its role, and to nobody else: whoever reads at an
address, or behind a webhook, is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hub.clock.now import LONDON, local_date, local_instant
from hub.config.alerting import Telling
from hub.config.people import People
from hub.config.settings import HubSettings
from hub.model import Compartment, Urgency
from hub.store.alert_rows import AlertRow

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom, over which channel, and when. `escalates`: only if nobody has acknowledged it by then."""

    channel: str
    recipient: str
    due_at: datetime
    escalates: bool
    compartment: Compartment


def readers(
    hub: HubSettings, alert: AlertRow, partner: str | None, now: datetime, route: str | None = None
) -> Iterator[Reader]:
    """Each once. `route`: which it is about, if any; `partner`: whose."""
    found = {
        Reader(rule.by, to, when(rule, alert, now), bool(rule.unless_acknowledged), alert.compartment)
        for rule in hub.alerts.tell
        if _is_meant(rule, alert, partner)
        for to in _recipients(hub, rule, alert.compartment, route)
    }
    yield from sorted(found, key=lambda reader: (reader.due_at, reader.channel, reader.recipient))


def when(rule: Telling, alert: AlertRow, now: datetime) -> datetime:
    """The instant from which a rule lets an alert be told."""
    at = now
    if rule.unless_acknowledged:
        at = max(now, alert.made_at + timedelta(seconds=rule.unless_acknowledged))
    if rule.at_once == alert.urgency:
        return at
    if rule.digest:
        return _next_of(rule.digest, at)
    if rule.quiet is not None and rule.hushes(_shown(at)):
        return _next_of(rule.quiet[1:], at)
    return at


def _is_meant(rule: Telling, alert: AlertRow, partner: str | None) -> bool:
    return (
        (rule.urgency is Urgency.AMBER or alert.urgency is Urgency.RED)
        and (not rule.owners or alert.owner in rule.owners)
        and (not rule.partners or partner in rule.partners)
    )


def _recipients(hub: HubSettings, rule: Telling, inside: Compartment, route: str | None) -> Iterator[str]:
    if rule.role is not None:
        people = People(hub.people)
        for person in hub.people:
            viewer = people.viewer(person.login)
            if person.email and rule.role in person.roles and viewer.knows(route, inside):
                yield person.email
    if inside is Compartment.OPEN:
        yield from rule.to if rule.to or rule.role else ("",)


def _next_of(times: Sequence[time], at: datetime) -> datetime:
    """The first instant, from `at` on, at which clocks show one of the times."""
    days = (local_date(at), local_date(at) + _DAY)
    return min(one for day in days for shown in times if (one := local_instant(day, shown)) >= at)


def _shown(at: datetime) -> time:
    return at.astimezone(LONDON).time()
