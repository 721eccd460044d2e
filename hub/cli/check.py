"""`feedhub check`: would the hub start with this configuration?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.errors import ConfigError

if TYPE_CHECKING:
    from hub.config.load import Config
    from hub.door.manager import Door


@click.command(cls=Verb)
@show.JSON
@pass_place
def check(place: Place, as_json: bool) -> Exit:
    """Read the whole configuration and tell every mistake at once.

    Each is told with its file and line. A plug-in that cannot be loaded is a mistake here. What is no mistake
    but wants a person is noted: a waiver that ended, a key file that every user may read. No endpoint is
    asked: that is `feedhub endpoints test`.
    """
    mistakes = _mistakes(place)
    notes = [] if mistakes else _notes(place.config)
    if as_json:
        show.print_json({"ok": not mistakes, "mistakes": mistakes, "notes": notes})
        return Exit.USAGE if mistakes else Exit.OK
    for note in notes:
        click.echo(f"feedhub: {note}", err=True)
    if mistakes:
        for mistake in mistakes:
            click.echo(mistake, err=True)
        number = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
        click.echo(f"feedhub: {number} in {place.config_folder}; nothing of it is used.", err=True)
    else:
        show.console().print(_praise(place))
    return Exit.USAGE if mistakes else Exit.OK


def _mistakes(place: Place) -> list[str]:
    from hub.config.load import load

    door = _door(place)
    broken = list(door.failures.values())
    try:
        load(place.config_folder, door.catalogue())
    except ConfigError as error:
        return [*broken, *error.mistakes]
    return broken


def _notes(config: Config) -> list[str]:
    from hub.clock.now import SystemClock, local_date
    from hub.config.secrets import Secrets

    exposed = Secrets.beside(config.folder).exposed(config.secret_references)
    return [*config.waivers.ended(local_date(SystemClock().now())), *exposed]


def _door(place: Place) -> Door:
    """The plug-ins that are named; while hub.yaml cannot be read, all that are installed."""
    from hub.door.manager import Door

    try:
        return place.door
    except ConfigError:
        return Door.load()


def _praise(place: Place) -> str:
    config = place.config
    counted: dict[str, Any] = {
        "routes": config.routes,
        "endpoints": config.endpoints,
        "feeds": place.catalogue.feeds,
    }
    sizes = ", ".join(f"{len(found)} {name}" for name, found in counted.items())
    return f"{config.folder}: no mistakes; {sizes}."
