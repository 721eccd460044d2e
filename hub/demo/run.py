"""Play the demo, scene by scene: partners lay files out, routes run, people act, and what moved is shown."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub.config.load import load
from hub.config.people import HUB, People, Viewer
from hub.demo.clock import StoryClock
from hub.demo.council import PASSWORD, VARIABLE, Council, council, tenants
from hub.demo.desk import Command, PersonsDesk
from hub.demo.show import (
    Totals,
    show_books,
    show_heading,
    show_posted,
    show_report,
    show_says,
    show_servers,
    show_totals,
    show_where,
)
from hub.door.demo import Act, Books, Edit, Meanwhile, Scene, Stage, Step, Story, Tenant
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.engine.report import Outcome, RunReport
from hub.errors import UsageError

BETWEEN_STEPS = timedelta(minutes=15)


@dataclass(slots=True)
class Played:
    """What the demo left: where it lies, and every run's report in order."""

    folder: Path
    reports: list[RunReport] = field(default_factory=list)


TENANTS = {Story.TOUR: 400, Story.MONTH: 2_000}
"""How many rent accounts the pretend council has."""


def play(
    keep: Path | None,
    console: Console,
    command: Command,
    *,
    story: Story = Story.TOUR,
    serve: Callable[[Hub], None] | None = None,
) -> Played:
    """Run the whole demo. `keep` names the folder to lay it out in (must be new or empty); without it a
    temporary folder is used and left for looking at. `command` gives the pretend people's commands. `serve`
    is what a hub is kept open for when all is played; the pretend partners stay up until it returns."""
    folder = _folder(keep)
    os.environ[VARIABLE] = PASSWORD
    with council(folder) as laid:
        playing = Playing(laid, console, command, tenants(TENANTS[story]))
        for scene in playing.door.demo():
            if scene.story is story:
                playing.scene(scene)
        with playing.opened(HUB) as hub:
            totals = Totals.of(hub)
        show_totals(console, totals)
        show_posted(console, laid.rent_api.posted)
        show_where(console, folder)
        if serve is not None:
            show_servers(console, laid)
            with playing.opened(HUB) as hub:
                serve(hub)
    return playing.played


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="feedhub-demo-"))
    if keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty. Name a new folder for the demo, or empty this one.")
    keep.mkdir(parents=True, exist_ok=True)
    return keep.resolve()


class Playing:
    """The story under way. The hub is opened anew for each step, as the configuration is then."""

    def __init__(self, laid: Council, console: Console, command: Command, tenants: Sequence[Tenant]) -> None:
        self.door, self.played = Door.load(), Played(laid.folder)
        for sentence in self.door.failures.values():
            show_says(console, sentence)
        self._laid, self._console, self._command = laid, console, command
        self._clock, self._tenants = StoryClock(), tenants

    @contextmanager
    def opened(self, who: Viewer) -> Iterator[Hub]:
        config = load(self._laid.config, self.door.catalogue())
        with open_hub(config, self.door, clock=self._clock, viewer=who) as hub:
            yield hub

    def scene(self, scene: Scene) -> None:
        self._clock.turn_to(scene.day)
        show_heading(self._console, f"{scene.day:%A} {scene.day.day} {scene.day:%B %Y}")
        self._console.print(scene.title)
        five_minutes_ago = self._clock.now().timestamp() - 300
        stage = Stage(scene.day, self._tenants, self._laid.endpoint_folder, five_minutes_ago)
        scene.prepare(stage)
        for step in scene.steps:
            self._step(step, stage)
            self._clock.pass_on(BETWEEN_STEPS)

    def _step(self, step: Step, stage: Stage) -> None:
        match step:
            case Act():
                step.does(self._desk(step.who, stage))
            case Meanwhile():
                show_says(self._console, step.says)
                step.does(self._laid)
            case Edit():
                show_says(self._console, f"In config/{step.file}, {step.was} becomes {step.becomes}.")
                self._laid.edit(step)
            case Books():
                show_books(self._console, step.title, step.read(stage))
            case _:
                self._run(step)

    def _desk(self, login: str, stage: Stage) -> PersonsDesk:
        people = People(load(self._laid.config, self.door.catalogue()).hub.people)
        folder = self._laid.desk(login)
        return PersonsDesk(people.viewer(login), stage, folder, self._console, self._command, self.opened)

    def _run(self, route: str) -> None:
        with self.opened(HUB) as hub:
            report = _run(route, hub, self._console)
            show_report(self._console, hub, report)
        self.played.reports.append(report)


def _run(route: str, hub: Hub, console: Console) -> RunReport:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        row = bar.add_task(f"  {route}", total=None)

        def progress(outcome: Outcome, done: int, total: int) -> None:
            bar.update(row, completed=done, total=total)

        return hub.run(route, progress=progress)
