"""`feedhub timetable` and `feedhub calendar`: what an administrator reads before going home."""

from __future__ import annotations

from datetime import date

from hub.clock.now import SystemClock, local_date
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub

EASTER = ("--from", "2027-03-26", "--to", "2027-03-30")


def test_moved_and_left_out_days_are_told_with_their_reasons(feedhub: Feedhub, council: Council) -> None:
    told = feedhub("timetable", *EASTER, "--config", council.config)
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert told.code == 0
    assert "Fri 2027-03-26 bacs.forward none Good Friday (by rule)" in lines
    moved = (
        "Tue 2027-03-30 09:00 housing_benefit.postings 1 moved: from Mon 2027-03-29: Easter Monday (by rule)"
    )
    assert moved in lines
    assert "Tue 2027-03-30 06:00 to 19:00 bacs.reports_in 53" in lines
    assert "housing_benefit.discretionary is off." in lines


def test_one_route_as_json(feedhub: Feedhub, council: Council) -> None:
    told = feedhub("timetable", *EASTER, "--route", "postings", "--json", "--config", council.config).json
    (run,) = told["runs"]
    assert run["route"] == "housing_benefit.postings"
    assert (run["key"], run["at"]) == ("2027-03-30T09:00", "2027-03-30T08:00:00+00:00")
    assert run["business_date"] == "2027-03-29"
    assert [note["mark"] for note in run["notes"]] == ["moved"]


def test_routes_that_are_scheduled_alike_are_told_each(feedhub: Feedhub, council: Council) -> None:
    """Their days are worked out once; the JSON is written in pieces."""
    told = feedhub("timetable", *EASTER, "--json", "--config", council.config).json
    runs = [(run["at"], run["route"]) for run in told["runs"]]
    assert runs == sorted(runs)
    alike = [[at for at, route in runs if route == f"debt_agency_{one}.holds"] for one in ("acme", "bravo")]
    assert alike[0] == alike[1] != []
    assert len(runs) > 1000  # so of more pieces than one


def test_without_days_it_is_two_weeks_from_now(feedhub: Feedhub, council: Council) -> None:
    told = feedhub("timetable", "--route", "rent.accounts", "--json", "--config", council.config).json
    assert len(told["runs"]) in (13, 14)  # today's run may be over


def test_a_span_that_is_none_or_too_long_is_refused(feedhub: Feedhub, council: Council) -> None:
    for last in ("2027-03-25", "2037-05-01"):
        told = feedhub("timetable", "--from", "2027-03-26", "--to", last, "--config", council.config)
        assert told.code == 2
        assert "name up to ten years" in told.err


def test_the_calendar_says_who_rests(feedhub: Feedhub, council: Council) -> None:
    changes = council.config / "calendars" / "changes.csv"
    changes.write_text(f"{changes.read_text('utf-8')}2026-12-29,Offices closed,closed\n", encoding="utf-8")
    told = feedhub("calendar", "list", "--from", "2026-12-28", "--config", council.config)
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert "2026-12-28 Mon Boxing Day (substitute day) settled the council and Bacs" in lines
    assert "2026-12-29 Tue Offices closed closed the council" in lines
    assert "known to the end of 2030" in lines[-1]


def test_an_update_is_shown_first_and_written_when_asked(feedhub: Feedhub, council: Council) -> None:
    """The file is cut short, so that there is something to propose in any year."""
    path = council.config / "calendars" / "bank-holidays-england-and-wales.csv"
    year = local_date(SystemClock().now()).year
    kept = [line for line in path.read_text("utf-8").splitlines() if line[:4] <= str(year) or line[0] in "#d"]
    path.write_text("\n".join(kept), encoding="utf-8")
    before = path.read_bytes()
    shown = feedhub("calendar", "update", "--config", council.config)
    assert f"+{year + 1}-12-2" in shown.out and "Nothing is written" in shown.out
    assert path.read_bytes() == before
    assert feedhub("calendar", "update", "--write", "--config", council.config).code == 0
    assert path.read_text("utf-8").splitlines()[: len(kept)] == kept
    assert "Nothing to propose" in feedhub("calendar", "update", "--config", council.config).out
    assert feedhub("check", "--config", council.config).code == 0


def test_another_nation_is_set_up_by_an_update(feedhub: Feedhub, council: Council) -> None:
    hub = council.config / "hub.yaml"
    hub.write_text(hub.read_text("utf-8").replace("nation: england-and-wales", "nation: scotland"), "utf-8")
    assert (
        "bank-holidays-scotland.csv: the file is missing" in feedhub("check", "--config", council.config).err
    )
    feedhub("calendar", "update", "--write", "--config", council.config)
    assert feedhub("check", "--config", council.config).code == 0
    written = (council.config / "calendars" / "bank-holidays-scotland.csv").read_text("utf-8")
    assert written.startswith("# Bank holidays of Scotland")
    assert str(date(2028, 1, 4)) in written
