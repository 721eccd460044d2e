"""Runs, as they are recorded: begun for a due time or for a person, under way, ended with what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event

from sqlalchemy import Connection

from hub.config.routes import Route
from hub.errors import FeedHubError
from hub.model import Compartment
from hub.store import queries
from hub.store.rows import RunRow, SlotRow
from hub.tell import alerts
from hub.transfer import arrivals, promises
from hub.transfer.retry import next_attempt
from hub.transfer.services import Services, known

LEFT_ALONE = timedelta(minutes=5)
"""After that a slot is tried again whose source was left alone."""


@dataclass(slots=True)
class Running:
    """A run under way. `error` is what it failed by: its source, or the hub's own disk; `passed_over`: what
    lies at the source and the hub will not touch, in sentences; `waits`: what it left alone, and why;
    `paused`: that was all of it; `unseen`: its source was left alone, so that another run must look."""

    id: str
    business_date: date
    error: FeedHubError | None = None
    passed_over: Sequence[str] = ()
    waits: str | None = None
    paused: bool = False
    unseen: bool = False

    @property
    def trouble(self) -> str | None:
        return None if self.error is None else str(self.error)

    @property
    def told(self) -> Mapping[str, str]:
        """What the run's own row says of it."""
        told = {"trouble": self.trouble, "waits": self.waits}
        return {name: sentence for name, sentence in told.items() if sentence}


class Runs:
    """`stopping`: set when the hub is to begin nothing more."""

    def __init__(self, services: Services, stopping: Event) -> None:
        self._services, self._stopping = services, stopping

    def begin(self, slots: Sequence[SlotRow]) -> Mapping[str, RunRow]:
        """The runs of due times, by the slot's id, begun in one commit: none waits for the others to start.

        A route that cannot be worked has none: `Hub.run` says why."""
        config, now = self._services.config, self._services.clock.now()
        runs = {
            slot.id: self._new_run(config.route(slot.route), now, slot.business_date, slot.id)
            for slot in slots
            if slot.route in config.routes and slot.route not in config.unavailable
        }
        self._services.commit(lambda conn: self._keep(conn, runs.values()))
        return runs

    def take_back(self, run: RunRow) -> None:
        """A run that was begun and could not be worked, such as of a route that another command has, never
        was: its slot is tried again. One that has ended stands."""
        self._services.commit(lambda conn: queries.take_back_run(conn, run.id))

    @contextmanager
    def under_way(
        self,
        route: Route,
        kind: str,
        day: date | None,
        slot: SlotRow | None = None,
        begun: RunRow | None = None,
    ) -> Iterator[Running]:
        """The slot and the run that the work is recorded under; one log line when it ends, and an event when
        it failed."""
        services = self._services
        run = begun or self._begun(route, kind, day, slot)
        promises.sweep(services)
        running, outcome = Running(run.id, known(run.business_date, "business date")), "interrupted"
        try:
            yield running
            outcome = self._outcome(running)
        except FeedHubError as error:
            outcome, running.error = "failed", error
            raise
        finally:
            logged = running.told if run.compartment is Compartment.OPEN else {}
            services.log.info("run", route=route.id, run=run.id, kind=kind, outcome=outcome, **logged)
            services.commit(lambda conn: self._end(conn, run, outcome, running, slot))
            arrivals.settle_arrivals(services, route)
            promises.sweep(services)

    def _begun(self, route: Route, kind: str, day: date | None, slot: SlotRow | None) -> RunRow:
        services, now = self._services, self._services.clock.now()
        day = day or (slot.business_date if slot else services.local(now))
        run = self._new_run(route, now, day, slot.id if slot else services.clock.new_id())

        def commit(conn: Connection) -> None:
            if slot is None:
                due = f"{now.isoformat()}#{run.id}"
                queries.insert_slot(conn, id=run.slot_id or "", route=route.id, kind=kind, due=due)
            self._keep(conn, [run])

        services.commit(commit)
        return run

    def _keep(self, conn: Connection, begun: Collection[RunRow]) -> None:
        """Runs, and the configuration that they are of."""
        config = self._services.config
        queries.insert_runs(conn, begun)
        queries.keep_config(conn, config.version, config.files, self._services.who)

    def _new_run(self, route: Route, now: datetime, day: date, slot_id: str) -> RunRow:
        services = self._services
        return RunRow(
            id=services.clock.new_id(),
            route=route.id,
            slot_id=slot_id,
            business_date=day,
            config=services.config.version,
            started_at=now,
            asked_by=services.who,
            compartment=services.compartment(route),
        )

    def _outcome(self, running: Running) -> str:
        if running.error is not None:
            return "failed"
        if running.paused:
            return "paused"
        return "stopped" if self._stopping.is_set() else "done"

    def _end(
        self, conn: Connection, run: RunRow, outcome: str, running: Running, slot: SlotRow | None
    ) -> None:
        told = running.told
        queries.end_run(conn, run.id, outcome=outcome, summary=told)
        if slot is not None:
            self._end_slot(conn, slot, outcome, running)
        alerts.of_run(conn, run, outcome, running.trouble, self._services.route(run.route).owner)
        if running.error is not None:
            queries.append_event(
                conn,
                subject="route",
                subject_id=run.route,
                kind="run_failed",
                data={"run": run.id, **told},
                compartment=run.compartment,
            )

    def _end_slot(self, conn: Connection, slot: SlotRow, outcome: str, running: Running) -> None:
        """Over when the run is through. While a partner is away it is tried again, with the waits of the
        retry table, until the next due time stands for it; what was broken off waits for the next start."""
        if outcome in ("interrupted", "stopped"):
            return
        services = self._services
        now, plan = services.clock.now(), services.plan(slot.route)
        if running.unseen or running.paused:
            queries.put_off_slot(conn, slot, now + LEFT_ALONE, slot.attempts)
            return
        tries = min(slot.attempts + 1, plan.attempts - 1)
        due = next_attempt(running.error, tries, now, plan) if running.error is not None else None
        if due is None:
            queries.end_slots(conn, [slot.id])
        else:
            queries.put_off_slot(conn, slot, due, slot.attempts + 1)
