"""Gather: items that wait in the hub → STAGED: a batch is frozen and stored, and has them, in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from hub.config.settings import DUE, NOW, Route, Waiting
from hub.door.feed import Feed
from hub.errors import LostRace
from hub.model import Taken, TransferState
from hub.store import queries
from hub.store.rows import BlobRef, ItemRow, TransferRow
from hub.transfer.batch import BATCH, freeze
from hub.transfer.records import look_up
from hub.transfer.services import Services, known

LOOKS = 5
"""How often to look when each time another route took some of the items first."""

Frozen = tuple[TransferRow, BlobRef, Sequence[str]]
"""A batch that is not committed yet: its transfer, its stored bytes, the ids of its items."""


def gather(services: Services, route: Route, run_id: str, business_date: date) -> list[TransferRow]:
    """A new STAGED batch, or one for each item, of what waits for the route and is ready."""
    source = known(route.waiting, "items to wait for")
    feed = next(feed for feed in map(services.feed, route.feeds) if source.items in feed.gathers)
    gathering = _Gathering(services, route, source, feed, run_id, business_date)
    for _ in range(LOOKS - 1):
        with suppress(LostRace):
            return gathering.once()
    return gathering.once()


@dataclass(frozen=True, slots=True)
class _Gathering:
    """What one run of a route gathers."""

    services: Services
    route: Route
    source: Waiting
    feed: Feed
    run_id: str
    business_date: date

    def once(self) -> list[TransferRow]:
        """Raises LostRace when another route took one of the items since they were looked at."""
        with self.services.store.read() as conn:
            ready = self._ready(conn)
        if not ready:
            return []
        frozen = [self._frozen(rows) for rows in self._parts(ready)]
        batches = self.services.commit(lambda conn: [self._take(conn, *one) for one in frozen])
        self.services.boundary("gathered")
        return batches

    def _ready(self, conn: Connection) -> Sequence[ItemRow]:
        keys = self.services.store.keys
        inside = self.services.compartment(self.route)
        waiting = queries.waiting_items(conn, keys, self.source.items, compartment=inside)
        why_not = self._condition(conn, waiting)
        return [row for row in waiting if why_not(row.taken()) is None]

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
        facts = replace(self.services.facts(conn), records=records)
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
        return row, blob, [item.id for item in rows]

    def _take(self, conn: Connection, row: TransferRow, blob: BlobRef, ids: Sequence[str]) -> TransferRow:
        queries.keep_blob(conn, blob)
        queries.insert_transfer(conn, row, event="gathered")
        if not row.rehearsed and queries.take_items(conn, row.id, ids) != len(ids):
            raise LostRace(f"another route gathered some of the items of {row.name} first")
        return row
