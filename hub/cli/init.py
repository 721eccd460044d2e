"""`feedhub init`: a commented configuration to start from."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Verb


@click.command(cls=Verb)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> Exit:
    """Write an example council's configuration into DIR.

    DIR must be new or empty. Every key is explained where it stands.
    """
    from hub.config import example

    example.init(folder)
    show.console().print(
        f"{folder} holds the configuration of an example council, every key explained.\n"
        f"Next: edit it, then `feedhub --config {folder} check`."
    )
    return Exit.OK
