"""Bank account numbers: eight digits in files.

Customers of some banks know theirs in another length. How such a number becomes eight digits is offered for a
person to choose, never done silently. Source: Bacs formats page, sections 1 and 8.

>>> validate("4015 4823")
'40154823'
>>> is_valid("1234567"), FIXES[7]
(False, 'put 0 in front')
>>> is_valid("00000000"), mask("40154823")
(False, '****4823')
"""

from __future__ import annotations

from hub.fields.problem import FieldProblem, expect_digits, passes, without

FIXES = {
    6: "put 00 in front",
    7: "put 0 in front",
    9: "Santander (former Alliance & Leicester Commercial): the first digit replaces the last digit of the "
    "sort code, the other eight are the account",
    10: "NatWest: take the last eight; Co-operative Bank and Leeds Building Society: take the first eight",
}
"""By number of digits, what a person may choose to do with a number that is not of eight."""


def compact(text: str) -> str:
    return without(text, " -")


def validate(text: str) -> str:
    number = compact(text)
    expect_digits(number, "an account number")
    if len(number) != 8:
        fix = FIXES.get(len(number))
        offer = f"; a person may choose: {fix}" if fix else ""
        raise FieldProblem(f"an account number has 8 digits, this one {len(number)}{offer}")
    if not number.strip("0"):
        raise FieldProblem("an account number is not all zeroes")
    return number


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    return validate(text)


def mask(text: str) -> str:
    """For screens: the last four digits."""
    return f"****{compact(text)[-4:]}"
