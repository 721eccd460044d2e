"""The rent-year rule against 25 years of a council's calendar, and what a landlord's own data change."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigError
from hub.rent.calendar import MONTHLY, RentCalendar, RentGroup, RentWeek, RentYears, monthly_amount
from hub.rent.calendar_files import read_groups, read_years, with_free_weeks

YEARS = RentYears()
PUBLISHED = Path(__file__).parent / "samples" / "rent_weeks_2001_2025.csv"


def published_weeks() -> list[tuple[int, int, date]]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(int(row["year_no"]), int(row["week_no"]), date.fromisoformat(row["start_date"])) for row in rows]


def test_every_published_week_is_found_from_its_monday_and_its_sunday() -> None:
    weeks = published_weeks()
    assert len(weeks) == 1305
    for year, number, monday in weeks:
        for day in (monday, monday + timedelta(days=6)):
            week = YEARS.week_of(day)
            assert (week.year, week.number, week.start) == (year, number, monday)


def test_years_have_as_many_weeks_as_published() -> None:
    assert Counter(year for year, _, _ in published_weeks()) == {
        year: YEARS.weeks_in(year) for year in range(2001, 2026)
    }


def test_the_years_with_53_weeks_to_2040() -> None:
    assert [year for year in range(2019, 2041) if YEARS.weeks_in(year) == 53] == [2020, 2025, 2031, 2036]


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2024, 4, 1), date(2025, 4, 6), date(2025, 4, 7)])
def test_the_year_turns_on_its_first_monday(day: date) -> None:
    week = YEARS.week_of(day)
    assert week.start <= day <= week.start + timedelta(days=6)
    assert 1 <= week.number <= YEARS.weeks_in(week.year)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_weeks_follow_one_another_without_gap(day: date) -> None:
    week, following = YEARS.week_of(day), YEARS.week_of(day + timedelta(days=7))
    assert following.start - week.start == timedelta(days=7)
    assert following.number == week.number + 1 or (
        week.number == YEARS.weeks_in(week.year) and following.number == 1
    )
    assert YEARS.first_day(week.year).weekday() == 0


HRA = RentGroup("HRA", "Homes", free_weeks={2027: frozenset({38, 39, 51, 52})})
LEASES = RentGroup("LSC", periods=MONTHLY)
CALENDAR = RentCalendar(groups={"HRA": HRA, "LSC": LEASES})


def test_free_weeks_are_weeks_without_a_charge() -> None:
    periods = CALENDAR.periods(HRA, 2027)
    assert [period.number for period in periods if period.free] == [38, 39, 51, 52]
    assert (periods[37].start, periods[37].end) == (date(2026, 12, 21), date(2026, 12, 27))
    assert CALENDAR.charged_weeks(HRA, 2027) == 48


def test_a_year_whose_free_weeks_nobody_has_named_is_not_decided() -> None:
    assert (HRA.is_decided(2027), HRA.is_decided(2028), RentGroup("GPS").is_decided(2028)) == (
        True,
        False,
        True,
    )


def test_a_group_that_pays_by_the_month_has_twelve_from_april() -> None:
    months = CALENDAR.periods(LEASES, 2024)
    assert [(month.number, month.start.month) for month in months[:2]] == [(1, 4), (2, 5)]
    assert (months[10].end, months[-1].end) == (date(2024, 2, 29), date(2024, 3, 31))
    assert len(months) == 12


@pytest.mark.parametrize(
    ("group", "year", "number", "there"),
    [
        ("HRA", 2025, 53, True),
        ("HRA", 2027, 53, False),
        ("HRA", 2027, 0, False),
        ("LSC", 2027, 13, False),
        ("XXX", 2027, 1, False),
    ],
)
def test_a_period_is_one_of_its_group_and_year(group: str, year: int, number: int, there: bool) -> None:
    assert (CALENDAR.period(group, year, number) is not None) is there


@pytest.mark.parametrize(("weeks", "monthly"), [(52, 557_44), (53, 568_16), (48, 514_56)])
def test_a_monthly_amount_is_that_of_the_weeks_with_a_charge(weeks: int, monthly: int) -> None:
    assert monthly_amount(128_64, weeks) == monthly


@given(st.integers(0, 999_99), st.integers(46, 53))
def test_twelve_monthly_amounts_are_the_year_to_within_sixpence(weekly: int, weeks: int) -> None:
    assert abs(12 * monthly_amount(weekly, weeks) - weekly * weeks) <= 6


@given(st.integers(2001, 2090), st.sampled_from([HRA, LEASES]))
def test_the_periods_of_a_year_follow_one_another(year: int, group: RentGroup) -> None:
    periods = [*CALENDAR.periods(group, year), CALENDAR.periods(group, year + 1)[0]]
    assert all(before.end + timedelta(days=1) == after.start for before, after in pairwise(periods))


def test_a_landlord_may_start_a_year_on_another_monday() -> None:
    years = read_years("rent-years.csv", "year,first_day\n2025/26,2025-03-31\n2026/27,2026-03-30\n")
    assert years.week_of(date(2026, 3, 30)) == RentWeek(2027, 1, date(2026, 3, 30))
    assert years.week_of(date(2026, 3, 29)).number == years.weeks_in(2026) == 52
    assert YEARS.week_of(date(2026, 3, 30)).year == 2026


GROUPS = "group,name,periods\n# a remark\nHRA,Homes,weekly\nLSC,Leases,monthly\n"


def with_free(rows: str) -> dict[str, RentGroup]:
    groups = read_groups("rent-groups.csv", GROUPS)
    return with_free_weeks(groups, YEARS, "rent-free-weeks.csv", f"group,year,weeks\n{rows}")


def test_groups_and_their_free_weeks_are_data() -> None:
    groups = with_free("HRA,2026/27,38 39\nHRA,2028,none\n")
    assert groups["HRA"].free_weeks == {2027: {38, 39}, 2028: frozenset()}
    assert groups["HRA"].is_decided(2028)
    assert groups["LSC"] == RentGroup("LSC", "Leases", MONTHLY)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("HRA,2027,53", "line 2: “53” is no week of that year; expected numbers from 1 to 52"),
        ("HRA,2027,", "line 2: the weeks are empty; write none where each week has a charge"),
        ("HRA,27,1", "line 2: “27” is not a rent year; write it as 2027 or 2026/27"),
        ("HRA,2026/28,1", "line 2: “2026/28” is not a rent year: 2026 is followed by 2027"),
        ("HRA,2027,1\nHRA,2026/27,2", "line 3: 2027 is there twice; keep one row"),
        ("XXX,2027,1", "line 2: there is no rent group “XXX” in rent-groups.csv"),
        ("LSC,2027,1", "line 2: the rent group LSC is charged by the month and has no weeks"),
        ("HRA,2027", "line 2: has 2 columns; expected group,year,weeks"),
    ],
)
def test_a_wrong_row_of_free_weeks_is_told_with_its_line(rows: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        with_free(rows)
    assert str(caught.value) == f"rent-free-weeks.csv {sentence}"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("2027,2026-03-31", " line 2: 2026-03-31 is a Tuesday; a rent year starts on a Monday"),
        ("2027,1 April", " line 2: “1 April” is not a date; write it as 2026-04-06"),
        ("2027,2027-04-05", " line 2: the rent year 2026/27 does not start in 2027"),
        ("2027,2026-05-04", ": the rent year 2026/27 would have 48 weeks; see the first day of the next"),
    ],
)
def test_a_wrong_first_day_is_told(rows: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_years("rent-years.csv", f"year,first_day\n{rows}\n")
    assert str(caught.value) == f"rent-years.csv{sentence}"


@pytest.mark.parametrize("text", ["group;name;periods\n", "", "HRA,Homes,weekly\n"])
def test_groups_without_their_header_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="must start with the header row group,name,periods"):
        read_groups("rent-groups.csv", text)


def test_wrong_groups_are_all_told() -> None:
    with pytest.raises(ConfigError) as caught:
        read_groups("rent-groups.csv", "group,name,periods\nh r a,Homes,weekly\nGPS,Garages,daily\n")
    assert [mistake.partition(": ")[0] for mistake in caught.value.mistakes] == [
        "rent-groups.csv line 2",
        "rent-groups.csv line 3",
    ]
