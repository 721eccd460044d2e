"""What left and what Bacs says of it, until nothing is open: serial, file number, parts, instructions apart,
what was withdrawn, and what did not come by the morning of the processing day.

The council's partners are folders; its clock is the test's."""

from __future__ import annotations

import io
import os
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e import test_records
from tests.e2e.test_bank_reports import DOCUMENT, arrive
from tests.e2e.test_instructions import DDI, LODGED, instructions, new, state
from tests.e2e.test_records import BUREAU, Town

town = test_records.town  # the fixture

GOLDEN = Path(__file__).parents[1] / "golden/bacs"
SENT = [("RENT91000010", "1.00"), ("RENT91000028", "2.00"), ("RENT91000036", "3.00")]


@pytest.fixture(autouse=True)
def folders(town):
    for folder in ("/import/dd", "/import/receipts", "/import/transactions"):
        town.council.folder("rent", folder)
    town.council.folder(*DDI)
    town.council.folder("bureau", "/outbound/reports/archive")
    rent = town.council.config / "routes/rent.yaml"
    rent.write_text(rent.read_text("utf-8").replace("# instructions: hub", "instructions: hub"), "utf-8")


def collected(town: Town) -> dict:
    town.collections()
    return town.run("bacs.submission")


def labels(town: Town, place: tuple[str, str] = BUREAU) -> tuple[str, str]:
    """Serial and file number of the last file, by position."""
    lines = sorted(town.council.folder(*place).iterdir())[-1].read_text("ascii").splitlines()
    return lines[0][4:10], lines[3][37:40]


def input_report(town: Town, refused: tuple[tuple[str, str], ...] = (), *, number: str | None = None) -> str:
    """What Bacs says of the three debits: those that are not listed were accepted."""
    serial, file_number = labels(town)
    rejected = sum(round(float(amount) * 100) for _, amount in refused)
    counts = {"Accepted": (3 - len(refused), 600 - rejected), "Rejected": (len(refused), rejected)}
    sums = {**counts, "Totals": (3, 600)}
    entries = "".join(
        f'<{name}Records numberOf="{count}" valueOf="{pence / 100:.2f}"/>'
        for name, (count, pence) in sums.items()
    )
    errors = "".join(
        f'<Error><ErrorMessage type="REJECTED"/><ErrorItem reference="{ref}" valueOf="{amount}"/></Error>'
        for ref, amount in refused
    )
    account = f"<AccountTotal><DebitEntry>{entries}</DebitEntry></AccountTotal>"
    totals = f"<AccountTotals>{account}</AccountTotals>"
    return report(serial, number or file_number, "2026-11-27", errors, totals)


def report(serial: str, number: str, day: str, errors: str = "", totals: str = "") -> str:
    return (
        '<BACSDocument><Data><InputReport><Header reportType="REFT2013">'
        f'<ProducedOn date="{day}" time="19:00:00"/><ProcessingDate date="{day}"/></Header>'
        f'<Submission><SubmissionInformation volumeSerialNumber="{serial}"/>'
        '<UserFile fileLevelMessage=""><InputUserFile>'
        f'<UserFileInformation userNumber="654321" userFileNumber="{number}"/><Errors>{errors}</Errors>'
        f'<DaySection><DaySectionRecord processingDate="{day}"/></DaySection>'
        f"<InputReportSummary>{totals}</InputReportSummary></InputUserFile></UserFile></Submission>"
        "</InputReport></Data></BACSDocument>"
    )


def shown(town: Town, transfer: dict) -> dict:
    return town.command("transfers", "show", transfer["id"], "--json").json


def deliveries(town: Town, transfer: dict) -> list[str]:
    return [delivery["state"] for delivery in shown(town, transfer)["deliveries"]]


def test_a_submission_that_bacs_took_in_part_says_which_parts(town):
    submission = collected(town)
    told = arrive(town, "input.xml", input_report(town, (SENT[1],)))
    assert told["state"] == "APPLIED"
    view = shown(town, submission)
    assert deliveries(town, submission) == ["CONFIRMED"]
    assert (view["answered"]["accepted"], view["answered"]["refused"]) == (2, 1)
    assert [(one["reference"], one["said"]) for one in view["objections"]] == [("RENT91000028", "refused")]
    assert town.command("overdue", "--json").json == []


def test_a_report_with_another_file_number_waits_for_a_person_and_answers_nothing(town):
    submission = collected(town)
    told = arrive(town, "input.xml", input_report(town, number="099"))
    assert told["state"] == "HELD"
    assert "file number: the report says 099" in shown(town, told)["reason"]
    assert deliveries(town, submission) == ["SENT"]


def test_a_report_of_another_serial_is_about_nothing_that_we_sent(town):
    submission = collected(town)
    serial, _ = labels(town)
    told = arrive(town, "input.xml", input_report(town).replace(f'"{serial}"', '"000999"'))
    assert (told["state"], deliveries(town, submission)) == ("HELD", ["SENT"])
    assert "went out as 654321/000999" in shown(town, told)["reason"]


def test_what_did_not_come_by_the_morning_of_the_processing_day_is_a_broken_promise(town):
    """Sent on 2 November for 27 November: the report is due at 08:00 of that day, by the example route."""
    submission = collected(town)
    assert shown(town, submission)["business_date"]
    town.clock.at = datetime(2026, 11, 27, 7, 59, tzinfo=UTC)
    assert [entry["late"] for entry in town.command("overdue", "--json").json] == [False]
    town.clock.turn(minutes=2)
    town.command("run", "bacs.reports_in")
    (late,) = town.command("overdue", "--json").json
    assert (late["late"], late["id"]) == (True, submission["id"])
    assert "bacs.input_report answers" in late["what"]
    assert {item["state"] for item in shown(town, submission)["items"]} == {"UNANSWERED"}
    arrive(town, "input.xml", input_report(town))
    assert town.command("overdue", "--json").json == []
    assert {item["state"] for item in shown(town, submission)["items"]} == {"ANSWERED"}


# Instructions, which have an Input report of their own.

NOT_TAKEN = '<Error><ErrorMessage type="REJECTED"/><ErrorItem reference="DDI091000010"/></Error>'


def test_the_input_report_of_instructions_answers_them_and_settles_their_file(town):
    new(town, "91000010", "91000028")
    batch = instructions(town)
    serial, number = labels(town, DDI)
    told = arrive(town, "input.xml", report(serial, number, "2026-11-04", NOT_TAKEN))
    assert (told["feed"], told["state"]) == ("bacs.instruction_input", "APPLIED")
    assert deliveries(town, batch) == ["CONFIRMED"]
    assert state(town, "DDI091000010") == ("SUSPENDED", None)
    assert state(town, "DDI091000028") == ("NEW", "2026-11-04")
    (task,) = town.command("worklist", "list", "--json").json
    assert "Bacs did not take its instruction" in task["title"]


def test_a_file_of_one_instruction_that_bacs_did_not_take_is_refused(town):
    new(town, "91000010")
    batch = instructions(town)
    serial, number = labels(town, DDI)
    arrive(town, "input.xml", report(serial, number, "2026-11-04", NOT_TAKEN))
    assert deliveries(town, batch) == ["REFUSED"]
    assert state(town, LODGED) == ("SUSPENDED", None)


# Withdrawals and arrivals.


def withdrawal(town: Town) -> str:
    serial, _ = labels(town)
    text = (GOLDEN / "reports/withdrawal.xml").read_text("utf-8")
    return text.replace("000124", serial).replace("1122.03", "6.00")


def test_a_submission_that_was_withdrawn_is_refused_once_a_person_has_seen_it(town):
    submission = collected(town)
    held = arrive(town, "withdrawal.xml", withdrawal(town))
    assert (held["state"], deliveries(town, submission)) == ("HELD", ["SENT"])
    assert town.command("approvals", "list", "--json").json
    town.command("transfers", "release", held["id"], "--reason", "we asked for it")
    assert deliveries(town, submission) == ["REFUSED"]
    assert {item["state"] for item in shown(town, submission)["items"]} == {"ANSWERED"}
    town.clock.at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    town.command("run", "bacs.reports_in")
    (late,) = town.command("overdue", "--json").json
    assert "is refused by the partner" in late["what"], "nobody waits for an Input report any more"


def test_a_first_collection_that_was_withdrawn_was_not_collected(town):
    from datetime import date

    from tests.e2e.test_instructions import collect

    new(town, "91000010")
    instructions(town)
    collect(town, LODGED, "91000010", date(2026, 11, 12))
    assert state(town, LODGED)[0] == "ACTIVE"
    held = arrive(town, "withdrawal.xml", withdrawal(town).replace("6.00", "99.00"))
    town.command("transfers", "release", held["id"], "--reason", "we asked for it")
    assert state(town, LODGED) == ("NEW", "2026-11-04")


def test_an_arrival_is_kept_and_a_rejected_one_waits_for_a_person(town):
    good, bad = (GOLDEN / f"reports/arrival{name}.xml" for name in ("", "-rejected"))
    assert arrive(town, "a.xml", good.read_text("utf-8"))["state"] == "APPLIED"
    held = arrive(town, "b.xml", bad.read_text("utf-8"))
    assert held["state"] == "HELD"
    assert "Bacs" in shown(town, held)["reason"]


# A zip of several reports.


def zipped(town: Town, files: dict[str, str]) -> dict[str, dict]:
    """What became of a zip and of its members, by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    path = town.council.folder("bureau", "/outbound/reports") / "reports.zip"
    path.write_bytes(made.getvalue())
    earlier = town.clock.at.timestamp() - 3600
    os.utime(path, (earlier, earlier))
    told = town.command("run", "bacs.reports_in", "--json").json["transfers"]
    return {one["name"]: one for one in told}


def test_each_report_of_a_zip_is_worked_and_somebody_elses_alone_is_refused(town):
    submission = collected(town)
    advice = DOCUMENT.format(sun="654321", day="2026-11-02", number=1, advices="")
    foreign = DOCUMENT.format(sun="111111", day="2026-11-02", number=2, advices="")
    told = zipped(town, {"input.xml": input_report(town), "addacs.xml": advice, "other.xml": foreign})
    assert {name: one["state"] for name, one in told.items()} == {
        "reports.zip": "APPLIED", "input.xml": "APPLIED", "addacs.xml": "APPLIED", "other.xml": "REJECTED",
    }  # fmt: skip
    assert deliveries(town, submission) == ["CONFIRMED"]


@pytest.mark.parametrize(
    "files", [{"../a.xml": "<a/>"}, {f"{n}.xml": "<a/>" for n in range(1001)}], ids=["..", "1001"]
)
def test_a_zip_that_is_not_to_be_trusted_is_refused_whole(town, files):
    told = zipped(town, files)
    assert {name: one["state"] for name, one in told.items()} == {"reports.zip": "REJECTED"}
    assert re.search("bundle", shown(town, told["reports.zip"])["reason"])
