"""The embedded engine: threads of this process work the transfers, SQLite keeps them.

Compare-and-set on every row is what makes it right; the engine only decides who works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from structlog.typing import FilteringBoundLogger

from hub.clock.now import Clock, SystemClock
from hub.config.load import Config
from hub.config.settings import Route
from hub.door.manager import Door
from hub.engine.acts import Acts
from hub.engine.report import Outcome, RunReport, outcome_of
from hub.errors import FeedHubError, UsageError
from hub.store import queries
from hub.store.db import Store
from hub.store.rows import RunRow, TransferRow
from hub.tell.logs import hub_log
from hub.transfer import pipeline
from hub.transfer.services import Services, nothing
from hub.transfer.steps import fetch, tidy

WORKERS = 2
"""Transfers of one run worked at a time where an endpoint does not say how many connections it takes."""

Progress = Callable[[Outcome, int, int], None]
"""Told after each transfer: what became of it, how many are done, of how many."""


def silent(outcome: Outcome, done: int, total: int) -> None:
    """No progress is wanted."""


@dataclass(slots=True)
class Running:
    """A run under way. `trouble` is a sentence when it fails: its source, or the hub's own disk."""

    id: str
    trouble: str | None = None


class Hub:
    """One open hub. Use `open_hub`."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store
        self.acts = Acts(services)

    def run(
        self, route_id: str, *, business_date: date | None = None, progress: Progress = silent
    ) -> RunReport:
        """Work a route now: what was left unfinished first, then what lies at its source.

        Raises UsageError when the route is off, ConfigError when there is none of that name."""
        route = self.services.config.route(route_id)
        if route.mode == "off":
            raise UsageError(f"The route {route.id} is off. Set `mode: live` in its file to run it.")
        with self.store.alone(route.id), self._run(route, "run", business_date) as run:
            rows = self._unfinished(route)
            try:
                rows += fetch.find(self.services, route, run.id)
            except FeedHubError as error:
                run.trouble = str(error)
            outcomes, untidied = self._work(route, rows, progress)
            return RunReport(run.id, route.id, outcomes, run.trouble or untidied)

    def put(self, route_id: str, path: Path, *, progress: Progress = silent) -> RunReport:
        """Take a file from a person's hand and work it as if the route had fetched it."""
        route = self.services.config.route(route_id)
        with self.store.alone(route.id), self._run(route, "put", None) as run:
            row = fetch.received(self.services, route, run.id, path)
            return RunReport(run.id, route.id, *self._work(route, [row], progress))

    def advance(self, transfer_id: str) -> Outcome:
        """Carry one transfer as far as it goes now."""
        row = self.acts.transfer(transfer_id)
        with self.store.alone(row.route):
            route = self.services.config.route(row.route)
            with self._threads(route) as threads:
                row = self._advance(row)
                self._tidy(threads, [row])
        return outcome_of(self.store, row)

    def _unfinished(self, route: Route) -> list[TransferRow]:
        with self.store.read() as conn:
            return list(queries.unfinished_transfers(conn, route=route.id))

    def _work(
        self, route: Route, rows: Sequence[TransferRow], progress: Progress
    ) -> tuple[list[Outcome], str | None]:
        """Worked side by side, told in the order they were found; one at a time where order matters.

        A transfer of which only the tidying is left is not told again; trouble with that is a sentence."""
        over = [row for row in rows if tidy.is_over(self.services, row)]
        rows = [row for row in rows if row not in over]
        outcomes: list[Outcome] = []
        worked: list[TransferRow] = []
        with self._threads(route) as threads:
            for row in threads.map(self._advance, rows):
                worked.append(row)
                outcomes.append(outcome_of(self.store, row))
                progress(outcomes[-1], len(worked), len(rows))
            return outcomes, self._tidy(threads, [*over, *worked])

    def _advance(self, row: TransferRow) -> TransferRow:
        return pipeline.advance(self.services, row)

    def _tidy(self, threads: ThreadPoolExecutor, rows: Sequence[TransferRow]) -> str | None:
        """Tidy the sources; the first sentence about one that could not be."""
        tidied = list(threads.map(partial(tidy.tidy, self.services), rows))
        tidy.mark(self.services, [row for row, now in zip(rows, tidied, strict=True) if now.done])
        return next((now.trouble for now in tidied if now.trouble), None)

    def _threads(self, route: Route) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._workers(route), "transfer")

    def _workers(self, route: Route) -> int:
        """One where order matters, else as many as the route's endpoints take connections."""
        if route.in_order:
            return 1
        endpoints = (self.services.config.endpoints[name] for name in route.endpoints)
        return max((getattr(endpoint, "connections", WORKERS) for endpoint in endpoints), default=WORKERS)

    @contextmanager
    def _run(self, route: Route, kind: str, day: date | None) -> Iterator[Running]:
        """The slot and the run that the work is recorded under; one log line when it ends, and an event when
        it failed."""
        services, now = self.services, self.services.clock.now()
        run = RunRow(
            id=services.clock.new_id(),
            route=route.id,
            slot_id=services.clock.new_id(),
            business_date=day or services.local(now),
            config=services.config.version,
            started_at=now,
        )

        def begin(conn: Connection) -> None:
            queries.insert_slot(
                conn, id=run.slot_id or "", route=route.id, kind=kind, due=f"{now.isoformat()}#{run.id}"
            )
            queries.insert_run(conn, run)

        services.commit(begin)
        running, outcome = Running(run.id), "interrupted"
        try:
            yield running
            outcome = "failed" if running.trouble else "done"
        except FeedHubError as error:
            outcome, running.trouble = "failed", str(error)
            raise
        finally:
            told = {"trouble": running.trouble} if running.trouble else {}
            services.log.info("run", route=route.id, run=run.id, kind=kind, outcome=outcome, **told)
            services.commit(lambda conn: self._end(conn, run, outcome, told))

    def _end(self, conn: Connection, run: RunRow, outcome: str, told: Mapping[str, str]) -> None:
        queries.end_run(conn, run.id, outcome=outcome, summary=told)
        if told:
            data = {"run": run.id, **told}
            who = self.services.who
            queries.append_event(
                conn, subject="route", subject_id=run.route, kind="run_failed", who=who, data=data
            )


def _teller(door: Door, log: FilteringBoundLogger) -> Callable[[Mapping[str, Any]], None]:
    """Tells the plug-ins of a committed event; one that raises is logged and stops nothing."""

    def told(event: Mapping[str, Any]) -> None:
        for sentence in door.moved(event):
            log.error("plug-in raised", reason=sentence)

    return told


@contextmanager
def open_hub(
    config: Config,
    door: Door,
    *,
    clock: Clock | None = None,
    who: str = "hub",
    boundary: Callable[[str], None] = nothing,
) -> Iterator[Hub]:
    """A hub over the configured state folder; closes everything at the end.

    Raises StoreError when the database cannot be opened, ConfigError when a plug-in of a route is missing."""
    clock, catalogue, log = clock or SystemClock(), door.catalogue(), hub_log(config.hub.log)
    store = Store.open(config.hub.state_folder, clock=clock)
    try:
        services = Services(
            config=config,
            catalogue=catalogue,
            store=store,
            clock=clock,
            secrets=config.secrets,
            log=log,
            who=who,
            told=_teller(door, log),
            boundary=boundary,
        )
        yield Hub(services)
    finally:
        for connector in catalogue.connectors.values():
            connector.close()
        store.close()
