"""Reports: what people ask of all that came and went, as a table. A plug-in declares them, the hub reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hub.formats.layout import Layout
from hub.model import Compartment, ItemState, Record


@dataclass(frozen=True, slots=True)
class ReportedItem:
    """An item as reports see it: without personal values.

    route, came: the route that it came by and the day; None for one that started inside the hub
    answers:     the item that it answers
    """

    id: str
    feed: str
    kind: str
    reference: str
    amount: int
    on: date
    state: ItemState
    account: str | None
    reason: str | None
    data: Mapping[str, str | int | bool | None]
    route: str | None
    came: date | None
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedMove:
    """A step in the history of a record, as reports see it: without personal values.

    data:     the facts that changed
    previous: the hash of the step before; hash: its own, which holds that one
    """

    kind: str
    key: str
    number: int
    at: datetime
    state: str
    who: str
    transfer: str | None
    reason: str | None
    data: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report is made of.

    items:   of the report's feeds, in the order that they came in; read once
    records: of the kinds that the report names, those that have ended too
    moves:   by kind, all that records of it went through, in the order of their keys; read once
    """

    first: date
    last: date
    today: date
    items: Iterable[ReportedItem]
    records: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    moves: Mapping[str, Iterable[ReportedMove]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A table that people ask for.

    name:    starts with the plug-in's own ("housing_benefit.overpayments")
    layout:  the fields are its columns: pence for amounts, dates for days
    feeds:   whose items it is about; states: only those that are in one of them, empty = all
    dated:   only items that are about a day of the period asked for; else all
    records: the kinds of record that it looks at; moves: those whose history it looks at
    rows:    pure
    """

    name: str
    title: str
    layout: Layout
    rows: Callable[[Reported], Iterable[Mapping[str, Any]]]
    feeds: tuple[str, ...] = ()
    states: tuple[ItemState, ...] = ()
    dated: bool = True
    records: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    compartment: Compartment = Compartment.OPEN
