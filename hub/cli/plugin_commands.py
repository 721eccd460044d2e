"""Commands that plug-ins bring: `feedhub NAME …`, looked for when no command of the hub's own is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from hub.cli.place import Place, Verbs
from hub.errors import ConfigError

if TYPE_CHECKING:
    from hub.door.commands import ReferenceTables, Trial
    from hub.door.manager import Door


class PluginCommands(Verbs):
    """A plug-in's own group (`hub.door.commands.Commands`)."""

    def tables(self, tables: ReferenceTables) -> None:
        from hub.cli.tables import verbs

        self.add_command(verbs(tables))

    def trial(self, trial: Trial) -> None:
        from hub.cli.trial import command

        first, _, second = trial.name.partition(" ")
        inside = self.commands.get(first) if second else self
        if not isinstance(inside, Verbs):
            inside = Verbs(first, help=f"Try things out with the {first}.")
            self.add_command(inside)
        inside.add_command(command(trial), second or first)


class Root(click.Group):
    """The hub's own commands, and behind them those of the plug-ins that `hub.yaml` names.

    Help lists the hub's own only: it comes at once, and where the configuration cannot be read."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._of_plugins(ctx).get(cmd_name)

    def _of_plugins(self, ctx: click.Context) -> Mapping[str, click.Command]:
        """None while the configuration cannot be read: the command itself says why."""
        try:
            return plugin_commands(ctx.ensure_object(Place).door)
        except ConfigError:
            return {}


def plugin_commands(door: Door) -> Mapping[str, click.Group]:
    """By plug-in, its group of commands; not of those that bring none."""
    return door.commands(lambda name: PluginCommands(name, help=f"What the plug-in {name} brings."))
