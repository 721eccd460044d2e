"""The hub unattended: the clock rings, routes are worked side by side, and what was put off is tried again.

Only the slots and transfers in the store say what there is to do, so a crash at any moment costs nothing: the
next start finds the same. One thread looks and gives out work; a pool of others works one route each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Condition, Event

from hub.clock.alarm import Alarm
from hub.config.routes import Route
from hub.engine.chores import Chore
from hub.engine.health import Health
from hub.engine.local import Hub
from hub.engine.slots import ring, timeline_of
from hub.errors import FeedHubError
from hub.model import Compartment
from hub.store import queries
from hub.store.rows import RunRow, SlotRow
from hub.tell.logs import trace
from hub.transfer import leave_alone, promises
from hub.transfer.services import Services

ROUND = 30
"""Seconds after which it looks even if nothing is due: at what people did meanwhile, and at promises."""
_BUSY_ELSEWHERE = timedelta(seconds=30)
_ALL_LOOKED_AT = timedelta(minutes=1)
"""So often it looks at all that waits: people and other commands leave no word here."""
_CANNOT_BE_WORKED = timedelta(minutes=15)


class Service:
    """Call `serve` for the real thing. `look`, `rest` and `drain` are its parts.

    chores:  what else is done, and how often
    renewed: the hub as the configuration now has it, None while that has not changed; asked at each look
    health:  what monitors are told"""

    def __init__(
        self, hub: Hub, chores: Sequence[Chore] = (), renewed: Callable[[Hub], Hub | None] = lambda hub: None
    ) -> None:
        self.hub, self._renewed = hub, renewed
        self.health = Health(hub.services)
        self._chores, self._done_at = chores, dict[str, datetime]()
        self._timeline = timeline_of(hub.services)
        self._busy: set[str] = set()
        self._something_moved = True
        self._all_looked_at: datetime | None = None
        self._state = Condition()
        self._woken, self._stopped = Event(), Event()
        workers = hub.services.config.hub.clock.workers
        self._pool = ThreadPoolExecutor(workers, "route")
        self._side = ThreadPoolExecutor(max(len(chores), 1), "chore")

    def serve(self) -> None:
        """Until `stop` is called. Raises StoreError when another service works on the same state folder."""
        with self.hub.store.alone("service"):
            self.recover()
            alarm = Alarm(self._woken.set, ROUND)
            alarm.start()
            try:
                while not self._stopped.is_set():
                    self.look()
                    alarm.set(self.next_at())
                    self._woken.wait()
                    self._woken.clear()
            finally:
                alarm.stop()

    def stop(self) -> None:
        """Ring no more and begin nothing more. May be called from a signal handler."""
        self._stopped.set()
        self.hub.stopping.set()
        self._woken.set()

    def drain(self, seconds: float) -> Sequence[str]:
        """Wait for what is being worked, but no longer; the routes that are worked still."""
        with self._state:
            self._state.wait_for(lambda: not self._busy, timeout=seconds)
            left = sorted(self._busy)
        self._pool.shutdown(wait=not left)
        self._side.shutdown(wait=not left)
        return left

    def rest(self) -> None:
        """Wait until nothing is being worked."""
        with self._state:
            self._state.wait_for(lambda: not self._busy)

    def recover(self) -> None:
        """What a crash cut off is over, and waits again."""
        services = self.hub.services
        for route in services.commit(queries.interrupt_runs):
            services.log.warning("run cut off", route=route)

    def look(self) -> None:
        """Ring what is due, do the chores, and give out what waits. What fails is tried at the next look."""
        with self._told("renewing the configuration"):
            self._renew()
        services = self.hub.services
        with self._told("ringing"):
            ring(services, self._timeline)
        with self._told("promises"):
            promises.sweep(services)
        with self._told("health"):
            self.health.look(services)
        self._do_chores(services)
        with self._told("giving out work"):
            self._give_out()

    def next_at(self) -> datetime | None:
        """When something is due next, as far as is known now."""
        now = self.hub.services.clock.now()
        with self.hub.store.read() as conn:
            waiting = queries.waiting_slots(conn)
        again = [slot.next_attempt_at for slot in waiting if slot.next_attempt_at]
        due = self._timeline.next_at(now + timedelta(microseconds=1))
        return min([*again, *([due] if due else [])], default=None)

    def _do_chores(self, services: Services) -> None:
        """Beside the routes, each in a thread of its own and never twice at a time."""
        now = services.clock.now()
        for chore in self._chores:
            last = self._done_at.get(chore.name)
            is_due = last is None or not timedelta(0) <= now - last < chore.every
            if is_due and chore.name not in self._busy:
                self._done_at[chore.name] = now
                self._begin(chore.name, partial(self._do, chore, services), self._side)

    def _do(self, chore: Chore, services: Services) -> bool:
        """Nothing of it lets a transfer go on."""
        chore.do(services)
        return False

    def _renew(self) -> None:
        hub = self._renewed(self.hub)
        if hub is not None:
            hub.stopping = self.hub.stopping
            self.hub = hub
            self._timeline = timeline_of(hub.services)

    def _give_out(self) -> None:
        with self.hub.store.read() as conn:
            waiting = queries.waiting_slots(conn)
            again = set(queries.routes_due_again(conn))
            if self._may_have_come_free():
                again |= set(queries.routes_unfinished(conn))
        paused = leave_alone.paused(self.hub.services, {slot.route for slot in waiting})
        ready = [
            slot
            for route, slots in _by_route(waiting).items()
            if route not in self._busy | paused and (slot := self._next_of(route, slots))
        ]
        begun = self.hub.runs.begin(ready) if ready else {}
        for slot in ready:
            self._begin(slot.route, partial(self._run, self.hub, slot, begun.get(slot.id)))
        for route in sorted(again - self._busy):
            if self._may_carry_on(route):
                self._begin(route, partial(self.hub.carry_on, route))

    def _may_have_come_free(self) -> bool:
        """Whether what waits for something may go on: another transfer moved, or a person may have acted."""
        now, moved = self.hub.services.clock.now(), self._something_moved
        last, self._something_moved = self._all_looked_at, False
        if moved or last is None or not timedelta(0) <= now - last < _ALL_LOOKED_AT:
            self._all_looked_at = now
            return True
        return False

    def _next_of(self, route_id: str, slots: Sequence[SlotRow]) -> SlotRow | None:
        """The slot of a route that is to be worked now. Several that wait are one run, but where the route
        makes up for all."""
        route = self.hub.services.config.routes.get(route_id)
        if route is None or route.mode == "off":
            why = "the route is switched off" if route else "the configuration has no such route any more"
            self._leave_out(slots, why)
            return None
        if route.catch_up != "all" and len(slots) > 1:
            self._leave_out(slots[:-1], f"not worked before {slots[-1].due} was due, whose run stands for it")
            slots = slots[-1:]
        now = self.hub.services.clock.now()
        ready = [slot for slot in slots[:1] if slot.next_attempt_at is None or slot.next_attempt_at <= now]
        return ready[0] if ready else None

    def _leave_out(self, slots: Sequence[SlotRow], why: str) -> None:
        ids = [slot.id for slot in slots]
        self.hub.services.commit(lambda conn: queries.end_slots(conn, ids, why))

    def _may_carry_on(self, route_id: str) -> bool:
        config = self.hub.services.config
        route: Route | None = config.routes.get(route_id)
        return route is not None and route.mode != "off" and route_id not in config.unavailable

    def _begin(self, name: str, work: Callable[[], bool], pool: ThreadPoolExecutor | None = None) -> None:
        """`name`: of a route, or of a chore."""
        with self._state:
            self._busy.add(name)
        (pool or self._pool).submit(self._work, name, work)

    def _work(self, name: str, work: Callable[[], bool]) -> None:
        moved = False
        try:
            with self._told(f"working {name}", self._compartment(name)):
                moved = work()
        finally:
            with self._state:
                self._busy.discard(name)
                self._something_moved = self._something_moved or moved
                self._state.notify_all()
            self._woken.set()

    def _run(self, hub: Hub, slot: SlotRow, begun: RunRow | None) -> bool:
        """Whether anything moved. A slot that could not be begun is not over: it is tried again."""
        began = hub.services.clock.now()
        try:
            report = hub.run(slot.route, slot=slot, begun=begun)
            self.health.ran(hub.services, report, began)
            return bool(report.transfers)
        except Exception as error:
            self._put_off(hub, slot, error)
            if begun is not None:
                hub.runs.take_back(begun)
            raise

    def _put_off(self, hub: Hub, slot: SlotRow, error: Exception) -> None:
        """Unless the run has said already what becomes of it."""
        unavailable = slot.route in hub.services.config.unavailable
        wait = _CANNOT_BE_WORKED if unavailable or not isinstance(error, FeedHubError) else _BUSY_ELSEWHERE
        with hub.store.read() as conn:
            standing = queries.get_slot(conn, slot.id)
        if standing is not None and standing.over_at is None and standing.attempts == slot.attempts:
            until = hub.services.clock.now() + wait
            hub.services.commit(lambda conn: queries.put_off_slot(conn, standing, until, standing.attempts))

    def _compartment(self, name: str) -> Compartment:
        """A chore is about nothing closed."""
        route = self.hub.services.config.routes.get(name)
        return self.hub.services.compartment(route) if route else Compartment.OPEN

    @contextmanager
    def _told(self, what: str, inside: Compartment = Compartment.OPEN) -> Iterator[None]:
        """One thing that fails stops no other: it is logged, and the next look tries it again."""
        log = self.hub.services.log
        try:
            yield
        except FeedHubError as error:
            log.error(what, reason=str(error) if inside is Compartment.OPEN else type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the service goes on whatever a part of it does
            log.error(what, trace=trace(error, inside))


def _by_route(slots: Sequence[SlotRow]) -> Mapping[str, list[SlotRow]]:
    found: dict[str, list[SlotRow]] = {}
    for slot in slots:
        found.setdefault(slot.route, []).append(slot)
    return found
