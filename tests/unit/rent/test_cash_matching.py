"""Money that comes in finds its rent account, or waits where a person sees it: nothing is lost or guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model import Account, Item, ItemState, Record, Verdict
from hub.model import ItemState as S
from hub.rent.cash.matching import UNMAPPED
from hub.rent.codes import CodeMaps
from hub.rent.learned import PAIR
from hub.rent.register import AccountRegister
from hub.transfer.records import Snapshot
from tests.unit.rent.cash_files import (
    ACCOUNTS,
    CODES,
    LINE,
    PAGE,
    allpay,
    cash,
    facts,
    posted_before,
    read,
    renttran,
)

LEASE = Account("1900000011", "0190001/01", "SERVICE_CHARGE", balance=0)
WORKS = Account("1900000045", "0190001/01", "MAJOR_WORKS", balance=50_000)
ENDED = Account("1900000011", "0190001/01", status="ENDED", balance=10_000)


def test_the_pages_example_posts_what_it_can_and_suspends_the_rest() -> None:
    outcome = read(cash(*PAGE))
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.states == [S.TAKEN, S.TAKEN, S.TAKEN, S.SUSPENDED]
    assert outcome.examined.tally.totals() == {"count": 4, "value": "339.25"}
    assert outcome.money == {S.TAKEN: -26415, S.SUSPENDED: -7510}  # came in: 339.25


def test_a_posting_says_what_the_rent_system_wants_to_know() -> None:
    first, _, third = read(cash(*PAGE)).postings
    assert (first.payment_ref, first.tenancy_ref, first.kind) == ("1900000011", "0190001/01", "RECEIPT")
    assert (first.method_code, first.type_code, first.amount) == ("PPT", "RPY", -11235)
    assert (str(first.transaction_date), str(first.post_date)) == ("2030-06-04", "2030-06-05")
    assert (first.external_ref, first.narrative) == ("t.1", "PAYPOINT 0001")
    assert (third.kind, third.type_code, third.amount) == ("REVERSAL", "RDN", 9820)


def test_a_reference_that_nobody_has_is_suspended_with_likely_ones() -> None:
    (suspended,) = (one for one in read(cash(*PAGE)).taken if one.disposition.state is S.SUSPENDED)
    assert "(E14)" in (suspended.disposition.reason or "")
    assert "1900000037" in suspended.disposition.candidates


@pytest.mark.parametrize("reference", ["19OOO00011", "          ", "1900 00011", "?!=HYPERLI"])
def test_money_with_a_bad_reference_is_suspended_and_the_file_goes_on(reference: str) -> None:
    outcome = read(cash(LINE, LINE.replace("1900000011", reference)))
    assert (outcome.verdict, outcome.states) == (Verdict.ACCEPTED, [S.TAKEN, S.SUSPENDED])


def test_a_mistyped_check_digit_is_told_from_an_unknown_account() -> None:
    rules = {"check": {"engine": "letter"}}
    accounts = (Account("91000010G"),)
    lines = [LINE.replace("1900000011", text) for text in ("91000010G ", "91000010H ", "91000028J ")]
    outcome = read(cash(*lines), facts(*accounts), references=rules)
    assert [reason[-5:] for reason in outcome.reasons] == ["", "(E13)", "(E14)"]
    assert outcome.taken[1].disposition.candidates == ("91000010G",)


def test_references_are_made_the_rent_systems_own_as_the_route_says() -> None:
    line = LINE.replace("1900000011", "19-000001 ")
    assert read(cash(line)).states == [S.SUSPENDED]
    assert read(cash(line), references={"remove": "-"}).states == [S.SUSPENDED]
    line = LINE.replace("1900000011", "900000011 ")
    assert read(cash(line), facts(Account("0900000011")), references={"pad": 10}).states == [S.TAKEN]


def test_old_and_tenancy_references_still_find_the_account() -> None:
    known = facts(replace(ACCOUNTS[0], alt_refs=("OLD1",)))
    for reference in ("0190001/01", "OLD1      "):
        outcome = read(cash(LINE.replace("1900000011", reference)), known)
        assert outcome.postings[0].payment_ref == "1900000011"
        assert outcome.postings[0].original_payment_ref == reference.strip()


def test_a_reference_that_two_people_placed_before_is_placed_again() -> None:
    pair = Record(kind=PAIR, key="rent.cash:19000000X7", state="ACTIVE", account="1900000037")
    outcome = read(cash(PAGE[3]), facts(records=Snapshot([pair])))
    assert (outcome.states, outcome.taken[0].disposition.account) == ([S.TAKEN], "1900000037")
    assert outcome.reasons[0].startswith("LEARNED_PAIR")


@pytest.mark.parametrize(
    ("ended", "balance", "state"),
    [
        ("owed", 10_000, S.TAKEN),
        ("owed", 0, S.SUSPENDED),
        ("owed", -500, S.SUSPENDED),
        ("owed", None, S.SUSPENDED),
        ("post", 0, S.TAKEN),
        ("suspend", 10_000, S.SUSPENDED),
    ],
)
def test_an_ended_account_takes_money_as_the_route_says(
    ended: str, balance: int | None, state: ItemState
) -> None:
    outcome = read(cash(LINE), facts(replace(ENDED, balance=balance)), ended=ended)
    assert outcome.states == [state]
    assert outcome.reasons[0].startswith("FORMER" if state is S.TAKEN else "the rent account has ended (E15)")


def test_what_is_taken_back_follows_its_payment_to_an_ended_account() -> None:
    known = facts(replace(ENDED, payment_ref="1900000037", balance=0))
    assert read(cash(PAGE[2]), known).states == [S.TAKEN]
    assert read(cash(PAGE[2]), known, ended="suspend").states == [S.SUSPENDED]


def test_a_payment_that_the_leaseholders_other_account_owes_is_told() -> None:
    outcome = read(cash(LINE), facts(LEASE, WORKS))
    assert (outcome.states, outcome.warned) == ([S.TAKEN], ["CONTROL", "OTHER-ACCOUNT"])
    told = outcome.findings[-2].message if outcome.findings[-1].check == "GROUPS" else ""
    assert "1900000045 owes 500.00" in told


def test_it_may_be_suspended_with_the_other_account_first() -> None:
    (only,) = read(cash(LINE), facts(LEASE, WORKS), other_account="suspend").taken
    assert only.disposition.state is S.SUSPENDED
    assert only.disposition.candidates == ("1900000045", "1900000011")


@pytest.mark.parametrize(
    ("lease", "works"),
    [
        ({"balance": 20_000}, {}),  # this account owes as much itself
        ({"balance": None}, {}),
        ({}, {"balance": 5_000}),  # the other one owes less
        ({}, {"status": "ENDED"}),
        ({}, {"tenancy_ref": "0190009/01"}),
        ({"account_type": "MAIN"}, {}),
    ],
)
def test_no_transfer_is_suggested_without_reason(lease: dict[str, object], works: dict[str, object]) -> None:
    known = facts(replace(LEASE, **lease), replace(WORKS, **works))
    outcome = read(cash(LINE), known, other_account="suspend")
    assert outcome.states == [S.TAKEN]


def test_an_unmapped_method_waits_and_is_told_grouped() -> None:
    lines = [LINE.replace("PPT", "XXX"), LINE, LINE.replace("PPT", "XXX").replace("112.35", "012.35")]
    outcome = read(cash(*lines))
    assert outcome.states == [S.WAITING, S.TAKEN, S.WAITING]
    assert {one.disposition.waits_as for one in outcome.taken} == {UNMAPPED, None}
    assert outcome.taken[0].disposition.account == "1900000011"
    (told,) = (one.message for one in outcome.findings if one.check == "E16")
    assert told == "the method XXX is not in cash_methods (E16): 2 payments wait, 124.70"


def test_a_code_means_what_it_meant_on_the_day() -> None:
    from hub.rent.codes import parse_codes

    dated = "code,type,valid_from,valid_to\nPPT,OLD,,2030-06-03\nPPT,NEW,2030-06-05,\n"
    codes = CodeMaps({"cash_methods": parse_codes(dated, "m.csv")})
    lines = [LINE.replace("04/06", day) for day in ("03/06", "04/06", "05/06")]
    outcome = read(cash(*lines), facts(codes=codes))
    assert outcome.states == [S.TAKEN, S.WAITING, S.TAKEN]
    assert [one.type_code for one in outcome.postings] == ["OLD", "NEW"]


def test_a_partners_code_becomes_the_councils_method_and_then_a_type() -> None:
    good = f" 000001{'1900000011':<16}{'112.35':>9}T04/06/2030"
    outcome = read(allpay(good, total="112.35", count=1), format="allpay")
    assert [(one.method_code, one.type_code) for one in outcome.postings] == [("PPT", "RPY")]
    other = read(allpay(good.replace("T04", "Z04"), total="112.35", count=1), format="allpay")
    assert (other.states, "the code Z is not in allpay_channels (E16)" in other.reasons[0]) == (
        [S.WAITING],
        True,
    )


def test_without_code_maps_it_is_listed_as_not_checked() -> None:
    outcome = read(cash(LINE), facts(codes=None))
    assert outcome.examined.reading.not_checked["E16"] == "needs codes, which is not known here"


ROW = "1900000011,0190001/01,RECEIPT,PPT,RPY,2030-06-04,2030-06-05,-112.35,0.00,X:1,PAYPOINT,,"
SUMS = "1,0.00,-112.35,-112.35,1900000011"


def test_a_payment_with_an_id_of_its_own_is_posted_once() -> None:
    first = read(renttran(ROW, trailer=SUMS), format="generic.renttran")
    again = read(
        renttran(ROW, trailer=SUMS, number="000125"), posted_before(first), format="generic.renttran"
    )
    assert (first.states, again.states) == ([S.TAKEN], [S.DUPLICATE])
    assert (again.verdict, again.reasons) == (
        Verdict.ACCEPTED,
        ["this payment came in an earlier file (E18)"],
    )


def test_what_renttran_says_of_its_posting_is_kept() -> None:
    row = ROW.replace(",2030-06-05,", ",2030-06-06,").replace(",PAYPOINT,,", ",PAYPOINT,T0,1900000029")
    (posting,) = read(renttran(row, trailer=SUMS), format="generic.renttran").postings
    assert (str(posting.post_date), posting.external_ref) == ("2030-06-06", "X:1")
    assert (posting.reverses_id, posting.original_payment_ref) == ("T0", "1900000029")


@pytest.mark.parametrize(
    ("repeats", "verdict", "state"),
    [
        ("hold", Verdict.HELD, S.TAKEN),
        ("suspend", Verdict.ACCEPTED, S.SUSPENDED),
        ("tell", Verdict.ACCEPTED, S.TAKEN),
    ],
)
def test_a_payment_like_an_earlier_one_is_looked_at_and_never_dropped(
    repeats: str, verdict: Verdict, state: ItemState
) -> None:
    before = read(cash(LINE))
    outcome = read(cash(LINE, PAGE[1]), posted_before(before), repeats=repeats)
    assert (outcome.verdict, outcome.states) == (verdict, [state, S.TAKEN])
    assert "REPEAT" in {one.check for one in outcome.findings}


def test_everything_is_suspended_before_nothing_is_known() -> None:
    outcome = read(cash(LINE), facts(register=None))
    assert ("REGISTER", None) in outcome.told
    assert outcome.verdict is Verdict.REJECTED


def test_what_is_posted_is_told_by_rent_group() -> None:
    told = [one.message for one in read(cash(*PAGE)).findings if one.check == "GROUPS"]
    assert told == ["GPS: 1 payments, -98.20", "HRA: 2 payments, 362.35"]


def test_candidates_come_of_the_normal_reference() -> None:
    known = facts(register=AccountRegister([Account("91000010G")]), codes=CODES)
    rules = {"remove": "-", "check": {"engine": "letter"}}
    (only,) = read(cash(LINE.replace("1900000011", "9100-0010H")), known, references=rules).taken
    assert isinstance(only.item, Item)
    assert (only.item.reference, only.disposition.candidates) == ("9100-0010H", ("91000010G",))
