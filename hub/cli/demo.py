"""`feedhub demo`: a pretend council, end to end, on this machine alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb

if TYPE_CHECKING:
    from hub.engine.local import Hub

STORY = 120
"""Columns of the demo's story where it is not read on a screen."""


@click.command(cls=Verb)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Work in this folder, which must be new or empty, and leave it; else in a temporary one.",
)
@click.option(
    "--month",
    is_flag=True,
    help="Play a month of Direct Debits for 2,000 rent accounts, and compare the books.",
)
@click.option("--serve", is_flag=True, help="Leave the pretend partners running until Ctrl-C.")
def demo(keep: Path | None, month: bool, serve: bool) -> Exit:
    """Run a pretend council's routes for real, on this machine.

    Its partners are servers on loopback; there are good files and bad ones, and pretend people who decide.
    """
    from hub.demo.run import play
    from hub.door.demo import Story

    story = Story.MONTH if month else Story.TOUR
    play(keep, show.console(STORY), command, story=story, serve=serve)
    return Exit.OK


class _Here(Place):
    """Where a hub is open already, for somebody of the demo, on a day of its story."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub

    def open_hub(self, state: Path | None = None) -> AbstractContextManager[Hub]:
        return nullcontext(self._hub)


def command(hub: Hub, words: Sequence[str], columns: int) -> str:
    """What a command line says to whoever a hub is open for, in lines that are not longer than `columns`."""
    from hub.cli.main import outcome

    said, screen = io.StringIO(), show.console()
    before, screen.width = screen.width, columns
    try:
        with redirect_stdout(said), redirect_stderr(said):
            outcome(words, _Here(hub))
    finally:
        screen.width = before
    return said.getvalue()
