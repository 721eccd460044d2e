"""When a route runs: its schedule and the working days give its slots. Pure, the same for whoever asks.

The days are those of `hub.clock.days`; their times are as clocks in Europe/London show them. A time that they
show twice rings at the first; one that they leave out rings at the next that there is. `every` counts the
time that passes, whatever the clocks show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from hub.clock.calendar import Calendars
from hub.clock.days import REACH, DueDay, due_days
from hub.clock.now import LONDON, local_date, local_instant
from hub.clock.words import Schedule

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_TO_THE_MINUTE = len("2026-03-29T01:00")


class Mark(StrEnum):
    """What is worth telling about a slot."""

    FOR = "for"
    MOVED = "moved"
    DOUBLE = "double"
    CLOCKS = "clock change"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Note:
    mark: Mark
    says: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One due time of a route.

    key:           unique within the route: local date and time, or (`every`) the instant in UTC
    at:            the instant, in UTC
    business_date: the day that it is for, before it was moved; of several, the last
    """

    key: str
    at: datetime
    business_date: date
    notes: tuple[Note, ...] = ()

    @property
    def marks(self) -> frozenset[Mark]:
        return frozenset(note.mark for note in self.notes)


def slots(schedule: Schedule, calendars: Calendars, start: datetime, end: datetime) -> list[Slot]:
    """Every slot from `start` until before `end`, in order, each key once: a night of `every` that the clocks
    make longer may reach into the next one, whose business date its last instants then have."""
    first, last = local_date(start) - _DAY, local_date(end)  # a night of `every` began the day before
    by_day: dict[date, list[DueDay]] = {}
    reach = REACH if schedule.may_move else timedelta()
    for due in due_days(schedule, calendars, first - reach, last + reach):
        if due.day is not None and first <= due.day <= last:
            by_day.setdefault(due.day, []).append(due)
    rings = {slot.key: slot for day in sorted(by_day) for slot in _slots_of(schedule, day, by_day[day])}
    return sorted((slot for slot in rings.values() if start <= slot.at < end), key=lambda slot: slot.at)


def _slots_of(schedule: Schedule, day: date, dues: list[DueDay]) -> Iterator[Slot]:
    """Every time of one day, on which the route runs for one due day or, once, for several."""
    business_date = max(due.named for due in dues)
    notes = tuple(_notes(schedule, dues))
    if schedule.every is not None:
        at, last = _window(schedule.between, day)
        every = timedelta(seconds=schedule.every)
        while at <= last:
            yield Slot(f"{at.isoformat()[:_TO_THE_MINUTE]}Z", at, business_date, notes)
            at += every
        return
    written = schedule.cron.times if schedule.cron is not None else schedule.at or ()
    for shown, at, clocks in _on_the_wall(day, written):
        yield Slot(f"{day}T{shown:%H:%M}", at, business_date, (*notes, *clocks))


def _notes(schedule: Schedule, dues: list[DueDay]) -> Iterator[Note]:
    for collected in sorted({due.counted for due in dues}) if schedule.collections else ():
        yield Note(Mark.FOR, f"collection on {on_paper(collected)}")
    for due in dues:
        if due.day != due.named:
            yield Note(Mark.MOVED, f"from {on_paper(due.named)}: {due.why}")
    if len(dues) > 1:
        days = ", ".join(on_paper(day) for day in sorted({due.named for due in dues}))
        yield Note(Mark.DOUBLE, f"one run for {len(dues)} that are due: {days}")
    if any(due.assumed for due in dues):
        yield Note(Mark.ASSUMED, "the bank holidays are not known yet; only weekends are sure")


def on_paper(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"


def _window(between: tuple[time, ...] | None, day: date) -> tuple[datetime, datetime]:
    """The first and the last instant of a day's, or a night's, `every`."""
    if between is None:
        return local_instant(day, time()), local_instant(day + _DAY, time()) - _MINUTE
    first, last = between
    end = day if first < last else day + _DAY
    until = datetime.combine(end, _shown(end, last), LONDON).replace(fold=1)
    return local_instant(day, _shown(day, first)), until.astimezone(UTC)


def _on_the_wall(day: date, written: tuple[time, ...]) -> Iterator[tuple[time, datetime, tuple[Note, ...]]]:
    """The times that clocks do show on a day, each once, with its instant."""
    found: dict[time, list[str]] = {}
    for at in sorted(written):
        shown = _shown(day, at)
        why = [] if shown == at else [f"{at:%H:%M} is left out by the clocks, which go forward"]
        if _is_shown_twice(day, shown):
            why.append("at the first of the two: the clocks go back")
        found.setdefault(shown, []).extend(why)
    for shown, why in sorted(found.items()):
        yield shown, local_instant(day, shown), tuple(Note(Mark.CLOCKS, one) for one in why)


def _shown(day: date, at: time) -> time:
    """A time of day; where the clocks leave it out that day, the next one that they show."""
    while local_instant(day, at).astimezone(LONDON).time() != at:
        at = (datetime.combine(day, at) + _MINUTE).time()
    return at


def _is_shown_twice(day: date, at: time) -> bool:
    return local_instant(day, at) < datetime.combine(day, at.replace(fold=1), LONDON).astimezone(UTC)
