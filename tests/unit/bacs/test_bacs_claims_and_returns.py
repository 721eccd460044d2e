"""Indemnity claims, returned refunds, corrected payees, and whole files of instructions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.model import Answered, Facts, ItemState, Record, SentItem, SentTransfer, Severity, Verdict
from hub.transfer.records import Snapshot
from plugins.bacs.awacs import PAYEE_LIFE
from plugins.bacs.claims import CANCELLED, CLAIM, CLAIMED, is_the_debit, to_posting
from plugins.bacs.codes import reasons
from plugins.bacs.feeds import ARUCS, AUDDIS_FILES, AWACS, DDIC
from plugins.bacs.returned import to_receipt
from tests.unit.bacs.bacs_files import FACTS, MOMENT, Outcome, golden, report
from tests.unit.bacs.test_bacs_mandate_reports import changed

CLAIMS, RETURNS = golden("reports/ddica.xml"), golden("reports/arucs.xml")
PAYEES, TAKEN = golden("reports/awacs.xml"), golden("reports/auddis-accepted.xml")
OCTOBER = SentItem("c1", "RENT0010000123", 52148, date(2026, 9, 30), "1900000011", kind="COLLECTION")
NO_WORDS = (
    "<ReasonCodeMeaning>No advance notice received by payer, or amount disputed<",
    "<ReasonCodeMeaning><",
)
NOVEMBER = replace(OCTOBER, id="c2", on=date(2026, 10, 30))
SENT = replace(FACTS, sent=(OCTOBER, NOVEMBER), records=Snapshot([]))


def claims(data: bytes = CLAIMS, facts: Facts = SENT, **options: object) -> Outcome:
    return report(DDIC, data, facts, **options)


def answers(outcome: Outcome) -> list[str | None]:
    return [one.disposition.answers for one in outcome.taken]


def test_each_claimed_debit_answers_its_collection_and_is_reversed() -> None:
    outcome = claims()
    assert (outcome.verdict, outcome.told, answers(outcome)) == (Verdict.ACCEPTED, [], ["c1", "c2"])
    ctx = replace(outcome.ctx, moment=MOMENT)
    made = [posting for one in outcome.carried for posting in to_posting(one, ctx)]
    assert [(one.kind, one.amount, one.reverses_id, one.external_ref) for one in made] == [
        ("REVERSAL", 52148, "c1", "DDIC0000000001/1"),
        ("REVERSAL", 52148, "c2", "DDIC0000000001/2"),
    ]
    assert {one.transaction_date for one in made} == {date(2026, 12, 23)}
    at_once = claims(claim_dated="report")
    (posting,) = to_posting(at_once.taken[0], replace(at_once.ctx, moment=MOMENT))
    assert posting.transaction_date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        (OCTOBER, True),
        (replace(OCTOBER, on=date(2026, 9, 26)), True),
        (replace(OCTOBER, on=date(2026, 9, 25)), False),
        (replace(OCTOBER, on=date(2026, 10, 2)), False),
        (replace(OCTOBER, amount=52149), False),
        (replace(OCTOBER, kind="REFUND"), False),
        (replace(OCTOBER, reference="RENT-0010 000123"), True),
    ],
)
def test_a_claim_is_about_the_collection_just_before_the_day_it_names(sent: SentItem, fits: bool) -> None:
    assert is_the_debit(claims().taken[0].item, sent) is fits


def test_a_claim_finds_its_collection_though_the_bank_wrote_spaces_for_hyphens() -> None:
    told = changed(CLAIMS, ("RENT0010000123", "RENT 001 0000123"))
    sent = tuple(replace(one, reference="RENT-001-0000123") for one in (OCTOBER, NOVEMBER))
    assert answers(claims(told, replace(SENT, sent=sent))) == ["c1", "c2"]
    payer = {"account_number": "40154823"}
    odd = tuple(replace(one, reference="RENT-001 0000123", personal=payer) for one in (OCTOBER, NOVEMBER))
    assert answers(claims(told, replace(SENT, sent=odd))) == ["c1", "c2"]


def test_a_claim_for_nothing_that_was_sent_or_that_came_before_waits_for_a_person() -> None:
    assert "NO_COLLECTION" in str(claims(facts=replace(SENT, sent=())).reasons)
    known = Record(kind=CLAIM, key="DDIC0000000001", state=CLAIMED)
    again = claims(facts=replace(SENT, records=Snapshot([known])))
    assert {one.disposition.state for one in again.taken} == {ItemState.HELD}
    assert "CLAIM_KNOWN" in str(again.reasons)


@pytest.mark.parametrize("code", sorted(reasons("DDIC")))
def test_the_reason_of_a_claim_may_end_the_mandate(code: str) -> None:
    outcome = claims(changed(CLAIMS, ("<ReasonCode>2<", f"<ReasonCode>{code}<"), NO_WORDS))
    ended = [one.item.data["action"] for one in outcome.of("MANDATE_CHANGE")]
    assert ended == ([] if reasons("DDIC")[code].mandate_action == "keep" else ["cancel"])


def taken_back(claim: Record | None) -> Outcome:
    text = CLAIMS.decode()
    start, end = text.index("<DDICAdvice>"), text.index("</DDICAdvice>") + len("</DDICAdvice>")
    back = text[start:end].replace("DDICAdvice", "DDICCancellation")
    text = (text[:start] + text[end:]).replace("<TotalValueOfDebits>1,042.96", "<TotalValueOfDebits>0.00")
    text = text.replace("<Cancellations>", f"<Cancellations>{back}")
    text = text.replace("<TotalValueOfCancellations>0.00", "<TotalValueOfCancellations>1,042.96")
    return claims(text.encode(), replace(SENT, records=Snapshot([claim] if claim else [])))


REVERSED = Record(
    kind=CLAIM,
    key="DDIC0000000001",
    state=CLAIMED,
    account="1900000011",
    data={"reversed_1": 52148, "reversed_2": 52148},
)


def test_a_claim_that_is_taken_back_is_posted_back_to_its_account() -> None:
    outcome = taken_back(REVERSED)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    (posting,) = to_posting(outcome.carried[0], replace(outcome.ctx, moment=MOMENT))
    assert (posting.kind, posting.amount, posting.payment_ref) == ("RECEIPT", -104296, "1900000011")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (None, "NO_CLAIM"),
        (replace(REVERSED, state=CANCELLED), "CLAIM_CANCELLED"),
        (replace(REVERSED, data={"reversed_1": 52148}), "OTHER_AMOUNT"),
    ],
)
def test_what_cannot_be_taken_back_waits_for_a_person(claim: Record | None, why: str) -> None:
    assert why in str(taken_back(claim).reasons)


WRONG_CLAIMS = {
    "debits": (("<Amount>521.48</Amount>", "<Amount>521.49</Amount>"), "DDIC-04"),
    "total of the report": (("<TotalValueOfDebits>1,042.96", "<TotalValueOfDebits>1,042.97"), "DDIC-04"),
    "cancellations": (("<TotalValueOfCancellations>0.00", "<TotalValueOfCancellations>1.00"), "DDIC-04"),
    "no day": (("<DateOfDebit>2026-12-23</DateOfDebit>", ""), "DDIC-03"),
    "not a day": (("2026-10-01", "01/10/2026"), "DDIC-03"),
    "comma in the wrong place": (("1,042.96</TotalAmount>", "10,42.96</TotalAmount>"), "DDIC-04"),
    "no service user": (("<ServiceUserNumber>654321</ServiceUserNumber>", ""), "DDIC-01"),
    "another's": (("654321", "111111"), "DDIC-02"),
    "no debits": (("DDCollections", "Others"), "DDIC-03"),
    "cut": (("</VocaDocument>", ""), "DDIC-00"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "check"), WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_wrong_report_of_claims_is_refused_whole(change: tuple[str, str], check: str) -> None:
    outcome = claims(changed(CLAIMS, change))
    assert outcome.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
    assert check in outcome.checks


def test_a_reason_that_nobody_knows_is_kept_and_waits() -> None:
    outcome = claims(changed(CLAIMS, ("<ReasonCode>2<", "<ReasonCode>Z<")))
    assert [(found.check, found.severity) for found in outcome.findings] == [("DDIC-05", Severity.HOLD_ITEM)]
    assert {one.disposition.state for one in outcome.taken} == {ItemState.HELD}


def test_a_reason_whose_words_say_another_waits_and_ends_no_mandate() -> None:
    outcome = claims(changed(CLAIMS, ("<ReasonCode>2<", "<ReasonCode>5<")))
    assert [(found.check, found.field) for found in outcome.findings] == [("DDIC-05", "meaning")]
    assert {one.disposition.state for one in outcome.taken} == {ItemState.HELD}


# Refunds that came back.

PAYEE = {"account_name": "A TENANT", "sort_code": "000299", "account_number": "40154823"}
PAID = SentItem(
    "r1", "REFUND 0010000123", 7500, date(2026, 11, 30), "1900000011", personal=PAYEE, kind="REFUND"
)


def returns(data: bytes = RETURNS, *sent: SentItem, **options: object) -> Outcome:
    return report(ARUCS, data, replace(SENT, sent=sent), **{"arucs_layout_proven": True, **options})


def test_a_returned_refund_is_credited_to_the_account_it_was_paid_from() -> None:
    outcome = returns(RETURNS, PAID)
    assert (outcome.verdict, outcome.told, answers(outcome)) == (Verdict.ACCEPTED, [], ["r1"])
    (posting,) = to_receipt(outcome.carried[0], replace(outcome.ctx, moment=MOMENT))
    assert (posting.kind, posting.amount, posting.reverses_id) == ("RECEIPT", -7500, "r1")
    assert posting.narrative == "REFUND RETURNED: Account closed"


def test_a_person_looks_at_a_layout_that_is_assumed() -> None:
    outcome = returns(RETURNS, PAID, arucs_layout_proven=False)
    assert (outcome.verdict, outcome.checks) == (Verdict.HELD, {"ARUCS-01"})


def test_every_element_of_a_returned_credit_is_read_wherever_it_stands() -> None:
    data = changed(RETURNS, ("ReturnedCreditItem", "ReturnedThing"), ("<Advice>", "<Advice><Returned/>"))
    assert answers(returns(data, PAID)) == ["r1"]


@pytest.mark.parametrize("code", sorted(reasons("ARUCS")))
def test_a_death_holds_the_account_of_a_returned_refund(code: str) -> None:
    outcome = returns(changed(RETURNS, ('"B128"', f'"{code}128"')), PAID)
    (one,) = outcome.carried
    asked = [move.data["kind"] for move in ARUCS.moves(one, outcome.ctx)]
    assert asked == (["DECEASED"] if code == "2" else [])
    assert one.item.data["reason_text"] == reasons("ARUCS")[code].meaning


def test_money_that_came_back_for_no_known_account_is_suspended_and_a_stranger_waits() -> None:
    unknown = returns(RETURNS, replace(PAID, account=None)).taken[0].disposition
    assert unknown.state is ItemState.SUSPENDED
    assert "NO_REFUND" in str(returns(RETURNS).reasons)
    assert "NO_REFUND" in str(returns(RETURNS, replace(PAID, amount=7501)).reasons)


def test_a_returned_refund_with_an_unknown_reason_waits() -> None:
    outcome = returns(changed(RETURNS, ('"B128"', '"Z128"')), PAID)
    assert [(found.check, found.severity) for found in outcome.findings] == [("ARUCS-05", Severity.HOLD_ITEM)]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (('numberOf="1"', 'numberOf="2"'), "ARUCS-04"),
        (('<Totals numberOf="1" valueOf="75.00"', '<Totals numberOf="1" valueOf="75.01"'), "ARUCS-04"),
        (('userNumber="654321"', 'userNumber="111111"'), "ARUCS-02"),
        (('originalProcessingDate="2026-11-30"', 'originalProcessingDate="30 Nov"'), "ARUCS-03"),
    ],
)
def test_a_wrong_report_of_returns_is_refused_whole(change: tuple[str, str], check: str) -> None:
    outcome = returns(changed(RETURNS, change), PAID)
    assert outcome.verdict is Verdict.REJECTED
    assert check in outcome.checks


# Corrected payees.


def test_a_corrected_payee_is_remembered_and_a_person_asked_to_correct_it() -> None:
    outcome = report(AWACS, PAYEES, replace(SENT, sent=(PAID,)))
    (one,) = outcome.taken
    assert (one.disposition.state, answers(outcome)) == (ItemState.NOTED, ["r1"])
    assert AWACS.answers is not None
    assert AWACS.answers.says(one.item) is Answered.AMENDED
    (move,) = AWACS.moves(one, outcome.ctx)
    assert (move.key, move.personal["new_account_number"]) == ("REFUND 0010000123", "63291013")
    made = Record(kind=move.kind, key=move.key, state="CORRECTED", personal=move.personal)
    (task,) = PAYEE_LIFE.when(None, made, FACTS) if PAYEE_LIFE.when else ()
    assert "REFUND 0010000123" in task.title  # type: ignore[union-attr]
    assert "63291013" not in task.title  # type: ignore[union-attr]


def test_a_correction_without_details_or_reason_waits() -> None:
    bare = report(AWACS, changed(PAYEES, (' payer-new-sort-code="000350"', "")), SENT)
    assert "NO_NEW_DETAILS" in str(bare.reasons)
    unknown = report(AWACS, changed(PAYEES, ('reason-code="3"', 'reason-code="9"')), SENT)
    assert [one.disposition.state for one in unknown.taken] == [ItemState.HELD]


def test_a_report_with_records_of_credits_is_known_whatever_it_is_called() -> None:
    assert AWACS.recognise(changed(PAYEES, ('advice-type="AWACS" ', ""), ("7005", "7009"))) is not None


# Files of instructions.

ABOUT = SentTransfer("t9", "654321/000126", {"file_number": "003"})
INSTRUCTIONS = tuple(
    SentItem(f"i{n}", f"RENT{n}", 0, date(2026, 11, 26), None, kind="INSTRUCTION") for n in (1, 2)
)


def instruction_file(*pairs: tuple[str, str], sent: tuple[SentItem, ...] = INSTRUCTIONS) -> Outcome:
    facts = replace(SENT, sent=sent, about=ABOUT)
    return report(AUDDIS_FILES, changed(TAKEN, *pairs), facts)


def rest_of(outcome: Outcome) -> Answered | None:
    assert AUDDIS_FILES.answers is not None
    assert AUDDIS_FILES.answers.whole is not None
    first, *_ = AUDDIS_FILES.answers.whole(outcome.examined.tally) or ("",)
    assert first == ABOUT.identity
    rest = AUDDIS_FILES.answers.rest(outcome.examined.tally)
    return rest.said if rest else None


def test_a_file_of_instructions_that_was_taken_accepts_each_of_them() -> None:
    outcome = instruction_file()
    assert (outcome.verdict, outcome.told, rest_of(outcome)) == (Verdict.ACCEPTED, [], Answered.ACCEPTED)


def test_a_file_of_instructions_that_was_rejected_refuses_them_and_a_person_looks() -> None:
    outcome = instruction_file(
        ('"AUDACC"', '"AUDREJ"'), ('"7003"', '"7004"'), ('record-type="V"', 'record-type="R"'),
        ('accepted-ddi="2" rejected-ddi="0"', 'accepted-ddi="0" rejected-ddi="2"'),
        ('file-error-code="0"', 'file-error-code="30264"'),
    )  # fmt: skip
    assert (outcome.verdict, outcome.checks, rest_of(outcome)) == (
        Verdict.HELD, {"AUDFILE-05"}, Answered.REFUSED,
    )  # fmt: skip
    assert "30264" in outcome.messages


def test_which_instructions_were_rejected_is_never_guessed() -> None:
    outcome = instruction_file(('accepted-ddi="2" rejected-ddi="0"', 'accepted-ddi="1" rejected-ddi="1"'))
    assert (outcome.verdict, rest_of(outcome)) == (Verdict.HELD, None)


def test_what_is_told_of_a_test_file_changes_nothing() -> None:
    outcome = instruction_file(("LIVE", "TEST"))
    assert (outcome.verdict, outcome.checks, rest_of(outcome)) == (Verdict.ACCEPTED, {"AUDFILE-06"}, None)


def test_another_number_of_instructions_than_was_sent_waits_for_a_person() -> None:
    outcome = instruction_file(sent=INSTRUCTIONS[:1])
    assert (outcome.verdict, outcome.checks) == (Verdict.HELD, {"AUDFILE-07"})
