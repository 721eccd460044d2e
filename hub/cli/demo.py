"""`feedhub demo`: a pretend council, end to end, on this machine alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb

if TYPE_CHECKING:
    from hub.engine.local import Hub

STORY = 120
"""Columns of the demo's story where it is not read on a screen."""
HOST = "127.0.0.1"
"""Where `--serve` shows it."""


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
@click.option(
    "--serve", is_flag=True, help="Then show it all in a browser, with the partners running, until Ctrl-C."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="With --serve.")
def demo(keep: Path | None, month: bool, serve: bool, port: int) -> Exit:
    """Run a pretend council's routes for real, on this machine.

    Its partners are servers on loopback; there are good files and bad ones, and pretend people who decide.
    """
    from hub.console.serving import bound
    from hub.demo.run import play
    from hub.door.demo import Story

    if serve:  # told before the story is played, not after
        bound(HOST, port).close()
    story = Story.MONTH if month else Story.TOUR
    play(keep, show.console(STORY), command, story=story, serve=partial(_serve, port) if serve else None)
    return Exit.OK


def _serve(port: int, hub: Hub) -> None:
    """The web console over the demo's hub, with a link for each of its people, good once."""
    from hub.config.settings import ConsoleSettings
    from hub.console.console import Console
    from hub.console.serving import serving

    console = Console(lambda: hub, ConsoleSettings(address=(HOST, port)))
    with serving(console) as address:
        show.console().print(f"The console is at {address}. Each of these links lets you in once, as")
        people = hub.services.people
        for person in people.named:
            link = f"{address}/once/{console.let_in_once(person.login)}"
            show.console().print(f"  {person.name} ({', '.join(person.roles)}): {link}", soft_wrap=True)
        show.console().print("Ctrl-C ends the demo.")
        with suppress(KeyboardInterrupt):
            Event().wait()


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
