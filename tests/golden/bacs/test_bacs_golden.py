"""Known files, byte for byte: what the hub writes, and what it makes of what it is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.model import Verdict
from plugins.bacs.feeds import ARUDD, SUBMISSION
from tests.unit.bacs.bacs_files import FACTS, GOLDEN, MOMENT, call, golden, submission, unpaid

ONE_DAY = golden("submission/DDCALL_FAKESHIRE_20261124_000001.csv")
SEVERAL_DAYS = golden("submission/DDCALL_FAKESHIRE_20261124_000002.csv")


def test_a_request_to_collect_becomes_the_worked_example() -> None:
    outcome = call(ONE_DAY)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert outcome.rendered() == (
        "654321_collections_20261130_000124.txt",
        golden("submission/dd-collection-daily.txt"),
    )


def test_a_request_for_several_days_becomes_the_several_day_example() -> None:
    outcome = call(SEVERAL_DAYS, days="multi")
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    moment = replace(MOMENT, numbers={"serial": 125, "file_number": 2})
    assert outcome.rendered(moment)[1] == golden("submission/dd-collection-multi.txt")


@pytest.mark.parametrize(
    ("name", "kinds", "total"),
    [
        ("dd-collection-daily.txt", ["COLLECTION"] * 3, "1122.03"),
        ("dd-collection-multi.txt", ["COLLECTION"] * 3, "1149.90"),
        ("auddis-daily.txt", ["INSTRUCTION"] * 2, "0.00"),
        ("credit-refund-daily.txt", ["REFUND"], "75.00"),
    ],
)
def test_every_kind_of_submission_reads_without_a_finding(name: str, kinds: list[str], total: str) -> None:
    outcome = submission(golden(f"submission/{name}"), replace(FACTS, register=None))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [one.item.kind for one in outcome.taken] == kinds
    assert outcome.examined.tally.totals()["value"] == total


def test_the_published_report_of_unpaid_debits_reads_as_expected() -> None:
    data = golden("arudd/arudd-sample.xml")
    outcome = unpaid(data, service_user_number="123456", report_types=("REFT1234",))
    expected = json.loads((GOLDEN / "arudd/arudd-sample.expected.json").read_text("utf-8"))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    found = [
        {
            "reference": one.item.reference,
            "return_code": one.item.data["return_code"],
            "reason": one.item.data["reason_code"],
            "amount_pence": one.item.amount,
        }
        for one in outcome.taken
    ]
    tally = outcome.examined.tally
    assert found == expected["items"]
    assert (tally.records, tally.value) == (expected["count"], expected["total_pence"])
    assert str(tally.business_date()) == expected["current_processing_date"]


@pytest.mark.parametrize(
    "name", ["addacs.xml", "input.xml", "addacs-as-delivered.xml", "input-report-as-delivered.xml"]
)
def test_a_report_of_another_kind_is_not_taken_for_unpaid_debits(name: str) -> None:
    assert ARUDD.recognise(golden(f"arudd/{name}")) is None


@pytest.mark.parametrize("name", ["arudd.xml", "arudd-sample.xml"])
def test_unpaid_debits_are_recognised_by_content(name: str) -> None:
    assert ARUDD.recognise(golden(f"arudd/{name}")) == "xml"
    assert SUBMISSION.recognise(golden(f"arudd/{name}")) is None


def test_submissions_are_recognised_by_content() -> None:
    assert SUBMISSION.recognise(ONE_DAY) == "rent.generic.ddcall"
    assert SUBMISSION.recognise(golden("submission/auddis-daily.txt")) == "standard18"
