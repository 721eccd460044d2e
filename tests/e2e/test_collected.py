"""Collections that Bacs accepted are posted once, on the day of entry; what it refused never is."""

from __future__ import annotations

import csv
import re

import pytest

from hub.rent.renttran import RENTTRAN
from tests.e2e import test_records
from tests.e2e.test_bank_reports import CLAIM, CLAIMS, arrive, posted

town = test_records.town  # the fixture

ENTRY_DAY = "2026-11-30"
REFUSED = (
    '<Error><ErrorMessage type="REJECTED" line1="INVALID"/><ErrorItem reference="RENT91000028"'
    ' valueOf="2.00" currency="GBP"/></Error>'
)


def told(name: str, count: int, pounds: str) -> str:
    return f'<{name} numberOf="{count}" currency="GBP" valueOf="{pounds}"/>'


def input_report(town, errors: str = "", rejected: tuple[int, str] = (0, "0.00")) -> str:
    """What Bacs says of the one submission that lies there, of three debits of 1.00, 2.00 and 3.00."""
    (sent,) = town.council.folder(*test_records.BUREAU).iterdir()
    text = sent.read_text("ascii")
    serial, number = re.search(r"VOL1(\d{6})", text)[1], re.search(r"DAILY  (\d{3})", text)[1]
    accepted = (3 - rejected[0], f"{6 - float(rejected[1]):.2f}")
    day = "2026-11-27"
    return (
        '<BACSDocument><Data><InputReport><Header reportNumber="1" reportType="REFT2013">'
        f'<ProducedOn date="{day}" time="06:12:33"/><ProcessingDate date="{day}"/></Header>'
        f'<Submission><SubmissionInformation volumeSerialNumber="{serial}"/>'
        '<UserFile fileLevelMessage=""><InputUserFile><UserFileInformation userNumber="654321"'
        f' userFileNumber="{number}" sequenceNumber="0001"/><Errors>{errors}</Errors>'
        '<DaySection daySectionLevelErrorMessage="">'
        f'<DaySectionRecord processingDate="{day}"/></DaySection>'
        "<InputReportSummary><AccountTotals><AccountTotal><DebitEntry>"
        f"{told('AcceptedRecords', *accepted)}{told('RejectedRecords', *rejected)}"
        f"{told('TotalsRecords', 3, '6.00')}</DebitEntry></AccountTotal></AccountTotals></InputReportSummary>"
        "</InputUserFile></UserFile></Submission></InputReport></Data></BACSDocument>"
    )


@pytest.fixture(autouse=True)
def posting_council(town):
    """A rent system that posts no collection itself, and a call that has left."""
    path = town.council.config / "routes/bacs.yaml"
    path.write_text(path.read_text("utf-8").replace("# post_collections: true", "post_collections: true"))
    for folder in ("/import/dd", "/import/receipts", "/import/transactions"):
        town.council.folder("rent", folder)
    town.collections()
    town.run("bacs.submission")


def receipts_on(town, days: int):
    """What the route posts when so many days have passed."""
    town.clock.turn(days=days)
    return town.command("run", "bacs.collected", "--json").json["transfers"]


def test_each_accepted_collection_is_posted_once_on_its_entry_day(town):
    arrive(town, "input.xml", input_report(town))
    assert receipts_on(town, 27) == []  # 29 November, a Sunday
    (batch,) = receipts_on(town, 1)
    assert batch["state"] == "SENT"
    assert posted(town) == [
        ["91000010", "RECEIPT", ENTRY_DAY, "-1.00"],
        ["91000028", "RECEIPT", ENTRY_DAY, "-2.00"],
        ["91000036", "RECEIPT", ENTRY_DAY, "-3.00"],
    ]
    assert receipts_on(town, 1) == []


def test_what_bacs_refused_is_never_posted(town):
    arrive(town, "input.xml", input_report(town, REFUSED, (1, "2.00")))
    receipts_on(town, 28)
    assert [row[0] for row in posted(town)] == ["91000010", "91000036"]


def test_nothing_is_posted_before_bacs_has_said_what_it_accepted(town):
    assert receipts_on(town, 28) == []


def test_a_claim_names_the_receipt_that_it_takes_back(town):
    arrive(town, "input.xml", input_report(town))
    receipts_on(town, 28)
    debit = (
        "<DDCollections><Debit><DateOfDirectDebit>2026-11-30</DateOfDirectDebit><Amount>2.00</Amount>"
        "</Debit></DDCollections>"
    )
    new = CLAIM.format(claim="DDIC01", reference="RENT91000028", total="2.00", debits=debit)
    arrive(town, "ddic.xml", CLAIMS.format(new=new, value="2.00", back=""))
    rows = [
        row for path in town.council.folder("rent", "/import/transactions").iterdir() for row in told_of(path)
    ]
    (receipt,) = (row for row in rows if row["kind"] == "RECEIPT" and row["payment_ref"] == "91000028")
    (reversal,) = (row for row in rows if row["kind"] == "REVERSAL")
    assert reversal["reverses_id"] == receipt["external_ref"] != ""


def ledger_lines(town):
    """Of each file that finance was sent: date, account, pence, text; by the positions of GL07."""
    files = sorted(town.council.folder("finance", "/import").iterdir())
    lines = [line for path in files for line in path.read_text("cp1252").splitlines()]
    return [
        (line[753:761], line[102:127].strip(), int(line[399:419]), line[490:745].strip()) for line in lines
    ]


def booked_on(town, days):
    """What the route of bookings sends when so many days have passed."""
    town.clock.turn(days=days)
    return town.command("run", "agresso.bookings", "--json").json["transfers"]


def test_what_the_bank_is_paid_and_gives_back_is_booked_on_its_days(town):
    """The contra is what Bacs accepted, on the entry day; a claim leaves the bank on its own day."""
    for folder in ("/import", "/control"):
        town.council.folder("finance", folder)
    path = town.council.config / "routes/bacs.yaml"
    before, reports, after = path.read_text("utf-8").partition("  reports_in:")
    user = 'service_user_number: "654321"'
    after = after.replace(user, f"{user}\n      book_entries: true", 1)
    path.write_text(before.replace("# book_entries: true", "book_entries: true") + reports + after, "utf-8")
    arrive(town, "input.xml", input_report(town, REFUSED, (1, "2.00")))
    assert booked_on(town, 27) == []
    (batch,) = booked_on(town, 1)
    assert batch["state"] == "SENT"
    contra = [
        ("20261130", "B1900", 400, "Direct Debits collected 2026-11-30"),
        ("20261130", "B1000", -400, "Direct Debits 2026-11-30"),
    ]
    assert ledger_lines(town) == contra
    assert booked_on(town, 1) == []
    debit = "<Debit><DateOfDirectDebit>2026-11-30</DateOfDirectDebit><Amount>3.00</Amount></Debit>"
    debits = f"<DDCollections>{debit}</DDCollections>"
    new = CLAIM.format(claim="DDIC01", reference="RENT91000036", total="3.00", debits=debits)
    arrive(town, "ddic.xml", CLAIMS.format(new=new, value="3.00", back=""))
    assert booked_on(town, 21) == []  # 22 December
    booked_on(town, 1)
    assert ledger_lines(town)[2:] == [
        ("20261223", "B1900", -300, "Direct Debits claimed back 2026-12-23"),
        ("20261223", "B1000", 300, "Direct Debits 2026-12-23"),
    ]


def told_of(path):
    """The postings of a file by column."""
    with path.open(encoding="utf-8", newline="") as file:
        details = [row for row in csv.reader(file) if row[0] == "D"]
    return [dict(zip(("type", "line", *RENTTRAN.columns), row, strict=True)) for row in details]
