"""What the service does from time to time by itself, besides working routes.

Each may be called at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.clock.now import LONDON
from hub.engine import audit
from hub.engine.backup import BACKUP, back_up
from hub.engine.purge import purge
from hub.engine.telling import notice_plugins, tell_people
from hub.store.queries import health
from hub.transfer.arrivals import expect_arrivals
from hub.transfer.services import Services

BACK_UP_EVERY = timedelta(hours=24)
NIGHT = range(1, 5)
"""The hours, as clocks in London show them, in which what is past its keep is let go: no route is worked
meanwhile."""


@dataclass(frozen=True, slots=True)
class Chore:
    """What is done, and how long after the last time it is called again."""

    name: str
    every: timedelta
    do: Callable[[Services], None]


def seal_history(services: Services) -> None:
    """Seal what was appended, and copy seals to where `audit.copy_to` says. Raises StoreError."""
    audit.seal(services)


def back_up_if_due(services: Services) -> None:
    """Back up to where `backup:` says, when the last back-up, whoever took it, is a day old.

    Raises StoreError."""
    settings, now = services.config.hub.backup, services.clock.now()
    if settings is None:
        return
    with services.store.read() as conn:
        last = health.last_of_hub(conn, BACKUP, "backed_up")
    if last is None or now - last >= BACK_UP_EVERY:
        back_up(services, settings.to, with_keys=settings.with_keys, keep=settings.keep)


def purge_at_night(services: Services) -> None:
    """Let go of what is past its keep. Raises StoreError when a route is being worked: the next hour is
    another chance."""
    if services.clock.now().astimezone(LONDON).hour in NIGHT:
        purge(services)


CHORES: Sequence[Chore] = (
    Chore("tell people", timedelta(seconds=10), tell_people),
    Chore("notice plug-ins", timedelta(minutes=15), notice_plugins),
    Chore("expect arrivals", timedelta(minutes=15), expect_arrivals),
    Chore("seal the history", timedelta(hours=1), seal_history),
    Chore("back up", timedelta(hours=1), back_up_if_due),
    Chore("let go of what is past its keep", timedelta(hours=1), purge_at_night),
)
