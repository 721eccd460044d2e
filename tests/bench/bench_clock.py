"""The clock: a thousand routes due in the same second. Each run begins durably, and finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import select

from hub.engine.service import Service
from hub.store.rows import RunRow, SlotRow
from hub.store.schema import run
from tests.bench.measure import Measure
from tests.world import World

ROUTES = 1000
SIX = datetime(2026, 11, 2, 6, tzinfo=UTC)


class RealTime:
    """The world's clock with real time passing since it was set going."""

    def __init__(self, world: World) -> None:
        self._world, self._at, self._since = world.clock, world.clock.at, perf_counter()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=perf_counter() - self._since)

    def new_id(self) -> str:
        return self._world.new_id()


def measures(routes: int = ROUTES) -> Iterator[Measure]:
    with TemporaryDirectory(prefix="feedhub-bench-") as folder:
        delays, seconds = _due_at_once(Path(folder), routes)
    late = sorted(delays)[(len(delays) * 99 + 99) // 100 - 1]
    yield Measure(f"{routes} routes due at once: start delay, p99", "ms", late * 1000, None, 1000, most=True)
    yield Measure("the same, all of them looked for files and done", "/s", routes / seconds, None, 50)


def _due_at_once(folder: Path, count: int) -> tuple[list[float], float]:
    """Seconds from the due time until each run's start was in the store for good; and until all were over."""
    world = World(folder)
    world.clock.at = SIX - timedelta(minutes=1)
    routes = "".join(
        f"  r{number}:\n    feeds: [little.payments]\n"
        f'    from: {{endpoint: in, folder: "r{number}", pattern: "*.txt", then: remove}}\n'
        "    to: [{output: payments, endpoint: out}]\n"
        '    schedule: {at: "06:00"}\n    mode: live\n    owner: tests\n'
        for number in range(count)
    )
    world.write("config/routes/little.yaml", f"partner: Little\nroutes:\n{routes}")
    for number in range(count):
        (folder / f"in/r{number}").mkdir()
    with world.hub() as hub:
        service = Service(hub)
        service.look()
        service.next_at()  # as a service does that waits: it knows what comes
        world.clock.at = SIX
        object.__setattr__(hub.services, "clock", RealTime(world))
        delays: list[float] = []
        begin = hub.runs.begin

        def begun(slots: Sequence[SlotRow]) -> Mapping[str, RunRow]:
            runs = begin(slots)
            delays.extend([perf_counter() - start] * len(runs))
            return runs

        hub.runs.begin = begun  # type: ignore[method-assign]
        start = perf_counter()
        service.look()
        service.rest()
        seconds = perf_counter() - start
        service.drain(60)
        with hub.store.read() as conn:
            started = len(conn.execute(select(run.c.started_at)).all())
    if started != count or len(delays) != count:
        raise AssertionError("not every route ran; the figure would mean nothing")
    return delays, seconds
