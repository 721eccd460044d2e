"""ADDACS and AUDDIS, and what an ARUDD says of a mandate: what becomes of it, by the bank's reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from hub.model import Answered, Facts, ItemState, Mandate, Move, Record, SentItem, Severity, Verdict
from hub.rent.mandate_changes import GENERIC_MANDATES
from hub.rent.mandates import MANDATE_KIND, MANDATE_LIFE
from hub.transfer.records import Snapshot, moved
from plugins.bacs.codes import reasons
from plugins.bacs.feeds import ADDACS, ARUDD, AUDDIS
from plugins.bacs.mandate_changes import to_change
from plugins.bacs.settings import AddacsOptions
from tests.unit.bacs.bacs_files import ACCOUNTS, FACTS, MANDATES, MOMENT, Outcome, golden, register, report
from tests.unit.bacs.bacs_files import unpaid as read_unpaid

REPORT = golden("reports/addacs.xml")
RETURNED = golden("reports/auddis-returned.xml")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RECORDS = Snapshot(
    Record(
        kind=MANDATE_KIND,
        key=one.mandate_ref,
        state=one.status,
        account=one.payment_ref,
        personal={
            "account_name": one.account_name,
            "sort_code": one.sort_code,
            "account_number": one.account_number,
        },
    )
    for one in MANDATES
)
KNOWN = replace(FACTS, records=RECORDS)
ACTIONS = {"cancel": "CANCELLED", "suspend": "SUSPENDED", "relodge": "NEW", "reinstate": "ACTIVE"}


def changed(data: bytes, *pairs: tuple[str, str]) -> bytes:
    text = data.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def advice(report: str, code: str, *, new: bool = True) -> bytes:
    """A report of one advice, of RENT0010000456, with new bank details or without."""
    source = REPORT if report == "ADDACS" else RETURNED
    record = {"ADDACS": "A", "AUDDIS": "N"}[report]
    text = source.decode()
    head, _, rest = text.partition("<MessagingAdvice ")
    tail = rest[rest.index("<MessagingError") :]
    details = ' payer-new-account-number="63291013" payer-new-sort-code="00-03-50"' if new else ""
    made = (
        f'<MessagingAdvice user-number="654321" record-type="{record}" effective-date="2026-12-04"'
        f' reference="RENT0010000456" payer-name="B TENANT-SMITH" payer-account-number="04859888"'
        f' payer-sort-code="000100" reason-code="{code}" aosn="00000001"{details}/>'
    )
    return (head + made + tail).replace('last-aosn="00000002"', 'last-aosn="00000001"').encode()


def read(data: bytes, facts: Facts = KNOWN, **options: Any) -> Outcome:
    feed = AUDDIS if b'"AUDDIS"' in data else ADDACS
    return report(feed, data, facts, **options)


def moves(outcome: Outcome) -> list[Move]:
    return [move for one in outcome.carried for move in ADDACS.moves(one, outcome.ctx)]


def after(outcome: Outcome, key: str = "RENT0010000456") -> Record:
    """The mandate's record, once the report has moved it."""
    record = RECORDS.get(MANDATE_KIND, key)
    for move in moves(outcome):
        if (move.kind, move.key) == (MANDATE_KIND, key):
            record = moved(MANDATE_LIFE, record, move, NOW)
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name in ("ADDACS", "AUDDIS") for code in reasons(name)]
)
def test_every_reason_does_to_the_mandate_what_the_table_says(name: str, code: str) -> None:
    reason = reasons(name)[code]
    mandate = replace(MANDATES[1], status="CANCELLED" if reason.mandate_action == "reinstate" else "ACTIVE")
    outcome = read(advice(name, code), replace(KNOWN, register=register(mandate)))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    (one,) = outcome.taken
    assert (one.item.data["action"], one.disposition.state) == (reason.mandate_action, ItemState.TAKEN)
    record = after(outcome)
    assert record.state == ACTIONS.get(reason.mandate_action, "ACTIVE")
    moved_on = reason.mandate_action in ("amend", "relodge")
    assert record.personal["account_number"] == ("63291013" if moved_on else "04859888")
    assert bool(record.data["review"]) == (reason.person or reason.mandate_action in ("suspend", "relodge"))


@pytest.mark.parametrize(
    ("name", "code"), [("ADDACS", "3"), ("ADDACS", "C"), ("ADDACS", "E"), ("AUDDIS", "C")]
)
def test_an_account_that_moved_without_its_new_details_stops_the_mandate(name: str, code: str) -> None:
    outcome = read(advice(name, code, new=False))
    record = after(outcome)
    assert (record.state, record.personal["account_number"]) == ("SUSPENDED", "04859888")
    assert "The new account was not told" in record.data["review"]


@pytest.mark.parametrize(("name", "code"), [("ADDACS", "2"), ("AUDDIS", "2")])
def test_a_death_ends_the_mandate_holds_the_account_and_asks_a_person(name: str, code: str) -> None:
    outcome = read(advice(name, code))
    hold = next(move for move in moves(outcome) if move.kind == "hold")
    assert (hold.account, hold.data["kind"], hold.to) == ("1900000029", "DECEASED", "ACTIVE")
    record = after(outcome)
    (task,) = MANDATE_LIFE.when(None, record, FACTS) if MANDATE_LIFE.when else ()
    assert record.state == "CANCELLED"
    assert "Payer deceased" in task.title  # type: ignore[union-attr]
    assert "TENANT" not in task.title  # type: ignore[union-attr]


def test_an_account_that_is_held_for_a_death_is_not_held_twice() -> None:
    outcome = read(advice("ADDACS", "2"))
    hold = next(move for move in moves(outcome) if move.kind == "hold")
    standing = Record(kind="hold", key=hold.key, state="ACTIVE", account=hold.account, data=hold.data)
    again = read(advice("ADDACS", "2"), replace(KNOWN, records=Snapshot([standing])))
    assert [move.kind for move in moves(again)] == [MANDATE_KIND]


def test_what_becomes_of_a_mandate_may_be_set_for_each_reason() -> None:
    kept = read(advice("ADDACS", "1"), mandate_actions={"ADDACS": {"1": "suspend"}})
    assert after(kept).state == "SUSPENDED"
    noted = read(advice("ADDACS", "0"), mandate_actions={"ADDACS": {"0": "keep"}})
    assert [one.disposition.state for one in noted.taken] == [ItemState.NOTED]
    assert after(noted).version == 0


@pytest.mark.parametrize(
    "actions", [{"ADDACS": {"Z": "keep"}}, {"ARUD": {"1": "keep"}}, {"ADDACS": {"1": "end"}}]
)
def test_an_action_for_no_known_reason_is_a_mistake(actions: object) -> None:
    with pytest.raises(ValidationError):
        AddacsOptions.model_validate({"mandate_actions": actions})


@pytest.mark.parametrize("name", ["ADDACS", "AUDDIS"])
def test_an_unknown_reason_is_kept_and_waits_for_a_person(name: str) -> None:
    outcome = read(advice(name, "Z"))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(found.check, found.severity) for found in outcome.findings] == [
        (f"{name}-05", Severity.HOLD_ITEM)
    ]
    (one,) = outcome.taken
    assert (one.item.data["reason_code"], one.disposition.state) == ("Z", ItemState.HELD)


HELD = {
    "no such mandate": (("RENT0010000456", "RENT0010000999"), "NO_MANDATE"),
    "another bank account": (("04859888", "04859889"), "OTHER_BANK_ACCOUNT"),
}


@pytest.mark.parametrize(("change", "why"), HELD.values(), ids=HELD)
def test_where_it_is_in_doubt_which_mandate_is_meant_a_person_looks(
    change: tuple[str, str], why: str
) -> None:
    outcome = read(changed(advice("ADDACS", "1"), change))
    assert outcome.verdict is Verdict.ACCEPTED
    assert why in str(outcome.reasons[0])
    assert moves(outcome) == []


def test_a_cancelled_mandate_is_not_stopped_or_moved_but_looked_at() -> None:
    facts = replace(KNOWN, register=register(replace(MANDATES[1], status="CANCELLED")))
    assert "MANDATE_CANCELLED" in str(read(advice("ADDACS", "3"), facts).reasons[0])
    assert read(advice("ADDACS", "1"), facts).reasons == [None]


def test_a_change_that_is_known_already_changes_nothing_more() -> None:
    now = replace(MANDATES[1], sort_code="000350", account_number="63291013")
    outcome = read(advice("ADDACS", "C"), replace(KNOWN, register=register(now)))
    assert outcome.reasons == [None]


FIRST = 'effective-date="2026-12-04" reference="RENT0010000123"'
SECOND = 'user-number="654321" record-type="A" effective-date="2026-12-04" reference="RENT0010000456"'
WRONG = {
    "not a date": ((FIRST, FIRST.replace("2026-12-04", "4/12/26")), "ADDACS-03"),
    "report date": (('generation-date="2026-12-03"', 'generation-date="2026-02-30"'), "ADDACS-01"),
    "no reference": (('reference="RENT0010000123"', 'reference=" "'), "ADDACS-03"),
    "no reason": (('reason-code="1"', ""), "ADDACS-03"),
    "number twice": (('aosn="00000002"/>', 'aosn="00000001"/>'), "ADDACS-04"),
    "number beyond": (('aosn="00000002"/>', 'aosn="00000003"/>'), "ADDACS-04"),
    "fewer than counted": (('last-aosn="00000002"', 'last-aosn="00000003"'), "ADDACS-04"),
    "no header": (("MessagingHeader", "MessagingHead"), "ADDACS-01"),
    "not well-formed": (("</BACSDocument>", ""), "ADDACS-00"),
    "an advice of another": ((SECOND, SECOND.replace("654321", "111111")), "ADDACS-02"),
}


@pytest.mark.parametrize(("change", "check"), WRONG.values(), ids=WRONG)
def test_a_wrong_report_is_refused_whole(change: tuple[str, str], check: str) -> None:
    outcome = read(changed(REPORT, change))
    assert outcome.verdict is Verdict.REJECTED
    assert check in outcome.checks


def test_somebody_elses_report_is_refused_as_a_possible_data_breach() -> None:
    outcome = read(changed(REPORT, ("654321", "111111")))
    assert (outcome.verdict, outcome.taken) == (Verdict.REJECTED, [])
    assert "data breach" in outcome.messages
    assert not any(told in outcome.messages for told in ("TENANT", "111111", "RENT00", "4015"))


def test_no_new_details_that_cannot_be_used_are_taken() -> None:
    outcome = read(changed(advice("ADDACS", "3"), ("63291013", "6329101")))
    assert [(found.check, found.severity) for found in outcome.findings] == [
        ("ADDACS-06", Severity.HOLD_ITEM)
    ]
    assert "6329101" not in outcome.messages


def test_what_bacs_says_of_the_whole_report_waits_for_a_person() -> None:
    outcome = read(changed(REPORT, ("<MessagingError/>", '<MessagingError line1="A TENANT"/>')))
    assert (outcome.verdict, outcome.checks) == (Verdict.HELD, {"ADDACS-01"})
    assert "TENANT" not in outcome.messages
    assert read(changed(REPORT, ("<MessagingError/>", '<MessagingError line1="0" line2=" "/>'))).told == []


def test_a_header_under_its_other_name_is_read() -> None:
    outcome = read(changed(REPORT, ("<MessagingHeader", "<Header")))
    assert (outcome.verdict, len(outcome.taken)) == (Verdict.ACCEPTED, 2)


def test_a_report_without_advices_is_a_good_one() -> None:
    text = REPORT.decode()
    start, end = text.index("<MessagingAdvice "), text.index("<MessagingError")
    empty = (text[:start] + text[end:]).replace('last-aosn="00000002"', 'last-aosn="0"')
    assert read(empty.encode()).verdict is Verdict.ACCEPTED


def test_the_rent_system_is_told_each_mandate_once_as_it_is_now() -> None:
    outcome = read(REPORT)
    changes = [change for one in outcome.carried for change in to_change(one, outcome.ctx)]
    ended = replace(changes[1], now={"status": "CANCELLED"})
    ctx = replace(
        outcome.ctx,
        options=GENERIC_MANDATES.options(landlord="FAKESHIRE"),
        moment=replace(MOMENT, numbers={"file_seq": 7}),
    )
    made = GENERIC_MANDATES.write([*changes, ended], ctx)
    assert made.name == "MANDATE_FAKESHIRE_20261124_000007.csv"
    assert made.data.decode().splitlines()[1:] == [
        "D,1,RENT0010000123,1900000011,A TENANT,000299,40154823,CANCELLED,,,,,",
        "D,2,RENT0010000456,1900000029,B TENANT-SMITH,000350,63291013,CANCELLED,,,,,",
        "T,2,0.00,0.00,0.00,3800000040",
    ]


INSTRUCTION = SentItem("i1", "RENT0010000456", 0, date(2026, 11, 26), "1900000029", kind="INSTRUCTION")


def test_a_returned_instruction_answers_the_one_that_was_sent() -> None:
    outcome = read(RETURNED, replace(KNOWN, sent=(INSTRUCTION,)))
    assert outcome.taken[0].disposition.answers == "i1"
    assert AUDDIS.answers is not None
    assert AUDDIS.answers.says(outcome.taken[0].item) is Answered.REFUSED
    amended = read(advice("AUDDIS", "C"), replace(KNOWN, sent=(INSTRUCTION,)))
    assert AUDDIS.answers.says(amended.taken[0].item) is Answered.AMENDED


@pytest.mark.parametrize(
    "sent",
    [
        (),
        (replace(INSTRUCTION, kind="COLLECTION"),),
        (replace(INSTRUCTION, answered=frozenset({"auddis"})),),
        (INSTRUCTION, replace(INSTRUCTION, id="i2")),
    ],
    ids=["nothing", "a collection", "answered before", "two of them"],
)
def test_the_banks_word_counts_though_it_answers_nothing(sent: tuple[SentItem, ...]) -> None:
    one = read(RETURNED, replace(KNOWN, sent=sent)).taken[0]
    assert (one.disposition.answers, one.disposition.state) == (None, ItemState.TAKEN)


def test_a_cancellation_that_the_bank_had_made_already_is_closed_without_alarm() -> None:
    known = Mandate("RENT0010000999", ACCOUNTS[0].payment_ref, "D TENANT", "000350", "63291013", "CANCELLED")
    outcome = read(RETURNED, replace(KNOWN, register=register(known)))
    (one,) = [one for one in outcome.taken if one.item.reference == "RENT0010000999"]
    assert (one.disposition.state, one.item.data["review"]) == (ItemState.TAKEN, None)


ARUDD_REPORT = golden("arudd/arudd.xml")


@pytest.mark.parametrize("code", sorted(reasons("ARUDD")))
def test_an_unpaid_debit_does_to_its_mandate_what_the_table_says(code: str) -> None:
    reason = reasons("ARUDD")[code]
    data = changed(ARUDD_REPORT, ('"0128"', f'"{code}128"'), ("REFER TO PAYER", ""))
    outcome = read_unpaid(data, KNOWN)
    found = [one for one in outcome.of("MANDATE_CHANGE") if one.item.reference == "RENT0010000123"]
    assert [one.item.data["action"] for one in found] == (
        [] if reason.mandate_action == "keep" else [reason.mandate_action]
    )
    asked = [move for one in found for move in ARUDD.moves(one, outcome.ctx)]
    assert [move.to for move in asked if move.kind == MANDATE_KIND] == [
        ACTIONS[str(one.item.data["action"])] for one in found
    ]
    assert ("hold" in {move.kind for move in asked}) == (reason.hold == "DECEASED")


def test_the_mandate_of_a_debit_that_answers_nothing_is_stopped_all_the_same() -> None:
    outcome = read_unpaid(ARUDD_REPORT, replace(KNOWN, sent=()))
    assert [one.disposition.state for one in outcome.of("UNPAID_DEBIT")] == [ItemState.HELD] * 2
    assert [one.disposition.state for one in outcome.of("MANDATE_CHANGE")] == [ItemState.TAKEN]
