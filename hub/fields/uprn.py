"""Unique Property Reference Numbers: up to twelve digits. Leading zeros are filling.

Source: rent system formats page, sections 2.1 and 6.2.

>>> validate("000010012345"), format("10012345")
('10012345', '000010012345')
>>> is_valid("0"), is_valid("1234567890123")
(False, False)
"""

from __future__ import annotations

from hub.fields.problem import FieldProblem, expect_digits, passes, without


def compact(text: str) -> str:
    return without(text, " ").lstrip("0")


def validate(text: str) -> str:
    digits = without(text, " ")
    expect_digits(digits, "a UPRN")
    if len(digits) > 12:
        raise FieldProblem(f"a UPRN has at most 12 digits, this one {len(digits)}")
    if not compact(text):
        raise FieldProblem("a UPRN is not zero")
    return compact(text)


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    return validate(text).zfill(12)
