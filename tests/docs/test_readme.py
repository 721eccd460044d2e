"""What README.md tells people to type works as written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from hub.cli.main import outcome
from tests.unit.cli.council import Council

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
COMMANDS = [line.partition("#")[0].strip() for line in re.findall(r"uv run feedhub (.+)", README)]


def told(verb: str) -> list[str]:
    """The words after `feedhub` of the one example of a command."""
    [command] = [command for command in COMMANDS if command.startswith(verb)]
    return shlex.split(command)


def test_a_file_is_converted_as_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    council = Council.in_folder(tmp_path / "council")
    files = {
        "FILE": council.collection(council.coming_day()),
        "accounts.csv": council.accounts(),
        "mandates.csv": council.mandates(),
        "DIR": tmp_path / "out",
    }
    monkeypatch.chdir(tmp_path)
    assert outcome([str(files.get(word, word)) for word in told("convert")]) == 0
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_field_is_checked_as_told() -> None:
    assert outcome(told("check-field")) == 0


def test_a_council_is_set_up_as_told(tmp_path: Path) -> None:
    folder = str(tmp_path / "council")
    for verb in ("init", "--config DIR check"):
        assert outcome([folder if word == "DIR" else word for word in told(verb)]) == 0
