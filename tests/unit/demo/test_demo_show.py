"""What the demo tells people to type works, and its lines are no longer than one reads."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from hub.cli.main import outcome
from hub.demo.council import council
from hub.demo.show import show_heading, show_servers


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=500)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_servers_can_be_tried_as_told(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with council(tmp_path / "demo") as stage:
        show_servers(console, stage)
        password = re.search(r"(FEEDHUB_DEMO_PASSWORD)\W+(not-a-real-password)", printed(console))
        command = re.search(r"uv run feedhub (.+)", printed(console))
        assert password and command
        monkeypatch.setenv(*password.groups())
        assert outcome(command[1].split()) == 0
        assert all(f"127.0.0.1:{server.port}" in printed(console) for server in stage.servers.values())


def test_a_rule_is_no_longer_than_one_reads(console: Console) -> None:
    show_heading(console, "Monday 2 November 2026")
    assert max(map(len, printed(console).splitlines())) == 100


def test_a_rule_fits_a_small_screen() -> None:
    small = Console(file=io.StringIO(), width=40)
    show_heading(small, "Monday")
    assert max(map(len, printed(small).splitlines())) == 40
