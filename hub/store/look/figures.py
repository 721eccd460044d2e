"""What moved over some days, summed: of what is live, and as far as who looks may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from hub.door.milestone import KIND, milestone_key
from hub.model import ItemState, PromiseState
from hub.store.look.seen import Seen, visible
from hub.store.queries.happened import ITEM_HAPPENED
from hub.store.schema import day_total, item, promise, record

_MOVED = (
    select(
        day_total.c.day,
        day_total.c.partner,
        *(func.sum(day_total.c[name]).label(name) for name in ("transfers", "records", "bad")),
        func.sum(day_total.c.value).label("pence"),
    )
    .where(day_total.c.day.between(bindparam("first"), bindparam("last")), visible(day_total))
    .group_by(day_total.c.day, day_total.c.partner)
    .having(func.sum(day_total.c.transfers) > 0)
    .order_by(day_total.c.day, day_total.c.partner)
)
_PROMISED = (
    select(promise.c.due_at, promise.c.settled_at, promise.c.state)
    .where(
        promise.c.state.in_((PromiseState.KEPT, PromiseState.BROKEN)),
        promise.c.due_at >= bindparam("begin"),
        promise.c.due_at < bindparam("end"),
        visible(promise),
    )
    .order_by(promise.c.due_at)
)
_SUSPENDED = (
    select(item.c.on_date, func.count().label("items"), func.sum(item.c.amount).label("pence"))
    .where(item.c.state == ItemState.SUSPENDED, ITEM_HAPPENED, visible(item))
    .group_by(item.c.on_date)
    .order_by(item.c.on_date)
)
_MILESTONES = (
    select(record.c.data)
    .where(
        record.c.kind == KIND,
        record.c.key.between(bindparam("begin"), bindparam("end")),
        visible(record),
    )
    .order_by(record.c.key)
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved with a partner on a business date. bad: rejected or failed; pence: with the files' signs."""

    day: date
    partner: str
    transfers: int
    records: int
    pence: int
    bad: int


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that was kept, in time or late, or broken."""

    due_at: datetime
    settled_at: datetime | None
    state: PromiseState


@dataclass(frozen=True, slots=True)
class Suspended:
    """Money in suspense that is about a day."""

    day: date
    items: int
    pence: int


class SeenFigures(Seen):
    def moved(self, first: date, last: date) -> Sequence[Moved]:
        """By business date and partner."""
        rows = self._rows(_MOVED, first=first, last=last)
        return [
            Moved(row.day, row.partner, row.transfers, int(row.records), int(row.pence), row.bad)
            for row in rows
        ]

    def promised(self, begin: datetime, end: datetime) -> Sequence[Promised]:
        """What was due from one instant until before the other, in order."""
        return [Promised(**row._mapping) for row in self._rows(_PROMISED, begin=begin, end=end)]

    def suspended(self) -> Sequence[Suspended]:
        """What is in suspense now, by the day that it is about, the oldest first."""
        rows = self._rows(_SUSPENDED)
        return [Suspended(row.on_date, row.items, int(row.pence)) for row in rows]

    def milestones(self, names: Iterable[str], first: date, last: date) -> Sequence[tuple[str, date]]:
        """Those of these names that were reached for the days, with the day."""
        return [
            (name, date.fromisoformat(row.data["on"]))
            for name in names
            for row in self._rows(
                _MILESTONES, begin=milestone_key(name, first), end=milestone_key(name, last)
            )
        ]
