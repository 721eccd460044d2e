"""Records for tests of the core: a case that payments move, and what follows from that by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from hub.api import Context, Deadline, Facts, Feed, Lifecycle, Move, Record, Taken
from tests.little import little


def in_three_days(case: Record, facts: Facts) -> date:
    calendar = facts.calendar
    assert calendar is not None
    return calendar.add_working_days(date.fromisoformat(case.data.get("on", "2026-11-02")), 3)


def case(**changes: Any) -> Lifecycle:
    """OPEN, then PAID, then CLOSED for good."""
    made: dict[str, Any] = {
        "kind": "case",
        "title": "Cases",
        "begins": ("OPEN",),
        "moves": {"OPEN": ("PAID",), "PAID": ("OPEN", "CLOSED")},
        "deadlines": (Deadline("answer", "OPEN", in_three_days, "answer the tenant"),),
        "owner": "rents",
    }
    return Lifecycle(**{**made, **changes})


def of_kind(kind: str, **changes: Any) -> Lifecycle:
    """Another kind with one state, in which it may change."""
    return Lifecycle(kind=kind, title=kind, begins=("ON",), moves={"ON": ("OFF",)}, **changes)


def pays(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """A payment pays the case of its reference."""
    yield Move(kind="case", key=taken.item.reference, to="PAID", data={"paid": taken.item.amount})


def paying(**changes: Any) -> Feed:
    """The little feed, its payments paying cases."""
    return little(**{"moves": pays, **changes})


def opened(*keys: str) -> list[Move]:
    return [Move(kind="case", key=key, to="OPEN", account="1900000011") for key in keys]
