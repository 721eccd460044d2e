"""What is shipped to run the hub for good says what the hub takes."""

from __future__ import annotations

import configparser
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.main import cli

DEPLOY = Path(__file__).parents[2] / "config/deploy"
UNIT = DEPLOY / "feedhub.service"


def unit() -> dict[str, dict[str, list[str]]]:
    """A unit file's sections; a key may stand more than once."""

    class Many(dict[str, list[str]]):
        def __setitem__(self, key: str, value: list[str]) -> None:
            super().__setitem__(key, [*self.get(key, []), *value] if isinstance(value, list) else value)

    parser = configparser.RawConfigParser(strict=False, dict_type=Many, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return {
        name: {key: str(value).split("\n") for key, value in parser.items(name)} for name in parser.sections()
    }


def commands() -> list[list[str]]:
    service = unit()["Service"]
    return [shlex.split(line) for key in ("ExecStartPre", "ExecStart") for line in service[key]]


def test_the_unit_runs_commands_that_there_are() -> None:
    verbs = [words[3] for words in commands()]
    assert verbs == ["check", "start"]
    assert set(verbs) <= cli.commands.keys()
    assert all(words[1:3] == ["--config", "/etc/feedhub"] for words in commands())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("User", "feedhub"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("PrivateTmp", "yes"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("Restart", "on-failure"),
    ],
)
def test_the_unit_may_do_little(key: str, value: str) -> None:
    assert unit()["Service"][key] == [value]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and os.environ.get("CI") != "true",
    reason="systemd-analyze is not installed",
)
def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    here = UNIT.read_text("utf-8").replace("/opt/feedhub/bin/feedhub", sys.executable)
    (tmp_path / UNIT.name).write_text(here, "utf-8")
    ran = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / UNIT.name], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    exposure = ["systemd-analyze", "security", "--offline=true", "--threshold=25", tmp_path / UNIT.name]
    assert subprocess.run(exposure, capture_output=True, check=False).returncode == 0, "2.5 of 10 at the most"


def test_the_container_runs_as_nobody_with_every_package_by_its_hash() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    last = dict(said)
    assert {word for word, _ in said} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "STOPSIGNAL", "ENTRYPOINT", "CMD"
    }  # fmt: skip
    assert last["USER"] == "10001"
    assert any("--require-hashes -r requirements.lock" in rest for word, rest in said if word == "RUN")
    verb = [*json.loads(last["ENTRYPOINT"]), *json.loads(last["CMD"])]
    assert verb == ["feedhub", "start"]
