"""National Insurance numbers, by HMRC's rules (NIM39110; DWP formats page, section 4). No check digit exists.

>>> validate("ab 12 34 56 c"), format("AB123456C")
('AB123456C', 'AB 12 34 56 C')
>>> is_valid("QQ123456C"), is_valid("ZZ123456C"), is_valid("AO123456C")
(False, False, False)
>>> mask("AB123456C")
'******56C'
>>> validate("AB123456", suffix_optional=True)
'AB123456'
>>> doubts("MW222222A")
('the prefix MW was given out for administration', 'its digits are all the same')
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes, without

NEVER_USED = ("BG", "GB", "KN", "NK", "NT", "ZZ")
ADMINISTRATIVE = ("CR", "MW", "PY", "PZ")
"""Prefixes that pass the rules but were not given to people: worth a look, not refused."""

PREFIX, TRN = "PREFIX", "TRN"
"""The codes of what is wrong, where it is more than the form."""

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{6}[A-Z]?")
_TEMPORARY = re.compile(r"[0-9]{2}[A-Z][0-9]{5}")


def compact(text: str) -> str:
    return without(text, " -")


def validate(text: str, *, suffix_optional: bool = False) -> str:
    """The number in capitals without spaces: nine characters, or eight where the suffix may be missing."""
    number = compact(text)
    if _TEMPORARY.fullmatch(number):
        raise FieldProblem(
            "it is a temporary reference number (TRN) of HMRC, which is no National Insurance number", TRN
        )
    if number.startswith("TN") and number[2:3].isdigit():
        raise FieldProblem("a number that begins with TN was temporary and is no longer used", PREFIX)
    if not _SHAPE.fullmatch(number):
        raise FieldProblem("a National Insurance number has two letters, six digits and a letter")
    _check_prefix(number[:2])
    _check_suffix(number[8:], suffix_optional)
    return number


def is_valid(text: str, *, suffix_optional: bool = False) -> bool:
    return passes(lambda: validate(text, suffix_optional=suffix_optional))


def format(text: str) -> str:
    number = validate(text, suffix_optional=True)
    return f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8:]}".rstrip()


def mask(text: str) -> str:
    """For screens: the last two digits and the suffix."""
    number = compact(text)
    return "*" * 6 + number[6:]


def doubts(number: str, administrative: tuple[str, ...] = ADMINISTRATIVE) -> tuple[str, ...]:
    """What is odd about a valid number. Nothing of it is a reason to refuse."""
    prefix, digits = number[:2], number[2:8]
    found = {
        f"the prefix {prefix} was given out for administration": prefix in administrative,
        "its digits are all the same": len(set(digits)) == 1,
        "its digits only count up": digits == "123456",
    }
    return tuple(doubt for doubt, applies in found.items() if applies)


def _check_prefix(prefix: str) -> None:
    unused = [letter for letter in prefix if letter in "DFIQUV"]
    if unused:
        raise FieldProblem(f"the prefix of a National Insurance number never holds {unused[0]}", PREFIX)
    if prefix[1] == "O":
        raise FieldProblem("the second letter of a National Insurance number is never O", PREFIX)
    if prefix in NEVER_USED:
        raise FieldProblem(f"the prefix {prefix} is never used in National Insurance numbers", PREFIX)


def _check_suffix(suffix: str, optional: bool) -> None:
    if not suffix and not optional:
        raise FieldProblem("the last letter is missing; it is A, B, C or D")
    if suffix not in ("", "A", "B", "C", "D"):
        raise FieldProblem("the last letter of a National Insurance number is A, B, C or D")
