"""The idempotency key: the same for the same received line, another for any other."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest

from hub.rent.canonical import idempotency_key, plain_text

LINE: dict[str, Any] = {
    "source_system": "INCOME",
    "source_file_id": "CashFile20300605.dat",
    "source_line": 1,
    "payment_ref": "1900000011",
    "transaction_date": date(2030, 6, 4),
    "amount": -11235,
    "method_code": "PPT",
}
OTHERS: dict[str, Any] = {
    "source_system": "CARDS",
    "source_file_id": "000124",
    "source_line": 2,
    "payment_ref": "1900000012",
    "transaction_date": date(2030, 6, 5),
    "amount": 11235,
    "method_code": None,
}


def test_the_key_is_the_hash_that_the_page_defines() -> None:
    text = "INCOME|CashFile20300605.dat|1|1900000011|2030-06-04|-112.35|PPT"
    assert idempotency_key(**LINE) == hashlib.sha256(text.encode()).hexdigest()


def test_the_reference_is_normal_in_it() -> None:
    assert idempotency_key(**LINE | {"payment_ref": " 1900000011 "}) == idempotency_key(**LINE)


@pytest.mark.parametrize("name", OTHERS)
def test_any_difference_makes_another_key(name: str) -> None:
    assert idempotency_key(**LINE | {name: OTHERS[name]}) != idempotency_key(**LINE)


def test_two_equal_payments_in_one_file_are_two() -> None:
    assert idempotency_key(**LINE | {"source_line": 7}) != idempotency_key(**LINE)


def test_control_characters_become_blanks() -> None:
    assert plain_text("WEB\tCARD\r\n") == "WEB CARD"
