"""`feedhub demo`: a pretend council, end to end, on this machine alone."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Verb

STORY = 120
"""Columns of the demo's story where it is not read on a screen."""


@click.command(cls=Verb)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Work in this folder, which must be new or empty, and leave it; else in a temporary one.",
)
@click.option("--serve", is_flag=True, help="Leave the pretend partners running until Ctrl-C.")
def demo(keep: Path | None, serve: bool) -> Exit:
    """Run a pretend council's routes for real, on this machine.

    Its partners are SFTP servers on loopback; there are good files and bad ones.
    """
    from hub.demo.run import play

    play(keep, show.console(STORY), serve=serve)
    return Exit.OK
