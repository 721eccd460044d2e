"""A copy of the example council that a test may spoil."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config.example import init
from hub.config.load import load
from hub.door.manager import Catalogue, Door
from hub.errors import ConfigError
from tests.product import PLUGINS

Mistakes = Callable[[], list[str]]
Rewrite = Callable[..., None]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Door.load(PLUGINS).catalogue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init(tmp_path / "config")
    return tmp_path / "config"


@pytest.fixture
def rewrite(folder: Path) -> Rewrite:
    """`rewrite(name, old, new)` changes a file of the copy; `old` must be there."""

    def change(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.fixture
def mistakes(folder: Path, catalogue: Catalogue) -> Mistakes:
    """What loading the copy complains of."""

    def load_it() -> list[str]:
        try:
            load(folder, catalogue)
        except ConfigError as error:
            return list(error.mistakes)
        return []

    return load_it
