"""The rent system's exports under generated input: written rows read back, no bytes make a feed raise, and no
planted fault changes money unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.model import Chunk, Facts, Verdict
from hub.rent.exports import EXPORTS
from hub.rent.exports.feed import FORMAT, Export
from hub.rent.generic_csv import Envelope
from hub.transfer.examine import Examined, examine
from tests.golden.rent.test_exports_golden import FILES, OPTIONS
from tests.mutator import SEED, faults
from tests.properties.carried import records

ENVELOPE = Envelope("FAKESHIRE", "RENTS", datetime(2026, 11, 2, 5, tzinfo=UTC), date(2026, 11, 2), 1)
FAULTS = 60

each_export = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.feed.name)


def examined(export: Export, data: bytes) -> Examined:
    return examine(export.feed, BytesIO(data), Context(OPTIONS[export.feed.name], Facts(), FORMAT))


@each_export
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_written_row_reads_back_equal(export: Export, data: st.DataObject) -> None:
    csv = export.record.csv
    wanted = data.draw(st.lists(records(csv.detail), max_size=2))
    rows = [{name: row[name] for name in csv.columns} for row in wanted]
    parts = list(csv.decode(BytesIO(csv.write(rows, ENVELOPE)), None))
    read: list[dict[str, Any]] = []
    for part in parts:
        assert isinstance(part, Chunk)
        assert part.layout.field_findings(part) == []
        read += [dict(row.values) for row in part.rows()] if part.layout is csv.detail else []
    kinds = {field.name: field.kind for field in csv.detail.fields}
    assert [{name: kinds[name].read(row[name]) for name in csv.columns} for row in read] == [
        {name: kinds[name].read(kinds[name].write(row[name])) for name in csv.columns} for row in rows
    ]


SNIPPETS = [
    b"H,",
    b"D,1,",
    b"T,0,0.00,0.00,0.00,0",
    b"\n",
    b"\r",
    b"\0",
    b'"',
    b",",
    b"\xff",
    b"\xef\xbb\xbf",
    b"99.99",
]


@each_export
@settings(max_examples=25)
@given(data=st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=12), max_size=30).map(b"".join))
def test_no_bytes_make_a_feed_raise(export: Export, data: bytes) -> None:
    """Chance makes at most a file of no records: a header, and a trailer that counts none."""
    export.feed.recognise(data)
    head = FILES[export.record.name].read_bytes().partition(b"\n")[0] + b"\n"
    for content in (data, head + data):
        found = examined(export, content)
        assert found.verdict is not Verdict.ACCEPTED or found.tally.records == 0


@each_export
def test_no_fault_changes_money_or_a_reference_unseen(export: Export, run_seed: int) -> None:
    """But for extracts, which move none and whose trailer may leave their sums out."""
    sound = FILES[export.record.name].read_bytes()
    before = examined(export, sound)
    for seed in (SEED, run_seed):
        for spoiled, fault in faults(sound, FAULTS, seed):
            after = examined(export, spoiled)
            if after.verdict is Verdict.ACCEPTED:
                assert facts(export, after) == facts(export, before), fault


def facts(export: Export, found: Examined) -> Any:
    value = None if export.record.unsummed else found.tally.value
    return found.tally.records, value, found.tally.totals()["hash_total"]
