"""Where the pretend people sit: the real command line, as whoever they are, on the day of the story."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from hub.config.people import Viewer
from hub.demo.show import said_columns, show_command, show_said
from hub.door.demo import Stage
from hub.engine.local import Hub

Command = Callable[[Hub, Sequence[str], int], str]
"""What a command line says to whoever a hub is open for, in lines of at most so many columns."""


@dataclass(frozen=True, slots=True)
class PersonsDesk:
    """The desk (`hub.door.demo.Desk`) of one person in one scene."""

    who: Viewer
    stage: Stage
    folder: Path
    console: Console
    command: Command
    opened: Callable[[Viewer], AbstractContextManager[Hub]]

    def feedhub(self, *words: object) -> None:
        told = [str(word) for word in words]
        show_command(self.console, self.who.login, told)
        show_said(self.console, self._run(told, said_columns(self.console)))

    def look(self, *words: object) -> Any:
        return json.loads(self._run([*map(str, words), "--json"], said_columns(self.console)))

    def _run(self, words: Sequence[str], columns: int) -> str:
        with self.opened(self.who) as hub:
            return self.command(hub, words, columns)
