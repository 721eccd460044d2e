"""The reference of a placement: nine digits and a Luhn check digit. Source: debt_agency.md, section 2.

>>> placement_ref("100201"), placement_ref("0001002013")
('0001002013', '0001002013')
>>> is_placement_ref("0001002014"), placement_ref("PL-7"), placement_ref("1234567890123")
(False, '0000000075', None)
"""

from __future__ import annotations

import re

_TEN = re.compile("[0-9]{10}")


def check_digit(nine: str) -> str:
    """The Luhn digit (mod 10) behind a number."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(nine)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def is_placement_ref(text: str) -> bool:
    return _TEN.fullmatch(text) is not None and check_digit(text[:9]) == text[9]


def placement_ref(reference: str) -> str | None:
    """What a placement is called at agencies, by the rent system's own reference of it: that itself where it
    is such a number, else its digits, up to nine, filled with zeros and with their check digit. None when it
    has no digits, or too many."""
    if is_placement_ref(reference):
        return reference
    digits = "".join(letter for letter in reference if letter in "0123456789")
    if not 0 < len(digits) <= 9:
        return None
    nine = digits.zfill(9)
    return nine + check_digit(nine)
