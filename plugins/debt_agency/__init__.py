"""Debt collection agencies: placements, holds, what comes back. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Commands, Feed, Lifecycle, Options, Scene, hookimpl
from plugins.debt_agency.commands import layout
from plugins.debt_agency.demo import SCENES
from plugins.debt_agency.feeds import FEEDS
from plugins.debt_agency.lifecycles import LIFECYCLES
from plugins.debt_agency.settings import DebtSettings


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return FEEDS


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return LIFECYCLES


@hookimpl
def feedhub_settings() -> type[Options]:
    return DebtSettings


@hookimpl
def feedhub_commands(cli: Commands) -> None:
    cli.add_command(layout)


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
