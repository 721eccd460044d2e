"""Errors become one sentence and an exit code, whatever they are."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import pytest

from hub import errors
from hub.cli.main import cli
from hub.errors import FeedHubError
from tests.unit.cli.running import Feedhub, Ran


def log_named_in(ran: Ran) -> Path:
    return Path(re.findall(r"\S+\.log", ran.err)[0])


Failing = Callable[[BaseException], Ran]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, feedhub: Feedhub) -> Failing:
    """`feedhub fail` raises what the test wants."""

    def run(error: BaseException) -> Ran:
        def fail() -> NoReturn:
            raise error

        monkeypatch.setitem(cli.commands, "fail", click.Command("fail", callback=fail))
        return feedhub("fail")

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("a mistake"), 2),
        (errors.UsageError("a mistake"), 2),
        (errors.PluginError("a mistake"), 2),
        (errors.Unreachable("a mistake"), 4),
        (errors.HostKeyChanged("a mistake"), 4),
        (errors.StoreError("a mistake"), 4),
        (errors.CannotRender("a mistake"), 1),
        (errors.InDoubt("a mistake"), 1),
    ],
)
def test_an_error_is_its_sentence_and_its_code(failing: Failing, error: FeedHubError, code: int) -> None:
    ran = failing(error)
    assert (ran.code, ran.out, ran.err) == (code, "", "feedhub: a mistake\n")


def test_every_mistake_of_a_configuration_is_told(failing: Failing) -> None:
    assert failing(errors.ConfigError("one", "two")).err == "feedhub: one\ntwo\n"


def test_what_the_system_refuses_is_told_with_its_place(failing: Failing) -> None:
    ran = failing(PermissionError(13, "Permission denied", "/exports/out.csv"))
    assert ran.code == 4
    assert "Permission denied (/exports/out.csv)" in ran.err


def test_a_full_disk_is_a_sentence(failing: Failing) -> None:
    ran = failing(OSError(28, "No space left on device", "/srv/out"))
    assert (ran.code, ran.err.count("\n")) == (4, 1)
    assert "A disk is full (/srv/out). Make room" in ran.err


def test_a_fault_of_our_own_keeps_its_traceback_in_a_file(failing: Failing) -> None:
    ran = failing(ZeroDivisionError("secret of a tenant"))
    assert ran.code == 70
    assert "Traceback" not in ran.err and "secret" not in ran.err
    log = log_named_in(ran)
    assert "ZeroDivisionError: secret of a tenant" in log.read_text("utf-8")
    log.unlink()


def test_the_file_of_a_fault_is_for_this_user_only(failing: Failing) -> None:
    log = log_named_in(failing(ZeroDivisionError()))
    if sys.platform != "win32":  # Windows keeps the temporary folder itself private
        assert log.stat().st_mode & 0o077 == 0
    log.unlink()


def test_ctrl_c_is_no_traceback(failing: Failing) -> None:
    ran = failing(KeyboardInterrupt())
    assert ran.code == 130
    assert "Stopped." in ran.err


def test_an_unknown_command_is_a_usage_error(feedhub: Feedhub) -> None:
    ran = feedhub("inspekt")
    assert ran.code == 2
    assert "inspekt" in ran.err


def test_a_missing_configuration_says_what_to_do(
    feedhub: Feedhub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = feedhub("routes")
    assert ran.code == 2
    assert "no hub.yaml" in ran.err and "feedhub init" in ran.err


def test_help_names_the_exit_codes(feedhub: Feedhub) -> None:
    ran = feedhub("--help")
    assert ran.code == 0
    for code in ("0", "1", "2", "3", "4", "70", "130"):
        assert re.search(rf"^ +{code}  \w", ran.out, re.MULTILINE)


def test_help_needs_no_heavy_library() -> None:
    heavy = {"rich", "sqlalchemy", "pydantic", "paramiko", "lxml", "cryptography", "yaml", "structlog"}
    script = "import sys; import hub.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert heavy.isdisjoint(loaded.split())


def test_a_console_without_our_characters_shows_something(tmp_path: Path) -> None:
    """A Windows console may have a code page of 256 characters."""
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "--config", str(tmp_path), "routes"],
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_demo_that_could_not_be_shown_is_not_played(feedhub: Feedhub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = feedhub("demo", "--serve", "--port", taken.getsockname()[1])
    assert (ran.code, ran.out) == (2, "")
    assert "Nothing can listen at 127.0.0.1" in ran.err and "--port" in ran.err
