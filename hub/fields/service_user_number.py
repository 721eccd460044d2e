"""Bacs service user numbers (SUN): six digits. Source: Bacs formats page, section 1.

>>> validate(" 654321")
'654321'
>>> is_valid("B12345"), is_valid("B12345", bureau=True)
(False, True)
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes, without


def compact(text: str) -> str:
    return without(text, " ")


def validate(text: str, *, bureau: bool = False) -> str:
    """`bureau`: whether a bureau number (B and five digits) may stand instead."""
    number = compact(text)
    if not re.fullmatch("[0-9]{6}|B[0-9]{5}" if bureau else "[0-9]{6}", number):
        instead = ", or a bureau number B and five digits" if bureau else ""
        raise FieldProblem(f"a service user number has six digits{instead}")
    return number


def is_valid(text: str, *, bureau: bool = False) -> bool:
    return passes(lambda: validate(text, bureau=bureau))


def format(text: str) -> str:
    return validate(text, bureau=True)
