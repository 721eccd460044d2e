"""Reports about a whole submission beside the Input report of its payments: that of its instructions, and
that it was withdrawn; and what holds for every report of advices, under its own codes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.door.feed import Feed
from hub.model import Answered, Severity, Verdict
from plugins.bacs.feeds import ADDACS, AUDDIS, AUDDIS_FILES, AWACS, INSTRUCTION_INPUT, WITHDRAWAL
from plugins.bacs.report_feeds import ACKNOWLEDGEMENT
from tests.unit.bacs.bacs_files import FACTS, Outcome, golden, report, request
from tests.unit.bacs.test_bacs_input_report import ABOUT, SENT

INSTRUCTIONS = golden("reports/input-instructions.xml")
WITHDRAWN = golden("reports/withdrawal.xml")
SENT_IT = replace(FACTS, about=ABOUT, sent=SENT)


def told(outcome: Outcome) -> dict[str, Severity]:
    return {finding.check: finding.severity for finding in outcome.findings}


def test_a_withdrawal_of_other_sums_than_were_sent_says_so() -> None:
    assert told(report(WITHDRAWAL, WITHDRAWN, SENT_IT)) == {"WITHDR-05": Severity.HOLD}
    other = WITHDRAWN.replace(b"1122.03", b"1122.04")
    findings = told(report(WITHDRAWAL, other, SENT_IT))
    assert findings == {"WITHDR-04": Severity.WARNING, "WITHDR-05": Severity.HOLD}


def test_a_withdrawal_names_one_submission() -> None:
    start, end = WITHDRAWN.index(b"<SubmissionInformation"), WITHDRAWN.index(b"<UserFile>")
    for names in (b"", WITHDRAWN[start:end] * 2):
        outcome = report(WITHDRAWAL, WITHDRAWN[:start] + names + WITHDRAWN[end:])
        assert (outcome.verdict, told(outcome).get("WITHDR-01")) == (Verdict.REJECTED, Severity.ERROR)


@pytest.mark.parametrize(
    ("old", "new", "check", "severity"),
    [
        ("REFT2013", "REFT9999", "INPUT-01", Severity.WARNING),
        ('fileLevelMessage=""', 'fileLevelMessage="FILE REJECTED"', "INPUT-07", Severity.HOLD),
    ],
)
def test_a_report_of_instructions_tells_what_is_not_usual(
    old: str, new: str, check: str, severity: Severity
) -> None:
    before = report(INSTRUCTION_INPUT, INSTRUCTIONS)
    after = report(INSTRUCTION_INPUT, INSTRUCTIONS.replace(old.encode(), new.encode()))
    new_ones = [f for f in after.findings if f not in before.findings]
    assert [(one.check, one.severity) for one in new_ones] == [(check, severity)]


def test_a_report_of_instructions_about_a_submission_without_any_waits() -> None:
    outcome = report(INSTRUCTION_INPUT, INSTRUCTIONS, replace(FACTS, about=ABOUT, sent=()))
    assert outcome.verdict is Verdict.HELD
    assert "we sent no instruction with this submission" in outcome.messages


ROW = "000299,40154823,A TENANT,0.00,{code},000199,20000015,EXAMPLE COUNCIL,RENT{ref},26/11/2026\r\n"


@pytest.mark.parametrize(
    ("feed", "name"), [(AUDDIS_FILES, "auddis-accepted"), (INSTRUCTION_INPUT, "input-instructions")]
)
def test_instructions_alone_in_a_csv_file_are_found_by_their_day(feed: Feed, name: str) -> None:
    """The bureau gave the file its serial, which is the surest name of it all the same."""
    file = "".join(ROW.format(code=code, ref=ref) for code, ref in (("0N", "00100001"), ("0C", "00100002")))
    sent = request("paygate", file.encode()).examined.tally.goes_out_as()
    assert sent == "654321/2026-11-26..2026-11-26/0 of 0.00/0 of 0.00"
    tally = report(feed, golden(f"reports/{name}.xml")).examined.tally
    assert feed.answers is not None and feed.answers.whole is not None
    serial, by_day = feed.answers.whole(tally) or ("", "")
    assert (serial.startswith("654321/"), serial.count("/"), by_day) == (True, 1, sent)


ADVICES = (
    (ADDACS, "addacs", "ADDACS"),
    (AUDDIS, "auddis-returned", "AUDDIS"),
    (AUDDIS_FILES, "auddis-accepted", "AUDFILE"),
    (AWACS, "awacs", "AWACS"),
)
FAULTS = (
    ("<AddresseeInformation", '<MessagingError line1="SEE US"/><AddresseeInformation', "01", Severity.HOLD),
    ("<MessagingHeader", "<MessagingHeader/><MessagingHeader", "01", Severity.ERROR),
    ('report-type="7', 'report-type="9', "01", Severity.WARNING),
    ('<MessagingAdvice user-number="654321"', '<MessagingAdvice user-number="111111"', "02", Severity.ERROR),
    ('aosn="0" subject-last-aosn="0"', 'aosn="1" subject-last-aosn="2"', "04", Severity.ERROR),
    ('subject-last-aosn="0000000', 'subject-last-aosn="0000001', "04", Severity.ERROR),
)


@pytest.mark.parametrize(("feed", "name", "prefix"), ADVICES)
def test_every_report_of_advices_is_looked_at_alike(feed: Feed, name: str, prefix: str) -> None:
    sound = golden(f"reports/{name}.xml").decode()
    for old, new, number, severity in FAULTS:
        if old in sound:
            found = report(feed, sound.replace(old, new, 1).encode()).findings
            assert (f"{prefix}-{number}", severity) in [(one.check, one.severity) for one in found], new


ACKS = b"File name;Status\r\n654321_collections_20261130_000124.txt;%s\r\n".replace(b";", b",")
CALLED = {"columns": {"file": ["File name"], "outcome": ["Status"]}}


@pytest.mark.parametrize(
    ("word", "checks", "said"),
    [
        (b"Imported", [], None),
        (b"rejected", ["BUREAU-03"], Answered.REFUSED),
        (b"waiting", ["BUREAU-02"], None),
    ],
)
def test_what_the_bureaus_software_refused_is_refused_and_an_import_accepts_nothing(
    word: bytes, checks: list[str], said: Answered | None
) -> None:
    outcome = report(ACKNOWLEDGEMENT, ACKS % word, **CALLED)
    answers = ACKNOWLEDGEMENT.answers
    assert [finding.check for finding in outcome.findings] == checks
    assert answers is not None and answers.whole is not None
    assert answers.whole(outcome.examined.tally) == "654321/000124"
    rest = answers.rest(outcome.examined.tally)
    assert (rest.said if rest else None) == said


def test_an_acknowledgement_of_a_file_without_serial_in_its_name_waits() -> None:
    outcome = report(ACKNOWLEDGEMENT, ACKS.replace(b"_000124", b"") % b"ok", **CALLED)
    assert (outcome.verdict, told(outcome)) == (Verdict.HELD, {"BUREAU-01": Severity.HOLD})
