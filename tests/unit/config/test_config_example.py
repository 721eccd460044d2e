"""The example council is written whole, and never over anything."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

import hub
from hub.config.example import example_folder, init
from hub.config.load import load
from hub.errors import UsageError


@pytest.mark.parametrize("there", [False, True])
def test_it_is_written_into_a_new_or_empty_folder(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "council"
    if there:
        target.mkdir()
    init(target)
    assert load(target).routes
    assert [path.name for path in tmp_path.iterdir()] == ["council"]


@pytest.mark.parametrize("name", ["folder", "file"])
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is not empty; name a new folder"):
        init(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["mine.txt"]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="cannot be written"):
        init(tmp_path / "file" / "council")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(UsageError, match="cannot be written \\(No space left on device\\)"):
        init(tmp_path / "council")
    assert list(tmp_path.iterdir()) == []


def test_what_a_hub_leaves_beside_the_example_is_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    init(package / "hub" / "example_council")
    (package / "hub" / "example_council" / "state").mkdir()
    (package / "hub" / "example_council" / "credentials").mkdir()
    monkeypatch.setattr(hub, "__file__", str(package / "hub" / "__init__.py"))
    assert example_folder() == package / "hub" / "example_council"
    init(tmp_path / "council")
    assert load(tmp_path / "council").routes
    assert not {"state", "credentials"} & {path.name for path in (tmp_path / "council").iterdir()}
