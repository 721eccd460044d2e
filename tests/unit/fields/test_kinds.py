"""What `feedhub check-field` says about one value."""

from __future__ import annotations

import re

import pytest

from hub.errors import ConfigError
from hub.fields.kinds import KINDS, FieldResult

RENTS = {
    "engine": "weighted",
    "modulus": "10",
    "weights": "0,0,9,7,1,4,6,3,2,8,0",
    "subtract": "true",
    "result": "10:0",
    "length": "11",
}


def check(kind: str, *values: str, **settings: str) -> FieldResult:
    return KINDS[kind].check(dict(zip(KINDS[kind].parts, values, strict=True)), settings)


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("nino", "ab 12 34 56 c", "AB123456C"),
        ("nino", "AB-12-34-56-D", "AB123456D"),
        ("sort_code", "00-02-99", "000299"),
        ("account_number", "4015 4823", "40154823"),
        ("postcode", "e8 1ea", "E8 1EA"),
        ("postcode", "ec1a1bb", "EC1A 1BB"),
        ("postcode", "GIR 0AA", "GIR 0AA"),
        ("ddi_reference", "AB.12/34", "AB.12/34"),
        ("service_user_number", "654321", "654321"),
        ("claim_reference", "90000012X", "90000012X"),
        ("uprn", "000010012345", "10012345"),
        ("money", "-112.35", "-112.35"),
        ("date", "2024-02-29", "2024-02-29"),
    ],
)
def test_valid(kind: str, value: str, normal: str) -> None:
    result = check(kind, value)
    assert (result.status, result.normal) == ("valid", normal)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("nino", "QQ123456A", "never holds Q"),
        ("nino", "AO123456A", "second letter"),
        ("nino", "TN010170F", "temporary"),
        ("nino", "11a11111", "TRN"),
        ("nino", "AB123456", "missing"),
        ("nino", "AB123456E", "A, B, C or D"),
        ("nino", "AB12345C", "six digits"),
        ("nino", "\u017fA123456A", "two letters"),
        ("sort_code", "00299", "6 digits, this one 5"),
        ("sort_code", "00029\u0669", "digits"),
        ("account_number", "1234567", "put 0 in front"),
        ("account_number", "123456", "put 00 in front"),
        ("account_number", "1234567890", "NatWest"),
        ("account_number", "123456789", "last digit of the sort code"),
        ("account_number", "12345", "this one 5"),
        ("account_number", "1234567A", "digits"),
        ("ddi_reference", "AAAAAA", "all the same"),
        ("ddi_reference", "A-A.A/A&AAA", "all the same"),
        ("ddi_reference", "A.B.C.D", "at least six"),
        ("ddi_reference", "DDIC1234", "DDIC"),
        ("ddi_reference", "-RENT001", "starts with"),
        ("ddi_reference", "Rent0001", "capitals"),
        ("service_user_number", "B12345", "six digits"),
        ("claim_reference", "123456789X", "up to eight digits"),
        ("uprn", "1234567890123", "at most 12"),
        ("uprn", "000", "not zero"),
        ("money", "1,234.56", "two decimals"),
        ("money", "12.345", "two decimals"),
        ("money", "10000000.00", "at most"),
        ("date", "2026-02-29", "calendar date"),
        ("date", "26-02-28", "YYYY-MM-DD"),
        ("date", "1899-12-31", "1900"),
        ("payment_reference", "1.23E+11", "spreadsheet"),
        ("payment_reference", "RENT 0001", "capitals"),
        ("payment_reference", "", "payment_reference is missing"),
        ("payment_reference", "R" * 26, "1 to 25"),
        ("sort_code", "00-00-00", "all zeroes"),
        ("account_number", "00000000", "all zeroes"),
    ],
)
def test_invalid_with_its_reason(kind: str, value: str, reason: str) -> None:
    result = check(kind, value)
    assert (result.status, result.normal) == ("invalid", None)
    assert reason in result.reason


@pytest.mark.parametrize("prefix", ["BG", "GB", "KN", "NK", "NT", "ZZ", "OO", "FY", "QQ"])
def test_prefixes_that_hmrc_never_uses(prefix: str) -> None:
    assert check("nino", f"{prefix}234567A").status == "invalid"


@pytest.mark.parametrize("prefix", ["CR", "MW", "PY", "PZ"])
def test_administrative_prefixes_pass_with_a_warning(prefix: str) -> None:
    result = check("nino", f"{prefix}234567A")
    assert (result.status, result.reason[:8]) == ("valid", "warning:")


def test_the_administrative_prefixes_are_configurable() -> None:
    assert check("nino", "CR234567A", warn_prefixes="JK").reason == ""
    assert "JK" in check("nino", "JK234567A", warn_prefixes="JK,CR").reason


def test_a_test_gateway_may_only_warn() -> None:
    result = check("nino", "QQ123456A", warn_only="true")
    assert result.status == "valid"
    assert "never holds Q" in result.reason


def test_a_missing_suffix_passes_only_where_the_profile_says_so() -> None:
    assert check("nino", "AB123466", suffix_optional="true") == FieldResult("valid", "", "AB123466")


def test_a_bank_account_is_only_half_checked_without_the_modulus_tables() -> None:
    result = check("bank_account", "00-02-99", "40154823")
    assert (result.status, result.normal) == ("cannot_be_checked", "000299 40154823")
    assert "valacdos.txt" in result.reason
    assert check("bank_account", "00-02-9", "40154823").status == "invalid"


@pytest.mark.parametrize("reference", ["60000123457", "60000123469"])
def test_weighted_sum_accepts_the_published_examples(reference: str) -> None:
    assert check("payment_reference", reference, **RENTS).status == "valid"


@pytest.mark.parametrize("reference", ["60000123458", "60000123547", "6000012345"])
def test_weighted_sum_refuses_a_mistyped_reference(reference: str) -> None:
    assert check("payment_reference", reference, **RENTS).status == "invalid"


def test_weighted_sum_overwrites_the_start_with_the_source_digits() -> None:
    settings = {"engine": "weighted", "modulus": "7", "weights": "1,1,1,0", "source": "97"}
    assert check("payment_reference", "0013", **settings).normal == "0013"  # 9 + 7 + 1 = 17, 17 mod 7 = 3
    assert check("payment_reference", "0011", **settings).status == "invalid"


@pytest.mark.parametrize("reference", ["91000010G", "91000028J", "91000036K"])
def test_check_letter_accepts_the_published_examples(reference: str) -> None:
    assert check("payment_reference", reference, engine="letter").status == "valid"


@pytest.mark.parametrize("reference", ["91000010H", "9100001G", "910000100"])
def test_check_letter_refuses(reference: str) -> None:
    assert check("payment_reference", reference, engine="letter").status == "invalid"


@pytest.mark.parametrize(
    ("settings", "right", "wrong"),
    [
        ({"digits": "7"}, "0600000B", "0600001B"),  # 6 x 7 = 42, 42 mod 11 = 9, 11 - 9 = 2
        ({"digits": "6"}, "123456K", "132456K"),  # 7 + 12 + 15 + 16 + 15 + 12 = 77, 77 mod 11 = 0, 11
        ({"modulus": "10"}, "411926C", "419126C"),  # 4 + 2 + 3 + 36 + 10 + 36 = 91, 91 mod 10 = 1
    ],
)
def test_check_letters_have_forms_for_shorter_numbers(
    settings: dict[str, str], right: str, wrong: str
) -> None:
    assert check("payment_reference", right, engine="letter", **settings).status == "valid"
    assert check("payment_reference", wrong, engine="letter", **settings).status == "invalid"


def test_a_reference_of_another_length_than_the_landlords_is_invalid() -> None:
    result = check("payment_reference", "1900000011", length="11")
    assert result.status == "invalid"
    assert result.reason == "a payment reference has 11 characters here, this one 10"


def test_without_the_landlords_rule_a_check_digit_cannot_be_checked() -> None:
    result = check("payment_reference", "1900000011")
    assert (result.status, result.normal) == ("cannot_be_checked", "1900000011")


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("nino", {"suffix": "true"}),
        ("nino", {"suffix_optional": "yes"}),
        ("payment_reference", {"engine": "luhn"}),
        ("payment_reference", {"engine": "letter", "modulus": "97"}),
        ("payment_reference", {"engine": "weighted", "modulus": "10"}),
        ("payment_reference", {"engine": "weighted", "modulus": "0", "weights": "1"}),
        ("payment_reference", {"engine": "weighted", "modulus": "10", "weights": "1,x"}),
        ("payment_reference", {"engine": "weighted", "modulus": "10", "weights": "1", "result": "10"}),
        ("payment_reference", {"engine": "weighted", "modulus": "10", "weights": "1", "source": "x"}),
        ("claim_reference", {"pattern": "["}),
        ("date", {"format": "%d/%m/%y"}),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(kind: str, settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        check(kind, *("1" for _ in KINDS[kind].parts), **settings)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("nino", "QQ987654A"),
        ("nino", "AB123456C"),
        ("account_number", "7654321"),
        ("ddi_reference", "Q_SECRET"),
    ],
)
def test_a_reason_never_repeats_the_value(kind: str, value: str) -> None:
    reason = check(kind, value).reason
    assert reason and value not in reason
    assert not any(digits in reason for digits in re.findall("[0-9]{3,}", value))


@pytest.mark.parametrize(
    ("kind", "normal", "shown"),
    [
        ("nino", "AB123456C", "******56C"),
        ("nino", "AB123456", "******56"),
        ("sort_code", "000299", "**-**-99"),
        ("account_number", "40154823", "****4823"),
        ("bank_account", "000299 40154823", "**-**-99 ****4823"),
        ("payment_reference", "91000010G", "91000010G"),
    ],
)
def test_screens_show_the_end_of_what_is_personal(kind: str, normal: str, shown: str) -> None:
    assert KINDS[kind].mask(normal) == shown


@pytest.mark.parametrize("pattern", ["hb[0-9]{3}", "HB[0-9]{3}"])
@pytest.mark.parametrize("reference", ["hb123", "HB123"])
def test_a_pattern_of_claim_references_means_both_cases(pattern: str, reference: str) -> None:
    assert check("claim_reference", reference, pattern=pattern).normal == "HB123"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"sort_code": "000299"}, "account_number is missing"),
        ({"sort_code": " ", "account_number": ""}, "sort_code and account_number are missing"),
    ],
)
def test_a_part_that_is_not_there_is_missing(parts: dict[str, str], reason: str) -> None:
    assert KINDS["bank_account"].check(parts, {}) == FieldResult("invalid", reason)
