"""`feedhub demo`, played, and a few lines that read what it left behind: none of these the hub's own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from rich.console import Console

from hub.cli.demo import command
from hub.demo.council import VARIABLE
from hub.demo.run import play
from hub.door.demo import Story
from tests.once import made_once


def temporary_of(folder: Path) -> Path:
    """Beside it: a demo is laid out in an empty folder."""
    return folder.with_name(f"{folder.name}-temporary")


def played(factory: pytest.TempPathFactory, story: Story) -> Demo:
    """The demo of this run of the tests, which one worker plays. It is there to be looked at, not changed."""

    def make(folder: Path) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, "")  # the demo sets it; this puts it back
            temporary_of(folder).mkdir(exist_ok=True)
            patch.setattr("tempfile.tempdir", str(temporary_of(folder)))
            console = Console(file=io.StringIO(), record=True, width=200)
            play(folder, console, command, story=story)
            return console.export_text()

    return Demo(*made_once(factory, f"demo-{story.value}", make))


@dataclass(frozen=True)
class Demo:
    """What the demo left behind. `said` is what it printed."""

    folder: Path
    said: str

    def at(self, endpoint: str, folder: str) -> list[Path]:
        """The files that lie in a folder of a partner."""
        found = self.folder / "partners" / endpoint / folder
        return sorted(path for path in found.iterdir() if path.is_file())

    def one(self, endpoint: str, folder: str, part: str) -> Path:
        (path,) = (path for path in self.at(endpoint, folder) if part in path.name)
        return path

    def export(self, sequence: str) -> Path:
        return self.one("rent", "export/dd/done", sequence)

    @property
    def temporary(self) -> Path:
        """Where its temporary files were to lie."""
        return temporary_of(self.folder)

    @property
    def state(self) -> Path:
        return self.folder / "config" / "state"


def pence(pounds):
    return int(pounds.replace(".", ""))


def csv_rows(path):
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if row[0] == "D"]


def hb_rows(text):
    """Of a posting file: tenancy, and pence that are credited."""
    return [(line[12:36].strip(), int(line[77:87])) for line in text.splitlines() if line[0] == "D"]


def discretionary(demo):
    """The same of all files in the bundle of discretionary payments."""
    with ZipFile(demo.one("benefits", "outgoing_dhp/done", "dhp_202612")) as bundle:
        return [row for name in bundle.namelist() for row in hb_rows(bundle.read(name).decode("latin-1"))]
