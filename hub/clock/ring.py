"""What rings by when: the due times of all scheduled routes, and what becomes of missed ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from hub.clock.calendar import Calendars
from hub.clock.due import Slot, slots
from hub.clock.words import Schedule

CatchUp = Literal["latest", "all", "none"]

_SPAN = timedelta(days=4)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_FAR = 100
"""Spans in which something must be due: more than a year, as a schedule's rarest run is."""


class Timeline:
    """The due times of routes, worked out a few days at a time and kept."""

    def __init__(self, schedules: Mapping[str, Schedule], calendars: Calendars) -> None:
        self._schedules, self._calendars = schedules, calendars
        self._spans: dict[int, list[tuple[datetime, str, Slot]]] = {}

    def between(self, start: datetime, end: datetime) -> Mapping[str, list[Slot]]:
        """By route, the slots from `start` until before `end`, in order."""
        found: dict[str, list[Slot]] = {}
        for number in range(_span_of(start), _span_of(end) + 1):
            for at, route, slot in self._span(number):
                if start <= at < end:
                    found.setdefault(route, []).append(slot)
        return found

    def next_at(self, start: datetime) -> datetime | None:
        """The first instant, from `start` on, at which something is due; None when nothing is for a year."""
        first = _span_of(start)
        for number in range(first, first + _FAR):
            for at, _, _ in self._span(number):
                if at >= start:
                    return at
        return None

    def _span(self, number: int) -> list[tuple[datetime, str, Slot]]:
        if number not in self._spans:
            self._forget_before(number - 1)
            self._spans[number] = sorted(self._slots(number), key=lambda due: due[:2])
        return self._spans[number]

    def _slots(self, number: int) -> Iterator[tuple[datetime, str, Slot]]:
        start = _BEGINNING + number * _SPAN
        for route, schedule in self._schedules.items():
            for slot in slots(schedule, self._calendars, start, start + _SPAN):
                yield slot.at, route, slot

    def _forget_before(self, number: int) -> None:
        for old in [one for one in self._spans if one < number]:
            del self._spans[old]


def _span_of(instant: datetime) -> int:
    return (instant - _BEGINNING) // _SPAN


@dataclass(frozen=True, slots=True)
class Missed:
    """Slots of one route that rang too late: those that are made up for, and those that are left out."""

    made_up: Sequence[Slot]
    left_out: Sequence[Slot]

    def why(self, catch_up: CatchUp) -> str:
        if catch_up == "none":
            return "missed, and the route makes up for nothing (catch_up: none)"
        return f"missed; the run of {self.made_up[-1].key} stands for it (catch_up: latest)"


def missed(late: Sequence[Slot], catch_up: CatchUp) -> Missed:
    """What becomes of slots of one route, in order, that nobody rang in time."""
    kept = {"all": len(late), "latest": 1, "none": 0}[catch_up]
    first = max(len(late) - kept, 0)
    return Missed(late[first:], late[:first])
