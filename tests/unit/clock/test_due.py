"""When a route runs, by examples that a person can follow on a calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hub.clock.calendar import CLOSED, Calendars, Day, read_days
from hub.clock.days import due_days
from hub.clock.due import Mark, Slot, slots
from hub.clock.now import LONDON, end_of_day, local_instant
from hub.clock.words import Schedule
from hub.config.example import example_folder

SHIPPED = example_folder() / "calendars" / "bank-holidays-england-and-wales.csv"
CLOSED_DAY = date(2026, 12, 29)
CALENDARS = Calendars.of(
    read_days("england", SHIPPED.read_text("utf-8")), None, [Day(CLOSED_DAY, "Offices closed", CLOSED)]
)


def schedule(words: dict[str, Any]) -> Schedule:
    return Schedule.model_validate(words, by_name=False)


def runs(first: str, last: str, **words: Any) -> list[Slot]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return slots(schedule(words), CALENDARS, local_instant(begins, datetime.min.time()), end_of_day(ends))


def faces(found: list[Slot]) -> list[str]:
    """As clocks in the United Kingdom show them."""
    return [f"{slot.at.astimezone(LONDON):%Y-%m-%d %H:%M %Z}" for slot in found]


def keys(first: str, last: str, **words: Any) -> list[str]:
    return [slot.key for slot in runs(first, last, **words)]


def test_a_time_that_clocks_show_twice_rings_once() -> None:
    found = runs("2027-10-31", "2027-10-31", at="01:30")
    assert faces(found) == ["2027-10-31 01:30 BST"]
    assert found[0].key == "2027-10-31T01:30"
    assert found[0].marks == {Mark.CLOCKS}


def test_a_time_that_clocks_leave_out_rings_once_at_the_next_that_there_is() -> None:
    assert faces(runs("2027-03-28", "2027-03-28", at=["01:15", "01:30", "02:00"])) == ["2027-03-28 02:00 BST"]


def test_every_hour_counts_the_hours_that_pass() -> None:
    assert len(runs("2027-10-31", "2027-10-31", every="1h")) == 25
    assert len(runs("2027-03-28", "2027-03-28", every="1h")) == 23
    assert len(runs("2027-10-30", "2027-11-01", every="1h")) == 24 + 25 + 24


def test_every_goes_on_until_clocks_show_its_last_time_for_the_last_time() -> None:
    found = runs("2027-10-31", "2027-10-31", every="30m", between=["00:30", "01:30"])
    assert faces(found)[-2:] == ["2027-10-31 01:00 GMT", "2027-10-31 01:30 GMT"]
    assert len(found) == 5


def test_a_night_of_every_goes_on_into_the_next_day_and_is_of_the_day_it_began_on() -> None:
    found = runs("2027-01-05", "2027-01-06", every="2h", between=["22:00", "02:00"], days="tue")
    assert faces(found) == ["2027-01-05 22:00 GMT", "2027-01-06 00:00 GMT", "2027-01-06 02:00 GMT"]
    assert {slot.business_date for slot in found} == {date(2027, 1, 5)}


@pytest.mark.parametrize(
    ("on", "day"),
    [
        ("collection_day", "2027-01-04"),
        ("processing_day", "2026-12-31"),
        ("last_input_day", "2026-12-30"),
        ("1 before last_input_day", "2026-12-29"),
        ("2 before last_input_day", "2026-12-24"),
        ("1 after collection_day", "2027-01-05"),
    ],
)
def test_bacs_days_before_a_collection_at_new_year(on: str, day: str) -> None:
    """The example of the Bacs formats page, section 9. Bacs works on the day on which the council rests."""
    found = runs("2026-12-21", "2027-01-15", at="16:00", collections="1", on=on)
    assert [slot.key for slot in found] == [f"{day}T16:00"]
    assert [note.says for note in found[0].notes] == ["collection on Mon 2027-01-04"]


def test_thirty_working_days_before_reach_back_over_christmas() -> None:
    words = {"at": "16:00", "collections": "15", "on": "30 before last_input_day"}
    assert keys("2026-11-27", "2026-11-27", **words) == ["2026-11-27T16:00"]


def test_a_bacs_day_on_which_the_council_rests_can_be_moved() -> None:
    on = {"collections": "1", "on": "1 before last_input_day"}
    (moved,) = runs("2026-12-21", "2027-01-04", at="16:00", moved="earlier", **on)
    assert (moved.key, moved.business_date) == ("2026-12-24T16:00", CLOSED_DAY)
    assert [note.says for note in moved.notes][1] == "from Tue 2026-12-29: Offices closed"


@pytest.mark.parametrize(
    ("moved", "day"), [("stays", "2027-03-29"), ("earlier", "2027-03-25"), ("later", "2027-03-30")]
)
def test_a_monday_that_is_a_bank_holiday(moved: str, day: str) -> None:
    (slot,) = runs("2027-03-25", "2027-03-31", at="09:00", days="mon", moved=moved)
    assert slot.key == f"{day}T09:00"
    assert slot.business_date == date(2027, 3, 29)


def test_what_is_left_out_is_told_with_its_reason() -> None:
    words = {"at": "09:00", "days": "mon", "moved": "skip", "except": "2027-03-22"}
    days = due_days(schedule(words), CALENDARS, date(2027, 3, 22), date(2027, 4, 5))
    assert [(due.named.day, due.day is None, due.why) for due in days] == [
        (22, True, "excepted"),
        (29, True, "Easter Monday (by rule)"),
        (5, False, None),
    ]


def test_weekends_are_not_missed_by_working_days_but_bank_holidays_are_told() -> None:
    days = due_days(
        schedule({"at": "09:00", "days": "working"}), CALENDARS, date(2027, 3, 25), date(2027, 3, 30)
    )
    assert [due.named.day for due in days if due.day is None] == [26, 29]


def test_two_due_days_on_one_make_one_run() -> None:
    (slot,) = runs("2027-03-29", "2027-03-30", at="09:00", days=["mon", "tue"], moved="later")
    assert slot.business_date == date(2027, 3, 30)
    assert slot.marks == {Mark.MOVED, Mark.DOUBLE}


def test_a_moved_day_passes_over_excepted_days_too() -> None:
    excepted = {"except": "2027-03-30 to 2027-03-31"}
    assert keys("2027-03-29", "2027-04-02", at="09:00", days="mon", moved="later", **excepted) == [
        "2027-04-01T09:00"
    ]


def test_the_last_of_the_month_that_is_moved_past_it_stays_the_month_s() -> None:
    (slot,) = runs("2027-02-01", "2027-02-02", at="18:00", dates="last", moved="later")
    assert (slot.key, slot.business_date) == ("2027-02-01T18:00", date(2027, 1, 31))


@pytest.mark.parametrize(("year", "last"), [(2027, 28), (2028, 29)])
def test_the_last_of_february(year: int, last: int) -> None:
    assert keys(
        f"{year}-02-01", f"{year}-02-29" if last == 29 else f"{year}-02-28", at="18:00", dates="last"
    ) == [f"{year}-02-{last}T18:00"]


def test_the_first_and_the_last_but_one_working_day() -> None:
    assert keys("2026-12-15", "2027-01-10", at="10:00", nth_working_day=["1", "-2"]) == [
        "2026-12-30T10:00",
        "2027-01-04T10:00",
    ]


def test_the_53rd_week_of_a_rent_year() -> None:
    """The year that ends in 2025 has one (1 April 2024 to 6 April 2025), its neighbours have none."""
    assert keys("2023-04-03", "2026-05-01", at="06:00", days="mon", rent_weeks="53") == ["2025-03-31T06:00"]
    lasts = keys("2023-04-03", "2026-04-05", at="06:00", days="mon", rent_weeks="last")
    assert lasts == ["2024-03-25T06:00", "2025-03-31T06:00", "2026-03-30T06:00"]


def test_days_past_the_known_bank_holidays_are_assumed() -> None:
    found = runs("2030-12-31", "2031-01-02", at="06:00", days="working")
    assert [Mark.ASSUMED in slot.marks for slot in found] == [False, True, True]
    assert runs("2031-01-02", "2031-01-02", at="06:00")[0].notes == ()


def test_a_collection_past_the_known_bank_holidays_makes_its_input_day_assumed() -> None:
    (slot,) = runs("2030-12-20", "2031-01-02", at="16:00", collections="1")
    assert Mark.ASSUMED in slot.marks


def test_another_nation_s_changes_leave_bacs_alone() -> None:
    england = [Day(date(2027, 3, 29), "Easter Monday", "by_rule")]
    scotland = [Day(date(2027, 1, 4), "2nd January", "by_rule")]
    calendars = Calendars.of(scotland, england, [Day(date(2027, 2, 1), "A day", "settled")])
    assert [calendars.council.is_working_day(date(2027, *day)) for day in ((1, 4), (2, 1), (3, 29))] == [
        False,
        False,
        True,
    ]
    assert [calendars.bacs.is_working_day(date(2027, *day)) for day in ((1, 4), (2, 1), (3, 29))] == [
        True,
        True,
        False,
    ]


def test_a_closed_day_is_the_council_s_alone() -> None:
    assert not CALENDARS.council.is_working_day(CLOSED_DAY)
    assert CALENDARS.bacs.is_working_day(CLOSED_DAY) and CALENDARS.nation.is_working_day(CLOSED_DAY)


def test_the_end_is_not_part_of_the_span() -> None:
    at = local_instant(date(2027, 1, 5), datetime.min.time().replace(hour=6))
    words = schedule({"at": "06:00"})
    assert slots(words, CALENDARS, at, at) == []
    assert len(slots(words, CALENDARS, at, at + timedelta(minutes=1))) == 1
