"""How a line finds its rent account: the order of the rules, and what is never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.model import History, Record
from hub.rent.learned import learn
from plugins.dwp_cis.payments import item_key
from tests.unit.dwp_cis.uc_files import (
    ALEX,
    SAM,
    account,
    deduction,
    deductions,
    facts,
    line,
    payments,
    read,
    tenant,
)

ENDED = {"status": "ENDED", "end_date": date(2026, 4, 12)}


def one(text, known=None, **options):
    """State, account and the reason's word of a file's one item."""
    outcome = read(payments(text), known, **options)
    (taken,) = outcome.taken
    return taken.disposition.state.value, taken.disposition.account, outcome.reasons[0]


@pytest.mark.parametrize(
    "reference", ["FAKE0001/1", "fake0001/1", "1900000001", "FAKE 0001 1", "FAKE0001-1", "FAKE00011"]
)
def test_the_reference_finds_its_account(reference):
    assert one(line(tenancy_ref=reference)) == ("TAKEN", "1900000001", None)


def test_a_number_finds_the_one_live_tenancy():
    assert one(line(tenancy_ref="14 NOWHERE RD")) == ("TAKEN", "1900000001", "BY_NINO")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tenancy_ref": "FAKE0002/1"}, "CONFLICT"),
        ({"surname": "SOMEBODY", "nino": ""}, "NAME_DIFFERS"),
        ({"forename": "ZOE", "nino": ""}, "NAME_DIFFERS"),
        ({"tenancy_ref": "", "surname": "SOMEBODY"}, "NAME_DIFFERS"),
        ({"tenancy_ref": "", "nino": ""}, "PROPOSED"),
        ({"tenancy_ref": "", "nino": "", "postcode": "ZZ1 1ZZ"}, "NO_ACCOUNT"),
        ({"tenancy_ref": "FAKE0003/1", "nino": "AA111111A"}, "NAME_UNKNOWN"),
        ({"tenancy_ref": "", "nino": "ABI23456C", "postcode": ""}, "NO_ACCOUNT"),
    ],
)
def test_what_is_not_sure_is_suspended(changes, reason):
    state, account, told = one(line(**changes))
    assert (state, account, told) == ("SUSPENDED", None, reason)


def test_a_number_without_its_last_letter_finds_the_tenancy_where_the_route_takes_it():
    text = line(tenancy_ref="", nino="AB123456", postcode="")
    assert one(text) == ("SUSPENDED", None, "NO_ACCOUNT")
    assert one(text, nino_suffix_optional=True) == ("TAKEN", "1900000001", "BY_NINO")


def test_two_live_tenancies_with_one_number_are_nobody_s():
    twice = facts(records=(ALEX, SAM, tenant(2, "AB123456C", "TESTER", "ALEX")))
    assert one(line(tenancy_ref=""), twice)[2] == "NINO_NOT_UNIQUE"


def test_a_tenant_who_left_is_not_found_by_number():
    gone = facts(records=(replace(ALEX, state="ENDED"), SAM))
    assert one(line(tenancy_ref="", postcode=""), gone)[2] == "NO_ACCOUNT"


def test_names_may_be_unknown_where_the_route_says_so():
    text = line(tenancy_ref="FAKE0003/1", nino="", surname="ANYBODY")
    assert one(text, names="when_known") == ("TAKEN", "1900000003", None)


def test_money_for_the_time_of_a_former_tenancy_goes_there():
    known = facts(account(1, **ENDED), account(2))
    assert one(line(), known) == ("TAKEN", "1900000001", "FORMER_ACCOUNT")
    assert one(line(period_end="2026-04-13"), known)[2] == "TENANCY_ENDED"


def pair(reference, account):
    key = f"dwp_cis.uc_payments:{reference}"
    return Record(kind="learned_pair", key=key, state="ACTIVE", account=account)


def test_a_learned_pair_decides_unless_the_number_is_another_s():
    known = facts(records=(ALEX, SAM, pair("WRONG/REF", "1900000003")))
    text = line(tenancy_ref="WRONG/REF", nino="", surname="ANYBODY")
    assert one(text, known) == ("TAKEN", "1900000003", "LEARNED_PAIR")
    assert one(line(tenancy_ref="WRONG/REF"), known)[2] == "CONFLICT"
    assert one(line(tenancy_ref="", nino="", surname="ANYBODY"), known)[2] == "NO_ACCOUNT"


def digest(text):
    """Stands in for the keyed one."""
    return f"digest-of-{len(text)}-{text[-3:]}"


def learned(text, account):
    """The pair that two people make by clearing the file's one line to an account."""
    (item,) = read(payments(text), facts(digest=digest)).examined.items
    move = learn("dwp_cis.uc_payments", item, account, "cleared")
    return Record(kind=move.kind, key=move.key, state=move.to, account=move.account, data=move.data)


STRANGER = {"tenancy_ref": "14 NOWHERE RD", "nino": "CS100709D", "surname": "COMMON", "postcode": ""}


def test_a_number_that_was_cleared_before_finds_its_account_whatever_it_quotes():
    """Also under another name and without any reference, but at this creditor only and not once the tenancy
    is over; the number itself does not stand in the pair."""
    pair = learned(line(**STRANGER), "1900000003")
    assert "CS100709D" not in str(pair)
    known = facts(records=(ALEX, SAM, pair), digest=digest)
    for quoted in ("14 NOWHERE RD", "", "SOMETHING ELSE"):
        text = line(**{**STRANGER, "tenancy_ref": quoted, "surname": "RENAMED"})
        assert one(text, known) == ("TAKEN", "1900000003", "LEARNED_PAIR")
    assert one(line(**{**STRANGER, "nino": "CS100710A"}), known)[2] == "NO_ACCOUNT"
    elsewhere = line(**STRANGER, creditor_ref="FAKECRN02")
    assert one(elsewhere, known, creditor_refs=["FAKECRN02"])[2] == "NO_ACCOUNT"
    left = facts(account(1), account(3, **ENDED), records=(ALEX, pair), digest=digest)
    assert one(line(**STRANGER, period_end="2026-04-01"), left)[2] == "NO_ACCOUNT"


def test_joint_tenants_bring_a_line_each():
    joint = facts(records=(ALEX, tenant(1, "CS100700A", "SAMPLE", "SAM")))
    outcome = read(payments(line(), line(nino="CS100700A", surname="SAMPLE", forename="SAM")), joint)
    assert outcome.told == [] and [state for state, *_ in outcome.placed] == ["TAKEN", "TAKEN"]
    assert len({item_key(item) for item in outcome.examined.items}) == 2


def test_the_same_person_s_line_twice_waits():
    outcome = read(payments(line(), line()))
    assert outcome.told == [("DWP-REPEAT", 3)]
    assert [state for state, *_ in outcome.placed] == ["TAKEN", "HELD"]


def test_an_export_with_overlapping_days_posts_new_lines_only():
    first = read(payments(line(schedule_ref="")))
    posted = frozenset(key for item in first.examined.items if (key := item_key(item)))
    known = facts(history=History(posted=posted))
    outcome = read(payments(line(schedule_ref=""), line(schedule_ref="", payment_date="2026-04-18")), known)
    assert [state for state, *_ in outcome.placed] == ["HELD", "TAKEN"]


def test_no_key_tells_of_anybody():
    outcome = read(payments(line()))
    told = " ".join(str(item_key(item)) + str(item.data) for item in outcome.examined.items)
    assert not [text for text in ("AB123456C", "TESTER", "ALEX", "ZZ99") if text in told]


@pytest.mark.parametrize("kind", ["FUEL", "WATER", "OTHER"])
def test_deductions_for_something_else_than_rent_are_suspended(kind):
    outcome = read(deductions(deduction(deduction_type=kind)))
    assert outcome.reasons == ["NOT_RENT"]


def test_what_dwp_takes_back_is_a_debit_that_somebody_agrees_to():
    outcome = read(deductions(deduction(amount="-39.33", line_type="RECALL")))
    assert outcome.told == [("DWP-RECALL-AGREED", 2)]
    assert outcome.placed == [("TAKEN", 3933, "1900000001")]
    makes = outcome.examined.feed.output("postings").makes
    assert makes is not None
    (posting,) = makes(outcome.taken[0], outcome.ctx)
    assert (posting.kind, posting.amount) == ("REVERSAL", 3933)
