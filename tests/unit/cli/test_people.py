"""Who may use the command line for what: as the operating system says, whatever the environment does."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.config.login import system_login
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub

PEOPLE = """
people:
  - {{login: {viewer}, name: Anna Example, roles: [viewer]}}
  - {{login: the-boss, name: Ben Example, roles: [administrator]}}
"""
READS = [
    ("transfers", "list"),
    ("counters",),
    ("records", "list"),
    ("worklist", "list"),
    ("approvals", "list"),
    ("suspense", "list"),
    ("holds", "list"),
    ("milestone", "list"),
    ("overdue",),
]
ACTS = [
    ("run", "rent.accounts"),
    ("counters", "set", "serial", "5", "--new", "--reason", "agreed"),
    ("transfers", "retry", "any", "--reason", "mended"),
    ("transfers", "release", "any", "--reason", "agreed"),
    ("transfers", "withdraw", "any", "--reason", "mistake"),
    ("transfers", "settle", "any", "--sent", "--reason", "asked"),
]


def name_people(council: Council, viewer: str) -> None:
    settings = council.config / "hub.yaml"
    settings.write_text(settings.read_text("utf-8") + PEOPLE.format(viewer=viewer), "utf-8")


@pytest.fixture
def viewer(feedhub: Feedhub, council: Council, monkeypatch: pytest.MonkeyPatch) -> Feedhub:
    """The command, for somebody who may only look and whose environment says that they are somebody else."""
    name_people(council, system_login())
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "the-boss")
    return lambda *arguments: feedhub("--config", council.config, *arguments)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: " ".join(act[:2]))
def test_who_may_only_look_is_told_who_may_do_it(viewer: Feedhub, act: tuple[str, ...]) -> None:
    ran = viewer(*act)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"feedhub: You ({system_login()}) may not ")
    assert "Ben Example" in ran.err


def test_handing_in_is_an_act_too(viewer: Feedhub, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b\n", "utf-8")
    assert "may not hand files in" in viewer("put", "rent.accounts", file).err


@pytest.mark.parametrize("read", READS, ids=lambda read: read[0])
def test_who_may_look_sees_every_list(viewer: Feedhub, read: tuple[str, ...]) -> None:
    assert viewer(*read).code == 0


@pytest.mark.parametrize("read", READS, ids=lambda read: read[0])
def test_who_is_not_named_sees_nothing(feedhub: Feedhub, council: Council, read: tuple[str, ...]) -> None:
    name_people(council, "somebody-else")
    ran = feedhub("--config", council.config, *read)
    assert (ran.code, ran.out) == (2, "")
    assert "people: in hub.yaml does not name you" in ran.err


def test_there_is_no_saying_who_one_is(feedhub: Feedhub, council: Council) -> None:
    ran = feedhub("--config", council.config, "run", "rent.accounts", "--who", "the-boss")
    assert ran.code == 2
    assert "--who" in ran.err
