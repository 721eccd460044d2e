"""Every record type that the rent system exports: a file as it comes, and what the hub makes of it."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from hub.checks.base import Context
from hub.config.example import example_folder
from hub.config.load import load
from hub.door.manager import Door
from hub.model import Chunk, Facts, Verdict
from hub.rent.exports import EXPORTS
from hub.rent.exports.feed import FORMAT, Export
from hub.rent.generic_csv import INSTANT, Envelope
from hub.transfer.examine import Examined, examine
from tests.product import PLUGINS

HERE = Path(__file__).parent / "exports"
FILES = {path.name.partition("_")[0]: path for path in HERE.glob("*.csv")}
COUNCIL = load(example_folder(), Door.load(PLUGINS).catalogue())
OPTIONS = {name: options for route in COUNCIL.options.values() for name, options in route.items()}
"""As the example routes set them."""

each_export = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.feed.name)


def examined(export: Export) -> Examined:
    facts = Facts(today=date(2026, 11, 2), rent_calendar=COUNCIL.calendars.rent)
    ctx = Context(OPTIONS[export.feed.name], facts, FORMAT)
    return examine(export.feed, BytesIO(FILES[export.record.name].read_bytes()), ctx)


def as_json(found: Examined) -> Any:
    return {
        "feed": found.feed.name,
        "totals": dict(found.tally.totals()),
        "findings": [[one.check, one.severity.value, one.line] for one in found.reading.findings.kept],
        "items": [
            {
                "kind": item.kind,
                "line": item.line,
                "reference": item.reference,
                "pence": item.amount,
                "on": item.on.isoformat(),
                "data": dict(item.data),
                "personal": dict(item.personal),
            }
            for item in found.items
        ],
    }


@each_export
def test_the_file_is_taken_as_its_reading_says(export: Export) -> None:
    found = examined(export)
    assert found.verdict is Verdict.ACCEPTED
    expected = FILES[export.record.name].with_suffix(".expected.json")
    assert as_json(found) == json.loads(expected.read_text("utf-8"))


@each_export
def test_what_was_read_is_written_as_it_was(export: Export) -> None:
    data, csv = FILES[export.record.name].read_bytes(), export.record.csv
    read: dict[str, list[dict[str, Any]]] = {"header": [], "detail": [], "trailer": []}
    for chunk in csv.decode(BytesIO(data), None):
        assert isinstance(chunk, Chunk)
        read[chunk.layout.name] += [
            {field.name: field.kind.read(row[field.name]) for field in chunk.layout.fields}
            for row in chunk.rows()
        ]
    [head] = read["header"]
    created = INSTANT.read(data.decode().split(",")[5])
    envelope = Envelope(head["landlord"], head["source"], created, head["business_date"], 1)
    rows = [{name: row[name] for name in csv.columns} for row in read["detail"]]
    assert csv.file_name(envelope) == FILES[export.record.name].name
    again, sent = csv.write(rows, envelope).decode().splitlines(), data.decode().splitlines()
    assert [plainly(line) for line in again[:-1]] == [plainly(line) for line in sent[:-1]]


def plainly(line: str) -> str:
    """Without what is not kept as it came: the hyphens of a sort code, and a NINO that is none."""
    return line.replace("00-02-99", "000299").replace("QQ123456C", "")


def test_each_feed_of_the_rent_system_the_bank_and_bacs_has_a_route_in_the_example_council() -> None:
    named = {feed for route in COUNCIL.routes.values() for feed in route.feeds}
    offered = {feed for feed in Door.load(None).feeds() if feed.startswith(("rent.", "bank.", "bacs."))}
    assert offered - named == set()
