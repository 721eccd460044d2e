"""A processing day that became another possible one is found by what else tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from hub.model import History, LastTransfer, Verdict
from tests.unit.bacs.bacs_files import FACTS, Outcome, call, golden, submission

SOUND = golden("submission/dd-collection-daily.txt")
SEVERAL = golden("submission/dd-collection-multi.txt")
MOVED = SOUND.replace(b"UHL1 26334", b"UHL1 26338")  # Friday 4 December: another day on which Bacs works


def after(*gaps: int | None) -> Outcome:
    """The moved file, after files that expired so many days after their days, the newest first."""
    recent = tuple(
        LastTransfer(f"t{n}", date(2026, 11, 1), 3, 112203, {"expiry_gap": gap}) for n, gap in enumerate(gaps)
    )
    return submission(MOVED, replace(FACTS, history=History(recent=recent)))


def test_nothing_in_the_file_alone_tells_that_its_day_was_moved() -> None:
    assert submission(MOVED).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("data", [SOUND, SEVERAL])
def test_a_file_that_expires_as_it_should_is_taken(data: bytes) -> None:
    options: Mapping[str, object] = {"expires_exactly": True, "days": "multi"}
    assert submission(data, **options).verdict is Verdict.ACCEPTED


def test_the_expiry_refuses_a_day_that_was_moved() -> None:
    outcome = submission(MOVED, expires_exactly=True)
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("S18-008", 4)])
    assert "expires 3 days after its last processing day, and should 7" in outcome.messages


def test_of_several_days_the_last_counts() -> None:
    moved = SEVERAL.replace(b" 26341\r\n", b" 26340\r\n")
    assert ("S18-008", 2) in submission(moved, expires_exactly=True, days="multi").told


def test_without_being_told_the_last_three_files_are_the_measure() -> None:
    outcome = after(7, 7, 7)
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("S18-008", 4)])
    assert after(3, 3, 3).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("gaps", [(7, 7), (7, 7, 8), (None, 7, 7)])
def test_files_that_do_not_agree_are_no_measure(gaps: tuple[int | None, ...]) -> None:
    assert after(*gaps).verdict is Verdict.ACCEPTED


def test_the_days_on_which_the_council_collects_hold_a_file_that_debits_on_another() -> None:
    assert submission(SOUND, collection_days=[1, 15]).verdict is Verdict.ACCEPTED
    outcome = submission(MOVED, collection_days=[1, 15])
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("S18-008", 5)])
    assert "debits tenants on 2026-12-07, which is none of the days 1, 15" in outcome.messages


@pytest.mark.parametrize(
    ("days", "verdict"), [([1], Verdict.ACCEPTED), ([2], Verdict.HELD), ([31], Verdict.HELD)]
)
def test_so_it_does_of_what_the_hub_writes(days: list[int], verdict: Verdict) -> None:
    outcome = call(golden("submission/DDCALL_FAKESHIRE_20261124_000001.csv"), collection_days=days)
    assert outcome.verdict is verdict


def test_a_day_off_moves_to_the_next_working_day() -> None:
    """The 29th of November 2026 is a Sunday, and so is debited on Monday the 30th."""
    monday = SOUND.replace(b"UHL1 26334", b"UHL1 26331")
    assert submission(monday, collection_days=[29]).verdict is Verdict.ACCEPTED
    assert submission(monday, collection_days=[28]).verdict is Verdict.ACCEPTED
    assert submission(monday, collection_days=[27]).verdict is Verdict.HELD
