"""`feedhub plugins`: who is in, and who was switched off and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.plugin_commands import plugin_commands

if TYPE_CHECKING:
    from hub.door.manager import Door


@click.command(cls=Verb)
@show.JSON
@pass_place
def plugins(place: Place, as_json: bool) -> Exit:
    """List the plug-ins with the commands that they bring, and why one is switched off."""
    door = place.door
    rows = [*_active(door), *(_off(name, reason) for name, reason in door.failures.items())]
    if as_json:
        show.print_json(rows)
    else:
        show.print_table(["plug-in", "state", "commands", "reason"], [_cells(row) for row in rows])
    return Exit.NOT_SO if door.failures else Exit.OK


def _active(door: Door) -> Iterator[dict[str, Any]]:
    commands = plugin_commands(door)
    for name in door.names:
        group = commands.get(name)
        yield {
            "name": name,
            "state": "active",
            "commands": sorted(group.commands) if group else [],
            "reason": None,
        }


def _off(name: str, reason: str) -> dict[str, Any]:
    return {"name": name, "state": "off", "commands": [], "reason": reason}


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    commands = [f"feedhub {row['name']} {verb}" for verb in row["commands"]]
    return row["name"], row["state"], ", ".join(commands), row["reason"]
