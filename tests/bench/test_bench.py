"""The benchmarks measure real work: sound files, read to their last total, in flat memory."""

from __future__ import annotations

import sys

import pytest

from hub.door.manager import Door
from hub.model import Verdict
from tests.bench.bench_decode import CASES, Case, peak_memory, validate
from tests.bench.measure import Measure, show


@pytest.fixture(params=CASES, ids=lambda case: case.feed)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


def test_the_files_are_sound(case: Case) -> None:
    examined = validate(case, Door.load(None).feeds()[case.feed], "".join(case.lines(5000)).encode())
    assert not [finding for finding in examined.reading.findings.kept if finding.line]
    assert examined.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    assert examined.tally.records >= 5000


def test_a_total_that_is_out_is_noticed(case: Case) -> None:
    *lines, last = case.lines(100)
    spoiled = "".join(lines).replace("00052148", "00052149", 1).replace("+000022468", "+000022469", 1)
    examined = validate(case, Door.load(None).feeds()[case.feed], (spoiled + last).encode())
    assert examined.verdict is Verdict.REJECTED


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is read as POSIX tells it")
def test_a_million_records_stay_below_250_megabytes(case: Case) -> None:
    assert peak_memory(case, 1_000_000) < 250


def test_a_missed_target_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert not show(
        [Measure("reading", "records/s", 90, 30, 100), Measure("memory", "MB", 90, None, 100, most=True)]
    )
    told = capsys.readouterr().out
    assert "NO" in told
    assert "3.0" in told
