"""Transfers that somebody looks for, the newest first, a page at a time.

Each criterion is a test of a transfer, and most are a way to the transfers, too, by an index. Of the ways
that a search has, the one to the fewest is gone. Where that leads to few, these are held against the other
criteria. Where every way leads to many, a page tests the newest of them, tells how far back that went, and
the next page goes on from there. What is closed to who looks counts nowhere, nor in the choice of the way."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)

from hub.clock.now import end_of_day, local_instant, make_id
from hub.model import Compartment, DeliveryState, TransferState
from hub.store.look.seen import Seen, visible
from hub.store.queries.called import digest_of
from hub.store.queries.names import FITS, has_part, named
from hub.store.queries.transfers import transfer_row
from hub.store.rows import TransferRow
from hub.store.schema import HAS_VALUE, delivery, finding, item, item_called, transfer

FEW = 2_000
"""Transfers that a page tests one by one."""
MOST = 10_000
"""What is more is not counted."""
HASH = 6
"""Digits of a hash that are enough to look for it."""

_IN_DOUBT, _SENDING, _REFUSED = DeliveryState.IN_DOUBT, DeliveryState.SENDING, DeliveryState.REFUSED
_TOLD: Mapping[str, tuple[DeliveryState, tuple[DeliveryState, ...]]] = {
    _IN_DOUBT: (_IN_DOUBT, ()),
    _SENDING: (_SENDING, (_IN_DOUBT,)),
    _REFUSED: (_REFUSED, (_IN_DOUBT, _SENDING)),
    DeliveryState.CONFIRMED: (
        DeliveryState.CONFIRMED,
        (_IN_DOUBT, _SENDING, _REFUSED, DeliveryState.READY, DeliveryState.SENT),
    ),
    DeliveryState.SENT: (DeliveryState.SENT, (_IN_DOUBT, _SENDING, _REFUSED, DeliveryState.READY)),
    TransferState.ACCEPTED: (DeliveryState.READY, (_IN_DOUBT, _SENDING, _REFUSED)),
}
"""What a person is told of an ACCEPTED transfer: which state a delivery of it has, and which none has
(`transfer.states.derived_state`)."""
_COLUMNS = {
    "business_date": "ix_transfer_business_date_id",
    "route": "ix_transfer_route_id",
    "partner": "ix_transfer_partner_id",
}
"""What a transfer has in a column of that name, and the index in which it comes in the order of ids."""
_BY_ID = "INDEXED BY sqlite_autoindex_transfer_1"
_giver = transfer.alias("giver")
_STATES = (
    select(delivery.c.transfer_id, delivery.c.state)
    .join(transfer, transfer.c.id == delivery.c.transfer_id)
    .where(delivery.c.transfer_id.in_(bindparam("ids", expanding=True)), visible(transfer))
    .order_by(delivery.c.id)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a transfer must have; None is anything.

    state:      as a person is told it (`SENT`, `IN_DOUBT`), or as it is stored
    first, last: days, in London, on which it was found
    name:       a part of its file name
    sha256:     how the hash of what came, or of what left, begins: `HASH` digits or more
    amount:     pence, whatever the sign, of the transfer or of one item
    records:    how many it has
    check:      the id of a finding; said: a part of what a finding says
    reference:  of an item, or its account, or what a partner calls it
    text:       any of these: a part of the name, a hash, an id, a reference"""

    route: str | None = None
    partner: str | None = None
    feed: str | None = None
    state: str | None = None
    first: date | None = None
    last: date | None = None
    business_date: date | None = None
    name: str | None = None
    sha256: str | None = None
    amount: int | None = None
    records: int | None = None
    check: str | None = None
    said: str | None = None
    reference: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of transfers. `before`: what the next page is asked with; None: there is no more. `back_to`:
    when the last that was tested was found, where the page is not full and there may be more."""

    rows: Sequence[TransferRow]
    before: str | None = None
    back_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `more`: and perhaps more than these, which were not looked at."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Criterion:
    """`ids`: of those that may have it, by indexes, together: the id, and whether it `fits`; none: by no
    index. `index`: one in which they come in the order of their ids."""

    test: ColumnElement[bool]
    ids: Sequence[Select[Any]] = ()
    index: str | None = None


_Tests = Sequence[ColumnElement[bool]]


class _Chosen(NamedTuple):
    """What is tested, between which ids; the ids when they are few; by which index it goes, and where it
    stops."""

    criteria: Sequence[_Criterion]
    within: _Tests
    few: Sequence[str] | None
    by: str
    floor: Row[Any] | None


class SeenSearch(Seen):
    _last: tuple[tuple[Wanted, str | None], _Chosen] | None = None

    def search(self, wanted: Wanted, *, before: str | None = None, limit: int = 50) -> Found:
        """Transfers that have all that is wanted, the newest first; `before` comes from the page before."""
        narrowed, floor = self._narrow(select(transfer), wanted, before)
        found = self._rows(narrowed.order_by(transfer.c.id.desc()).limit(limit + 1))
        rows = [transfer_row(row) for row in found[:limit]]
        if len(found) > limit:
            return Found(rows, rows[-1].id)
        return Found(rows, floor.id, floor.found_at) if floor else Found(rows)

    def count(self, wanted: Wanted, page: Found | None = None) -> Count:
        """How many transfers have all that is wanted, as far as that is quickly known. `page`: the first,
        which may have all that were looked at."""
        if page is not None and (page.before is None or page.back_to is not None):
            return Count(len(page.rows), more=page.before is not None)
        narrowed, floor = self._narrow(select(transfer.c.id), wanted, None)
        number = self._count(narrowed, MOST)
        return Count(min(number, MOST), more=floor is not None or number > MOST)

    def told_states(self, ids: Sequence[str]) -> Mapping[str, Sequence[DeliveryState]]:
        """The states of the deliveries of some transfers, by their ids (`transfer.states.derived_state`)."""
        found: dict[str, list[DeliveryState]] = {id: [] for id in ids}
        for row in self._rows(_STATES, ids=list(ids)):
            found[row.transfer_id].append(row.state)
        return found

    def _narrow(
        self, found: Select[Any], wanted: Wanted, before: str | None
    ) -> tuple[Select[Any], Row[Any] | None]:
        """The statement, made to find what is wanted; and the last transfer that it tests, if not all."""
        criteria, within, few, by, floor = self._chosen(wanted, before)
        tested = found.where(visible(transfer), *within, *(one.test for one in criteria))
        if few is not None:
            tested = tested.where(transfer.c.id.in_(bindparam(None, few, expanding=True)))
        elif floor is not None:
            tested = tested.where(transfer.c.id >= floor.id)
        return tested.with_hint(transfer, by, "sqlite"), floor

    def _chosen(self, wanted: Wanted, before: str | None) -> _Chosen:
        """Of what was last asked it is known already: a page and its count go the same way."""
        if self._last is None or self._last[0] != (wanted, before):
            criteria = list(self._criteria(wanted))
            first, last = _between(wanted, before)
            within = _within(transfer.c.id, first, last)
            by_few, few = self._few(criteria, first, last)
            if few is not None:
                others = [one for one in criteria if one is not by_few]
                chosen = _Chosen(others, within, few, _BY_ID, None)
            else:
                way = next((one for one in criteria if one.index), None)
                by = f"INDEXED BY {way.index}" if way else _BY_ID
                whole = all(one is way for one in criteria)
                floor = None if whole else self._floor(way, by, within)
                chosen = _Chosen(criteria, within, None, by, floor)
            self._last = (wanted, before), chosen
        return self._last[1]

    def _few(
        self, criteria: Sequence[_Criterion], first: str | None, last: str | None
    ) -> tuple[_Criterion | None, Sequence[str] | None]:
        """The criterion that fewest have, with their ids, if these are few."""
        by, few, most = None, None, FEW
        for one in criteria:
            if one.ids:
                ids = self._rows(_together(one.ids, first, last).limit(most + 1))
                if len(ids) <= most:
                    by, few = one, sorted({row.id for row in ids if row.fits})
                    most = len(few)
        return by, few

    def _floor(self, way: _Criterion | None, by: str, within: _Tests) -> Row[Any] | None:
        """The transfer at which a page stops to look; None when it can look at all."""
        gone = (
            select(transfer.c.id, transfer.c.found_at)
            .where(visible(transfer), *within, *([way.test] if way else []))
            .with_hint(transfer, by, "sqlite")
        )
        return self._row(gone.order_by(transfer.c.id.desc()).offset(FEW).limit(1))

    def _count(self, ids: Select[Any], most: int) -> int:
        """How many there are; of more than `most`, one more."""
        number: int = self._rows(select(func.count()).select_from(ids.limit(most + 1).subquery()))[0][0]
        return number

    def _criteria(self, wanted: Wanted) -> Iterator[_Criterion]:
        for name, index in _COLUMNS.items():
            if (value := getattr(wanted, name)) is not None:
                yield _of_column(transfer.c[name] == value, index)
        for name in ("feed", "records"):
            if (value := getattr(wanted, name)) is not None:
                yield _Criterion(transfer.c[name] == value)
        others: Mapping[str, Callable[[Any], _Criterion]] = {
            "check": _of_finding,
            "state": _told,
            "amount": _of_amount,
            "sha256": _of_hash,
            "name": self._of_name,
            "reference": self._of_reference,
            "text": self._of_text,
            "said": _of_words,
        }
        for name, made in others.items():
            if (value := getattr(wanted, name)) is not None:
                yield made(value)

    def _of_name(self, part: str) -> _Criterion:
        ids = named(self._conn, part)
        return _Criterion(has_part(part), [one.where(visible(transfer)) for one in ids])

    def _of_reference(self, text: str) -> _Criterion:
        """Items under a reference, of an account, or that a partner calls so."""
        called = [text, *(digest_of(self._keys, text, one) for one in self._open_to())]
        names = (
            select(item_called.c.item_id)
            .join(_giver, _giver.c.id == item_called.c.given_by)
            .where(item_called.c.value.in_(called), visible(_giver))
        )
        return _any(
            [
                _of_items(item.c.reference == text),
                _of_items(item.c.account == text),
                _of_items(item.c.id.in_(names)),
            ]
        )

    def _of_text(self, text: str) -> _Criterion:
        is_hash = len(text) >= HASH and set(text.lower()) <= set(string.hexdigits)
        by_id = _of_column(transfer.c.id == text, None)
        hashes = [_of_hash(text)] if is_hash else []
        return _any([self._of_name(text), self._of_reference(text), by_id, *hashes])

    def _open_to(self) -> Sequence[Compartment]:
        """The compartments of who looks, as far as their keys are here."""
        return sorted(self.viewer.compartments & self._keys.sets.keys())


def _between(wanted: Wanted, before: str | None) -> tuple[str | None, str | None]:
    """The first id that may be meant, and the first that is too new: ids tell when they were made."""
    first = make_id(local_instant(wanted.first, time()), 0) if wanted.first else None
    ends = [make_id(end_of_day(wanted.last), 0)] if wanted.last else []
    return first, min([*ends, *([before] if before else [])], default=None)


def _within(id: ColumnElement[str], first: str | None, last: str | None) -> list[ColumnElement[bool]]:
    return [*([id >= first] if first else []), *([id < last] if last else [])]


def _together(ids: Sequence[Select[Any]], first: str | None, last: str | None) -> Select[Any]:
    """As one statement that SQLite goes through no further than it must: a limit ends it."""
    found = union_all(*(one.where(*_within(one.selected_columns.id, first, last)) for one in ids)).subquery()
    return select(found.c.id, found.c.fits)


def _of_column(test: ColumnElement[bool], index: str | None) -> _Criterion:
    return _Criterion(test, [select(transfer.c.id, FITS).where(test, visible(transfer))], index)


def _told(state: str) -> _Criterion:
    """In a state, as a person is told it."""
    if state not in _TOLD:
        return _of_column(transfer.c.state == state, "ix_transfer_state_id")
    has, none = _TOLD[state]
    let_go = _of_column(transfer.c.state == TransferState.ACCEPTED, "ix_transfer_state_id")
    delivered = _of_deliveries(delivery.c.state == has)
    test = and_(let_go.test, delivered.test, ~_of_deliveries(delivery.c.state.in_(none)).test)
    if has is DeliveryState.SENT:  # most are: there is no way to few
        return replace(let_go, test=test, ids=())
    return _Criterion(test, [_of(delivery.c.transfer_id, delivery.c.state == has, fits=test)])


def _of_deliveries(test: ColumnElement[bool]) -> _Criterion:
    having = exists().where(delivery.c.transfer_id == transfer.c.id, test).correlate(transfer)
    return _Criterion(having, [_of(delivery.c.transfer_id, test)])


def _of_finding(check: str) -> _Criterion:
    test = exists().where(finding.c.transfer_id == transfer.c.id, finding.c.check == check)
    return _Criterion(test, [_of(finding.c.transfer_id, finding.c.check == check)])


def _of_words(part: str) -> _Criterion:
    says = finding.c.message.icontains(part, autoescape=True)
    return _Criterion(exists().where(finding.c.transfer_id == transfer.c.id, says))


def _of_amount(pence: int) -> _Criterion:
    signs = (pence, -pence)
    return _any(
        [_of_column(transfer.c.value.in_(signs) & HAS_VALUE, None), _of_items(item.c.amount.in_(signs))]
    )


def _of_hash(begins: str) -> _Criterion:
    """What came, and what left. The letter after the last digit ends what begins so."""
    first, end = begins.lower(), f"{begins.lower()}g"
    came = (transfer.c.blob >= first) & (transfer.c.blob < end)
    left = (delivery.c.blob >= first) & (delivery.c.blob < end)
    return _any([_of_column(came, None), _of_deliveries(left)])


def _of_items(test: ColumnElement[bool]) -> _Criterion:
    """Transfers that an item came with, or that gathered it."""
    seen, sides = and_(test, visible(item)), (item.c.transfer_id, item.c.batch_id)
    return _Criterion(
        or_(*(exists().where(side == transfer.c.id, seen) for side in sides)),
        [select(side.label("id"), FITS).where(side.is_not(None), seen) for side in sides],
    )


def _any(these: Sequence[_Criterion]) -> _Criterion:
    """Any of these; there is a way to it when there is one to each."""
    test = or_(*(one.test for one in these))
    return _Criterion(
        test, [ids for one in these for ids in one.ids] if all(one.ids for one in these) else ()
    )


def _of(id: Column[str], test: ColumnElement[bool], fits: ColumnElement[bool] = FITS) -> Select[Any]:
    """Those of what hangs on transfers that who looks may see."""
    columns: tuple[ColumnElement[Any], ...] = id.label("id"), fits.label("fits")
    return select(*columns).join(transfer, transfer.c.id == id).where(test, visible(transfer))
