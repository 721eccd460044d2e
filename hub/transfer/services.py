"""What the steps work with, handed to each of them; the engine makes it once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from structlog.typing import FilteringBoundLogger

from hub.checks.base import Context
from hub.checks.run import Tolerate
from hub.clock.now import Clock, local_date
from hub.config.known import Known, inside
from hub.config.load import Config
from hub.config.modulus_tables import tables_in_force
from hub.config.people import HUB, HUB_LOGIN, People, Viewer
from hub.config.routes import Route
from hub.connectors.base import ApiConnector, ApiSession, Connector, Secrets, Session
from hub.connectors.documents import as_files
from hub.door.feed import Feed, Options
from hub.door.manager import Catalogue
from hub.errors import StoreError
from hub.model import Compartment, Facts, Finding
from hub.store import queries
from hub.store.db import Store
from hub.store.rows import EventRow
from hub.transfer import circuits
from hub.transfer.registers import RegisterCache
from hub.transfer.retry import Plan

T = TypeVar("T")


def known(value: T | None, what: str) -> T:
    """A value that a transfer has by now. Raises StoreError when the database says otherwise."""
    if value is None:
        raise StoreError(f"The transfer has no {what}, which its state says it must have.")
    return value


def nothing(point: str) -> None:
    """The edge between two steps; a test may break in here."""


def nobody(event: Mapping[str, Any]) -> None:
    """No plug-in wants to hear of events."""


@dataclass(frozen=True, slots=True)
class Services:
    """`boundary` is called by name at each step's edge; `viewer` is who acts, a person or the hub itself;
    `told` hears of each event once it is committed, but for those of closed compartments."""

    config: Config
    catalogue: Catalogue
    store: Store
    clock: Clock
    secrets: Secrets
    log: FilteringBoundLogger
    viewer: Viewer = HUB
    told: Callable[[Mapping[str, Any]], None] = nobody
    boundary: Callable[[str], None] = nothing
    pause: Callable[[float], None] = time.sleep
    registers: RegisterCache = field(default_factory=RegisterCache)

    @property
    def who(self) -> str:
        """What the history calls who acts."""
        return self.viewer.login

    @property
    def people(self) -> People:
        return People(self.config.hub.people)

    @property
    def known(self) -> Known:
        """What the configuration names, as far as who acts may know of it."""
        return Known(self.config, self.catalogue, self.viewer)

    def compartment(self, route: Route) -> Compartment:
        return inside(self.catalogue, route)

    def route(self, id: str) -> Route:
        return self.config.routes[id]

    def feed(self, name: str) -> Feed:
        return self.catalogue.feeds[name]

    @contextmanager
    def session(self, endpoint: str) -> Iterator[Session]:
        """Raises LeftAlone when it is not to be tried now."""
        settings = self.config.endpoints[endpoint]
        connector: Connector = self.catalogue.connectors[settings.type]
        with circuits.tried(self, endpoint), connector.open(endpoint, settings, self.secrets) as session:
            yield as_files(endpoint, settings, session)

    @contextmanager
    def api(self, endpoint: str) -> Iterator[ApiSession]:
        """An endpoint that is talked with. Raises as `session`."""
        settings = self.config.endpoints[endpoint]
        connector: ApiConnector = self.catalogue.connectors[settings.type]
        with circuits.tried(self, endpoint), connector.open(endpoint, settings, self.secrets) as api:
            yield api

    def sweeps(self, endpoint: str) -> bool:
        """Whether the partner may pick a file up at once, so that its absence proves nothing."""
        return getattr(self.config.endpoints[endpoint], "sweeps", True)

    def commit(self, work: Callable[[Connection], T]) -> T:
        """What `work` returned, once it is durable; then its events are told."""
        events: list[EventRow] = []

        def heard(conn: Connection) -> T:
            with queries.hearing(conn, events):
                return work(conn)

        result = self.store.write(heard)
        for event in events:
            if event.compartment is Compartment.OPEN:
                self.told(event.shown())
        return result

    def within(self, conn: Connection) -> Services:
        """For steps that are taken inside one commit: its events are told when that is durable."""
        return replace(self, store=self.store.within(conn), told=nobody)

    def note(
        self,
        subject: str,
        subject_id: str,
        kind: str,
        data: Mapping[str, Any],
        compartment: Compartment | None = None,
        who: str = HUB_LOGIN,
    ) -> None:
        """An event that moves nothing. `compartment`: of subjects that lie in none themselves."""
        self.commit(
            lambda conn: queries.append_event(
                conn,
                subject=subject,
                subject_id=subject_id,
                kind=kind,
                who=who,
                data=data,
                compartment=compartment,
            )
        )

    def local(self, instant: datetime) -> date:
        return local_date(instant)

    def plan(self, route: str) -> Plan:
        retry = self.route(route).retry
        return Plan(retry.attempts, retry.first_wait, retry.longest_wait)

    def size_limit(self, route: str) -> int:
        return int(self.route(route).max_file_size or self.config.hub.max_file_size)

    def context(self, route: Route, feed: Feed, format: str, facts: Facts) -> Context[Any]:
        digest = partial(self.store.keys.digest, inside=feed.compartment)
        facts = replace(facts, settings=self.settings_for(feed.name), digest=digest)
        return Context(self.config.options[route.id][feed.name], facts, format)

    def settings_for(self, name: str) -> Options | None:
        """What is set for the plug-in that brings a feed or a kind of record; None where nothing can be."""
        return self.config.settings.get(self.catalogue.brought_by.get(name, ""))

    def facts(self, conn: Connection, **own: Any) -> Facts:
        """What is known before a file is read: day, calendars, the register as it stands, code maps; `own`:
        what only who asks knows."""
        today = local_date(self.clock.now())
        return Facts(
            today=today,
            calendar=self.config.calendar,
            rent_calendar=self.config.calendars.rent,
            register=self.registers.current(conn, self.store),
            codes=self.config.codes,
            modulus_tables=tables_in_force(self.config.hub.state_folder, today),
            config=self.config.version,
            roles=self.people.roles,
            **own,
        )

    def tolerate(self, route: Route) -> Tolerate:
        """A finding as the route's waivers leave it today."""
        today = local_date(self.clock.now())
        waivers = self.config.waivers

        def tolerated(finding: Finding) -> Finding:
            return waivers.tolerate(finding, route.id, today)

        return tolerated
