"""Every run to come, of every route, and every due day on which one is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import repeat

from hub.clock.calendar import Calendars
from hub.clock.days import DueDay, due_days
from hub.clock.due import Slot, slots
from hub.clock.now import local_date
from hub.clock.words import Schedule

_MOMENT = timedelta(microseconds=1)

Told = Callable[[str, int, int], None]
"""The route that is next, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """By route, in order of time."""

    runs: Mapping[str, list[Slot]]
    left_out: Mapping[str, list[DueDay]]

    def in_order(self) -> Iterator[tuple[str, Slot]]:
        """The runs of all routes by time, then by route."""
        of_routes = (zip(repeat(route), slots) for route, slots in self.runs.items())
        return merge(*of_routes, key=lambda run: (run[1].at, run[0]))


def timetable(
    schedules: Mapping[str, Schedule], calendars: Calendars, start: datetime, end: datetime, told: Told
) -> Timetable:
    """From `start` until before `end`. Routes that are scheduled alike share their lists."""
    drawn: dict[Schedule, tuple[list[Slot], list[DueDay]]] = {}
    for done, (route, schedule) in enumerate(schedules.items()):
        told(route, done, len(schedules))
        if schedule not in drawn:
            days = due_days(schedule, calendars, local_date(start), local_date(end - _MOMENT))
            left_out = [due for due in days if due.day is None]
            drawn[schedule] = slots(schedule, calendars, start, end), left_out
    return Timetable(
        {route: drawn[schedule][0] for route, schedule in schedules.items()},
        {route: drawn[schedule][1] for route, schedule in schedules.items()},
    )
