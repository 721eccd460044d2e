"""Bacs: Direct Debit collection files out, the reports that come back in. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Commands, Feed, Lifecycle, Options, Scene, hookimpl
from plugins.bacs.demo import SCENES
from plugins.bacs.demo_month import MONTH
from plugins.bacs.feeds import FEEDS, LIFECYCLES
from plugins.bacs.settings import BacsSettings
from plugins.bacs.tables import MODULUS


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return FEEDS


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return LIFECYCLES


@hookimpl
def feedhub_settings() -> type[Options]:
    return BacsSettings


@hookimpl
def feedhub_commands(cli: Commands) -> None:
    cli.tables(MODULUS)


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return (*SCENES, *MONTH)
