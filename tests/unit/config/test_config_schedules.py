"""A mistake in a schedule is told with its file and line, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.config.load import load
from tests.unit.config.conftest import Mistakes, Rewrite

NAME = "routes/bacs.yaml"
OLD = 'schedule: {at: "17:00", days: bacs}   # a file that lies there, on each day on which Bacs works'


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("{}", "needs exactly one of at, every or cron"),
        ('{at: "6:00"}', "at[1]: “6:00” is not a time of day; write hours and minutes: 08:00"),
        ('{at: "06:00", every: 15m}', "needs exactly one of at, every or cron"),
        ("{every: 15}", "every: “15” is not a duration"),
        ("{every: 24h}", "every: expected whole minutes from 1m to 12h; for once a day write at"),
        ('{every: 15m, between: ["06:00"]}', 'between: expected two times of day: ["06:00", "19:00"]'),
        ('{at: "06:00", between: ["06:00", "07:00"]}', "has between, which goes with every only"),
        ('{cron: "0 6 * * 1"}', "cron: the day of the week is “1”; expected *, or names"),
        ('{at: "06:00", day: mon}', "“day” is not known here; did you mean “days”?"),
        ('{at: "06:00", days: monday}', "days: “monday” is not understood; expected all, working or bacs"),
        ('{at: "06:00", days: [mon, working]}', "days: “working” is not understood"),
        ('{at: "06:00", days: mon, dates: 1}', "names its days twice, by days and by dates; keep one"),
        (
            '{at: "06:00", dates: 31}',
            "dates: “31” is not understood; expected days from 1 to 28 (every month",
        ),
        ('{at: "06:00", nth_working_day: 0}', "nth_working_day: “0” is not understood; expected 1 to 15"),
        ('{at: "06:00", rent_weeks: 54}', "rent_weeks: “54” is not understood; expected weeks from 1 to 53"),
        ('{at: "06:00", on: last_input_day}', "has on, which goes with collections only"),
        (
            '{at: "06:00", collections: 1, on: input_day}',
            "on: “input_day” is not understood; expected last_inp",
        ),
        ('{at: "06:00", except: 2027-02-30}', "except: “2027-02-30” is not understood; expected a date"),
        ('{at: "06:00", except: 2027-02-03 to 2027-02-01}', "except: “2027-02-03 to 2027-02-01” is not unde"),
        ('{at: "06:00", days: working, moved: later}', "has moved, which needs days that are named"),
        (
            '{at: "06:00", days: mon, moved: latter}',
            "moved is “latter”; expected stays, earlier, later or skip;",
        ),
    ],
)
def test_a_mistake_in_a_schedule(
    folder: Path, rewrite: Rewrite, mistakes: Mistakes, new: str, said: str
) -> None:
    line = (folder / NAME).read_text("utf-8").splitlines().index(f"    {OLD}") + 1
    rewrite(NAME, OLD, f"schedule: {new}")
    (told,) = mistakes()
    assert told.startswith(f"config/{NAME} line {line}: ")
    assert said in told


def test_catching_up_needs_a_schedule(rewrite: Rewrite, mistakes: Mistakes) -> None:
    rewrite(NAME, OLD, "catch_up: all")
    assert "has catch_up, but no schedule whose runs could be missed" in mistakes()[0]


def test_the_bank_holidays_of_bacs_are_needed_in_every_nation(
    folder: Path, rewrite: Rewrite, mistakes: Mistakes
) -> None:
    calendars = folder / "calendars"
    england = calendars / "bank-holidays-england-and-wales.csv"
    england.rename(calendars / "bank-holidays-scotland.csv")
    rewrite("hub.yaml", "nation: england-and-wales", "nation: scotland")
    assert mistakes() == ["config/calendars/bank-holidays-england-and-wales.csv: the file is missing"]


def test_a_closed_day_is_no_day_of_the_banks(folder: Path, rewrite: Rewrite) -> None:
    rewrite("calendars/changes.csv", "date,name,status\n", "date,name,status\n2026-12-29,Closed,closed\n")
    calendars = load(folder).calendars
    assert len(calendars.council.holidays) == len(calendars.bacs.holidays) + 1
