"""When a route runs, worked out the slow way: day by day and minute by minute, from the words as written.

It shares nothing with `hub.clock`: it walks through every minute of a year by the time zone's own table, has
a rule of its own for bank holidays, and counts where the clock reckons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY, HOUR, QUARTER, MINUTE = timedelta(1), timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)


@dataclass(frozen=True)
class Ring:
    """One run: what `hub.clock.due.Slot` says of it."""

    key: str
    at: datetime
    business_date: date
    moved: bool
    double: bool


@dataclass(frozen=True)
class Due:
    named: date
    day: date | None


@cache
def minutes(day: date) -> Sequence[tuple[datetime, int]]:
    """A local day's minutes as they pass: the instant, and the minute of the day that clocks show."""
    found = []
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - HOUR
    for quarter in range(27 * 4):  # clocks change on a full hour, so one look a quarter of an hour is enough
        wall = (at + quarter * QUARTER).astimezone(LONDON)
        if wall.date() == day:
            first, shown = at + quarter * QUARTER, wall.hour * 60 + wall.minute
            found += [(first + n * MINUTE, shown + n) for n in range(15)]
    return found


@cache
def easter(year: int) -> date:
    """The anonymous Gregorian rule, as almanacs print it."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def is_bank_holiday(day: date) -> bool:
    """In England and Wales, without the days that were proclaimed once."""
    monday = day.weekday() == 0
    if day in (easter(day.year) - 2 * DAY, easter(day.year) + DAY):
        return True
    if monday and day.month == 5 and (day.day <= 7 or day.day >= 25):
        return True
    if monday and day.month == 8 and day.day >= 25:
        return True
    if day.month == 1:
        return day.day == 1 or (monday and day.day in (2, 3))
    if day.month == 12:  # Monday stands in for Christmas, or for Boxing Day; Tuesday for the other
        return day.day in (25, 26) or (day.day in (27, 28) and day.weekday() in (0, 1))
    return False


@dataclass(frozen=True)
class Land:
    """Who works when. closed: the council's own days of rest."""

    closed: frozenset[date] = frozenset()

    def bacs(self, day: date) -> bool:
        return day.weekday() < 5 and not is_bank_holiday(day)

    def council(self, day: date) -> bool:
        return self.bacs(day) and day not in self.closed


def rings(words: Mapping[str, Any], land: Land, first: date, last: date) -> list[Ring]:
    """Every run of the local days from `first` to `last`; a night belongs to the day that it began on,
    and an instant of two nights (the clocks go back) to the later."""
    dues: dict[date, list[Due]] = {}
    for due in dues_around(words, land, first, last):
        if due.day is not None:
            dues.setdefault(due.day, []).append(due)
    found = {}
    for day in span(first, last):
        if day in dues:
            named = [due.named for due in dues[day]]
            moved = any(one != day for one in named)
            for at, key in times(words, day):
                found[key] = Ring(key, at, max(named), moved, len(named) > 1)
    return sorted(found.values(), key=lambda ring: ring.at)


def dues_around(words: Mapping[str, Any], land: Land, first: date, last: date) -> Iterator[Due]:
    for named in span(first - 40 * DAY, last + 40 * DAY):
        for _ in range(times_named(words, land, named)):
            yield Due(named, settle(words, land, named))


def span(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def many(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def times_named(words: Mapping[str, Any], land: Land, day: date) -> int:
    """How often a day is named: collections on days of rest may come together."""
    if "rent_weeks" in words and not in_rent_weeks(many(words["rent_weeks"]), day):
        return 0
    if "collections" not in words:
        return int(is_named(words, land, day))
    around = span(day - 75 * DAY, day + 75 * DAY)
    wanted = [one for one in around if is_date(many(words["collections"]), one)]
    return sum(counted_from(words.get("on", "last_input_day"), land, one) == day for one in wanted)


def is_named(words: Mapping[str, Any], land: Land, day: date) -> bool:
    if "cron" in words:
        return cron_day(words["cron"], day)
    if "dates" in words:
        return is_date(many(words["dates"]), day)
    if "nth_working_day" in words:
        return is_nth(many(words["nth_working_day"]), land, day)
    days = many(words.get("days", "all"))
    if days in (["working"], ["bacs"]):
        return day.weekday() < 5
    return days == ["all"] or WEEKDAYS[day.weekday()] in days


def is_date(wanted: list[str], day: date) -> bool:
    return str(day.day) in wanted or ("last" in wanted and (day + DAY).month != day.month)


def is_nth(wanted: list[str], land: Land, day: date) -> bool:
    if not land.council(day):
        return False
    month = [d for d in span(day.replace(day=1), day + 31 * DAY) if d.month == day.month and land.council(d)]
    place = month.index(day)
    return (
        str(place + 1) in wanted
        or str(place - len(month)) in wanted
        or ("last" in wanted and day == month[-1])
    )


def in_rent_weeks(wanted: list[str], day: date) -> bool:
    monday = day
    while monday.weekday() != 0:
        monday -= DAY
    number, start = 1, monday
    while not begins_rent_year(start):
        start -= 7 * DAY
        number += 1
    return str(number) in wanted or ("last" in wanted and begins_rent_year(monday + 7 * DAY))


def begins_rent_year(monday: date) -> bool:
    """The first Monday on or after 1 April."""
    return monday.month == 4 and monday.day <= 7


@cache
def counted_from(on: str, land: Land, collection: date) -> date:
    while not land.bacs(collection):
        collection += DAY
    count, way, name = ("0 after " + on).split()[-3:]
    day = collection
    for _ in range(["collection_day", "processing_day", "last_input_day"].index(name)):
        day = next_bacs(land, day, -DAY)
    for _ in range(int(count)):
        day = next_bacs(land, day, DAY if way == "after" else -DAY)
    return day


def next_bacs(land: Land, day: date, step: timedelta) -> date:
    day += step
    while not land.bacs(day):
        day += step
    return day


def settle(words: Mapping[str, Any], land: Land, named: date) -> date | None:
    """Where a named day comes to lie; None when it is left out."""
    moved = words.get("moved", "stays")
    rests = {"bacs": land.bacs, "working": land.council}.get(
        str(words.get("days")), (lambda day: True) if moved == "stays" else land.council
    )
    if rests(named) and not excepted(words, named):
        return named
    if moved not in ("later", "earlier"):
        return None
    free = [
        day for day in span(named - 31 * DAY, named + 31 * DAY) if rests(day) and not excepted(words, day)
    ]
    if moved == "later":
        return min((day for day in free if day > named), default=None)
    return max((day for day in free if day < named), default=None)


def excepted(words: Mapping[str, Any], day: date) -> bool:
    for written in many(words.get("except", [])):
        first, _, last = written.partition(" to ")
        if first <= str(day) <= (last or first):
            return True
    return False


def times(words: Mapping[str, Any], day: date) -> Sequence[tuple[datetime, str]]:
    if "every" in words:
        return every(words["every"], tuple(words.get("between", ())), day)
    wanted = cron_times(words["cron"]) if "cron" in words else {wall(at) for at in many(words["at"])}
    return at_times(frozenset(wanted), day)


@cache
def at_times(wanted: frozenset[int], day: date) -> Sequence[tuple[datetime, str]]:
    found, waiting = [], sorted(wanted)
    for at, shown in minutes(day):
        if waiting and waiting[0] <= shown:
            waiting = [time for time in waiting if time > shown]
            found.append((at, f"{day}T{shown // 60:02}:{shown % 60:02}"))
    return found


def wall(written: str) -> int:
    hours, _, rest = written.partition(":")
    return int(hours) * 60 + int(rest)


@cache
def every(written: str, between: tuple[str, ...], day: date) -> Sequence[tuple[datetime, str]]:
    number, unit = int(written[:-1]), written[-1]
    step = number * {"m": 1, "h": 60}[unit]
    passing = enumerate(window(between, day))
    return [(at, f"{at:%Y-%m-%dT%H:%M}Z") for passed, at in passing if passed % step == 0]


def window(between: tuple[str, ...], day: date) -> list[datetime]:
    """The minutes through which `every` counts."""
    if not between:
        return [at for at, _ in minutes(day)]
    first, last = map(wall, between)
    end = day if first < last else day + DAY
    begins = next(at for at, shown in minutes(day) if shown >= first)
    shows = [at for at, shown in minutes(end) if shown == last]
    ends = shows[-1] if shows else next(at for at, shown in minutes(end) if shown > last)
    passing = [*minutes(day), *(minutes(end) if end != day else ())]
    return [at for at, _ in passing if begins <= at <= ends]


def cron_field(written: str, low: int, high: int, names: Sequence[str] = ()) -> set[int]:
    found: set[int] = set()
    for part in written.split(","):
        values, _, step = part.partition("/")
        first, _, last = values.partition("-")
        numbers = [
            names.index(one) + low if one in names else int(one) for one in (first, last) if one.isalnum()
        ]
        bounds = (low, high) if values == "*" else (numbers[0], numbers[-1])
        found |= set(range(bounds[0], bounds[1] + 1, int(step or 1)))
    return found


def cron_times(line: str) -> set[int]:
    minute, hour, *_ = line.split()
    return {h * 60 + m for h in cron_field(hour, 0, 23) for m in cron_field(minute, 0, 59)}


def cron_day(line: str, day: date) -> bool:
    _, _, date_, month, weekday = line.split()
    return (
        day.day in cron_field(date_, 1, 31)
        and day.month in cron_field(month, 1, 12)
        and day.weekday() in cron_field(weekday, 0, 6, WEEKDAYS)
    )
