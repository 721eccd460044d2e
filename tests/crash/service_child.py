"""A hub that works its morning unattended and may kill itself. It ends when nothing is left to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.engine.service import Service
from hub.store import queries
from hub.transfer.services import nothing
from tests.crash.child import Death
from tests.world import TestClock, World

ROUTES, FILES = 8, 3
SIX = datetime(2026, 11, 2, 6, tzinfo=UTC)


def morning(folder: Path, start: int) -> World:
    """Eight routes that are due at six, each with files of its own."""
    world = World(folder, clock=TestClock(SIX - timedelta(minutes=1) + timedelta(minutes=start * 2)))
    routes = "".join(
        f"  r{number}:\n"
        "    feeds: [little.payments]\n"
        f'    from: {{endpoint: in, folder: "r{number}", pattern: "*.txt", then: remove}}\n'
        "    to: [{output: payments, endpoint: out}]\n"
        '    schedule: {at: "06:00"}\n    mode: live\n    owner: tests\n'
        for number in range(ROUTES)
    )
    ends = (
        "endpoints:\n  in: {type: folder, path: ../in}\n  out: {type: folder, path: ../out, sweeps: false}\n"
    )
    world.write("config/endpoints.yaml", ends)
    world.write("config/routes/little.yaml", f"partner: Little\nroutes:\n{routes}")
    for number in range(ROUTES):
        (folder / f"in/r{number}").mkdir(exist_ok=True)
    return world


def main(folder: Path, start: int, death: Death | None = None) -> None:
    """`start` counts the starts: each is a little later."""
    with morning(folder, start).hub(boundary=death or nothing) as hub:
        service = Service(hub)
        service.recover()
        while True:
            service.look()
            service.rest()
            with hub.store.read() as conn:
                left = [*queries.waiting_slots(conn), *queries.unfinished_transfers(conn)]
            if not left:
                break
        service.drain(60)
