"""Play the demo: scene by scene the partners lay files out, the routes run, and what moved is shown."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub.config.load import load
from hub.demo.clock import StoryClock
from hub.demo.council import PASSWORD, VARIABLE, Council, council, tenants
from hub.demo.show import Totals, show_ending, show_heading, show_report, show_servers
from hub.door.demo import Scene, Stage, Tenant
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.engine.report import Outcome, RunReport
from hub.errors import UsageError


@dataclass(slots=True)
class Played:
    """What the demo left: where it lies, and every run's report in order."""

    folder: Path
    reports: list[RunReport] = field(default_factory=list)


def play(keep: Path | None, console: Console, *, serve: bool = False) -> Played:
    """Run the whole demo. `keep` names the folder to lay it out in (must be new or empty); without it a
    temporary folder is used and left for looking at. `serve` keeps the pretend partners up until Ctrl-C."""
    folder = _folder(keep)
    os.environ[VARIABLE] = PASSWORD
    clock = StoryClock()
    with council(folder) as stage_set:
        door = Door.load()
        config = load(stage_set.config, door.catalogue())
        played = Played(folder)
        with open_hub(config, door, clock=clock, who="demo") as hub:
            for scene in door.demo():
                clock.turn_to(scene.day)
                played.reports += _scene(scene, stage_set, tenants(), hub, clock, console)
            show_ending(console, folder, Totals.of(hub.store))
        if serve:
            _serve(stage_set, console)
    return played


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="feedhub-demo-"))
    if keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty. Name a new folder for the demo, or empty this one.")
    keep.mkdir(parents=True, exist_ok=True)
    return keep.resolve()


def _scene(
    scene: Scene,
    stage_set: Council,
    people: Sequence[Tenant],
    hub: Hub,
    clock: StoryClock,
    console: Console,
) -> list[RunReport]:
    show_heading(console, f"{scene.day:%A} {scene.day.day} {scene.day:%B %Y}")
    console.print(scene.title)
    five_minutes_ago = clock.now().timestamp() - 300
    scene.prepare(Stage(scene.day, people, stage_set.endpoint_folder, five_minutes_ago))
    reports = []
    for route in scene.routes:
        reports.append(_run(route, hub, console))
        show_report(console, hub.store, reports[-1])
    return reports


def _run(route: str, hub: Hub, console: Console) -> RunReport:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        row = bar.add_task(f"  {route}", total=None)

        def progress(outcome: Outcome, done: int, total: int) -> None:
            bar.update(row, completed=done, total=total)

        return hub.run(route, progress=progress)


def _serve(stage_set: Council, console: Console) -> None:
    show_servers(console, stage_set)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("Ended.")
