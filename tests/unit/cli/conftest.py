"""Run command lines in this process, with exit code and output as a shell would see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli.main import outcome
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran


@pytest.fixture
def feedhub(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Feedhub:
    monkeypatch.delenv("FEEDHUB_CONFIG", raising=False)

    def run(*arguments: object) -> Ran:
        code = outcome([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    return run


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council.in_folder(tmp_path)
