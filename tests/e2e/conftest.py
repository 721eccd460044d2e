"""`feedhub demo`, played once for all pages that look at what it left."""

from __future__ import annotations

import json

import pytest

from hub.cli.main import outcome
from hub.door.demo import Story
from tests.played import Demo, played


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Demo:
    return played(tmp_path_factory, Story.TOUR)


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
        listed = json.loads(feedhub("transfers", "list", "--limit", "500", "--json"))
        (found,) = (one["id"] for one in listed if part in one["name"] and one["mode"] == "live")
        return json.loads(feedhub("transfers", "show", found, "--json"))

    return find
