"""What people look for in a hub with a million transfers, while a thousand rows a second are written.

`uv run python -m tests.bench.bench_search [TRANSFERS] [FOLDER]` prints it as one table and ends with 1 where
a target is missed. A FOLDER is filled once and found again; without one it takes some minutes and 4 GB each
time. The naive peer is one statement with the same conditions and no thought of the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, select

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.model import ItemState
from hub.store import Store, queries
from hub.store.look import Look
from hub.store.look.search import Wanted
from hub.store.queries.names import index_names
from hub.store.queries.shared import new_id
from hub.store.schema import transfer
from tests.bench import million
from tests.bench.measure import Measure, show
from tests.unit.store.making import a_transfer, an_item

TRANSFERS = 1_000_000
TARGET = 100
"""Milliseconds, at the 95th percentile."""
TIMES = 40
NAIVE_TIMES = 2
WRITES = 20
"""Commits a second, each of `ROWS` rows."""
ROWS = 50
ANNA = Viewer("anna", "Anna", frozenset({Role.CLERK}))

Ask = Callable[[Look], Any]


def searches(of: int) -> Mapping[str, Callable[[int], Wanted]]:
    """What is looked for, of the transfer of a number."""
    day = partial(_day, of)
    return {
        "all, newest first": lambda n: Wanted(),
        "route": lambda n: Wanted(route=million.route_of(n)),
        "partner that left": lambda n: Wanted(partner="A partner that left"),
        "state, rare": lambda n: Wanted(state="HELD"),
        "state, as most are": lambda n: Wanted(state="SENT"),
        "in doubt": lambda n: Wanted(state="IN_DOUBT"),
        "day it was found": lambda n: Wanted(first=day(n), last=day(n)),
        "business date and route": lambda n: Wanted(business_date=day(n), route=million.route_of(n)),
        "a year and a rare finding": lambda n: Wanted(
            first=day(n), last=day(n) + timedelta(365), check="CHECK-29"
        ),
        "finding, common": lambda n: Wanted(check=million.CHECKS[n % 29]),
        "finding, what it says": lambda n: Wanted(said=f"{n % 977} pence above"),
        "part of a name, one has": lambda n: Wanted(name=f"{n:07d}.csv"),
        "part of a name, a day has": lambda n: Wanted(name=f"{day(n):%Y%m%d}"),
        "part of a name, all have": lambda n: Wanted(name="route_"),
        "part of a name, none has": lambda n: Wanted(name=f"rent_{day(n):%Y%m%d}_journal"),
        "hash prefix": lambda n: Wanted(sha256=million.sha_of(n)[:10]),
        "amount of a transfer": lambda n: Wanted(amount=million.pence_of(n)),
        "amount of many items": lambda n: Wanted(amount=n % 300 * 50 + 4_000),
        "amount and route": lambda n: Wanted(amount=n % 300 * 50 + 4_000, route="route_39"),
        "count": lambda n: Wanted(records=n % 400 + 1),
        "item reference": lambda n: Wanted(reference=f"{n % million.ACCOUNTS:08d}"),
        "free text, a reference": lambda n: Wanted(text=f"{n % million.ACCOUNTS:08d}"),
        "free text, a name": lambda n: Wanted(text=f"_{n:07d}"),
        "two that many have, few both": lambda n: Wanted(route="route_01", state="SENT", records=n % 400 + 1),
    }


def _day(of: int, number: int) -> date:
    return million.instant(number, of).date()


def others(of: int) -> Mapping[str, Callable[[int], Ask]]:
    """What else pages show."""
    return {
        "count of a route": lambda n: lambda look: look.count(Wanted(route=million.route_of(n))),
        "count of a rare finding": lambda n: lambda look: look.count(Wanted(check="CHECK-29")),
        "count of all": lambda n: lambda look: look.count(Wanted()),
        "a transfer, whole": lambda n: lambda look: look.transfer(million.id_of(n - n % 50 + 1, of)),
        "items of a reference": lambda n: lambda look: look.find(f"{n % million.ACCOUNTS:08d}"),
        "suspense": lambda n: lambda look: look.suspense(),
        "groups of held items": lambda n: lambda look: look.groups_that_are([ItemState.HELD]),
        "worklist": lambda n: lambda look: look.worklist(),
        "alerts": lambda n: lambda look: look.alerts(),
    }


def measures(folder: Path, transfers: int, *, times: int = TIMES) -> Iterator[Measure]:
    if not (folder / "made.txt").exists():
        million.make_hub(folder, transfers)
    store = Store.open(folder, clock=million.Clock())
    try:
        with writing(store):
            for name, wanted in searches(transfers).items():
                yield _search(store, name, wanted, transfers, times)
            for name, ask in others(transfers).items():
                took = [_took(store, ask(number)) for number in _numbers(transfers, times)]
                yield Measure(name, "ms", _95th(took), None, TARGET, most=True)
    finally:
        store.close()


def _search(store: Store, name: str, wanted: Callable[[int], Wanted], transfers: int, times: int) -> Measure:
    asked = [wanted(number) for number in _numbers(transfers, times)]
    took = [_took(store, lambda look, one=one: look.search(one)) for one in asked]
    naive = [_took(store, partial(_naive, wanted=one)) for one in asked[:NAIVE_TIMES]]
    return Measure(name, "ms", _95th(took), max(naive), TARGET, most=True)


def _numbers(transfers: int, times: int) -> list[int]:
    """Spread over all of the time."""
    return [(number * 7_919 % 1_000 * transfers // 1_000) + 1 for number in range(1, times + 1)]


def _took(store: Store, ask: Ask) -> float:
    """Milliseconds."""
    start = perf_counter()
    with store.read() as conn:
        ask(Look(conn, store.keys, ANNA))
    return (perf_counter() - start) * 1000


def _95th(took: list[float]) -> float:
    return sorted(took)[max(0, int(len(took) * 0.95) - 1)]


def _naive(look: Look, wanted: Wanted) -> None:
    tests = [one.test for one in look._criteria(wanted)]
    newest = select(transfer).where(*tests).order_by(transfer.c.id.desc()).limit(51)
    look._rows(newest.where(transfer.c.compartment.in_(sorted(ANNA.compartments))))


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Another thread writes transfers with their items and history meanwhile, so many rows a second."""
    over = Event()
    thread = Thread(target=_write, args=(store, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write(store: Store, over: Event) -> None:
    for number in count():
        if over.wait(1 / WRITES):
            return
        store.write(partial(_some_rows, store, number))


def _some_rows(store: Store, number: int, conn: Connection) -> None:
    """Five transfers, each with its event and eight items; once a second a run ends."""
    if number % WRITES == 0:
        index_names(conn)
    for one in range(ROWS // 10):
        id = new_id(conn)
        name = f"new_{number}_{one}.csv"
        queries.insert_transfer(conn, a_transfer(id, route=million.route_of(number), name=name))
        about = {"transfer_id": id, "amount": -number - 4_000}
        rows = [an_item(f"{id}{line}", line=line, reference=f"{line:08d}", **about) for line in range(8)]
        queries.insert_items(conn, store.keys, rows)


def main(transfers: str = str(TRANSFERS), folder: str = "") -> int:
    with TemporaryDirectory(prefix="feedhub-bench-") as temporary:
        return 0 if show(measures(Path(folder or temporary), int(transfers))) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
