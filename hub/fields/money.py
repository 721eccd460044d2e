"""Amounts of pounds and pence, as text with two decimals. Inside the hub they are whole pence.

Nothing is guessed: thousands commas, pound signs, brackets and a third decimal are refused.
Source: rent system formats page, section 6.1.

>>> validate("-112.35"), pence("-112.35"), format("-112.35")
('-112.35', -11235, '-£112.35')
>>> [is_valid(text) for text in ("1,234.56", "£12.00", "12.345", "(12.00)", "12.5", "10000000.00")]
[False, False, False, False, False, False]
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes

LARGEST = 999_999_999
"""Pence; no single amount between the hub and a rent system is larger."""


def compact(text: str) -> str:
    return text.strip()


def validate(text: str) -> str:
    amount = compact(text)
    if not re.fullmatch(r"-?[0-9]+\.[0-9]{2}", amount):
        raise FieldProblem("an amount is written in pounds with two decimals, a minus in front if it is one")
    if len(amount) > 15 or abs(_pence(amount)) > LARGEST:
        raise FieldProblem("an amount is at most 9999999.99")
    return amount


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    amount = _pence(validate(text))
    return f"{'-' if amount < 0 else ''}£{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def pence(text: str) -> int:
    """The amount in whole pence. Raises FieldProblem."""
    return _pence(validate(text))


def _pence(amount: str) -> int:
    return int(amount.replace(".", ""))
