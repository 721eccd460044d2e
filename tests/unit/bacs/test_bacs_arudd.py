"""Unpaid Direct Debits: each reverses the collection that it answers, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.model import Facts, ItemState, RentTransaction, SentItem, Severity, Taken, Verdict
from hub.rent.collection_rejects import CollectionReject
from plugins.bacs.unpaid import fits, to_reject, to_reversal
from tests.unit.bacs.bacs_files import FACTS, MOMENT, Outcome, golden, unpaid

REPORT = golden("arudd/arudd.xml")
PAYER = {"account_name": "A TENANT", "sort_code": "000299", "account_number": "40154823"}
NOVEMBER = SentItem("s1", "RENT0010000123", 52148, date(2026, 11, 30), "1900000011", personal=PAYER)
OCTOBER = replace(NOVEMBER, id="s0", on=date(2026, 10, 30))
ANOTHER = SentItem("s2", "RENT0010000789", 10250, date(2026, 11, 30), "1900000037")


def changed(*pairs: tuple[str, str]) -> bytes:
    text = REPORT.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def with_sent(*sent: SentItem) -> Facts:
    return replace(FACTS, sent=sent)


def debits(outcome: Outcome) -> list[Taken]:
    return outcome.of("UNPAID_DEBIT")


def answers(outcome: Outcome) -> list[str | None]:
    return [one.disposition.answers for one in debits(outcome)]


def test_each_item_answers_its_collection_and_takes_its_account() -> None:
    outcome = unpaid(REPORT, with_sent(OCTOBER, ANOTHER, NOVEMBER))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [(one.item.kind, one.item.amount, one.item.on) for one in debits(outcome)] == [
        ("UNPAID_DEBIT", 52148, date(2026, 11, 30)),
        ("UNPAID_DEBIT", 10250, date(2026, 11, 30)),
    ]
    assert answers(outcome) == ["s1", "s2"]
    assert [one.disposition.account for one in debits(outcome)] == ["1900000011", "1900000037"]


def test_two_equal_debits_on_one_day_are_two_collections() -> None:
    first = REPORT.decode().partition("<ReturnedDebitItem")[2].partition("</ReturnedDebitItem>")[0]
    item = f"<ReturnedDebitItem{first}</ReturnedDebitItem>"
    data = changed((item, item * 2), ('numberOf="2" valueOf="623.98"', 'numberOf="3" valueOf="1145.46"'))
    outcome = unpaid(data, with_sent(NOVEMBER, replace(NOVEMBER, id="s9"), ANOTHER))
    assert sorted(map(str, answers(outcome))) == ["s1", "s2", "s9"]
    third = unpaid(data, with_sent(NOVEMBER, ANOTHER))
    assert [one.disposition.state for one in debits(third)].count(ItemState.HELD) == 1


@pytest.mark.parametrize(
    "sent",
    [
        OCTOBER,
        replace(NOVEMBER, amount=52149),
        replace(NOVEMBER, personal={**PAYER, "account_number": "40154824"}),
        replace(NOVEMBER, answered=frozenset({"unpaid"})),
    ],
    ids=["another month", "another amount", "another account", "answered before"],
)
def test_what_fits_no_collection_waits_for_a_person(sent: SentItem) -> None:
    outcome = unpaid(REPORT, with_sent(sent, ANOTHER))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [one.disposition.state for one in debits(outcome)] == [ItemState.HELD, ItemState.TAKEN]
    assert "NO_COLLECTION" in str(outcome.reasons[0])


def test_an_account_that_one_side_does_not_know_does_not_part_them() -> None:
    item = debits(unpaid(REPORT))[0].item
    assert fits(item, replace(NOVEMBER, personal={}))
    assert fits(replace(item, personal={}), NOVEMBER)


def test_without_what_was_sent_the_mandate_tells_the_account() -> None:
    outcome = unpaid(REPORT)
    assert [one.disposition.account for one in debits(outcome)] == ["1900000011", "1900000037"]
    assert all("NOT_COMPARED" in str(one.disposition.reason) for one in debits(outcome))
    nothing = unpaid(REPORT, replace(FACTS, register=None))
    assert {one.disposition.state for one in debits(nothing)} == {ItemState.HELD}


def reversal(outcome: Outcome, number: int = 0) -> RentTransaction:
    (reversal,) = to_reversal(debits(outcome)[number], replace(outcome.ctx, moment=MOMENT))
    return reversal


def test_a_reversal_takes_the_receipt_back() -> None:
    outcome = unpaid(REPORT, with_sent(NOVEMBER, ANOTHER))
    assert reversal(outcome) == RentTransaction(
        transaction_id="t1.1",
        payment_ref="1900000011",
        tenancy_ref="T1900000011",
        kind="REVERSAL",
        method_code="DDN",
        type_code="RDN",
        transaction_date=date(2026, 12, 2),
        post_date=date(2026, 11, 24),
        amount=52148,
        external_ref="ARUDD 041/20261202/1",
        narrative="DD UNPAID: Refer to payer",
        reverses_id="s1",
    )


def test_a_rent_system_may_be_told_of_the_collection_that_came_back() -> None:
    outcome = unpaid(REPORT, with_sent(NOVEMBER, ANOTHER))
    told = [each for one in debits(outcome) for each in to_reject(one, outcome.ctx)]
    assert told[0] == CollectionReject(
        "RENT0010000123", "1900000011", date(2026, 12, 1), 52148, "0", date(2026, 12, 2)
    )
    assert [(one.payment_ref, one.amount, one.reason_code) for one in told[1:]] == [
        ("1900000037", 10250, "1")
    ]


def test_a_reversal_may_be_dated_as_the_collection_and_coded_as_the_council_does() -> None:
    made = reversal(unpaid(REPORT, dated="original", method_code="DDX", type_code="RXX"))
    assert (made.transaction_date, made.method_code, made.type_code) == (date(2026, 11, 30), "DDX", "RXX")


def test_references_are_trimmed_and_the_raw_code_is_kept() -> None:
    item = unpaid(changed(('ref="RENT0010000123" trans', 'ref=" RENT0010000123   " trans'))).taken[0].item
    assert item.reference == "RENT0010000123"
    assert (item.data["return_code"], item.data["reason_code"], item.data["mandate_action"]) == (
        "0128",
        "0",
        "keep",
    )


HELD = [
    ("unknown code", ('returnCode="0128"', 'returnCode="Z128"')),
    ("text of another reason", ("REFER TO PAYER", "INSTRUCTION CANCELLED")),
    ("text of no reason", ("REFER TO PAYER", "SEE LETTER")),
]
IN_DOUBT = [
    ("a credit", ('transCode="17"', 'transCode="99"')),
    ("a code of banks", ('transCode="17"', 'transCode="RA"')),
    ("a code that is text", ('transCode="17"', 'transCode="A TENANT"')),
    (
        "processed after the report",
        (
            '"REFER TO PAYER" originalProcessingDate="2026-11-30"',
            '"REFER TO PAYER" originalProcessingDate="2026-12-03"',
        ),
    ),
]


@pytest.mark.parametrize("change", [case[1] for case in HELD], ids=[case[0] for case in HELD])
def test_a_reason_in_doubt_holds_its_item_and_no_other(change: tuple[str, str]) -> None:
    outcome = unpaid(changed(change), with_sent(NOVEMBER, ANOTHER))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(f.check, f.severity) for f in outcome.findings] == [("ARUDD-05", Severity.HOLD_ITEM)]
    assert [one.disposition.state for one in debits(outcome)] == [ItemState.HELD, ItemState.TAKEN]


@pytest.mark.parametrize("change", [case[1] for case in IN_DOUBT], ids=[case[0] for case in IN_DOUBT])
def test_what_can_be_no_returned_debit_waits_and_the_rest_goes(change: tuple[str, str]) -> None:
    outcome = unpaid(changed(change), with_sent(NOVEMBER, replace(NOVEMBER, on=date(2026, 12, 3)), ANOTHER))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(f.check, f.severity) for f in outcome.findings] == [("ARUDD-06", Severity.HOLD_ITEM)]
    assert [one.disposition.state for one in debits(outcome)] == [ItemState.HELD, ItemState.TAKEN]


def test_a_debit_may_come_back_on_the_day_of_the_report() -> None:
    assert (
        unpaid(changed(('originalProcessingDate="2026-11-30"', 'originalProcessingDate="2026-12-02"'))).told
        == []
    )


@pytest.mark.parametrize(
    "change",
    [
        ("REFER TO PAYER", "A TENANT HAS DIED 40154823"),
        ('returnCode="0128"', 'returnCode="A TENANT 40154823"'),
        ('returnCode="0128" returnDescription="REFER', 'returnCode="Z" returnDescription="A TENANT 40154823'),
        ('transCode="17"', 'transCode="A TENANT 40154823"'),
        ('reportType="REFT1019"', 'reportType="A TENANT 40154823"'),
        ('returnDescription="REFER TO PAYER" orig', 'returnDescription="A TENANT&#127; 40154823" orig'),
    ],
)
def test_no_text_of_a_report_is_repeated_where_anybody_reads_it(change: tuple[str, str]) -> None:
    outcome = unpaid(changed(change))
    assert outcome.findings
    told = outcome.messages + "".join(str(finding.expected) for finding in outcome.findings)
    assert not any(text in told for text in ("TENANT", "4015", "4823"))


def test_a_text_that_explains_nothing_is_kept_as_personal_and_never_posted() -> None:
    outcome = unpaid(changed(('returnCode="0128"', 'returnCode="Z128"'), ("REFER TO PAYER", "A TENANT DIED")))
    item = outcome.taken[0].item
    assert item.personal["return_description"] == "A TENANT DIED"
    assert "TENANT" not in str(item.data) + reversal(outcome).narrative


def test_another_report_type_is_told_and_kept() -> None:
    outcome = unpaid(changed(("REFT1019", "REFT1020")))
    assert [(f.check, f.severity) for f in outcome.findings] == [("ARUDD-01", Severity.WARNING)]
    assert (outcome.verdict, len(debits(outcome))) == (Verdict.ACCEPTED, 2)
    assert "REFT1020" in str(outcome.examined.tally.identity())
    assert unpaid(changed(("REFT1019", "REFT1020")), report_types=("REFT1020",)).told == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1012", "INSTRUCTION CANCELLED"),
        ("2000", "PAYER DECEASED"),
        ("5", "NO ACCOUNT"),
        ("6000", "NO INSTRUCTION"),
        ("8000", "AMOUNT NOT YET DUE"),
        ("B128", "ACCOUNT CLOSED"),
        ("0128", ""),
    ],
)
def test_usual_texts_agree_with_their_codes(code: str, text: str) -> None:
    data = changed(('returnCode="0128"', f'returnCode="{code}"'), ("REFER TO PAYER", text))
    assert unpaid(data).told == []


HEADER = '<Header reportType="REFT1019" adviceNumber="041" currentProcessingDate="2026-12-02"/>'
USER = '<ServiceLicenseInformation userName="EXAMPLE COUNCIL" userNumber="654321"/>'
TOTALS = '<Totals numberOf="2" valueOf="623.98" currency="GBP"/>'
WRONG = [
    ("count", ('numberOf="2"', 'numberOf="3"'), "ARUDD-04"),
    ("sum", ('valueOf="623.98"', 'valueOf="623.97"'), "ARUDD-04"),
    ("date", ('originalProcessingDate="2026-11-30"', 'originalProcessingDate="30/11/2026"'), "ARUDD-03"),
    ("report date", ('currentProcessingDate="2026-12-02"', 'currentProcessingDate="2026-02-30"'), "ARUDD-01"),
    ("thousands comma", ('valueOf="521.48"', 'valueOf="1,521.48"'), "ARUDD-03"),
    ("no decimals", ('valueOf="521.48"', 'valueOf="521"'), "ARUDD-03"),
    ("nothing", ('valueOf="521.48"', 'valueOf="0.00"'), "ARUDD-03"),
    ("no reference", ('ref="RENT0010000123" trans', 'ref=" " trans'), "ARUDD-03"),
    ("another currency", ('valueOf="521.48" currency="GBP"', 'valueOf="521.48" currency="EUR"'), "ARUDD-03"),
    (
        "no service user",
        (USER, ""),
        "ARUDD-01",
    ),
    ("a second header", (HEADER, HEADER + HEADER.replace("041", "042")), "ARUDD-01"),
    ("a second header of another day", (HEADER, HEADER + HEADER.replace("12-02", "12-03")), "ARUDD-01"),
    ("a second header at the end", ("</ARUDD>", HEADER + "</ARUDD>"), "ARUDD-01"),
    ("two service users", (USER, USER + USER), "ARUDD-01"),
    ("no header", (HEADER, ""), "ARUDD-01"),
    ("two Totals", (TOTALS, TOTALS + TOTALS), "ARUDD-04"),
    ("two Totals, the last of them right", (TOTALS, TOTALS.replace("623", "624") + TOTALS), "ARUDD-04"),
    ("cut short", ("</BACSDocument>", ""), "ARUDD-00"),
]


@pytest.mark.parametrize(("change", "check"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_report_is_refused_whole(change: tuple[str, str], check: str) -> None:
    outcome = unpaid(changed(change))
    assert outcome.verdict is Verdict.REJECTED
    assert check in outcome.checks


def test_a_report_that_says_too_late_whose_it_is_loses_no_debit_in_silence() -> None:
    outcome = unpaid(changed((USER, ""), ("</ARUDD>", USER + "</ARUDD>")))
    assert (outcome.verdict, outcome.checks) == (Verdict.REJECTED, {"ARUDD-01"})


def test_a_document_type_is_refused() -> None:
    hostile = '<!DOCTYPE BACSDocument [<!ENTITY x SYSTEM "file:///etc/passwd">]><BACSDocument '
    outcome = unpaid(changed(("<BACSDocument ", hostile)))
    assert outcome.verdict is Verdict.UNREADABLE
    assert outcome.checks >= {"ARUDD-00"}


def test_somebody_elses_report_is_refused_as_a_possible_data_breach() -> None:
    outcome = unpaid(changed(('userNumber="654321"', 'userNumber="111111"')))
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.taken == []
    assert "data breach" in outcome.messages
    assert not any(told in outcome.messages for told in ("TENANT", "111111", "RENT00", "521"))


def test_an_empty_report_is_a_good_one() -> None:
    text = REPORT.decode()
    start, end = text.index("<OriginatingAccountRecords>"), text.index("</OriginatingAccountRecords>")
    outcome = unpaid((text[:start] + "<OriginatingAccountRecords>" + text[end:]).encode())
    assert (outcome.verdict, outcome.taken) == (Verdict.ACCEPTED, [])


def test_each_originating_account_is_compared_with_its_own_totals() -> None:
    text = REPORT.decode()
    start = text.index("<OriginatingAccountRecord>")
    end = text.index("</OriginatingAccountRecord>") + len("</OriginatingAccountRecord>")
    second = text[start:end].replace('number="20000015"', 'number="20000023"')
    assert unpaid((text[:end] + second + text[end:]).encode()).verdict is Verdict.ACCEPTED
    wrong = second.replace('numberOf="2"', 'numberOf="1"')
    assert unpaid((text[:end] + wrong + text[end:]).encode()).checks == {"ARUDD-04"}


def test_debits_without_totals_are_warned_about() -> None:
    outcome = unpaid(changed((TOTALS, "")))
    assert [(f.check, f.severity) for f in outcome.findings] == [("ARUDD-04", Severity.WARNING)]


def test_a_report_is_known_again_by_user_type_number_and_day() -> None:
    tally = unpaid(REPORT).examined.tally
    assert tally.identity() == "654321/REFT1019/041/2026-12-02"
    assert tally.business_date() == date(2026, 12, 2)
    assert tally.totals()["value"] == "623.98"


def test_a_leading_pound_sign_is_read() -> None:
    data = changed(('valueOf="521.48"', 'valueOf="£521.48"'))
    assert unpaid(data).taken[0].item.amount == 52148
