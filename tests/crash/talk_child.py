"""A hub that talks with a rent system and kills itself at one point of it:
`python -m tests.crash.talk_child FOLDER URL POINT OCCASION`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.crash.child import Death
from tests.talking import run, talking


def main(folder: str, url: str, point: str, occasion: str) -> None:
    run(talking(Path(folder), url), boundary=Death(point, int(occasion)))


if __name__ == "__main__":
    main(*sys.argv[1:])
