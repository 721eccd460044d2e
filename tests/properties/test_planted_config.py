"""A hundred mistakes in the example council's configuration, one at a time: each is refused, and named with
its file and line."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hub.config.load import load
from hub.door.manager import Catalogue, Door
from hub.errors import ConfigError
from tests.config_mutator import KINDS, SEED, Mistake, make

CONFIG = Path(__file__).parents[2] / "config"
COUNT, FRESH = 100, 20
NEAR = 1
"""How far from the mistake the line may be that is named: a brace that is not closed shows on the next."""


@cache
def catalogue() -> Catalogue:
    return Door.load().catalogue()


def texts() -> dict[str, str]:
    files = [CONFIG / "hub.yaml", CONFIG / "endpoints.yaml", *sorted((CONFIG / "routes").glob("*.yaml"))]
    return {path.relative_to(CONFIG).as_posix(): path.read_text("utf-8") for path in files}


@pytest.fixture
def council(tmp_path: Path) -> Path:
    for path in CONFIG.rglob("*"):
        if path.is_file() and "state" not in path.relative_to(CONFIG).parts:
            target = tmp_path / path.relative_to(CONFIG)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def said(council: Path, mistake: Mistake) -> list[str]:
    """What is told of it; nothing when it was taken as right."""
    path = council / mistake.file
    sound = path.read_text("utf-8")
    path.write_text(mistake.text, "utf-8")
    try:
        load(council, catalogue())
    except ConfigError as error:
        return str(error).splitlines()
    finally:
        path.write_text(sound, "utf-8")
    return []


def is_named(mistake: Mistake, lines: list[str]) -> bool:
    places = [f"{mistake.file} line {mistake.line + away}" for away in range(-NEAR, NEAR + 1)]
    return any(place + end in line for place in places for end in (":", ",", " ") for line in lines)


@pytest.mark.parametrize("fresh", [False, True])
def test_each_is_named_with_file_and_line(council: Path, run_seed: int, fresh: bool) -> None:
    unseen, unnamed, met, sound = [], [], Counter[str](), texts()
    files = set[str]()
    for number in range(FRESH if fresh else COUNT):
        mistake = make(sound, (run_seed if fresh else SEED) + number)
        lines = said(council, mistake)
        met[mistake.kind] += 1
        files.add(mistake.file)
        where = f"{mistake.kind}: {mistake.file} line {mistake.line} “{mistake.word}”"
        if not lines:
            unseen.append(where)
        elif not is_named(mistake, lines):
            unnamed.append(f"{where}: {lines[:2]}")
    assert (unseen, unnamed) == ([], [])
    assert len(met) > len(KINDS) // 4
    assert fresh or len(sound.keys() - files) <= 1, "a partner's file was spared"


def test_the_example_itself_has_none(council: Path) -> None:
    assert load(council, catalogue()).routes
