"""How a posting finds its rent account, what is suspended and why, and what is posted in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model import Account, History, ItemState, Record, Verdict
from plugins.housing_benefit.mapping import item_key, rent_transaction
from plugins.housing_benefit.settings import CSV1
from tests.unit.housing_benefit.posting_files import (
    ADJUSTMENT,
    OVERPAYMENT,
    Outcome,
    Row,
    account,
    csv_file,
    facts,
    posting_file,
    read,
)

ENDED = {"status": "ENDED", "end_date": date(2026, 3, 29)}
STILL_THERE = {"status": "ENDED", "end_date": date(2026, 4, 12)}


def one(row: Row, *accounts: Account, **options: Any) -> tuple[ItemState, str | None, str | None]:
    """What becomes of one row: its state, its account and the word of the reason."""
    outcome = read(posting_file(row), facts(*accounts), **options)
    return outcome.states[0], outcome.taken[0].disposition.account, outcome.reasons[0]


@pytest.mark.parametrize(
    ("row", "known", "options"),
    [
        (Row(), {}, {}),
        (Row(rent_ref="fake0001/1"), {}, {}),
        (Row(rent_ref="1900000001"), {}, {}),
        (Row(rent_ref="1234|FAKE0001/1"), {}, {"strip_before_bar": True}),
        (Row(rent_ref="FAKE 0001/1"), {}, {"remove_spaces": True}),
        (Row(), {"rent_group": "GN"}, {"rent_groups": ["GN"]}),
        (Row(), {"claim_ref": "90000012X"}, {}),
        (Row(), {"claim_ref": "90000099Z"}, {}),
        (Row(), {"start_date": None}, {}),
        (Row(), {"start_date": date(2026, 3, 30)}, {}),
    ],
)
def test_the_reference_finds_its_account(row: Row, known: dict[str, Any], options: dict[str, Any]) -> None:
    assert one(row, account(1, **known), account(2), **options) == (ItemState.TAKEN, "1900000001", None)


def test_money_for_the_time_of_a_former_tenancy_goes_to_that_account() -> None:
    assert one(Row(), account(1, **STILL_THERE)) == (ItemState.TAKEN, "1900000001", "FORMER_ACCOUNT")


@pytest.mark.parametrize(
    ("row", "known", "options", "reason"),
    [
        (Row(rent_ref="FAKE9999/9"), {}, {}, "NO_ACCOUNT"),
        (Row(rent_ref=""), {}, {}, "NO_ACCOUNT"),
        (Row(rent_ref="1234|FAKE0001/1"), {}, {}, "NO_ACCOUNT"),
        (Row(rent_ref="FAKE 0001/1"), {}, {}, "NO_ACCOUNT"),
        (Row(rent_ref="19000000001"), {}, {}, "NO_ACCOUNT"),
        (Row(), {"start_date": date(2026, 3, 31)}, {}, "NO_ACCOUNT"),
        (Row(), ENDED, {}, "TENANCY_ENDED"),
        (Row(), ENDED | {"end_date": date(2026, 4, 11)}, {}, "TENANCY_ENDED"),
        (Row(), {"status": "ENDED"}, {}, "TENANCY_ENDED"),
        (Row(), {"rent_group": "LH"}, {"rent_groups": ["GN", "TA"]}, "WRONG_GROUP"),
        (Row(), {}, {"rent_groups": ["GN"]}, "WRONG_GROUP"),
        (Row(claim="90000077Y"), {}, {}, "CONFLICT"),
    ],
)
def test_money_without_a_sure_account_is_suspended(
    row: Row, known: dict[str, Any], options: dict[str, Any], reason: str
) -> None:
    accounts = account(1, **known), account(2, claim_ref="90000077Y")
    assert one(row, *accounts, **options) == (ItemState.SUSPENDED, None, reason)


def test_two_accounts_with_the_reference_are_none() -> None:
    twins = account(1), account(2, tenancy_ref="FAKE0001/1")
    assert one(Row(), *twins)[2] == "NO_ACCOUNT"


def test_a_person_is_shown_the_accounts_that_may_be_meant() -> None:
    known = facts(account(1), account(2, claim_ref="90000012X"))
    outcome = read(posting_file(Row(rent_ref="FAKE0010/1"), Row(rent_ref="FAKE000l/1", entry="DHP")), known)
    assert [set(each.disposition.candidates) for each in outcome.taken] == [
        {"1900000001", "1900000002"},
        {"1900000001", "1900000002"},
    ]


@pytest.mark.parametrize(
    ("known", "state", "reason"),
    [
        ({}, ItemState.TAKEN, "CLAIM_MATCH"),
        (ENDED, ItemState.SUSPENDED, "NO_ACCOUNT"),
        ({"rent_group": "LH"}, ItemState.SUSPENDED, "WRONG_GROUP"),
    ],
)
def test_a_claim_may_stand_in_for_a_reference_where_it_is_allowed(
    known: dict[str, Any], state: ItemState, reason: str
) -> None:
    claimant = account(1, claim_ref="90000012X", **{"rent_group": "GN", **known})
    row = Row(rent_ref="FAKE9999/9")
    assert one(row, claimant, rent_groups=["GN"])[2] == "NO_ACCOUNT"
    found = one(row, claimant, rent_groups=["GN"], allow_claim_match=True)
    assert (found[0], found[2]) == (state, reason)


def test_a_claim_of_two_live_accounts_stands_in_for_neither() -> None:
    claimants = account(1, claim_ref="90000012X"), account(2, claim_ref="90000012X")
    assert one(Row(rent_ref="FAKE9999/9"), *claimants, allow_claim_match=True)[2] == "NO_ACCOUNT"


def test_nothing_is_matched_without_the_rent_accounts() -> None:
    outcome = read(posting_file(Row()), replace(facts(), register=None))
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-REGISTER", None)])


def test_a_row_that_posts_nothing_is_noted() -> None:
    assert one(Row(recovered=22468))[0] is ItemState.NOTED


def test_what_was_posted_before_waits() -> None:
    first = read(posting_file(Row(), ADJUSTMENT))
    posted = frozenset(key for item in first.items if (key := item_key(item)))
    known = facts(history=History(posted=posted))
    again = read(
        posting_file(replace(Row(), gross=1), replace(ADJUSTMENT, last="20260413"), sequence=43), known
    )
    assert again.told == [("HB-REPEAT", 2)]
    assert again.states == [ItemState.HELD, ItemState.TAKEN]


@pytest.mark.parametrize(
    ("balance", "waits"), [(-4000, False), (-3999, True), (0, True), (1, False), (None, True)]
)
def test_an_overpayment_that_would_put_the_tenant_in_debt_waits(balance: int | None, waits: bool) -> None:
    outcome = read(posting_file(OVERPAYMENT), facts(account(1, balance=balance)))
    assert outcome.told == ([("HB-OPD-BALANCE", 2)] if waits else [])
    assert outcome.states == [ItemState.HELD if waits else ItemState.TAKEN]


def test_overpayments_on_one_account_count_together() -> None:
    second = replace(OVERPAYMENT, last="20260413")
    outcome = read(posting_file(OVERPAYMENT, second), facts(account(1, balance=-7999)))
    assert outcome.states == [ItemState.HELD, ItemState.HELD]


def posting(outcome: Outcome, number: int = 0) -> Any:
    (posting,) = rent_transaction(outcome.taken[number], outcome.ctx)
    return posting


@pytest.mark.parametrize(
    ("row", "kind", "code", "amount"),
    [
        (Row(recovered=2310), "BENEFIT", "RHB", -20158),
        (ADJUSTMENT, "BENEFIT_ADJ", "RHA", 5425),
        (replace(ADJUSTMENT, gross=5425), "BENEFIT_ADJ", "RHA", -5425),
        (OVERPAYMENT, "BENEFIT_ADJ", "RHA", 4000),
        (Row(entry="OPR"), "BENEFIT_ADJ", "RHA", -22468),
        (Row(entry="DHP"), "BENEFIT", "RDH", -22468),
        (Row(entry="DHR", gross=-100), "BENEFIT_ADJ", "RDH", 100),
    ],
)
def test_each_type_posts_with_its_own_kind_code_and_sign(row: Row, kind: str, code: str, amount: int) -> None:
    made = posting(read(posting_file(row), facts(account(1, balance=-9000))))
    assert (made.kind, made.type_code, made.amount, made.method_code) == (kind, code, amount, row.entry)


def test_a_posting_says_where_it_comes_from() -> None:
    made = posting(read(posting_file(Row())))
    assert (made.payment_ref, made.tenancy_ref) == ("1900000001", "FAKE0001/1")
    assert (made.transaction_id, made.external_ref) == ("t.1", "000042-0000002")
    assert (made.transaction_date, made.post_date) == (date(2026, 4, 13), date(2026, 4, 13))
    assert made.narrative == "Housing Benefit 90000012X 2026-03-30 to 2026-04-12"
    assert posting(read(csv_file(Row()), format=CSV1)).external_ref == "90000012X"


def test_a_type_without_a_code_refuses_the_file_and_a_suspended_one_needs_none() -> None:
    rows = Row(), Row(entry="DHP"), Row(entry="DHP", rent_ref="FAKE9999/9")
    outcome = read(posting_file(*rows), codes={})
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-CODE", 3)])
    own = read(posting_file(Row()), codes={"HBE": "HBS"})
    assert posting(own).type_code == "HBS"


class Learned:
    """The one pair that was learned: of the row that quotes a reference nobody has."""

    def get(self, kind: str, key: str) -> Record | None:
        known = (kind, key) == ("learned_pair", "housing_benefit.postings:FAKE9999/9:90000012X")
        return Record(kind=kind, key=key, state="ACTIVE", account="1900000001") if known else None

    def about(self, kind: str, account: str) -> Sequence[Record]:
        return ()

    def all(self, kind: str) -> Sequence[Record]:
        return ()


@pytest.mark.parametrize(
    ("row", "known", "allowed", "expected"),
    [
        (Row(rent_ref="FAKE9999/9"), {}, True, (ItemState.TAKEN, "LEARNED_PAIR")),
        (Row(rent_ref="FAKE9999/9"), {}, False, (ItemState.SUSPENDED, "NO_ACCOUNT")),
        (Row(rent_ref="FAKE9999/9", claim="90000077Y"), {}, True, (ItemState.SUSPENDED, "NO_ACCOUNT")),
        (Row(rent_ref="FAKE9999/9"), ENDED, True, (ItemState.SUSPENDED, "TENANCY_ENDED")),
        (Row(), ENDED, True, (ItemState.SUSPENDED, "TENANCY_ENDED")),
    ],
)
def test_a_learned_pair_stands_in_for_a_reference_where_it_is_allowed(
    row: Row, known: dict[str, Any], allowed: bool, expected: tuple[ItemState, str]
) -> None:
    with_pair = replace(facts(account(1, **known)), records=Learned())
    outcome = read(posting_file(row), with_pair, allow_learned_pairs=allowed)
    assert (outcome.states[0], outcome.reasons[0]) == expected
