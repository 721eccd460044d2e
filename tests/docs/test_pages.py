"""The pages that are written from the code are as the code is now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hub.door.manager import Door
from tests.product import PLUGINS

ROOT = Path(__file__).parents[2]


def test_the_command_line_and_the_checks_are_documented_as_they_are() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "pages.py", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_plug_in_that_is_installed_is_documented() -> None:
    door = Door.load()
    assert door.failures == {}
    assert {"core", *PLUGINS} <= set(door.names)


def test_relative_links_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "hub" / "docs").rglob("*.md")]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert dead == []
