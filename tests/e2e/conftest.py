"""`feedhub demo`, played once for each page that looks at what it left."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from rich.console import Console

from hub.cli.demo import command
from hub.cli.main import outcome
from hub.demo.run import play
from tests.played import Demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[Demo]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDHUB_DEMO_PASSWORD", "")  # the demo sets it; this puts it back
        console = Console(file=io.StringIO(), record=True, width=200)
        played = play(tmp_path_factory.mktemp("demo"), console, command)
        yield Demo(played.folder, console.export_text())


@pytest.fixture
def feedhub(demo, capsys):
    """Run a command line on what the demo left, and give back what it printed."""

    def run(*words):
        assert outcome(["--config", str(demo.folder / "config"), *words]) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture
def view(feedhub):
    """All that the hub tells of the one live transfer whose file's name holds this."""

    def find(part):
        listed = json.loads(feedhub("transfers", "list", "--json"))
        (found,) = (one["id"] for one in listed if part in one["name"] and one["mode"] == "live")
        return json.loads(feedhub("transfers", "show", found, "--json"))

    return find
