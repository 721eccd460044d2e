"""A bank account: a sort code and an account number that belong together.

Only the structure is checked here. Whether the number can exist at that bank is decided by the published
modulus tables, which the council loads. Source: Bacs formats page, sections 1 and 8.

>>> validate("00-02-99", "40154823")
('000299', '40154823')
>>> format("000299", "40154823")
'00-02-99 40154823'
>>> mask("000299", "40154823")
'**-**-99 ****4823'
"""

from __future__ import annotations

from hub.fields import account_number, sort_code
from hub.fields.problem import passes

TABLES_MISSING = (
    "the structure is right; whether the number fits the sort code is in the published modulus tables "
    "(valacdos.txt and scsubtab.txt), which are not loaded here"
)


def compact(code: str, number: str) -> tuple[str, str]:
    return sort_code.compact(code), account_number.compact(number)


def validate(code: str, number: str) -> tuple[str, str]:
    return sort_code.validate(code), account_number.validate(number)


def is_valid(code: str, number: str) -> bool:
    return passes(validate, code, number)


def format(code: str, number: str) -> str:
    return f"{sort_code.format(code)} {account_number.format(number)}"


def mask(code: str, number: str) -> str:
    """For screens: the last digits of each."""
    return f"{sort_code.mask(code)} {account_number.mask(number)}"
