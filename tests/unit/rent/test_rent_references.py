"""References as they come and as the rent system writes them, with the examples of the interface page."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hub.fields.problem import FieldProblem
from hub.rent.references import ReferenceRules

LETTER = {"engine": "letter"}
CARD = ReferenceRules(card={"issuer": "90000000"}, add_check=True, check=LETTER)
BARCODE = "90000000000800910000109"


@pytest.mark.parametrize(
    ("rules", "quoted", "normal"),
    [
        ({}, " 0190001/01a ", "0190001/01A"),
        ({"remove": " -"}, "1900 0000-11", "1900000011"),
        ({"drop": "bern"}, "BERN190000001", "190000001"),
        ({"pad": 10}, "19000011", "0019000011"),
        ({"add_check": True, "check": LETTER}, "91000010", "91000010G"),
        ({"add_check": True, "check": LETTER | {"digits": "7"}}, "0600000", "0600000B"),
        ({"add_check": True, "check": LETTER | {"modulus": "10"}}, "411926", "411926C"),
    ],
)
def test_a_route_says_how_references_come(rules: dict[str, object], quoted: str, normal: str) -> None:
    assert ReferenceRules.model_validate(rules).normal(quoted) == normal


def test_a_card_barcode_becomes_the_rent_account_with_its_check_letter() -> None:
    assert CARD.normal(BARCODE) == "91000010G"


@pytest.mark.parametrize(
    ("barcode", "told"),
    [
        ("90000000000200910000109", "service 2, not for rent"),
        ("80000000000800910000109", "another issuer"),
        (BARCODE[:-1], "23 digits"),
        (BARCODE.replace("910000", "91O000"), "23 digits"),
    ],
)
def test_what_is_no_rent_card_is_told_and_never_made_one(barcode: str, told: str) -> None:
    with pytest.raises(FieldProblem, match=told):
        CARD.normal(barcode)


def test_a_reference_is_not_padded_out_of_nothing() -> None:
    assert ReferenceRules(pad=10).normal("   ") == ""


@pytest.mark.parametrize(
    "rules",
    [
        {"add_check": True},
        {"check": {"engine": "luhn"}},
        {"check": {"engine": "letter", "modulus": "9"}},
        {"card": {"issuer": "1"}},
        {"padding": 3},
    ],
)
def test_rules_that_cannot_be_used_are_a_mistake_of_the_configuration(rules: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ReferenceRules.model_validate(rules)
