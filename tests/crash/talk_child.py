"""A hub that talks with a rent system and kills itself at one point of it."""

from __future__ import annotations

from pathlib import Path

from tests.crash.child import Death
from tests.talking import run, talking


def main(folder: Path, url: str, point: str, occasion: int) -> None:
    run(talking(folder, url), boundary=Death(point, occasion))
