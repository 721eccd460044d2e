"""Input reports: what Bacs refused or changed is found, and its silence never means more than it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from hub.model import Answered, Facts, ItemState, SentItem, SentTransfer, Severity, Verdict
from hub.transfer.answers import answering
from plugins.bacs.input_report import plain
from tests.unit.bacs.bacs_files import FACTS, Outcome, golden, input_report, input_tally

REPORT = golden("input_report/one-refused.xml")
DAY = date(2026, 11, 30)
SENT = (
    SentItem("s1", "RENT0010000123", 52148, DAY, "1900000011", kind="COLLECTION"),
    SentItem("s2", "RENT0010000456", 49805, DAY, "1900000029", kind="COLLECTION"),
    SentItem("s3", "RENT0010000789", 10250, DAY, "1900000037", kind="COLLECTION"),
)
TOLD = {"file_number": "001", "processing_days": "2026-11-30"}
ABOUT = SentTransfer("t0", "654321/000124", TOLD)
ERROR = '<ErrorItem reference="RENT0010000789" valueOf="102.50" currency="GBP" transCode="18"/>'
ACCEPTED = '<AcceptedRecords numberOf="2" currency="GBP" valueOf="1019.53"/>'
REJECTED = '<RejectedRecords numberOf="1" currency="GBP" valueOf="102.50"/>'


def changed(*pairs: tuple[str, str]) -> bytes:
    text = REPORT.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def totals(accepted: tuple[int, str], rejected: tuple[int, str]) -> tuple[tuple[str, str], ...]:
    """Changes to what the totals say of debits."""
    found = zip((ACCEPTED, REJECTED), (("2", "1019.53"), ("1", "102.50")), (accepted, rejected), strict=True)
    return tuple(
        (old, old.replace(f'"{number}"', f'"{now[0]}"').replace(value, now[1]))
        for old, (number, value), now in found
    )


NONE_REJECTED = totals((3, "1122.03"), (0, "0.00"))


def with_sent(*sent: SentItem, about: SentTransfer | None = ABOUT) -> Facts:
    return replace(FACTS, sent=sent or SENT, about=about)


def held(outcome: Outcome) -> set[tuple[str, str | None]]:
    return {(f.check, f.field) for f in outcome.findings if f.severity is Severity.HOLD}


def said(outcome: Outcome) -> Sequence[tuple[str, Answered, str | None]]:
    made = answering(outcome.examined, ABOUT, outcome.taken)
    assert made is not None
    return [(one.item_id, one.said, one.reason) for one in made.given]


def test_what_is_listed_answers_its_record_and_the_rest_was_accepted() -> None:
    outcome = input_report(REPORT, with_sent())
    made = answering(outcome.examined, ABOUT, outcome.taken)
    assert (outcome.verdict, outcome.checks) == (Verdict.ACCEPTED, {"INPUT-07"})
    reason = "REJECTED: TRANSACTION CODE UNACCEPTABLE FOR DESTINATION SORTING CODE"
    assert said(outcome) == [("s3", Answered.REFUSED, reason)]
    assert made is not None
    assert made.rest is not None
    assert (made.rest.said, sorted(made.named)) == (Answered.ACCEPTED, ["s3"])
    assert [one.disposition.account for one in outcome.taken] == ["1900000037"]


def test_the_report_names_the_submission_by_user_and_serial() -> None:
    tally = input_tally(input_report(REPORT))
    assert tally.about() == "654321/000124"
    assert tally.totals() == {
        "count": 3,
        "value": "1122.03",
        "accepted": 2,
        "accepted_value": "1019.53",
        "rejected": 1,
        "rejected_value": "102.50",
    }


def test_each_type_of_error_has_its_meaning() -> None:
    returned = input_report(changed(('type="REJECTED"', 'type="RETURNED"')), with_sent())
    assert [one[:2] for one in said(returned)] == [("s3", Answered.REFUSED)]
    amended = input_report(changed(('type="REJECTED"', 'type="Amended"'), *NONE_REJECTED), with_sent())
    assert (amended.verdict, [one[:2] for one in said(amended)]) == (
        Verdict.ACCEPTED,
        [("s3", Answered.AMENDED)],
    )


def test_an_error_of_a_type_that_nobody_knows_waits_and_its_record_is_not_taken_as_accepted() -> None:
    outcome = input_report(changed(('type="REJECTED"', 'type="PARKED"'), *NONE_REJECTED), with_sent())
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD]
    made = answering(outcome.examined, ABOUT, outcome.taken)
    assert made is not None
    assert (list(made.given), sorted(made.named)) == ([], ["s3"])


def test_what_an_error_means_may_be_set() -> None:
    outcome = input_report(
        changed(('type="REJECTED"', 'type="PARKED"')), with_sent(), error_types={"PARKED": "refused"}
    )
    assert [one[:2] for one in said(outcome)] == [("s3", Answered.REFUSED)]


def test_another_service_users_report_is_refused_without_a_word_of_it() -> None:
    outcome = input_report(changed(('userNumber="654321"', 'userNumber="654322"')))
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.taken == []
    assert "data breach" in outcome.messages
    assert not {"RENT0010000789", "102.50", "1,122.03", "654322"} & set(outcome.messages.split())


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("</Data>", "", "INPUT-00"),
        ('reportType="REFT2013"', "", "INPUT-01"),
        ('volumeSerialNumber="000124"', 'volumeSerialNumber=""', "INPUT-01"),
        (
            'valueOf="102.50" currency="GBP" transCode',
            'valueOf="102,50" currency="GBP" transCode',
            "INPUT-03",
        ),
        (ACCEPTED, ACCEPTED.replace("1019.53", "1019.54"), "INPUT-04"),
        (ERROR, ERROR.replace("102.50", "102.51"), "INPUT-04"),
        ('type="REJECTED"', 'type="AMENDED"', "INPUT-04"),
    ],
)
def test_a_report_that_does_not_agree_with_itself_is_refused(old: str, new: str, check: str) -> None:
    outcome = input_report(changed((old, new)), with_sent())
    assert outcome.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
    assert check in outcome.checks


def test_sums_with_adjustments_are_not_compared() -> None:
    assert input_report(REPORT, with_sent()).verdict is Verdict.ACCEPTED
    adjusted = 'AdjustmentRecords numberOf="1" currency="GBP" valueOf="102.50"'
    none = adjusted.replace("1", "0", 1).replace("102.50", "0.00")
    assert input_report(changed((adjusted, none)), with_sent()).verdict is Verdict.REJECTED


@pytest.mark.parametrize("sent", [SENT[1:], (*SENT[:2], replace(SENT[2], amount=10251)), (*SENT, SENT[0])])
def test_a_report_of_other_sums_than_were_sent_waits_with_both_figures(sent: Sequence[SentItem]) -> None:
    outcome = input_report(REPORT, with_sent(*sent))
    assert outcome.verdict is Verdict.HELD
    assert ("INPUT-06", "debit_all_count") in held(outcome)
    total = sum(one.amount for one in sent)
    assert (
        f"the report tells of 3 of 1122.03, we sent {len(sent)} of {total // 100}.{total % 100:02}"
        in outcome.messages
    )


@pytest.mark.parametrize(
    ("told", "field"),
    [({"file_number": "002"}, "file_number"), ({"processing_days": "2026-11-27"}, "processing_days")],
)
def test_another_file_or_day_than_was_sent_waits_for_a_person(told: dict[str, str], field: str) -> None:
    about = replace(ABOUT, told={**TOLD, **told})
    outcome = input_report(REPORT, with_sent(about=about))
    assert held(outcome) == {("INPUT-06", field)}


def test_an_error_of_another_amount_is_not_taken_for_the_record_of_its_reference() -> None:
    outcome = input_report(REPORT, with_sent(*SENT[:2], replace(SENT[2], amount=10251)))
    assert (said(outcome), outcome.verdict) == ([], Verdict.HELD)
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD]


def test_an_error_that_names_nothing_that_was_sent_holds_the_report() -> None:
    data = changed(('reference="RENT0010000789"', 'reference="RENT0010009999"'))
    outcome = input_report(data, with_sent())
    assert outcome.verdict is Verdict.HELD
    assert held(outcome) == {("INPUT-06", "reference")}
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD]


def test_an_error_without_an_amount_is_found_by_its_reference_unless_two_have_it() -> None:
    no_amount = (ERROR, '<ErrorItem reference="RENT0010000789"/>')
    data = changed(no_amount, ('type="REJECTED"', 'type="AMENDED"'), *NONE_REJECTED)
    assert [one[:2] for one in said(input_report(data, with_sent()))] == [("s3", Answered.AMENDED)]
    twice = input_report(data, with_sent(*SENT, replace(SENT[2], id="s4")))
    assert (said(twice), held(twice)) == ([], {("INPUT-06", "reference"), ("INPUT-06", "debit_all_count")})


def test_a_message_about_the_whole_holds_a_report_that_accepts_and_refuses_one_that_does_not() -> None:
    message = ('fileLevelMessage=""', 'fileLevelMessage="FILE ACCEPTED WITH ERRORS"')
    assert held(input_report(changed(message), with_sent())) == {("INPUT-07", "message")}
    none = changed(
        ('fileLevelMessage=""', 'fileLevelMessage="LIMIT EXCEEDED"'),
        *totals((0, "0.00"), (3, "1122.03")),
        ("</Errors>", "".join(map(_refused, SENT[:2])) + "</Errors>"),
    )
    outcome = input_report(none, with_sent())
    made = answering(outcome.examined, ABOUT, outcome.taken)
    assert outcome.verdict is Verdict.ACCEPTED
    assert made is not None
    assert made.rest is not None
    assert made.rest.said is Answered.REFUSED
    assert made.rest.reason == "Bacs accepted none of its records: LIMIT EXCEEDED"


def _refused(one: SentItem) -> str:
    amount = f"{one.amount // 100}.{one.amount % 100:02}"
    item = f'<ErrorItem reference="{one.reference}" valueOf="{amount}"/>'
    return f'<Error><ErrorMessage type="REJECTED"/>{item}</Error>'


def test_errors_that_are_counted_and_not_listed_hold_the_report() -> None:
    counted = '<TotalNumberOfErrors amendedRecords="2" returnedRecords="0" rejectedRecords="1"/>'
    outcome = input_report(changed(("</InputUserFile>", f"{counted}</InputUserFile>")), with_sent())
    assert held(outcome) == {("INPUT-04", "amended_records")}


def test_figures_in_a_message_are_not_shown() -> None:
    assert plain("ACCOUNT 00012345 IS CLOSED") == "(see the report)"
