"""Reports from Bacs: whatever byte is spoiled, no money changes and no advice is lost unseen.

`FEEDHUB_SEED` chooses the faults of a run; a fixed set is planted as well."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.door.feed import Feed
from hub.door.manager import Door
from hub.model import Facts, Verdict
from hub.transfer.examine import Examined, examine
from tests.mutator import KINDS, SEED, faults

FEEDS = Door.load(None).feeds()
GOLDEN = Path(__file__).parents[1] / "golden/bacs"
REPORTS = {
    "bacs.arudd": "arudd/arudd.xml",
    "bacs.addacs": "reports/addacs.xml",
    "bacs.auddis": "reports/auddis-returned.xml",
    "bacs.auddis_file": "reports/auddis-accepted.xml",
    "bacs.awacs": "reports/awacs.xml",
    "bacs.arucs": "reports/arucs.xml",
    "bacs.ddic": "reports/ddica.xml",
    "bacs.withdrawal": "reports/withdrawal.xml",
    "bacs.arrival": "reports/arrival-rejected.xml",
    "bacs.acknowledgement": "acks/import-refused.csv",
    "bacs.instruction_input": "reports/input-instructions.xml",
}
MONEY = ("bacs.arudd", "bacs.arucs", "bacs.ddic")
PENNY = "change an amount by a penny"
FAULTS = 25


def read(feed: Feed, data: bytes) -> Examined:
    (format,) = feed.formats
    options = feed.options.model_validate({"service_user_number": "654321"})
    ctx: Context[Any] = Context(options, Facts(), format)
    return examine(feed, io.BytesIO(data), ctx)


def sound(name: str) -> tuple[Feed, bytes]:
    return FEEDS[name], (GOLDEN / REPORTS[name]).read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in REPORTS for kind in KINDS if name in MONEY or kind != PENNY]
)
@pytest.mark.parametrize("fresh", [False, True], ids=["fixed", "fresh"])
def test_no_fault_changes_money_or_loses_an_advice_unseen(
    name: str, kind: str, fresh: bool, run_seed: int
) -> None:
    feed, data = sound(name)
    before = read(feed, data)
    for spoiled, fault in faults(data, FAULTS, run_seed if fresh else SEED, [kind]):
        after = read(feed, spoiled)
        if after.verdict in (Verdict.REJECTED, Verdict.UNREADABLE) or feed.recognise(spoiled) is None:
            continue
        if name in MONEY:
            assert after.tally.value == before.tally.value, fault
        assert len(after.items) == len(before.items) or after.reading.findings.kept, fault


@pytest.mark.parametrize("name", REPORTS)
@given(cuts=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), st.binary(max_size=12)), max_size=4))
def test_no_bytes_make_a_report_raise(name: str, cuts: list[tuple[int, int, bytes]]) -> None:
    feed, data = sound(name)
    for start, length, instead in cuts:
        data = data[:start] + instead + data[start + length :]
    feed.recognise(data)
    read(feed, data)


@pytest.mark.parametrize("name", REPORTS)
@given(data=st.binary(max_size=200))
def test_no_bytes_at_all_make_a_report_raise(name: str, data: bytes) -> None:
    feed = FEEDS[name]
    feed.recognise(data)
    assert read(feed, data).verdict is Verdict.UNREADABLE
