"""How long something is kept: to the day, leap years too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Keep, days, years

keeps = st.builds(Keep, years=st.integers(0, 50), days=st.integers(0, 4000))
dates = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("keep", "day", "last"),
    [
        (years(7), date(2026, 11, 2), date(2033, 11, 2)),
        (years(1), date(2028, 2, 29), date(2029, 3, 1)),
        (years(4), date(2028, 2, 29), date(2032, 2, 29)),
        (days(30), date(2026, 11, 2), date(2026, 12, 2)),
        (Keep(years=1, days=1), date(2026, 12, 31), date(2028, 1, 1)),
    ],
)
def test_the_last_day_is_still_kept(keep: Keep, day: date, last: date) -> None:
    assert keep.until(day) == last


@given(keep=keeps, day=dates)
def test_nothing_goes_sooner_than_the_shortest_time_that_was_said(keep: Keep, day: date) -> None:
    """The store leaves out what was touched since `at_least` ago; that must hide nothing that is past."""
    assert keep.until(day) - day >= keep.at_least


@given(keep=keeps, day=dates, later=st.integers(0, 400))
def test_what_was_over_later_is_kept_no_less_long(keep: Keep, day: date, later: int) -> None:
    assert keep.until(day + timedelta(days=later)) >= keep.until(day)
