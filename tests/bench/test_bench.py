"""The benchmarks measure real work: sound files, read to their last total, in flat memory."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from hub.door.manager import Door
from hub.fields.modulus import Tables, parse_weights
from hub.model import Verdict
from tests.bench.bench_clock import measures as clock_measures
from tests.bench.bench_decode import CASES, Case, speeds, validate, whole_file
from tests.bench.bench_ledger import measures as ledger_measures
from tests.bench.bench_modulus import accounts
from tests.bench.bench_nfi import measures as nfi_measures
from tests.bench.bench_search import TARGET
from tests.bench.bench_search import measures as search_measures
from tests.bench.made import modulus_table
from tests.bench.measure import Measure, show


@pytest.fixture(params=CASES, ids=lambda case: case.feed)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param  # type: ignore[no-any-return]


def test_the_files_are_sound(case: Case) -> None:
    examined = validate(case, Door.load(None).feeds()[case.feed], "".join(case.lines(5000)).encode())
    assert not [finding for finding in examined.reading.findings.kept if finding.line]
    assert examined.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    assert examined.tally.records >= 5000


def test_each_file_is_measured_beside_a_plain_loop(case: Case) -> None:
    found = list(speeds(case, Door.load(None).feeds()[case.feed], 500))
    assert [one.unit for one in found] == ["records/s"] * 2
    assert all(one.naive for one in found)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is read as POSIX tells it")
def test_ledger_lines_are_written_and_validated_in_flat_memory() -> None:
    speed, memory = ledger_measures(10_000)
    assert speed.naive
    assert memory.met


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is read as POSIX tells it")
def test_tenants_go_through_the_nfi_pre_flight_in_flat_memory() -> None:
    speed, memory = nfi_measures(20_000)
    assert speed.naive
    assert memory.met


def test_every_route_that_is_due_is_measured() -> None:
    late, speed = clock_measures(20)
    assert late.most
    assert late.value > 0
    assert speed.value > 0


def test_every_search_is_measured_beside_a_statement_without_thought(tmp_path: Path) -> None:
    found = list(search_measures(tmp_path / "state", 500, times=2))
    assert len(found) > 30
    assert all(one.value > 0 and one.most and one.target == TARGET for one in found)


def test_account_numbers_are_measured_over_tables_as_long_as_the_published() -> None:
    tables = Tables(parse_weights(modulus_table()), {})
    assert len(tables.rows) == 1_151
    found = Counter(tables.check(*account) for account in accounts(2_000))
    assert {"valid", "invalid", "not_covered"} <= set(found)


def test_a_total_that_is_out_is_noticed(case: Case) -> None:
    *lines, last = case.lines(100)
    spoiled = "".join(lines).replace("00052148", "00052149", 1).replace("+000022468", "+000022469", 1)
    examined = validate(case, Door.load(None).feeds()[case.feed], (spoiled + last).encode())
    assert examined.verdict is Verdict.REJECTED


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is read as POSIX tells it")
def test_a_million_records_stay_below_250_megabytes(case: Case) -> None:
    memory, seconds = whole_file(case, 1_000_000)
    assert memory < 250
    assert seconds > 0


def test_a_missed_target_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert not show(
        [Measure("reading", "records/s", 90, 30, 100), Measure("memory", "MB", 90, None, 100, most=True)]
    )
    told = capsys.readouterr().out
    assert "NO" in told
    assert "3.0" in told
