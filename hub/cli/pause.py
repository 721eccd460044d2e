"""`feedhub pause` and `feedhub resume`: stop a route or an endpoint for a while."""

from __future__ import annotations

from datetime import datetime

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import REASON, Moment

KIND = click.argument("kind", type=click.Choice(["route", "endpoint"]))


@click.command(cls=Verb)
@KIND
@click.argument("name")
@click.option("--until", type=Moment(), required=True, help="When it goes on by itself.")
@REASON
@pass_place
def pause(place: Place, kind: str, name: str, until: datetime, reason: str) -> Exit:
    """Fetch, send and tidy nothing at route or endpoint NAME for a while; what is on its way stays."""
    from hub.engine.pauses import pause as act

    with place.open_hub() as hub:
        row = act(hub.services, kind, name, until, reason)
    show.console().print(f"The {kind} {row.name} is paused until {show.clock_face(row.until)}.")
    return Exit.OK


@click.command(cls=Verb)
@KIND
@click.argument("name")
@REASON
@pass_place
def resume(place: Place, kind: str, name: str, reason: str) -> Exit:
    """Let route or endpoint NAME go on; its next run does what has waited."""
    from hub.engine.pauses import resume as act

    with place.open_hub() as hub:
        was = act(hub.services, kind, name, reason)
    show.console().print(f"The {kind} {name} {'goes on' if was else 'was not paused'}.")
    return Exit.OK
