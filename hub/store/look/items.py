"""Items: those of a transfer, those that wait in suspense, those that carry a reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, func, or_, select, true

from hub.clock.now import local_date
from hub.door.report import ReportedItem
from hub.model import Compartment, ItemState
from hub.store.look.seen import Seen, unknown, visible
from hub.store.queries.called import digest_of
from hub.store.queries.happened import ITEM_HAPPENED
from hub.store.queries.items import MONEY, by_state, digests_of, item_row, of_transfer
from hub.store.rows import ItemRow
from hub.store.schema import LIVE, item, item_called, item_digest, transfer

_ALL = select(item).where(visible(item))
_OF_TRANSFER = _ALL.where(of_transfer).order_by(item.c.transfer_id, item.c.line, item.c.id)
_SOME = _ALL.where(of_transfer, item.c.id > bindparam("after")).order_by(item.c.id).limit(bindparam("limit"))
_WAITING = (ItemState.HELD, ItemState.SUSPENDED, ItemState.WAITING, ItemState.UNANSWERED)
_FIRST = (
    _ALL.where(of_transfer)
    .order_by(case((item.c.state.in_(_WAITING), 0), else_=1), item.c.transfer_id, item.c.line, item.c.id)
    .offset(bindparam("start"))
    .limit(bindparam("limit"))
)
_MONEY = MONEY.where(visible(item))
_GET = _ALL.where(item.c.id == bindparam("item"))
_SUSPENDED = (
    select(item)
    .join(transfer, transfer.c.id == item.c.transfer_id)
    .where(item.c.state == ItemState.SUSPENDED, transfer.c.mode == LIVE, visible(item), visible(transfer))
)
_SUSPENSE = _SUSPENDED.where(item.c.id > bindparam("after")).order_by(item.c.id).limit(bindparam("limit"))
_SUSPENSE_SUM = _SUSPENDED.with_only_columns(
    func.count().label("items"), func.sum(item.c.amount).label("pence")
)
_CAME_IN = select(transfer.c.id, transfer.c.found_at).where(
    transfer.c.id.in_(bindparam("ids", expanding=True)), visible(transfer)
)
_OF_STATE = (
    _ALL.where(item.c.state == bindparam("state"), ITEM_HAPPENED)
    .order_by(item.c.id)
    .limit(bindparam("limit"))
)
Came = tuple[datetime | None, datetime | None]
PERSONAL = "(personal)"
"""Stands for a personal value."""

_CALLED = (
    select(item_called.c.item_id, item_called.c.kind, item_called.c.value, item_called.c.sealed)
    .join(item, item.c.id == item_called.c.item_id)
    .join(transfer, transfer.c.id == item_called.c.given_by)
    .where(of_transfer, visible(item), visible(transfer))
    .order_by(item_called.c.item_id, item_called.c.kind, item_called.c.value)
)
_GROUPS = (
    select(
        item.c.feed,
        item.c.state,
        item.c.waits_as,
        item.c.reason,
        func.count().label("items"),
        func.sum(item.c.amount).label("pence"),
        func.min(item.c.on_date).label("oldest"),
    )
    .where(item.c.state == bindparam("state"), ITEM_HAPPENED, visible(item))
    .group_by(item.c.feed, item.c.state, item.c.waits_as, item.c.reason)
)
_CALLED_SO = (
    select(item_called.c.item_id)
    .join(transfer, transfer.c.id == item_called.c.given_by)
    .where(item_called.c.value.in_(bindparam("called", expanding=True)), visible(transfer))
)
_FIND = (
    _ALL.where(
        or_(
            item.c.reference == bindparam("text"),
            item.c.account == bindparam("text"),
            item.c.id.in_(_CALLED_SO),
            item.c.id == bindparam("text"),
        ),
        ITEM_HAPPENED,
    )
    .order_by(item.c.id.desc())
    .limit(bindparam("limit"))
)
_TOLD = {
    **{name: name for name in ("id", "feed", "kind", "reference", "amount", "state")},
    **{name: name for name in ("account", "reason", "data", "answers")},
    "on": "on_date",
}
"""What reports are told of an item, and its column."""
_REPORTED = (
    select(*(item.c[column] for column in _TOLD.values()), transfer.c.route, transfer.c.found_at)
    .outerjoin(transfer, (transfer.c.id == item.c.transfer_id) & visible(transfer))
    .where(visible(item), ITEM_HAPPENED, item.c.feed.in_(bindparam("feeds", expanding=True)))
    .order_by(item.c.id)
)
_IN_STATES = item.c.state.in_(bindparam("states", expanding=True))
_ABOUT_DAYS = item.c.on_date.between(bindparam("first"), bindparam("last"))
_HAVING_DIGESTS = (
    select(item_digest.c.item_id)
    .where(item_digest.c.digest.in_(bindparam("digests", expanding=True)))
    .group_by(item_digest.c.item_id)
    .having(func.count() == bindparam("wanted"))
)
_CARRYING = _ALL.where(item.c.id.in_(_HAVING_DIGESTS), ITEM_HAPPENED).order_by(item.c.id)


@dataclass(frozen=True, slots=True)
class Group:
    """Items of a feed that wait or are held for one reason; `oldest` is the day that one of them is about."""

    feed: str
    state: ItemState
    waits_as: str | None
    reason: str | None
    items: int
    pence: int
    oldest: date


class SeenItems(Seen):
    def items(self, transfer_id: str) -> list[ItemRow]:
        """The items that came in with a transfer, or were gathered by it, in file order."""
        return [self._item(row) for row in self._rows(_OF_TRANSFER, transfer=transfer_id)]

    def some_items(self, transfer_id: str, *, after: str = "", limit: int = 50) -> list[ItemRow]:
        """The same in the order of their ids, a page at a time; `after` = only newer than that id."""
        rows = self._rows(_SOME, transfer=transfer_id, after=after, limit=limit)
        return [self._item(row) for row in rows]

    def items_first(self, transfer_id: str, *, start: int, limit: int) -> list[ItemRow]:
        """The same a page at a time, in file order after those that wait for somebody or something."""
        rows = self._rows(_FIRST, transfer=transfer_id, start=start, limit=limit)
        return [self._item(row) for row in rows]

    def money(self, transfer_id: str) -> Mapping[ItemState, tuple[int, int]]:
        """Count and pence of a transfer's items by state: what came in is their sum, to the penny."""
        return by_state(self._rows(_MONEY, transfer=transfer_id))

    def item(self, id: str) -> ItemRow:
        """Raises UsageError when there is none of that id."""
        row = self._row(_GET, item=id)
        if row is None:
            raise unknown("item", id, "items")
        return self._item(row)

    def suspense(
        self, *, came: Came = (None, None), after: str = "", limit: int = 50
    ) -> list[tuple[ItemRow, datetime]]:
        """Money that matched no account, with the instant it came in, the oldest first. `came`: from when,
        until before when it came in; `after` = only newer than that id."""
        found = self._rows(_SUSPENSE.where(*_came(came)), after=after, limit=limit)
        rows = [self._item(row) for row in found]
        came_in = dict(map(tuple, self._rows(_CAME_IN, ids=[row.transfer_id for row in rows])))
        return [(row, came_in[row.transfer_id]) for row in rows]

    def suspense_sums(self, came: Mapping[str, Came]) -> Mapping[str, tuple[int, int]]:
        """How many items that is, and pence, by the name of when they came in."""
        name = case(*((and_(true(), *_came(one)), name) for name, one in came.items()))
        sums = _SUSPENSE_SUM.add_columns(name.label("name")).group_by(name)
        found = {row.name: (row.items, int(row.pence)) for row in self._rows(sums)}
        return {name: found.get(name, (0, 0)) for name in came}

    def items_that_are(self, states: Collection[ItemState], *, limit: int = 50) -> list[ItemRow]:
        """Items in any of these states, of whatever transfer, the oldest first."""
        found = (row for state in states for row in self._rows(_OF_STATE, state=state, limit=limit))
        return [self._item(row) for row in sorted(found, key=lambda row: str(row.id))[:limit]]

    def groups_that_are(self, states: Collection[ItemState]) -> list[Group]:
        """Items in any of these states by feed and reason, the largest group first."""
        rows = (row for state in states for row in self._rows(_GROUPS, state=state))
        groups = [Group(**{**row._mapping, "pence": int(row.pence)}) for row in rows]
        return sorted(groups, key=lambda group: (-group.items, group.feed, group.reason or ""))

    def find(self, text: str, *, before: str | None = None, limit: int = 50) -> list[ItemRow]:
        """Items under a reference, of an account or that a partner calls so, the newest first; or that of an
        id. `before` = only older than the item of that id (the next page)."""
        called = [text, *(digest_of(self._keys, text, one) for one in self._open_to())]
        older = _FIND if before is None else _FIND.where(item.c.id < before)
        return [self._item(row) for row in self._rows(older, text=text, called=called, limit=limit)]

    def called(self, transfer_id: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """What partners call the items of a transfer, by item and kind; `PERSONAL` in place of what is."""
        found: dict[str, dict[str, list[str]]] = {}
        for row in self._rows(_CALLED, transfer=transfer_id):
            shown = row.value if row.sealed is None else PERSONAL
            names = found.setdefault(row.item_id, {}).setdefault(row.kind, [])
            if shown not in names:
                names.append(shown)
        return found

    def reported(
        self,
        feeds: Collection[str],
        states: Collection[ItemState] = (),
        days: tuple[date, date] | None = None,
    ) -> Iterator[ReportedItem]:
        """Items of the feeds in one of the states (empty = any) that are about one of the days, the oldest
        first; one after the other, however many there are."""
        statement, asked = _REPORTED, dict[str, Any](feeds=sorted(feeds))
        if states:
            statement, asked = statement.where(_IN_STATES), asked | {"states": sorted(states)}
        if days is not None:
            statement, asked = statement.where(_ABOUT_DAYS), asked | {"first": days[0], "last": days[1]}
        for row in self._each(statement, **asked):
            came = None if row.found_at is None else local_date(row.found_at)
            told = {name: row._mapping[column] for name, column in _TOLD.items()}
            yield ReportedItem(**told, route=row.route, came=came)

    def carrying(self, personal: Mapping[str, str]) -> list[ItemRow]:
        """Items that carry all these personal values (`{"account_number": …}`), the oldest first."""
        digests = [digest for one in self._open_to() for digest in digests_of(personal, self._keys, one)]
        wanted = sum(bool(value.strip()) for value in personal.values())
        rows = self._rows(_CARRYING, digests=digests, wanted=wanted)
        return [self._item(row) for row in rows]

    def _open_to(self) -> Iterable[Compartment]:
        """The compartments of who looks, as far as their keys are here."""
        return sorted(self.viewer.compartments & self._keys.sets.keys())

    def _item(self, row: Row[Any]) -> ItemRow:
        return item_row(row, self._keys)


def _came(came: Came) -> list[ColumnElement[bool]]:
    begin, end = came
    tests = [transfer.c.found_at >= begin] if begin else []
    return [*tests, transfer.c.found_at < end] if end else tests
