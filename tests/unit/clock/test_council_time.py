"""Council time: the instants that a day and a time of day stand for, through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock.now import LONDON, SystemClock, end_of_day, local_date, local_instant, make_id

FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (FORWARD - timedelta(days=1), "08:00", "2027-03-27T08:00+00:00"),
        (FORWARD, "00:59", "2027-03-28T00:59+00:00"),
        (FORWARD, "01:30", "2027-03-28T01:30+00:00"),  # the clocks never show it
        (FORWARD, "02:00", "2027-03-28T01:00+00:00"),
        (FORWARD, "08:00", "2027-03-28T07:00+00:00"),
        (BACK, "00:30", "2027-10-30T23:30+00:00"),
        (BACK, "01:30", "2027-10-31T00:30+00:00"),  # the clocks show it twice
        (BACK, "02:00", "2027-10-31T02:00+00:00"),
        (BACK, "08:00", "2027-10-31T08:00+00:00"),
    ],
)
def test_a_time_of_day_is_the_instant_at_which_the_clocks_show_it(day: date, at: str, utc: str) -> None:
    assert local_instant(day, time.fromisoformat(at)) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25), (date(2027, 1, 1), 24)])
def test_a_day_ends_where_the_next_begins(day: date, hours: int) -> None:
    begin = local_instant(day, time())
    assert end_of_day(day) - begin == timedelta(hours=hours)
    assert end_of_day(day) == local_instant(day + timedelta(days=1), time())


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.times())
def test_what_the_clocks_show_is_what_was_asked_for(day: date, at: time) -> None:
    instant = local_instant(day, at)
    assert instant.tzinfo is UTC
    assert local_date(instant) == day
    shown = instant.astimezone(LONDON).time()
    assert shown == at or (at.hour == 1 and shown == at.replace(hour=2))


def test_new_ids_come_after_the_newest_although_the_clock_was_set_back() -> None:
    """Which of two files came first hangs on it."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    newest = make_id(later, (1 << 79) - 1)
    clock = SystemClock()
    clock.follow(newest)
    clock.follow(None)
    clock.follow("not an id")
    first, second = clock.new_id(), clock.new_id()
    assert newest < first < second
    assert len(first) == len(newest)
