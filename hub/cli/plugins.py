"""`feedhub plugins`: who is in, and who was switched off and why."""

from __future__ import annotations

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place


@click.command(cls=Verb)
@show.JSON
@pass_place
def plugins(place: Place, as_json: bool) -> Exit:
    """List the plug-ins, and why one is switched off."""
    door = place.door
    rows = [{"name": name, "state": "active", "reason": None} for name in door.names]
    rows += [{"name": name, "state": "off", "reason": reason} for name, reason in door.failures.items()]
    if as_json:
        show.print_json(rows)
    else:
        show.print_table(["plug-in", "state", "reason"], [tuple(row.values()) for row in rows])
    return Exit.NOT_SO if door.failures else Exit.OK
