"""Shared by all tests: one seed repeats a whole run (`FEEDHUB_SEED=12345 uv run pytest`)."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import read_once, ready_tables

# Through the environment, so that every worker of a run has the same one.
SEED = os.environ.setdefault("FEEDHUB_SEED", str(secrets.randbelow(1_000_000)))

# Workers and children read what one of them has compiled, instead of compiling every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Thousands of hubs make sure of each commit on the disk. Where Linux lends memory as a folder, that is
# at once; nothing here cuts the power, and a process that is killed leaves the same behind.
MEMORY, ENOUGH = Path("/dev/shm"), 6 << 30  # noqa: S108
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("TMPDIR", str(MEMORY))
    tempfile.tempdir = None  # so that it is looked up again

# No deadline: how fast a machine is says nothing about what is right.
settings.register_profile(
    "feedhub",
    derandomize=False,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("feedhub")

os.environ.pop("COLUMNS", None)  # what is printed must not depend on the screen that the tests run on


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hand the seed to Hypothesis before its own plug-in reads the option."""
    config.option.hypothesis_seed = SEED


def pytest_collection_finish() -> None:
    """What ten thousand tests are made of stays until the end: nobody looks whether it is garbage."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """At the end: a quiet run prints no header."""
    terminalreporter.write_line(f"FEEDHUB_SEED={SEED}")


@pytest.fixture(autouse=True)
def no_wait_for_a_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh file is looked at twice, as ever, but nobody waits between."""
    monkeypatch.setattr("hub.transfer.steps.fetch.LOOK_AGAIN", 0)


@pytest.fixture(scope="session", autouse=True)
def tables_made_once() -> Iterator[None]:
    """Only the first hub of a run waits for Alembic."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.store.db.migrate", ready_tables.migrate)
        yield


@pytest.fixture(scope="session", autouse=True)
def configuration_read_once() -> Iterator[None]:
    """Only the first command of a test waits for the configuration."""
    with pytest.MonkeyPatch.context() as patch:
        for name, made in read_once.properties().items():
            patch.setattr(f"hub.cli.place.Place.{name}", made)
        yield


@pytest.fixture(autouse=True)
def nothing_read_is_left(configuration_read_once: None) -> None:
    read_once.forget()


@pytest.fixture(scope="session")
def run_seed() -> int:
    """The seed of this run, for tests that choose something themselves."""
    return int(SEED)
