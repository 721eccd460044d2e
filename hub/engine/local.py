"""The embedded engine: threads of this process work the transfers, SQLite keeps them.

Compare-and-set on every row is what makes it right; the engine only decides who works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any

from structlog.typing import FilteringBoundLogger

from hub.clock.now import Clock, SystemClock
from hub.config.load import Config
from hub.config.people import HUB, Right, Viewer
from hub.config.routes import Route
from hub.door.manager import Door
from hub.engine.acts import Acts
from hub.engine.agreements import AgreementActs
from hub.engine.config_life import with_agreed
from hub.engine.report import Outcome, RunReport, outcome_of, outcomes_of
from hub.engine.rights import demand, route_for
from hub.engine.runs import Running, Runs
from hub.engine.suspense import SuspenseActs
from hub.engine.worklist import WorkActs
from hub.errors import FeedHubError, LeftAlone, StoreError, UsageError
from hub.store import queries
from hub.store.db import Store
from hub.store.look import Look
from hub.store.rows import RunRow, SlotRow, TransferRow
from hub.tell.logs import hub_log
from hub.transfer import leave_alone, pipeline, restored
from hub.transfer.pipeline import TOGETHER
from hub.transfer.services import Services, nothing
from hub.transfer.steps import fetch, tidy
from hub.transfer.steps.gather import gather, gather_awaited, gather_released

TOLD = 3
"""Sources that could not be tidied, of which a run tells."""

Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""As `map`."""
Progress = Callable[[Outcome, int, int], None]
"""Told after each transfer: what became of it, how many are done, of how many."""


def silent(outcome: Outcome, done: int, total: int) -> None:
    """No progress is wanted."""


class Hub:
    """One open hub. Use `open_hub`."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store
        self.acts = Acts(services)
        self.worklist = WorkActs(services)
        self.suspense = SuspenseActs(services)
        self.agreements = AgreementActs(services)
        self.stopping = Event()
        self.runs = Runs(services, self.stopping)

    @contextmanager
    def look(self) -> Iterator[Look]:
        """All that who acts may see, as it is at this moment.

        Raises UsageError when they may see nothing."""
        demand(self.services, Right.LOOK)
        with self.store.read() as conn:
            yield Look(conn, self.store.keys, self.services.viewer)

    def run(
        self,
        route_id: str,
        *,
        business_date: date | None = None,
        slot: SlotRow | None = None,
        begun: RunRow | None = None,
        progress: Progress = silent,
    ) -> RunReport:
        """Work a route now: what was left unfinished first, then what lies at its source. `slot`: the due
        time that the clock rang, which is over when the run is through; `begun`: its run, where it has begun.

        Raises UsageError when the route is off, ConfigError when there is none of that name."""
        route = self._route(Right.RUN, route_id)
        if route.mode == "off":
            raise UsageError(f"The route {route.id} is off. Set `mode: live` in its file to run it.")
        with self.store.alone(route.id), self.runs.under_way(route, "run", business_date, slot, begun) as run:
            run.waits = leave_alone.route_now(self.services, route)
            if leave_alone.now(self.services, route.id) is not None:
                run.paused = True
                return RunReport(run.id, route.id, [], None, waits=run.waits)
            rows = self._unfinished(route)
            try:
                rows += self._found(route, run)
            except LeftAlone as error:
                run.waits, run.unseen = run.waits or str(error), True
            except FeedHubError as error:
                run.error = error
            failing = leave_alone.fails(self.services, route)
            outcomes, untidied = self._work(route, rows, progress)
            if failing and not leave_alone.fails(self.services, route):
                outcomes, untidied = self._work_rest(route, outcomes, progress)
            return RunReport(run.id, route.id, outcomes, run.trouble or untidied, run.passed_over, run.waits)

    def _work_rest(
        self, route: Route, done: Sequence[Outcome], progress: Progress
    ) -> tuple[list[Outcome], str | None]:
        """What had to wait while one tried whether an endpoint answers again."""
        more, untidied = self._work(route, self._unfinished(route), progress)
        return list({outcome.id: outcome for outcome in (*done, *more)}.values()), untidied

    def carry_on(self, route_id: str) -> bool:
        """Work what was left unfinished, and look for nothing new; whether anything moved."""
        route = self.services.config.route(route_id)
        with self.store.alone(route.id):
            before = self._unfinished(route)
            self._work(route, before, silent)
            return [(row.id, row.version) for row in before] != [
                (row.id, row.version) for row in self._unfinished(route)
            ]

    def put(self, route_id: str, path: Path, *, progress: Progress = silent) -> RunReport:
        """Take a file from a person's hand and work it as if the route had fetched it."""
        route = self._route(Right.HAND_IN, route_id)
        with self.store.alone(route.id), self.runs.under_way(route, "put", None) as run:
            row = fetch.received(self.services, route, run.id, path)
            return RunReport(run.id, route.id, *self._work(route, [row], progress))

    def _route(self, right: Right, name: str) -> Route:
        """A route to be worked by who acts, and who may."""
        return self.services.config.route(route_for(self.services, right, name).id)

    def advance(self, transfer_id: str) -> Outcome:
        """Carry one transfer as far as it goes now."""
        row = self.acts.transfer(transfer_id)
        with self.store.alone(row.route):
            row, *members = pipeline.carry(self.services, row)
            self._tidy(map, [row, *members])
        return outcome_of(self.store, row)

    def _found(self, route: Route, run: Running) -> list[TransferRow]:
        """What is new for the route: at its source, or in the hub itself."""
        forgotten = restored.look(self.services, route, run.id)
        if route.waiting is not None:
            found = gather(self.services, route, run.id, run.business_date)
        else:
            behind = gather_awaited(self.services, route, run.id, run.business_date)
            behind += gather_released(self.services, route, run.id, run.business_date)
            lay_there = fetch.find(self.services, route, run.id)
            run.passed_over = lay_there.passed_over
            found = [*behind, *lay_there.rows]
        restored.looked(self.services, route)
        return [*forgotten, *found]

    def _unfinished(self, route: Route) -> list[TransferRow]:
        """Of its own mode: what is live waits while the route rehearses, and the other way round."""
        with self.store.read() as conn:
            rows = queries.unfinished_transfers(conn, route=route.id)
        return [row for row in rows if row.mode == route.mode]

    def _work(
        self, route: Route, rows: Sequence[TransferRow], progress: Progress
    ) -> tuple[list[Outcome], str | None]:
        """Worked side by side, told in the order they were found; one at a time where order matters.

        A transfer of which only the tidying is left is not told again; trouble with that is a sentence."""
        over = tidy.over(self.services, rows)
        worked = [row for row in rows if row.id in over]
        rows = [row for row in rows if row.id not in over]
        outcomes: list[Outcome] = []
        given = {row.id for row in rows}
        total = len(given)
        with self._side_by_side(route) as spread:
            for carried in spread(self._carry, self._taken_in(route, rows)):
                total += sum(row.id not in given for row, _ in carried)
                for row, outcome in carried:
                    worked.append(row)
                    outcomes.append(outcome)
                    progress(outcome, len(outcomes), total)
            return outcomes, self._tidy(spread, worked)

    def _taken_in(self, route: Route, rows: Sequence[TransferRow]) -> Iterator[Sequence[TransferRow]]:
        """Few at a time, while the first of them are carried on."""
        for few in pipeline.take_in(self.services, route, rows, self._workers(route)):
            yield few
            if self.stopping.is_set():
                return

    def _carry(self, rows: Sequence[TransferRow]) -> list[tuple[TransferRow, Outcome]]:
        """Transfers as far as they go now, and the members of a bundle, each with what became of it.

        Once the hub is to stop, nothing is begun any more: the next run carries it on."""
        if self.stopping.is_set():
            return []
        carried = pipeline.carry_few(self.services, rows, self.stopping.is_set)
        return list(zip(carried, outcomes_of(self.store, carried), strict=True))

    def _tidy(self, spread: Spread, rows: Sequence[TransferRow]) -> str | None:
        """Tidy the sources whose time it is; the sentences about those that could not be, the first few."""
        due = tidy.due(self.services, rows)
        few = [due[at : at + TOGETHER] for at in range(0, len(due), TOGETHER)]
        troubles = list(chain.from_iterable(spread(partial(tidy.tidy, self.services), few)))
        tidy.mark(self.services, [row for row, trouble in zip(due, troubles, strict=True) if not trouble])
        told = [trouble for trouble in troubles if trouble]
        more = len(told) - TOLD
        return " ".join(told[:TOLD] + ([f"So it is with {more} more."] if more > 0 else [])) or None

    @contextmanager
    def _side_by_side(self, route: Route) -> Iterator[Spread]:
        """`map` over as many threads as a route's work takes; over none where that is one."""
        workers = self._workers(route)
        if workers == 1:
            yield _one_by_one
            return
        with ThreadPoolExecutor(workers, "transfer") as threads:
            yield threads.map

    def _workers(self, route: Route) -> int:
        """One where order matters, else as many as the route's endpoints take connections."""
        if route.in_order:
            return 1
        endpoints = (self.services.config.endpoints[name] for name in route.endpoints)
        return max((getattr(endpoint, "connections", 1) for endpoint in endpoints), default=1)


def _one_by_one(work: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
    """As `map`, but where the hub's own store fails for one the others have their turn, as they have in
    threads; the first failure is raised then."""
    failure: StoreError | None = None
    for thing in things:
        try:
            yield work(thing)
        except StoreError as error:
            failure = failure or error
    if failure is not None:
        raise failure


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
    viewer: Viewer = HUB,
    boundary: Callable[[str], None] = nothing,
) -> Iterator[Hub]:
    """A hub over the configured state folder, for somebody or for the clock; closes everything at the end.

    Raises StoreError when the database cannot be opened, ConfigError when a plug-in of a route is missing."""
    clock, catalogue, log = clock or SystemClock(), door.catalogue(), hub_log(config.hub.log)
    store = Store.open(config.hub.state_folder, clock=clock)
    try:
        if (follow := getattr(clock, "follow", None)) is not None:  # an injected clock need not have it
            with store.read() as conn:
                follow(queries.newest_transfer(conn))
        services = Services(
            config=with_agreed(config, store, viewer),
            catalogue=catalogue,
            store=store,
            clock=clock,
            secrets=config.secrets,
            log=log,
            viewer=viewer,
            told=_teller(door, log),
            boundary=boundary,
        )
        yield Hub(services)
    finally:
        for connector in catalogue.connectors.values():
            connector.close()
        store.close()
