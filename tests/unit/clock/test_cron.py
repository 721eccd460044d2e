"""Cron lines: what every system reads alike, and nothing else."""

from __future__ import annotations

import re
from datetime import date, time

import pytest

from hub.clock.schedule import Cron


def days(line: str, first: date, last: date) -> list[int]:
    return [day.day for day in Cron.read(line).days(first, last)]


def test_a_line_names_days_and_times() -> None:
    assert days("30 6 * * mon-fri", date(2027, 1, 1), date(2027, 1, 6)) == [1, 4, 5, 6]
    assert days("0 0 29 2 *", date(2027, 1, 1), date(2028, 12, 31)) == [29]
    assert Cron.read("*/30 6,18 * * *").times == (time(6), time(6, 30), time(18), time(18, 30))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 6 * *", "has 4 fields; expected five: minute, hour, day of the month, month, day of the week"),
        ("0 6 * * 1", "the day of the week is “1”; expected *, or names: mon-fri or mon,thu"),
        ("0 6 * * mon#2", "the day of the week is “mon#2”; expected"),
        ("0 6 * * mon-fri/2", "the day of the week is “mon-fri/2”; expected"),
        ("0 6 * * fri-mon", "the day of the week is “fri-mon”: there is no such day of the week, or it runs"),
        ("0 6 1 * mon", "which some systems read as “or” and some as “and”"),
        ("60 6 * * *", "the minute is “60”: there is no such minute"),
        ("0 6 L * *", "the day of the month is “l”; expected *, */5, 7, 1-5 or 1,15"),
        ("0 6 30 2 *", "names a day that no year has; it would never run"),
    ],
)
def test_a_line_that_would_surprise_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Cron.read(line)
