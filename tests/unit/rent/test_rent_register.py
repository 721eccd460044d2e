"""The register: nothing ambiguous is an account, and no two references are made one."""

from __future__ import annotations

from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Account, Mandate
from hub.rent.canonical import normal_reference
from hub.rent.register import MOST_CANDIDATES, AccountRegister

LETTERS = digits + ascii_uppercase + "/-"
references = st.text(LETTERS, min_size=1, max_size=12)
accounts = st.builds(
    Account,
    payment_ref=references,
    tenancy_ref=st.none() | references,
    alt_refs=st.lists(references, max_size=2).map(tuple),
)

TOM = Account("1900000011", "0190001/01", claim_ref="90000116X", alt_refs=("A77/4",))
ANN = Account("1900000029", "0190002/01", claim_ref="90000117Y")
REGISTER = AccountRegister([TOM, ANN])


@pytest.mark.parametrize("quoted", ["1900000011", " 1900000011 ", "0190001/01", "a77/4", "A77/4"])
def test_an_account_is_found_by_payment_tenancy_or_old_reference(quoted: str) -> None:
    assert REGISTER.account(quoted) == TOM


@pytest.mark.parametrize("quoted", ["", " ", "01900000011", "1900000O11", "190001/01", "0190001 01", "A774"])
def test_nothing_near_a_reference_is_the_reference(quoted: str) -> None:
    assert REGISTER.account(quoted) is None


def test_a_reference_that_fits_two_accounts_is_nobody() -> None:
    garage = Account("1900000052", "0190001/01", account_type="GARAGE")
    register = AccountRegister([TOM, garage])
    assert register.account("0190001/01") is None
    assert set(register.candidates("0190001/01")) == {"1900000011", "1900000052"}


@given(st.lists(accounts, max_size=6), references)
def test_what_is_found_is_the_only_one_that_carries_the_reference(known: list[Account], quoted: str) -> None:
    fitting = [each for each in known if quoted in {each.payment_ref, each.tenancy_ref, *each.alt_refs}]
    assert AccountRegister(known).account(quoted) == (fitting[0] if len(fitting) == 1 else None)


@given(st.text(max_size=12), st.text(max_size=12))
def test_normal_references_merge_only_blanks_around_and_a_to_z(one: str, other: str) -> None:
    if normal_reference(one) == normal_reference(other):
        plain = [text.strip() for text in (one, other)]
        assert len(plain[0]) == len(plain[1])
        assert all(a == b or (a.isascii() and a.upper() == b.upper()) for a, b in zip(*plain, strict=True))


@given(references)
def test_a_normal_reference_stays_as_it_is(reference: str) -> None:
    assert normal_reference(reference) == reference


def test_letters_that_unicode_would_merge_stay_apart() -> None:
    assert normal_reference("STRA\u00dfE") != normal_reference("STRASSE")
    assert normal_reference("\u0131") != normal_reference("i")


@pytest.mark.parametrize(
    ("quoted", "slip"),
    [
        ("19000000I1", "letter for digit"),
        ("1900000018", "last character"),
        ("1900000101", "neighbours swapped"),
        ("1900500011", "one wrong"),
        ("19000000111", "one too many"),
        ("190000011", "one left out"),
    ],
)
def test_candidates_are_one_slip_away(quoted: str, slip: str) -> None:
    assert "1900000011" in REGISTER.candidates(quoted), slip
    assert REGISTER.account(quoted) is None


def test_the_likeliest_slip_comes_first() -> None:
    register = AccountRegister([Account("1900000011"), Account("7900000O11"), Account("19000000019")])
    assert register.candidates("1900000O11")[0] == "1900000011"


def test_there_are_never_too_many_candidates() -> None:
    register = AccountRegister([Account(f"19000000{number:02}") for number in range(100)])
    assert len(register.candidates("1900000055")) == MOST_CANDIDATES


def test_far_references_have_no_candidates() -> None:
    assert REGISTER.candidates("CASH OFFICE") == ()


def test_claims_find_all_their_accounts() -> None:
    shared = AccountRegister([TOM, Account("1900000037", claim_ref="90000116x")])
    assert [account.payment_ref for account in shared.by_claim(" 90000116X")] == ["1900000011", "1900000037"]
    assert shared.by_claim("none") == ()


def test_a_mandate_is_found_by_its_reference() -> None:
    mandate = Mandate("DD0000000011", "1900000011", "A PRETEND PERSON", "000000", "00000000")
    register = AccountRegister([], [mandate])
    assert register.mandate("dd0000000011 ") == mandate
    assert register.mandate("DD0000000012") is None
