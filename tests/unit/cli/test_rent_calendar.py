"""`feedhub rent calendar`, over the example council's rent groups."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import outcome
from hub.clock.days import due_days
from hub.clock.words import Schedule
from hub.config.example import init
from hub.config.load import load
from hub.errors import ConfigError


@pytest.fixture
def council(tmp_path: Path) -> Path:
    init(tmp_path / "council")
    return tmp_path / "council"


def told(council: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert outcome(["--config", str(council), "rent", "calendar", *words]) == 0
    return capsys.readouterr().out


def as_json(council: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(told(council, capsys, *words, "--json"))


def test_the_weeks_of_a_group_are_listed_with_what_is_charged(
    council: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(council, capsys, "2026/27", "--group", "HRA")
    assert "52 weeks, 50 with a charge, 2 free, from Mon 6 April 2026 to Sun 4 April 2027" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "April 2026 1 Mon 2026-04-06 Sun 2026-04-12 charge" in lines
    assert "38 Mon 2026-12-21 Sun 2026-12-27 free" in lines
    assert sum(line.startswith("December 2026") for line in lines) == 1


def test_the_same_as_json(council: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(council, capsys, "2027", "--group", "HRA", "--weekly", "128.64")
    periods = found.pop("periods")
    assert found == {
        "year": 2027,
        "name": "2026/27",
        "group": "HRA",
        "by": "weekly",
        "weeks": 52,
        "free_weeks_known": True,
        "charged": 50,
        "monthly_amount": "536.00",
    }
    assert periods[38] == {"number": 39, "start": "2026-12-28", "end": "2027-01-03", "rent": "free"}


@pytest.mark.parametrize(("year", "monthly"), [("2027", "557.44"), ("2025", "568.16")])
def test_a_weekly_rent_is_told_by_the_month(
    council: Path, capsys: pytest.CaptureFixture[str], year: str, monthly: str
) -> None:
    text = told(council, capsys, year, "--weekly", "128.64")
    assert f"128.64 a week is {monthly} a month." in text


def test_free_weeks_that_nobody_has_named_yet_are_not_taken_for_none(
    council: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Which weeks of 2029/30 are free for HRA is not known yet" in told(
        council, capsys, "2029/30", "--group", "HRA"
    )
    assert as_json(council, capsys, "2029/30", "--group", "HRA")["free_weeks_known"] is False
    assert "not known" not in told(council, capsys, "2029/30", "--group", "GPS")


def test_a_group_by_the_month(council: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(council, capsys, "2027", "--group", "LSC")
    assert "of LSC (Leasehold service charges): 12 months, from Wed 1 April 2026" in text


@pytest.mark.parametrize("words", [("2027", "--group", "XXX"), ("27",), ("2026/28",)])
def test_what_there_is_not_is_a_mistake(
    council: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert outcome(["--config", str(council), "rent", "calendar", *words]) == 2
    assert "There is no rent group" in (text := capsys.readouterr().err) or "is not a rent year" in text


def test_schedules_follow_the_landlords_own_rent_years(council: Path) -> None:
    first_week = Schedule.model_validate({"at": "06:00", "days": "mon", "rent_weeks": "1"})

    def mondays() -> list[str]:
        calendars = load(council).calendars
        return [str(due.named) for due in due_days(first_week, calendars, date(2026, 3, 1), date(2026, 5, 1))]

    assert mondays() == ["2026-04-06"]
    years = "year,first_day\n2026,2025-03-31\n2027,2026-03-30\n"
    (council / "calendars" / "rent-years.csv").write_text(years, "utf-8")
    assert mondays() == ["2026-03-30"]


def test_mistakes_in_the_rent_calendar_refuse_the_configuration(council: Path) -> None:
    for name, text in {"rent-years": "year\n", "rent-groups": "group\n", "rent-free-weeks": "x\n"}.items():
        (council / "calendars" / f"{name}.csv").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(council)
    assert "rent-years.csv: must start with" in str(caught.value)
    assert "rent-groups.csv: must start with" in str(caught.value)
