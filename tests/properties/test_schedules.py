"""Schedules against an oracle that walks through the minutes: no run lost, doubled or at another time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock.calendar import CLOSED, Calendars, Day, read_days
from hub.clock.due import Mark, Slot, slots
from hub.clock.now import end_of_day, local_instant
from hub.clock.words import Schedule
from hub.config.example import example_folder
from tests import oracle_clock
from tests.oracle_clock import DAY, Land, Ring, rings

EXAMPLE = example_folder()
ENGLAND = "calendars/bank-holidays-england-and-wales.csv"
CLOSED_DAYS = [
    date(2024, 12, 27),
    date(2024, 12, 30),
    date(2024, 12, 31),
    date(2025, 5, 6),
    date(2027, 12, 29),
]
LAND = Land(frozenset(CLOSED_DAYS))
FIRST, LAST = date(2024, 1, 2), date(2025, 12, 30)
"""With a 29 February, and the first half of a rent year of 53 weeks (to 6 April 2025)."""


def calendars() -> Calendars:
    holidays = read_days("england", (EXAMPLE / ENGLAND).read_text("utf-8"))
    return Calendars.of(holidays, None, [Day(day, "Offices closed", CLOSED) for day in CLOSED_DAYS])


CALENDARS = calendars()


def found(words: dict[str, Any], first: date, last: date) -> list[Ring]:
    """What the hub makes of the words, as the oracle tells it."""
    schedule = Schedule.model_validate(words, by_name=False)
    told = slots(schedule, CALENDARS, local_instant(first, time()), end_of_day(last))
    return [_as_ring(slot) for slot in told]


def _as_ring(slot: Slot) -> Ring:
    marks = slot.marks
    return Ring(slot.key, slot.at, slot.business_date, Mark.MOVED in marks, Mark.DOUBLE in marks)


def expected(words: dict[str, Any], first: date, last: date) -> list[Ring]:
    begins, end = local_instant(first, time()), end_of_day(last)
    return [ring for ring in rings(words, LAND, first - DAY, last) if begins <= ring.at < end]


QUARTERS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
NIGHT = st.sampled_from(["00:00", "00:45", "01:00", "01:15", "01:30", "01:59", "02:00", "02:30"])
"""Round the hour at which the clocks change."""
CLOCK_TIMES = NIGHT | QUARTERS


def some(values: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=most, unique=True)


DATES = some(st.integers(1, 28).map(str) | st.just("last"))
ON = st.sampled_from(["last_input_day", "processing_day", "collection_day"])
ON_COUNTED = ON | st.builds("{} {} {}".format, st.integers(1, 30), st.sampled_from(["before", "after"]), ON)
EXCEPT = some(
    st.dates(FIRST, LAST).map(str) | st.dates(FIRST, LAST).map(lambda day: f"{day} to {day + 20 * DAY}")
)
RENT_WEEKS = some(st.sampled_from(["1", "2", "26", "39", "52", "53", "last"]), 5)

CLOCKS = st.one_of(
    st.fixed_dictionaries({"at": some(CLOCK_TIMES)}),
    st.fixed_dictionaries({"every": st.sampled_from(["7m", "15m", "50m", "1h", "5h", "12h"])}),
    st.fixed_dictionaries(
        {
            "every": st.sampled_from(["10m", "15m", "45m", "2h"]),
            "between": st.lists(CLOCK_TIMES, min_size=2, max_size=2, unique=True),
        }
    ),
)
NAMED_DAYS = st.one_of(
    st.fixed_dictionaries({"days": some(st.sampled_from(oracle_clock.WEEKDAYS))}),
    st.fixed_dictionaries({"dates": DATES}),
    st.fixed_dictionaries({"nth_working_day": some(st.sampled_from(["1", "5", "15", "-1", "-4", "last"]))}),
    st.fixed_dictionaries({"collections": DATES, "on": ON_COUNTED}),
)
KINDS_OF_DAY = st.sampled_from([{}, {"days": "all"}, {"days": "working"}, {"days": "bacs"}])
MOVED = st.sampled_from([{}, *({"moved": way} for way in ("stays", "earlier", "later", "skip"))])
BOUNDS = st.just({}) | st.fixed_dictionaries({}, optional={"rent_weeks": RENT_WEEKS, "except": EXCEPT})
DAYS = KINDS_OF_DAY | st.builds(lambda days, moved: {**days, **moved}, NAMED_DAYS, MOVED)
CRON_DAYS = st.sampled_from(
    ["* * *", "1,15 * *", "* * mon-fri", "* * sun", "*/7 * *", "29 2 *", "31 * *", "* 3,10 sun", "1-7 1-6 *"]
)
CRON = st.builds("{} {}".format, st.sampled_from(["30 1", "*/20 0-3", "0 6,18", "5-9/2 23"]), CRON_DAYS)
SCHEDULES = st.builds(
    lambda *parts: {k: v for part in parts for k, v in part.items()}, CLOCKS, DAYS, BOUNDS
) | (st.builds(lambda cron, *parts: {"cron": cron, **parts[0], **parts[1]}, CRON, MOVED, BOUNDS))
CHANGES = [date(2024, 3, 31), date(2024, 10, 27), date(2025, 3, 30), date(2025, 10, 26)]
STARTS = st.dates(FIRST + 2 * DAY, LAST - 62 * DAY) | st.sampled_from(CHANGES).map(lambda day: day - 3 * DAY)


@given(SCHEDULES, STARTS, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_any_schedule_runs_when_the_minutes_say(words: dict[str, Any], first: date, days: int) -> None:
    last = first + days * DAY
    assert found(words, first, last) == expected(words, first, last)


@given(SCHEDULES, STARTS, st.lists(st.integers(1, 40_000), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_asked_piece_by_piece_no_run_is_lost_or_doubled(
    words: dict[str, Any], first: date, pieces: list[int]
) -> None:
    """As a hub asks that stood still between: from where it left off, to now."""
    schedule = Schedule.model_validate(words, by_name=False)
    cuts = [datetime.combine(first, time(), UTC)]
    for minutes in pieces:
        cuts.append(cuts[-1] + timedelta(minutes=minutes))
    whole = slots(schedule, CALENDARS, cuts[0], cuts[-1])
    parts = [slot for start, end in pairwise(cuts) for slot in slots(schedule, CALENDARS, start, end)]
    assert parts == whole
    assert len({slot.key for slot in whole}) == len(whole)
    assert [slot.at for slot in whole] == sorted({slot.at for slot in whole})


def council_schedules() -> dict[str, dict[str, Any]]:
    """What the example council writes, as text: the values are the oracle's to read. Of routes with the same
    words, the first."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in sorted(Path(EXAMPLE / "routes").glob("*.yaml")):
        routes = yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)["routes"]  # noqa: S506 - reads text only
        for key, route in routes.items():
            if "schedule" in route:
                found.setdefault(repr(route["schedule"]), (f"{path.stem}.{key}", route["schedule"]))
    return dict(found.values())


@pytest.mark.parametrize("words", council_schedules().values(), ids=council_schedules())
def test_the_example_council_over_two_years(words: dict[str, Any]) -> None:
    assert found(words, FIRST, LAST) == expected(words, FIRST, LAST)


@pytest.mark.parametrize("year", range(2024, 2031))
def test_the_oracle_s_holidays_are_those_of_the_shipped_file(year: int) -> None:
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    own = {day for day in days if oracle_clock.is_bank_holiday(day) and day.weekday() < 5}
    assert own == {day for day in CALENDARS.nation.holidays if day.year == year}
