"""The clock's time line: every due time once, whatever the steps in which it is looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock.calendar import Calendars
from hub.clock.due import Slot, slots
from hub.clock.ring import Timeline, missed
from hub.clock.words import Schedule

START = datetime(2026, 10, 20, tzinfo=UTC)
SCHEDULES = {
    "often": Schedule.model_validate({"every": "15m", "between": ["22:00", "04:00"]}),
    "daily": Schedule.model_validate({"at": ["01:30", "06:00"]}),
    "rare": Schedule.model_validate({"at": "09:00", "dates": "last", "moved": "earlier"}),
}
CALENDARS = Calendars.of([], None, [])


def timeline() -> Timeline:
    return Timeline(SCHEDULES, CALENDARS)


@given(st.lists(st.integers(1, 60 * 24 * 9), min_size=1, max_size=8))
def test_steps_of_any_length_find_each_slot_once(minutes: list[int]) -> None:
    """Through the night in October when 01:30 is shown twice."""
    line, at, found = timeline(), START, dict[str, list[Slot]]()
    for step in minutes:
        for route, some in line.between(at, at + timedelta(minutes=step)).items():
            found.setdefault(route, []).extend(some)
        at += timedelta(minutes=step)
    for route, schedule in SCHEDULES.items():
        assert found.get(route, []) == slots(schedule, CALENDARS, START, at)


@given(st.integers(0, 60 * 24 * 40))
def test_the_next_instant_is_that_of_the_first_slot_to_come(minutes: int) -> None:
    at = START + timedelta(minutes=minutes)
    later = timeline().between(at, at + timedelta(days=2)).values()
    assert timeline().next_at(at) == min(slot.at for some in later for slot in some)


def test_without_a_schedule_nothing_is_due() -> None:
    assert Timeline({}, CALENDARS).next_at(START) is None


def slot(hour: int) -> Slot:
    return Slot(f"2026-11-02T{hour:02}:00", datetime(2026, 11, 2, hour, tzinfo=UTC), date(2026, 11, 2))


@pytest.mark.parametrize(
    ("catch_up", "made_up", "left_out"),
    [("all", [6, 7, 8], []), ("latest", [8], [6, 7]), ("none", [], [6, 7, 8])],
)
def test_what_was_missed_is_made_up_for_as_the_route_says(
    catch_up: str, made_up: list[int], left_out: list[int]
) -> None:
    found = missed([slot(6), slot(7), slot(8)], catch_up)  # type: ignore[arg-type]
    assert [one.at.hour for one in found.made_up] == made_up
    assert [one.at.hour for one in found.left_out] == left_out
