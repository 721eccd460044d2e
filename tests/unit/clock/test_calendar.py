"""Working days: against the shipped bank holidays, and as arithmetic that must hold for any holidays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock.calendar import HOLIDAY, WORKING, Day, WorkingCalendar, read_days
from hub.config.example import example_folder
from hub.errors import ConfigError

SHIPPED = example_folder() / "calendars" / "bank-holidays-england-and-wales.csv"
HEADER = "date,name,status\n"
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CALENDARS = st.sets(DAYS, max_size=60).map(
    lambda days: WorkingCalendar.of(Day(day, "Holiday", "settled") for day in days)
)


@pytest.fixture(scope="module")
def england() -> WorkingCalendar:
    return WorkingCalendar.of(read_days("england", Path(SHIPPED).read_text("utf-8")))


def test_a_bank_holiday_and_a_weekend_are_no_working_days(england: WorkingCalendar) -> None:
    assert not england.is_working_day(date(2026, 12, 25))
    assert not england.is_working_day(date(2026, 12, 26))
    assert england.is_working_day(date(2026, 12, 24))


def test_a_collection_after_christmas_is_processed_on_christmas_eve(england: WorkingCalendar) -> None:
    """The example of the Bacs formats page, section 9: collection on Tuesday 29 December 2026."""
    processing = england.add_working_days(date(2026, 12, 29), -1)
    assert processing == date(2026, 12, 24)
    assert england.add_working_days(processing, -1) == date(2026, 12, 23)


def test_no_days_at_all_rolls_forward(england: WorkingCalendar) -> None:
    assert england.add_working_days(date(2026, 12, 25), 0) == date(2026, 12, 29)
    assert england.add_working_days(date(2026, 12, 24), 0) == date(2026, 12, 24)


@pytest.mark.parametrize(("year", "assumed"), [(2022, True), (2023, False), (2030, False), (2031, True)])
def test_days_outside_the_data_are_assumed(england: WorkingCalendar, year: int, assumed: bool) -> None:
    assert england.is_assumed(date(year, 12, 31)) is assumed


def test_the_shipped_data_says_what_is_not_announced_yet(england: WorkingCalendar) -> None:
    assert england.holidays[date(2026, 12, 28)].status == "settled"
    assert england.holidays[date(2027, 1, 1)].status == "by_rule"


def test_changes_add_a_day_and_take_one_away(england: WorkingCalendar) -> None:
    changes = "date,name,status\n2028-06-05,A jubilee,settled\n2028-05-29,Moved to June,working\n"
    rows = read_days("changes", changes, (*HOLIDAY, WORKING))
    calendar = WorkingCalendar.of(england.holidays.values(), rows)
    assert not calendar.is_working_day(date(2028, 6, 5))
    assert calendar.is_working_day(date(2028, 5, 29))


def test_a_change_does_not_make_a_year_known() -> None:
    settled = [Day(date(2030, 1, 1), "New Year", "settled")]
    far = [Day(date(2040, 1, 2), "New Year", "settled")]
    assert WorkingCalendar.of(settled, far).is_assumed(date(2040, 6, 1))


def test_every_bad_row_is_told_with_its_line() -> None:
    text = (
        "# a remark\n" + HEADER + "2026-12-25,Christmas Day,settled\n"
        "25/12/2026,Christmas Day,settled\n2026-02-30,Nothing,settled\n2026-W01-1,Monday,settled\n"
        "2026-12-25,Again,settled\n2026-12-28,,settled\n2026-12-29,Closed,working\n2026-12-30,short\n"
    )
    with pytest.raises(ConfigError) as error:
        read_days("calendars/x.csv", text)
    assert list(error.value.mistakes) == [
        "calendars/x.csv line 4: “25/12/2026” is not a date; write it as 2026-12-25",
        "calendars/x.csv line 5: “2026-02-30” is not a date; write it as 2026-12-25",
        "calendars/x.csv line 6: “2026-W01-1” is not a date; write it as 2026-12-25",
        "calendars/x.csv line 7: 2026-12-25 is there twice; keep one row",
        "calendars/x.csv line 8: the name is empty; say which day it is",
        "calendars/x.csv line 9: the status is “working”; expected settled or by_rule",
        "calendars/x.csv line 10: has 2 columns; expected three: date,name,status",
    ]


@pytest.mark.parametrize("text", ["", "# only a remark\n", "2026-12-25,Christmas Day,settled\n"])
def test_a_file_without_its_header_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="must start with the header row date,name,status"):
        read_days("calendars/x.csv", text)


def test_a_spreadsheet_may_fill_remarks_with_commas() -> None:
    assert len(read_days("x", f"# a remark,,\n{HEADER},,\n2026-12-25,Christmas Day,settled\n")) == 1


@given(CALENDARS, DAYS, st.integers(-40, 40))
def test_the_result_is_always_a_working_day(calendar: WorkingCalendar, day: date, days: int) -> None:
    assert calendar.is_working_day(calendar.add_working_days(day, days))


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_it_counts_exactly_the_working_days_passed(calendar: WorkingCalendar, day: date, days: int) -> None:
    end = calendar.add_working_days(day, days)
    passed = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert sum(map(calendar.is_working_day, passed)) == days


@given(CALENDARS, DAYS, st.integers(0, 40))
def test_back_undoes_forth_from_a_working_day(calendar: WorkingCalendar, day: date, days: int) -> None:
    start = calendar.add_working_days(day, 0)
    assert calendar.add_working_days(calendar.add_working_days(start, days), -days) == start


@given(CALENDARS, DAYS, st.integers(1, 20), st.integers(1, 20))
def test_two_steps_are_one_long_step(calendar: WorkingCalendar, day: date, one: int, two: int) -> None:
    assert calendar.add_working_days(calendar.add_working_days(day, one), two) == calendar.add_working_days(
        day, one + two
    )


@given(CALENDARS, DAYS)
def test_rolling_forward_skips_no_working_day(calendar: WorkingCalendar, day: date) -> None:
    rolled = calendar.add_working_days(day, 0)
    skipped = [day + timedelta(n) for n in range((rolled - day).days)]
    assert not any(map(calendar.is_working_day, skipped))
