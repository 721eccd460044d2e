"""Bank holidays by rule, against those that were announced."""

from __future__ import annotations

from datetime import date

import pytest

from hub.clock.calendar import Day, read_days
from hub.clock.holidays import bank_holidays, easter_sunday
from hub.config.example import example_folder

SHIPPED = example_folder() / "calendars" / "bank-holidays-england-and-wales.csv"


def days(nation: str, year: int) -> list[str]:
    return [f"{row.day:%m-%d}" for row in bank_holidays(nation, year)]


@pytest.mark.parametrize("year", range(2024, 2031))
def test_england_and_wales_as_shipped(year: int) -> None:
    shipped = [row for row in read_days("england", SHIPPED.read_text("utf-8")) if row.day.year == year]
    assert bank_holidays("england-and-wales", year) == [Day(row.day, row.name, "by_rule") for row in shipped]


def test_scotland() -> None:
    """2022 and 2027: both days of New Year, then both of Christmas, fall on a weekend in part."""
    assert days("scotland", 2022) == [
        "01-03", "01-04", "04-15", "05-02", "05-30", "08-01", "11-30", "12-26", "12-27",
    ]  # fmt: skip
    assert days("scotland", 2027)[:2] == ["01-01", "01-04"]
    assert bank_holidays("scotland", 2025)[-3] == Day(
        date(2025, 12, 1), "St Andrew's Day (substitute day)", "by_rule"
    )


def test_northern_ireland() -> None:
    assert days("northern-ireland", 2025) == [
        "01-01", "03-17", "04-18", "04-21", "05-05", "05-26", "07-14", "08-25", "12-25", "12-26",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "easter", ["1818-03-22", "1954-04-18", "1981-04-19", "2000-04-23", "2038-04-25", "2049-04-18"]
)
def test_easter_where_the_tables_are_tricky(easter: str) -> None:
    """The earliest and the latest there is, and the years that the two exceptions are made for."""
    day = date.fromisoformat(easter)
    assert easter_sunday(day.year) == day
