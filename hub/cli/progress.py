"""A bar for work that somebody watches and that takes longer than a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from hub.cli import show

Told = Callable[[str, int, int], None]
"""Name of what is done last, how many are done, of how many."""

MOMENT = 2.0
"""Seconds before a bar appears."""


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """Drawn on standard error, so also while what comes of it is piped; and not where that is no terminal. Of
    one long piece of work, of which nothing is done yet, it shows how long it has gone on."""
    if not show.beside().is_terminal:
        yield lambda name, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    began = time.monotonic()
    with Progress(*columns, console=show.beside(), transient=True, disable=False) as bar:
        line = bar.add_task("", visible=False, total=None)
        appears = Timer(max(MOMENT, 0), bar.update, (line,), {"visible": True})
        appears.daemon = True
        appears.start()
        try:
            yield lambda name, done, total: bar.update(
                line, description=name, completed=done, total=total, visible=time.monotonic() - began > MOMENT
            )
        finally:
            appears.cancel()
