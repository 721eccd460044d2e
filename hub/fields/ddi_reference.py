"""References of Direct Debit Instructions ("core references"). Source: Bacs formats page, section 1.

A reference is never changed to make it fit: only the filling spaces on the right come off.

>>> validate("RENT0010000123    ")
'RENT0010000123'
>>> [is_valid(text) for text in ("AB.12/34", "A.B.C.D", "A-AAAAAA", "DDIC123", "rent001", "A" + "1" * 18)]
[True, False, False, False, False, False]
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes


def compact(text: str) -> str:
    return text.rstrip(" ")


def validate(text: str) -> str:
    reference = compact(text)
    if not re.fullmatch("[A-Z0-9.&/ -]*", reference):
        raise FieldProblem("it holds only capitals, digits, full stop, &, /, hyphen and space")
    if not 6 <= len(reference) <= 18:
        raise FieldProblem(f"it has 6 to 18 characters, not {len(reference)}")
    if not reference[0].isalnum():
        raise FieldProblem("it starts with a letter or digit")
    if reference.startswith("DDIC"):
        raise FieldProblem("it must not start with DDIC")
    _check_core([character for character in reference if character.isalnum()])
    return reference


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    return validate(text)


def _check_core(core: list[str]) -> None:
    """The letters and digits alone."""
    if len(core) < 6:
        raise FieldProblem(f"at least six of its characters are letters or digits, not {len(core)}")
    if len(set(core)) == 1:
        raise FieldProblem("its letters and digits must not be all the same")
