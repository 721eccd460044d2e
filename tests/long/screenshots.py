"""A picture of every page of the console, on a desk's screen and on a telephone, for a person to look at.

uv run python -m tests.long.screenshots FOLDER
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hub.transfer.steps import fetch
from tests.browsing import DESKTOP, PHONE, browsing, chromium
from tests.pages import BEFORE, pages_of
from tests.serving import served


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    fetch.LOOK_AGAIN = 0
    with tempfile.TemporaryDirectory() as where, served(Path(where)) as console, chromium() as browser:
        for width, size in {"desk": DESKTOP, "phone": PHONE}.items():
            for login, pages in ((None, BEFORE), ("dwp", pages_of(console))):
                with browsing(browser, console, login, size) as page:
                    for name, path in pages.items():
                        page.goto(path)
                        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    sys.stdout.write(f"The pictures are in {folder}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
