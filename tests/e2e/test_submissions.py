"""What leaves for Bacs, from the rent system's export to the bureau's folder: refunds that waited, CSV files
as they came, and what is remembered of first collections and of unpaid debits."""

from __future__ import annotations

import os
from datetime import date

import pytest

from hub.rent.exports.refunds import REFUND
from plugins.bacs.layouts import DDCALL
from tests.e2e import test_records
from tests.e2e.test_bank_reports import arrive
from tests.e2e.test_records import items

town = test_records.town  # the fixture

REFUNDS_OUT = ("bureau", "/inbound/dc_refunds")
CREDITED = {f"_{ref}": {"balance": -50000} for ref in test_records.TENANTS}
CSV_ROUTE = """
partner: Leaseholders' bureau
routes:
  leaseholders:
    feed: bacs.submission
    format: paygate
    from: {endpoint: rent, folder: /export/paygate, pattern: "*.csv", then: "archive:/export/paygate/done"}
    to:
      - {output: submission, endpoint: bureau, folder: /inbound/csv}
    options:
      service_user_number: "654321"
      user_name: EXAMPLE COUNCIL
      originating_accounts:
        - {sort_code: "000199", account_number: "20000015", account_name: EXAMPLE COUNCIL}
    mode: live
    owner: tests
"""
ROW = b"000299,40154823,A TENANT,%s,17,000199,20000015,EXAMPLE COUNCIL,RENT%s,12/11/2026\r\n"
UNPAID = (
    '<BACSDocument><Data><ARUDD><Header reportType="REFT1019" adviceNumber="{number}"'
    ' currentProcessingDate="{day}"/><AddresseeInformation name="X"/><ServiceLicenseInformation userName="X"'
    ' userNumber="654321"/><Advice><OriginatingAccountRecords><OriginatingAccountRecord>'
    '<OriginatingAccount name="X" number="20000015" sortCode="00-01-99"/><ReturnedDebitItem'
    ' ref="RENT{account}" transCode="{code}" returnCode="0128" returnDescription="REFER TO PAYER"'
    ' originalProcessingDate="{processed}" valueOf="{pounds}" currency="GBP"><PayerAccount number="40154823"'
    ' name="A TENANT" sortCode="00-02-99"/></ReturnedDebitItem><Totals numberOf="1" valueOf="{pounds}"'
    ' currency="GBP"/></OriginatingAccountRecord></OriginatingAccountRecords></Advice></ARUDD></Data>'
    "</BACSDocument>"
)


def refund(town, number, account, **changes):
    return {
        "refund_ref": f"RF-{number:08}",
        "payment_ref": account,
        "payee_name": "A Tenant",
        "amount": 7500,
        "method": "BACS",
        "sort_code": "000299",
        "account_number": "40154823",
        "requested_by": "A CLERK",
        "approved_by": "B OFFICER",
        "approved_on": date(2026, 11, 2),
        "hb_clearance": "NOT_NEEDED",
        **changes,
    }


@pytest.fixture
def credited(town):
    """The accounts have credit that may be given back."""
    town.clock.turn(days=1)
    town.accounts(**CREDITED)
    town.council.folder(*REFUNDS_OUT)
    return town


def records_out(town, place):
    return [path.read_text("ascii").splitlines() for path in sorted(town.council.folder(*place).iterdir())]


def test_refunds_wait_and_leave_as_credits_for_the_soonest_day(credited):
    town = credited
    town.export(REFUND.csv, "/export/refunds", [refund(town, 1, "91000010"), refund(town, 2, "91000028")])
    came_in = town.run("rent.refunds")
    left = town.run("bacs.refunds")
    assert (came_in["state"], left["state"]) == ("APPLIED", "SENT")
    ((*_, uhl1, first, second, contra, _, _, utl1),) = records_out(town, REFUNDS_OUT)
    assert uhl1[4:10] == " 26309"  # Thursday the 5th: gathered on Tuesday, two working days
    assert [record[15:17] for record in (first, second, contra)] == ["99", "99", "17"]
    assert (first[64:82].rstrip(), contra[35:46]) == ("RF-00000001", "00000015000")
    assert utl1[4:44] == "00000000150000000000015000" + "0000001" + "0000002"
    assert [state for _, state, _ in items(town, left)] == ["SENT", "SENT"]
    shown = town.command("transfers", "show", left["id"], "--json").json
    assert {item["date"] for item in shown["items"]} == {"2026-11-05"}


def test_a_refund_that_cannot_be_written_waits_again_and_the_others_leave(credited):
    town = credited
    wrong = refund(town, 2, "91000028", payee_name="\u674e\u56db")
    town.export(REFUND.csv, "/export/refunds", [refund(town, 1, "91000010"), wrong])
    town.run("rent.refunds")
    left = town.run("bacs.refunds")
    assert [reference for reference, state, _ in items(town, left) if state == "SENT"] == ["RF-00000001"]
    shown = town.command("transfers", "show", left["id"], "--json").json
    assert [finding["check"] for finding in shown["findings"] if finding["severity"] == "hold_item"] == [
        "S18-021"
    ]


def test_a_refund_to_another_account_waits_for_a_person_and_is_known_from_then_on(credited):
    town = credited
    other = {"account_number": "12345678"}
    town.export(REFUND.csv, "/export/refunds", [refund(town, 1, "91000010", **other)])
    town.run("rent.refunds")
    held = town.run("bacs.refunds")
    assert held["state"] == "HELD"
    assert "another bank account than is known of its rent account" in held["reason"]
    town.command("transfers", "release", held["id"], "--reason", "compared with the tenant's letter")
    town.command("run", "bacs.refunds")
    assert [len(records) for records in records_out(town, REFUNDS_OUT)] == [9]
    town.clock.turn(days=1)
    town.export(REFUND.csv, "/export/refunds", [refund(town, 2, "91000010", amount=100, **other)])
    town.run("rent.refunds")
    assert town.run("bacs.refunds")["state"] == "SENT"


def csv_file(town, *rows):
    (town.council.config / "routes/csv.yaml").write_text(CSV_ROUTE, "utf-8")
    town.council.folder("bureau", "/inbound/csv")
    path = town.council.folder("rent", "/export/paygate") / "leaseholders.csv"
    path.write_bytes(b"".join(ROW % row for row in rows))
    earlier = town.clock.at.timestamp() - 3600
    os.utime(path, (earlier, earlier))
    return path.read_bytes()


def test_a_csv_file_of_the_bureau_goes_on_byte_for_byte(town):
    data = csv_file(town, (b"100.00", b"91000010"), (b"12.34", b"91000028"))
    transfer = town.run("csv.leaseholders")
    assert transfer["state"] == "SENT"
    (path,) = town.council.folder("bureau", "/inbound/csv").iterdir()
    assert (path.name, path.read_bytes()) == ("leaseholders.csv", data)
    assert [state for _, state, _ in items(town, transfer)] == ["SENT", "SENT"]


INPUT = (
    '<BACSDocument><Data><InputReport><Header reportType="REFT2013"><ProducedOn date="2026-11-11"'
    ' time="19:00:00"/><ProcessingDate date="2026-11-12"/></Header><Submission><SubmissionInformation'
    ' volumeSerialNumber="B00K17"/><UserFile fileLevelMessage=""><InputUserFile><UserFileInformation'
    ' userNumber="654321" userFileNumber="001"/><DaySection><DaySectionRecord processingDate="2026-11-12"/>'
    "</DaySection><InputReportSummary><AccountTotals><AccountTotal><DebitEntry>"
    '<AcceptedRecords numberOf="2" valueOf="{pounds}"/><TotalsRecords numberOf="2" valueOf="{pounds}"/>'
    "</DebitEntry></AccountTotal></AccountTotals></InputReportSummary></InputUserFile></UserFile>"
    "</Submission></InputReport></Data></BACSDocument>"
)
"""The bureau's software gave the submission its serial, which the hub has never seen."""


def test_a_csv_file_is_known_to_bacs_by_what_it_adds_up_to(town):
    csv_file(town, (b"100.00", b"91000010"), (b"12.34", b"91000028"))
    transfer = town.run("csv.leaseholders")
    town.clock.turn(days=1)
    other = arrive(town, "input.xml", INPUT.format(pounds="112.35"))
    assert other["state"] == "HELD"
    assert [state for _, state, _ in items(town, transfer)] == ["SENT", "SENT"]
    told = arrive(town, "input_again.xml", INPUT.format(pounds="112.34").replace("B00K17", "B00K18"))
    assert told["state"] == "APPLIED"
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    assert (shown["deliveries"][0]["state"], shown["answered"]["accepted"]) == ("CONFIRMED", 2)


def test_a_csv_file_with_one_wrong_row_is_refused_whole(town):
    csv_file(town, (b"100.00", b"91000010"), (b"12.3", b"91000028"))
    transfer = town.run("csv.leaseholders")
    assert transfer["state"] == "REJECTED"
    assert list(town.council.folder("bureau", "/inbound/csv").iterdir()) == []


def call(town, collected, amount, code):
    """One collection from the first tenant, worked."""
    row = {
        "mandate_ref": "RENT91000010",
        "payment_ref": "91000010",
        "collection_date": collected,
        "amount": amount,
        "transaction_code": code,
    }
    town.export(DDCALL, "/export/dd", [row])
    return town.run("bacs.submission")


def came_back(town, number, processed, code="17"):
    for folder in ("/import/receipts", "/import/transactions", "/import/dd"):
        town.council.folder("rent", folder)
    told = UNPAID.format(
        number=number,
        day=town.clock.at.date(),
        account="91000010",
        code=code,
        processed=processed,
        pounds="1.00",
    )
    return arrive(town, f"arudd{number}.xml", told)


def test_an_unpaid_debit_is_asked_for_again_and_not_twice(town):
    route = town.council.config / "routes/bacs.yaml"
    text = route.read_text("utf-8")
    assert "# - {output: rejects" in text
    route.write_text(text.replace("# - {output: rejects", "- {output: rejects"), "utf-8")
    assert call(town, date(2026, 11, 10), 100, "17")["state"] == "SENT"
    town.clock.turn(days=9)  # Wednesday the 11th
    unpaid = came_back(town, 1, date(2026, 11, 9))
    assert (unpaid["state"], [state for _, state, _ in items(town, unpaid)]) == ("SENT", ["POSTED"])
    (rejects,) = town.council.folder("rent", "/import/dd").glob("DDREJECT_*.csv")
    told = "RENT91000010,91000010,2026-11-10,1.00,0,2026-11-11,"
    assert rejects.read_text("utf-8").splitlines()[1] == f"D,1,{told}"
    assert town.record("unpaid_debit", "RENT91000010")["state"] == "OUTSTANDING"
    assert call(town, date(2026, 11, 24), 100, "18")["state"] == "SENT"
    settled = town.record("unpaid_debit", "RENT91000010")
    assert settled["state"] == "SETTLED"
    once_more = call(town, date(2026, 11, 25), 100, "18")
    assert [state for _, state, _ in items(town, once_more)] == ["REJECTED"]
    town.clock.turn(days=14)  # it comes back a second time
    came_back(town, 2, date(2026, 11, 23), code="18")
    assert town.record("unpaid_debit", "RENT91000010")["data"]["outstanding"][0]["first"] == "2026-11-09"
    late = call(town, date(2026, 12, 11), 100, "18")  # processed on the 10th, a month and a day after
    assert "up to 2026-12-09" in str(items(town, late)[0][2])
