"""Gather: items that wait in the hub → STAGED: a batch is frozen and stored, and has them, in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from hub.bank.dues import WAITS_AS
from hub.checks.base import BATCH
from hub.config.routes import DUE, NOW, Route, Waiting
from hub.door.feed import Feed
from hub.errors import LostRace
from hub.model import Record, Taken, TransferState
from hub.rent.reversal import BY_ROUTE
from hub.store import queries
from hub.store.rows import BlobRef, ItemRow, TransferRow
from hub.transfer.awaiting import money_is_there
from hub.transfer.batch import freeze
from hub.transfer.records import look_up
from hub.transfer.release import WAITS_AS as RELEASED
from hub.transfer.services import Services, known

LOOKS = 5
"""How often to look when each time another route took some of the items first."""

Frozen = tuple[TransferRow, BlobRef, Mapping[str, date]]
"""A batch that is not committed yet: its transfer, its stored bytes, the ids of its items with their days."""


def gather(services: Services, route: Route, run_id: str, business_date: date) -> list[TransferRow]:
    """A new STAGED batch, or one for each item, of what waits for the route and is ready."""
    return _gathering(services, route, run_id, business_date).made()


def anything_ready(conn: Connection, services: Services, route: Route) -> bool:
    """Whether such a run would find anything now."""
    today = services.local(services.clock.now())
    return bool(_gathering(services, route, "", today).ready(conn))


def gather_awaited(services: Services, route: Route, run_id: str, business_date: date) -> list[TransferRow]:
    """The same of what stayed behind of the route's files, and whose money the bank shows by now."""
    if route.awaits is None or route.awaits.lets_go != "part":
        return []
    feeds, source = map(services.feed, route.feeds), Waiting(items=WAITS_AS)
    made = (_Gathering(services, route, source, feed, run_id, business_date).made() for feed in feeds)
    return [batch for batches in made for batch in batches]


def gather_released(services: Services, route: Route, run_id: str, business_date: date) -> list[TransferRow]:
    """The same of what was held of the route's files, and a person has let go since."""
    feeds, source = map(services.feed, route.feeds), Waiting(items=RELEASED)
    made = (_Gathering(services, route, source, feed, run_id, business_date).made() for feed in feeds)
    return [batch for batches in made for batch in batches]


def _gathering(services: Services, route: Route, run_id: str, business_date: date) -> _Gathering:
    source = known(route.waiting, "items to wait for")
    feed = next(feed for feed in map(services.feed, route.feeds) if source.items in feed.gathers)
    return _Gathering(services, route, source, feed, run_id, business_date)


@dataclass(frozen=True, slots=True)
class _Gathering:
    """What one run of a route gathers."""

    services: Services
    route: Route
    source: Waiting
    feed: Feed
    run_id: str
    business_date: date

    def made(self) -> list[TransferRow]:
        for _ in range(LOOKS - 1):
            with suppress(LostRace):
                return self.once()
        return self.once()

    def once(self) -> list[TransferRow]:
        """Raises LostRace when another route took one of the items since they were looked at."""
        with self.services.store.read() as conn:
            ready = self.ready(conn)
        if not ready:
            return []
        frozen = [self._frozen(rows) for rows in self._parts(ready)]
        batches = self.services.commit(lambda conn: [self._take(conn, *one) for one in frozen])
        self.services.boundary("gathered")
        return batches

    def ready(self, conn: Connection) -> Sequence[ItemRow]:
        keys = self.services.store.keys
        inside = self.services.compartment(self.route)
        waiting = queries.waiting_items(conn, keys, self.source.items, compartment=inside)
        its_own = self._its_own(conn, waiting)
        why_not = self._condition(conn, its_own)
        return self._dated(conn, [row for row in its_own if why_not(row.taken()) is None])

    def _its_own(self, conn: Connection, waiting: Sequence[ItemRow]) -> Sequence[ItemRow]:
        """Without those that await the bank still, or name another route; of those that did await it, what
        stayed behind of the route's own files."""
        there = money_is_there(conn, waiting)
        own = [row for row in waiting if row.id in there and self._takes(row, there[row.id])]
        return [row for row in own if self._came_by_it(conn, row)] if self.source.items == RELEASED else own

    def _came_by_it(self, conn: Connection, row: ItemRow) -> bool:
        return row.feed == self.feed.name and queries.route_it_came_by(conn, row) == self.route.id

    def _takes(self, row: ItemRow, due: Record | None) -> bool:
        if self.source.items != WAITS_AS:
            return row.data.get(BY_ROUTE, self.route.id) == self.route.id
        return due is not None and (due.data["route"], row.feed) == (self.route.id, self.feed.name)

    def _dated(self, conn: Connection, ready: Sequence[ItemRow]) -> Sequence[ItemRow]:
        """Each with the day that it is for, where that is settled only now."""
        if self.feed.dated is None:
            return ready
        ctx = self.services.context(self.route, self.feed, BATCH, self.services.facts(conn))
        return [replace(row, on=self.feed.dated(row.taken(), ctx)) for row in ready]

    def _condition(self, conn: Connection, waiting: Sequence[ItemRow]) -> Callable[[Taken], str | None]:
        """Says of an item why it is not ready yet; None when it is."""
        when, today = self.source.when, self.services.local(self.services.clock.now())
        if when == NOW:
            return lambda one: None
        if when == DUE:
            return lambda one: None if one.item.on <= today else f"it is for {one.item.on}"
        records = look_up(
            conn, self.services, self.feed, [row.taken() for row in waiting], self.feed.compartment
        )
        facts = self.services.facts(conn, records=records)
        ctx = self.services.context(self.route, self.feed, BATCH, facts)
        condition = self.feed.conditions[when]
        return lambda one: condition(one, ctx)

    def _parts(self, ready: Sequence[ItemRow]) -> Iterator[Sequence[ItemRow]]:
        size = 1 if self.source.each else self.source.most
        return (ready[start : start + size] for start in range(0, len(ready), size))

    def _frozen(self, rows: Sequence[ItemRow]) -> Frozen:
        id, now = self.services.clock.new_id(), self.services.clock.now()
        blob = self.services.store.blobs(self.feed.compartment).put(freeze(id, self.business_date, rows))
        row = TransferRow(
            id=id,
            route=self.route.id,
            partner=self.route.partner,
            direction=self.feed.direction,
            state=TransferState.STAGED,
            name=f"batch-{self.source.items}-{id}.jsonl",
            feed=self.feed.name,
            format=BATCH,
            blob=blob.sha256,
            size=blob.size,
            business_date=self.business_date,
            records=len(rows),
            value=sum(item.amount for item in rows),
            run_id=self.run_id,
            mode=self.route.mode,
            tidied=self.route.rehearses,
            found_at=now,
            updated_at=now,
            compartment=self.services.compartment(self.route),
        )
        return row, blob, {item.id: item.on for item in rows}

    def _take(
        self, conn: Connection, row: TransferRow, blob: BlobRef, days: Mapping[str, date]
    ) -> TransferRow:
        queries.keep_blob(conn, blob)
        queries.insert_transfer(conn, row, event="gathered")
        if not row.rehearsed and queries.take_items(conn, row.id, days) != len(days):
            raise LostRace(f"another route gathered some of the items of {row.name} first")
        return row
