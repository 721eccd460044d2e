"""A waiver tolerates one check on one route until a day, and is held against what exists."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.config.waivers import Waiver, Waivers
from hub.model import Finding, Severity

UNTIL = date(2027, 4, 30)
WAIVERS = Waivers(
    [Waiver(check="S18-008", route="bacs.forward", reason="promised", owner="rents", until=UNTIL)]
)
FINDING = Finding("S18-008", Severity.ERROR, "the processing day is a holiday", line=3)


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.HOLD, Severity.HOLD_ITEM])
def test_a_tolerated_finding_is_a_warning_that_says_who_answers(severity: Severity) -> None:
    finding = Finding("S18-008", severity, "the processing day is a holiday", line=3)
    tolerated = WAIVERS.tolerate(finding, "bacs.forward", UNTIL)
    assert tolerated.severity is Severity.WARNING and tolerated.line == 3
    assert tolerated.message == (
        "the processing day is a holiday (tolerated until 2027-04-30 by rents: promised)"
    )


@pytest.mark.parametrize(
    ("check", "route", "today"),
    [
        ("S18-008", "bacs.forward", date(2027, 5, 1)),
        ("S18-008", "bacs.submission", UNTIL),
        ("S18-009", "bacs.forward", UNTIL),
    ],
)
def test_nothing_else_is_tolerated(check: str, route: str, today: date) -> None:
    finding = Finding(check, Severity.ERROR, "wrong")
    assert WAIVERS.tolerate(finding, route, today) is finding


def test_a_note_stays_a_note() -> None:
    note = Finding("S18-008", Severity.NOTE, "seen")
    assert WAIVERS.tolerate(note, "bacs.forward", UNTIL) is note


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", None),
        (
            "route: bacs.forward",
            "route: bacs.foward",
            "line 3: there is no route “bacs.foward”; did you mean",
        ),
        (
            "check: S18-008",
            "check: S18-8",
            "line 2: “S18-8” is not a check that bacs.forward could be spared",
        ),
        ("until: 2027-04-30", "until: 30/04/2027", "line 6: until is “30/04/2027”; expected a date such as"),
    ],
)
def test_waivers_are_held_against_routes_and_checks(
    folder: Path, mistakes: Any, old: str, new: str, said: str | None
) -> None:
    entry = (
        "waivers:\n  - check: S18-008\n    route: bacs.forward\n    reason: promised\n"
        "    owner: rents\n    until: 2027-04-30\n"
    )
    (folder / "waivers.yaml").write_text(entry.replace(old, new))
    found = mistakes()
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_a_broken_route_file_raises_no_doubt_about_waivers(folder: Path, rewrite: Any, mistakes: Any) -> None:
    (folder / "waivers.yaml").write_text(
        "waivers: [{check: S18-008, route: bacs.forward, reason: r, owner: o, until: 2027-04-30}]\n"
    )
    rewrite("routes/bacs.yaml", "mode: live", "mode: alive")
    assert [mistake.split(" line ")[0] for mistake in mistakes()] == ["config/routes/bacs.yaml"]


def test_every_mistake_of_every_waiver_is_told_at_once(folder: Path, mistakes: Any) -> None:
    (folder / "waivers.yaml").write_text(
        "waivers:\n"
        "  - {check: S18-8, route: bacs.foward, reason: r, owner: o, until: tomorrow}\n"
        "  - {check: S18-008, route: bacs.forwrd, reason: '', owner: o, until: 2027-04-30}\n"
        "  - {check: E9, route: bacs.forward, reason: r, owner: o, until: 2027-04-30}\n"
    )
    told = sorted(mistakes())
    assert [mistake.split("config/waivers.yaml ")[1][:6] for mistake in told] == [
        *["line 2"] * 3,
        *["line 3"] * 2,
        "line 4",
    ]
    for said in ("“S18-8” is not a check that any route", "“bacs.foward”", "“tomorrow”", "“E9” is not"):
        assert any(said in mistake for mistake in told)


def test_a_waiver_that_counts_no_more_is_told() -> None:
    assert WAIVERS.ended(UNTIL) == []
    [sentence] = WAIVERS.ended(date(2027, 5, 1))
    assert sentence.startswith("The waiver of S18-008 on bacs.forward ended on 2027-04-30. Remove it")
