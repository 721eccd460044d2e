"""Whatever byte of a money file is spoiled: it is refused or held, or its money is what it was.

`FEEDHUB_SEED` chooses the faults of a run; a fixed set is planted as well.
"""

from __future__ import annotations

import pytest

from hub.door.manager import Door
from hub.model import Verdict
from hub.transfer.examine import Examined
from tests.bench.bench_decode import CASES, Case, validate
from tests.mutator import KINDS, SEED, faults

FEEDS = Door.load(None).feeds()
FAULTS = 60
TOLERATED = {"housing_benefit.postings": range(47, 57)}
"""Columns whose pennies move no money: a weekly entitlement is information, compared with a tolerance."""


def money(examined: Examined) -> tuple[int, int]:
    return examined.tally.records, examined.tally.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.feed)
@pytest.mark.parametrize("fresh", [False, True], ids=["fixed", "fresh"])
def test_no_fault_changes_money_unseen(case: Case, kind: str, fresh: bool, run_seed: int) -> None:
    feed = FEEDS[case.feed]
    sound = "".join(case.lines(12)).encode()
    before = validate(case, feed, sound)
    assert before.verdict is Verdict.ACCEPTED
    for spoiled, fault in faults(sound, FAULTS, run_seed if fresh else SEED, [kind]):
        after = validate(case, feed, spoiled)
        taken = after.verdict in (Verdict.ACCEPTED, Verdict.HELD)
        assert not taken or money(after) == money(before), fault


@pytest.mark.parametrize(
    "kind", ["change an amount by a penny", "drop a line", "duplicate a line", "truncate"]
)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.feed)
def test_what_must_be_refused_is_refused_with_a_line_or_a_total(case: Case, kind: str, run_seed: int) -> None:
    sound = "".join(case.lines(12)).encode()
    for spoiled, fault in faults(sound, FAULTS, run_seed, [kind]):
        column = fault.offset - sound.rfind(b"\n", 0, fault.offset) - 1
        if "penny" in kind and column in TOLERATED.get(case.feed, ()):
            continue
        after = validate(case, FEEDS[case.feed], spoiled)
        assert after.verdict in (Verdict.REJECTED, Verdict.UNREADABLE), fault
        assert after.reading.findings.kept
