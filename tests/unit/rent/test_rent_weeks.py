"""The rent-year rule against three years that a council published."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rent.calendar import first_day, week_of, weeks_in

PUBLISHED = Path(__file__).parent / "samples" / "rent_weeks_2019_2021.csv"


def published_weeks() -> list[tuple[int, int, date]]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(int(row["year_no"]), int(row["week_no"]), date.fromisoformat(row["start_date"])) for row in rows]


def test_every_published_week_is_found_from_its_monday_and_its_sunday() -> None:
    weeks = published_weeks()
    assert len(weeks) == 157
    for year, number, monday in weeks:
        for day in (monday, monday + timedelta(days=6)):
            week = week_of(day)
            assert (week.year, week.number, week.start) == (year, number, monday)


def test_years_have_as_many_weeks_as_published() -> None:
    assert Counter(year for year, _, _ in published_weeks()) == {
        year: weeks_in(year) for year in (2019, 2020, 2021)
    }


def test_the_years_with_53_weeks_to_2040() -> None:
    assert [year for year in range(2019, 2041) if weeks_in(year) == 53] == [2020, 2025, 2031, 2036]


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2024, 4, 1), date(2025, 4, 6), date(2025, 4, 7)])
def test_the_year_turns_on_its_first_monday(day: date) -> None:
    week = week_of(day)
    assert week.start <= day <= week.start + timedelta(days=6)
    assert 1 <= week.number <= weeks_in(week.year)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_weeks_follow_one_another_without_gap(day: date) -> None:
    week, following = week_of(day), week_of(day + timedelta(days=7))
    assert following.start - week.start == timedelta(days=7)
    assert following.number == week.number + 1 or (
        week.number == weeks_in(week.year) and following.number == 1
    )
    assert first_day(week.year).weekday() == 0
