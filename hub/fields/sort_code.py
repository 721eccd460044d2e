"""Sort codes: six digits, written with or without hyphens. Six zeroes fill a field and are no sort code.

Source: Bacs formats page, section 1 (identifiers).

>>> validate("00-02-99"), format("000299")
('000299', '00-02-99')
>>> is_valid("00299"), is_valid("000000")
(False, False)
>>> mask("00-02-99")
'**-**-99'
"""

from __future__ import annotations

from hub.fields.problem import FieldProblem, expect_digits, passes, without


def compact(text: str) -> str:
    return without(text, " -")


def validate(text: str) -> str:
    number = compact(text)
    expect_digits(number, "a sort code")
    if len(number) != 6:
        raise FieldProblem(f"a sort code has 6 digits, this one {len(number)}")
    if not number.strip("0"):
        raise FieldProblem("a sort code is not all zeroes")
    return number


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    number = validate(text)
    return f"{number[:2]}-{number[2:4]}-{number[4:]}"


def mask(text: str) -> str:
    """For screens: the last two digits."""
    return f"**-**-{compact(text)[-2:]}"
