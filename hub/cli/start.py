"""`feedhub start` and `feedhub status`: the hub unattended, and how it stands."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.clock.due import Slot
    from hub.engine.service import Service
    from hub.engine.status import Status

SHOWN = 10
"""Routes of which `status` prints the next run."""
_STOPS = ("SIGTERM", "SIGINT", "SIGBREAK")
"""The last is how Windows asks a service to stop."""


@click.command(cls=Verb)
@pass_place
def start(place: Place) -> Exit:
    """Run every route by its schedule until stopped (Ctrl+C, or the service manager).

    A stop begins nothing more and waits for what is being worked (`clock: {drain: …}` in hub.yaml). What is
    cut off all the same, or by a crash, is carried on by the next start.
    """
    from hub.engine.chores import CHORES
    from hub.engine.renew import Renewal
    from hub.engine.service import Service

    with place.open_service() as hub:
        service = Service(hub, CHORES, renewed=Renewal(place.config_folder))
        _tell_started(service)
        with _stopping(service), _answering(service), _console(service):
            service.serve()
            left = service.drain(hub.services.config.hub.clock.drain)
    if left:
        click.echo(
            f"Stopped while {', '.join(left)} was being worked; the next start carries it on.", err=True
        )
        os._exit(Exit.OK)  # the threads that are left would keep the process; the store is safe at any moment
    click.echo("Stopped. Nothing was cut off.")
    return Exit.OK


def _tell_started(service: Service) -> None:
    config, due = service.hub.services.config, service.next_at()
    scheduled = [route for route in config.routes.values() if route.schedule and route.mode != "off"]
    then = f"the next is due at {show.clock_face(due)}" if due else "nothing is due"
    click.echo(f"Feed hub runs {len(scheduled)} of {len(config.routes)} routes by schedule; {then}.")
    for route in config.routes.values():
        if route.id in config.unavailable:
            click.echo(f"{route.id} cannot run: {config.unavailable[route.id]}", err=True)


def _answering(service: Service) -> AbstractContextManager[object]:
    """Raises UsageError when the address of `clock: {health: …}` cannot be had."""
    from hub.engine.health import answering

    address = service.hub.services.config.hub.clock.health
    if address is None:
        return nullcontext()
    try:
        return answering(service.health, *address)
    except OSError as error:
        where = f"{address[0]}:{address[1]}"
        raise UsageError(
            f"Nothing can listen at {where} (clock: health: in hub.yaml): {error.strerror}."
        ) from error


@contextmanager
def _console(service: Service) -> Iterator[None]:
    """The web console, where `console:` in hub.yaml says that there is one."""
    settings = service.hub.services.config.hub.console
    if settings is None:
        yield
        return
    from hub.console.console import Console
    from hub.console.serving import serving

    with serving(Console(lambda: service.hub, settings, service.health)) as address:
        click.echo(f"The console is at {address}")
        yield


@contextmanager
def _stopping(service: Service) -> Iterator[None]:
    """A signal to stop is heard, once; a second one ends the process as ever."""
    names = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    before = {name: signal.getsignal(name) for name in names}

    def stop(number: int, _: Any) -> None:
        signal.signal(number, before[signal.Signals(number)])
        service.stop()

    for name in names:
        signal.signal(name, stop)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@click.command(cls=Verb)
@show.JSON
@pass_place
def status(place: Place, as_json: bool) -> Exit:
    """Show whether the hub runs unattended, what waits, and what is due next. Exits 1 if it does not run."""
    from hub.engine.status import status as found_of

    with place.open_hub() as hub:
        found = found_of(hub.services)
    if as_json:
        show.print_json(_json(found))
    else:
        _print(found)
    return Exit.OK if found.running else Exit.NOT_SO


def _print(found: Status) -> None:
    show.print_facts(
        {
            "service": "runs" if found.running else "does not run: start it with `feedhub start`",
            "looked until": show.clock_face(found.looked) if found.looked else "never",
        }
    )
    if found.waiting:
        rows = [
            (slot.route, show.clock_face(slot.at), slot.attempts, _again(slot.next_attempt_at))
            for slot in found.waiting
        ]
        show.print_table(["waits", "was due", ">attempts", "next attempt"], rows)
    nearest: dict[str, Slot] = {}
    for route, slot in found.ahead:
        nearest.setdefault(route, slot)
    ahead = [(show.clock_face(slot.at), route, slot.business_date) for route, slot in nearest.items()]
    shown = ahead[:SHOWN]
    show.print_table(["next due", "route", "for"], shown, "Nothing is due for a day.")
    if len(found.ahead) > len(shown):
        show.console().print(
            f"In all {len(found.ahead)} runs of {len(ahead)} routes in the next day: feedhub timetable"
        )


def _again(at: datetime | None) -> str:
    return show.clock_face(at) if at else "at once"


def _json(found: Status) -> dict[str, Any]:
    return {
        "running": found.running,
        "looked_until": found.looked and found.looked.isoformat(),
        "waiting": [
            {
                "route": slot.route,
                "due": slot.at.isoformat(),
                "attempts": slot.attempts,
                "next_attempt_at": slot.next_attempt_at and slot.next_attempt_at.isoformat(),
            }
            for slot in found.waiting
        ],
        "ahead": [
            {"at": slot.at.isoformat(), "route": route, "business_date": slot.business_date.isoformat()}
            for route, slot in found.ahead
        ],
    }
