"""What is dear to make and only looked at: one worker makes it, and the others wait and see the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> tuple[Path, str]:
    """The folder that `make` filled, and the text that it gave back; whoever comes first calls it."""
    run = factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    folder, said = run / name, run / f"{name}.txt"
    with (run / f"{name}.lock").open("a") as file, _held(file):
        if not said.exists():
            shutil.rmtree(folder, ignore_errors=True)
            said.write_text(make(folder), "utf-8")
    return folder, said.read_text("utf-8")


@contextmanager
def _held(file: IO[str]) -> Iterator[None]:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
    yield  # closing the file lets go
