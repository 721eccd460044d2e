"""Every run to come, of every route, and every due day on which one is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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


def timetable(
    schedules: Mapping[str, Schedule], calendars: Calendars, start: datetime, end: datetime, told: Told
) -> Timetable:
    """From `start` until before `end`."""
    runs: dict[str, list[Slot]] = {}
    left_out: dict[str, list[DueDay]] = {}
    for done, (route, schedule) in enumerate(schedules.items()):
        told(route, done, len(schedules))
        runs[route] = slots(schedule, calendars, start, end)
        days = due_days(schedule, calendars, local_date(start), local_date(end - _MOMENT))
        left_out[route] = [due for due in days if due.day is None]
    return Timetable(runs, left_out)
