"""Where a command stands: the configuration folder it was given, and what is loaded from there when asked."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from hub.config.known import Known
    from hub.config.load import Config
    from hub.config.people import Viewer
    from hub.door.manager import Catalogue, Door
    from hub.engine.local import Hub

USUAL = Path("config")


@dataclass
class Place:
    """`folder` is what `--config` or FEEDHUB_CONFIG said; None = `./config`."""

    folder: Path | None = None

    @property
    def config_folder(self) -> Path:
        """Raises ConfigError when there is no configuration there."""
        folder = self.folder or USUAL
        if not (folder / "hub.yaml").is_file():
            raise ConfigError(
                f"There is no configuration in {folder} (no hub.yaml). "
                "Name its folder with --config, or make one with `feedhub init DIR`."
            )
        return folder

    @property
    def is_configured(self) -> bool:
        """Whether a configuration was named, or lies where it usually does."""
        return self.folder is not None or (USUAL / "hub.yaml").is_file()

    @property
    def readable_folder(self) -> Path:
        """For commands that only look at files: without a configuration, the example council's."""
        from hub.config.example import example_folder

        return self.config_folder if self.is_configured else example_folder()

    @cached_property
    def door(self) -> Door:
        """The plug-ins that `hub.yaml` names."""
        from hub.config.load import load_hub_settings
        from hub.door.manager import Door

        return Door.load(load_hub_settings(self.readable_folder).plugins)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the plug-ins offer; one that is switched off is told."""
        for sentence in self.door.failures.values():
            click.echo(f"feedhub: {sentence}", err=True)
        return self.door.catalogue()

    @cached_property
    def config(self) -> Config:
        """Raises ConfigError with every mistake."""
        from hub.config.load import load

        return load(self.config_folder, self.door.catalogue())

    @cached_property
    def readable_config(self) -> Config:
        """The same for commands that only look at files. Raises ConfigError with every mistake."""
        from hub.config.load import load

        return load(self.readable_folder, self.door.catalogue())

    @cached_property
    def viewer(self) -> Viewer:
        """Who the operating system says that it is. Raises UsageError for somebody who may not use it."""
        from hub.config import login
        from hub.config.people import People

        return People(self.config.hub.people).viewer(login.system_login())

    @property
    def known(self) -> Known:
        """What the configuration names, as far as they may know of it."""
        from hub.config.known import Known

        return Known(self.config, self.catalogue, self.viewer)

    def open_hub(self, state: Path | None = None) -> AbstractContextManager[Hub]:
        """The hub with its store, for the `viewer`. `state`: another folder than the one that hub.yaml
        names."""
        from hub.engine.local import open_hub

        config = self.config if state is None else self.config.over(state)
        return open_hub(config, self.door, viewer=self.viewer)

    def open_service(self) -> AbstractContextManager[Hub]:
        """The hub as it acts by itself. Raises UsageError for somebody who may not run routes."""
        from hub.config.people import People, Right
        from hub.engine.local import open_hub

        if not self.viewer.may(Right.RUN):
            raise UsageError(People(self.config.hub.people).refusal(self.viewer, Right.RUN))
        return open_hub(self.config, self.door)


def _remember(ctx: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        ctx.ensure_object(Place).folder = folder


CONFIG = click.Option(
    ["--config"],
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FEEDHUB_CONFIG",
    expose_value=False,
    is_eager=True,
    callback=_remember,
    help="Folder with hub.yaml; else $FEEDHUB_CONFIG, else ./config.",
)


class _TakesConfig(click.Command):
    """Takes `--config` after its name, as the whole command does before it."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        again = click.Option(
            ["--config"],
            type=CONFIG.type,
            expose_value=False,
            is_eager=True,
            callback=_remember,
            hidden=True,
        )
        self.params = [*self.params, again]


class Verb(_TakesConfig):
    """A command that does something."""


class Verbs(_TakesConfig, click.Group):
    """A command with verbs of its own."""

    command_class = Verb


pass_place = click.make_pass_decorator(Place, ensure=True)
