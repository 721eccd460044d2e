"""Many small files through a route, with ledger, encrypted copies and verified upload, to a folder whose
reader may take each at once and to one that nobody sweeps; and the start of the command line. Beside
the first two, a naive loop that copies, flushes and reads back the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter

from tests.bench.measure import Measure
from tests.world import ENDPOINTS, World

FILES = 500
RUNS = 3
STARTS = 5


def measures() -> Iterator[Measure]:
    with TemporaryDirectory(prefix="feedhub-bench-") as folder:
        for sweeps, where in ((True, "a folder that may be swept"), (False, "one that nobody sweeps")):
            routed, copied = (
                _best(Path(folder), partial(_routed, sweeps=sweeps)),
                _best(Path(folder), _copied),
            )
            yield Measure(f"{FILES} small files through a route to {where}", "/s", routed, copied, 200)
    yield Measure("feedhub --help", "ms", _help(), None, 400, most=True)


def _best(folder: Path, measured: Callable[[Path], float]) -> float:
    """Of a few runs, each in a new folder: what else the machine does only ever takes away."""
    return max(measured(Path(mkdtemp(dir=folder))) for _ in range(RUNS))


def _content(number: int) -> bytes:
    return f"ABC001+{number * 2:07d}\nABC002+0000200\n".encode()


def _routed(folder: Path, sweeps: bool) -> float:
    """Files a second: listed, encrypted, checked, matched, rendered, delivered, read back, archived."""
    world = World(folder / "world")
    endpoints = ENDPOINTS.replace("../out}", f"../out, sweeps: {str(sweeps).lower()}}}")
    world.write("config/endpoints.yaml", endpoints)
    for number in range(FILES):
        world.arrive(f"f{number:04d}.txt", _content(number))
    with world.hub() as hub:
        start = perf_counter()
        report = hub.run("payments")
        seconds = perf_counter() - start
    if [outcome.state for outcome in report.transfers] != ["SENT"] * FILES:
        raise AssertionError("not every file was delivered; the figure would mean nothing")
    return FILES / seconds


def _copied(folder: Path) -> float:
    source, target = folder / "source", folder / "target"
    source.mkdir()
    target.mkdir()
    for number in range(FILES):
        (source / f"f{number:04d}.txt").write_bytes(_content(number))
    start = perf_counter()
    for path in sorted(source.iterdir()):
        _copy(path, target / path.name)
    return FILES / (perf_counter() - start)


def _copy(path: Path, target: Path) -> None:
    shutil.copyfile(path, target)
    with target.open("rb") as copy:
        os.fsync(copy.fileno())
        if copy.read() != path.read_bytes():
            raise AssertionError("the copy differs")


def _help() -> float:
    """Milliseconds, the best of a few starts."""
    command = [sys.executable, "-m", "hub.cli", "--help"]
    found = []
    for _ in range(STARTS):
        start = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        found.append(perf_counter() - start)
    return min(found) * 1000
