"""A month as the calendar shows it: who rests on which day, what runs, what was reached, what is in
maintenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from hub.clock.now import local_instant
from hub.config.maintenance import maintained_until
from hub.console.here import Here
from hub.store.look import Look

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. inside: whether it is of the month itself.

    rests:      why it is no working day of the council; bacs: nor a processing day of Bacs
    assumed:    whether no bank holidays of its year are known, so that only weekends are sure
    runs:       routes that are due, and how often
    reached:    milestones
    maintained: endpoints that are in maintenance at some hour of it
    """

    day: date
    inside: bool
    rests: str | None
    bacs: bool
    assumed: bool
    runs: Sequence[tuple[str, int]]
    reached: Sequence[str]
    maintained: Sequence[str]


def weeks_of(here: Here, look: Look, month: date) -> Sequence[Sequence[Cell]]:
    """The weeks of a month, from Monday on."""
    first = month - _DAY * month.weekday()
    after = next_month(month)
    weeks = -(-(after - first).days // 7)
    days = [first + _DAY * number for number in range(weeks * 7)]
    runs = here.console.runs(local_instant(days[0], time()), local_instant(days[-1] + _DAY, time()))
    known, reached = here.services.known.routes, _reached(here, look, days)
    cells = [
        _cell(
            here,
            day,
            day.month == month.month,
            [(route, times) for route, times in sorted(runs.get(day, {}).items()) if route in known],
            reached,
        )
        for day in days
    ]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def next_month(month: date) -> date:
    return (month.replace(day=28) + _DAY * 4).replace(day=1)


def _cell(
    here: Here,
    day: date,
    inside: bool,
    runs: Sequence[tuple[str, int]],
    reached: Mapping[date, Sequence[str]],
) -> Cell:
    calendars = here.services.config.calendars
    return Cell(
        day=day,
        inside=inside,
        rests=calendars.council.why_not(day),
        bacs=calendars.bacs.is_working_day(day),
        assumed=calendars.council.is_assumed(day) or calendars.bacs.is_assumed(day),
        runs=runs,
        reached=reached.get(day, ()),
        maintained=sorted(_maintained(here, day)),
    )


def _reached(here: Here, look: Look, days: Sequence[date]) -> Mapping[date, list[str]]:
    found: dict[date, list[str]] = {}
    for name, day in look.milestones(here.services.config.milestones, days[0], days[-1]):
        found.setdefault(day, []).append(name)
    return found


def _maintained(here: Here, day: date) -> Iterator[str]:
    """Endpoints; looked at hour by hour, at half past so that a window which ends on the hour is over."""
    calendars = here.services.config.calendars
    hours = [local_instant(day, time(hour, 30)) for hour in range(24)]
    for name, settings in here.services.known.endpoints.items():
        windows = getattr(settings, "maintenance", ())
        if windows and any(maintained_until(windows, calendars, hour) for hour in hours):
            yield name
