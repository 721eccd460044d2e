"""Known files, byte for byte: what the hub writes, and what it makes of what it is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hub.model import Verdict
from plugins.bacs.feeds import ADDACS, ARUDD, FEEDS, INSTRUCTIONS, SUBMISSION
from plugins.bacs.input_report import entry
from tests.unit.bacs.bacs_files import (
    FACTS,
    GOLDEN,
    MOMENT,
    call,
    gathered,
    golden,
    input_report,
    input_tally,
    read_refunds,
    report,
    request,
    submission,
    unpaid,
)

BUREAU = ("paygate", "sddirect", "eazipay", "accesspay_custom", "csv")
OWN = {
    "columns": [
        *("reference", "-", "day", "amount", "transaction_code"),
        *("account_name", "sort_code", "account_number"),
    ],
    "titles": ["Tenant", "Note", "Due", "Pence", "Type", "Payer", "Sort", "Account"],
    "date": "YYYY-MM-DD",
    "amounts": "pence",
    "delimiter": ";",
}
REFUNDS = golden("submission/REFUND_FAKESHIRE_20261124_000001.csv")
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


def test_refunds_of_the_rent_system_become_the_credit_example() -> None:
    read = read_refunds(REFUNDS)
    assert (read.verdict, read.told) == (Verdict.ACCEPTED, [])
    waiting = [(one.item, one.disposition.account) for one in read.taken]
    outcome = gathered(*waiting, contra_narrative="HRA REFUNDS", days_to_pay=4)
    moment = replace(MOMENT, numbers={"serial": 127, "file_number": 4})
    assert outcome.rendered(moment) == (
        "654321_refunds_20261130_000127.txt",
        golden("submission/refunds-from-the-rent-system.txt"),
    )


@pytest.mark.parametrize("format", BUREAU)
def test_each_csv_layout_of_bureau_software_is_written_and_read(format: str) -> None:
    written = golden(f"submission/{format}.csv")
    outcome = call(ONE_DAY, write_as=format, csv=OWN)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert outcome.rendered() == ("654321_collections_20261130_000124.csv", written)
    read = request(format, written, csv=OWN)
    assert (read.verdict, read.told) == (Verdict.ACCEPTED, [])
    assert read.forwards
    facts = [
        (one.item.reference, one.item.amount, one.item.on, one.disposition.account) for one in read.carried
    ]
    assert facts == [
        (one.item.reference, one.item.amount, one.item.on, one.disposition.account) for one in outcome.carried
    ]


@pytest.mark.parametrize("format", BUREAU)
def test_each_csv_layout_may_be_turned_into_the_worked_example(format: str) -> None:
    outcome = request(format, golden(f"submission/{format}.csv"), csv=OWN, write_as="standard18")
    assert not outcome.forwards
    assert outcome.rendered()[1] == golden("submission/dd-collection-daily.txt")


@pytest.mark.parametrize("format", BUREAU[:-1])
def test_csv_layouts_with_a_name_are_recognised_by_content(format: str) -> None:
    data = golden(f"submission/{format}.csv")
    assert [(feed.name, feed.recognise(data)) for feed in FEEDS if feed.recognise(data)] == [
        ("bacs.submission", format)
    ]


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
        for one in outcome.of("UNPAID_DEBIT")
    ]
    tally = outcome.examined.tally
    assert found == expected["items"]
    assert (tally.records, tally.value) == (expected["count"], expected["total_pence"])
    assert str(tally.business_date()) == expected["current_processing_date"]


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("addacs", "bacs.addacs"),
        ("addacs-as-delivered", "bacs.addacs"),
        ("auddis-returned", "bacs.auddis"),
        ("auddis-accepted", "bacs.auddis_file"),
        ("awacs", "bacs.awacs"),
        ("arucs", "bacs.arucs"),
        ("ddica", "bacs.ddic"),
        ("input-instructions", "bacs.instruction_input"),
        ("withdrawal", "bacs.withdrawal"),
        ("arrival", "bacs.arrival"),
        ("arrival-rejected", "bacs.arrival"),
    ],
)
def test_each_report_is_read_by_the_one_feed_that_knows_its_content(name: str, feed: str) -> None:
    data = golden(f"reports/{name}.xml")
    (reader,) = [one for one in FEEDS if one.recognise(data)]
    assert reader.name == feed
    proven = {"arucs_layout_proven": True} if feed == "bacs.arucs" else {}
    said = {
        "input-instructions": ["INPUT-07"],
        "withdrawal": ["WITHDR-05"],
        "arrival-rejected": ["ARRIVE-05"] * 2,
    }
    assert [check for check, _ in report(reader, data, **proven).told] == said.get(name, [])


def test_an_addacs_report_as_delivered_reads_as_expected() -> None:
    outcome = report(ADDACS, golden("reports/addacs-as-delivered.xml"))
    expected = json.loads((GOLDEN / "reports/addacs-as-delivered.expected.json").read_text("utf-8"))
    assert str(outcome.examined.tally.business_date()) == expected["report_date"]
    found = [
        {
            "reference": one.item.reference,
            "reason_code": one.item.data["reason_code"],
            "effective_date": str(one.item.on),
            **{name: text for name, text in one.item.personal.items() if name.startswith("new_")},
        }
        for one in outcome.taken
    ]
    assert found == expected["advices"]


@pytest.mark.parametrize("name", ["one-refused.xml", "as-delivered.xml"])
def test_an_input_report_is_recognised_by_content(name: str) -> None:
    data = golden(f"input_report/{name}")
    assert [feed.name for feed in FEEDS if feed.recognise(data)] == ["bacs.input_report"]


def test_an_input_report_as_delivered_reads_as_expected() -> None:
    outcome = input_report(golden("input_report/as-delivered.xml"))
    expected = json.loads((GOLDEN / "input_report/as-delivered.expected.json").read_text("utf-8"))
    assert (outcome.verdict, outcome.told, outcome.taken) == (Verdict.ACCEPTED, [], expected["errors"])
    tally = input_tally(outcome)
    found = {
        "debit_accepted": [*tally.told("accepted", "debit")],
        "debit_rejected": [*tally.told("rejected", "debit")],
        "credit_accepted": [*tally.told("accepted", "credit")],
        "trailer_debit": [*entry(tally.agreements[0], "debit", "all")],
        "trailer_credit": [*entry(tally.agreements[0], "credit", "all")],
        "processing_date": str(tally.business_date()),
        "file_number": tally.files[0]["file_number"],
    }
    assert found == {name: expected[name] for name in found}
    about = f"{expected['service_user_number']}/{expected['vol_serial']}"
    assert tally.about() == about
    assert tally.identity() == f"{about}/{expected['report_type']}/{expected['produced'].replace('T', '/')}"


@pytest.mark.parametrize("name", ["arudd.xml", "arudd-sample.xml"])
def test_unpaid_debits_are_recognised_by_content(name: str) -> None:
    assert ARUDD.recognise(golden(f"arudd/{name}")) == "xml"
    assert SUBMISSION.recognise(golden(f"arudd/{name}")) is None


def test_submissions_are_recognised_by_content() -> None:
    assert SUBMISSION.recognise(ONE_DAY) == "rent.generic.ddcall"
    assert SUBMISSION.recognise(golden("submission/dd-collection-daily.txt")) == "standard18"
    assert INSTRUCTIONS.recognise(golden("submission/auddis-daily.txt")) == "standard18"
