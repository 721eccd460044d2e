"""United Kingdom postcodes.

The shapes are the six of BS 7666 (A9, A99, AA9, AA99, A9A, AA9A, then 9AA) with the letters that each place
may hold, and GIR 0AA. Whether a postcode is in use is not known here.

>>> validate("sw1a1aa"), format("M11AE")
('SW1A 1AA', 'M1 1AE')
>>> is_valid("SW1A 1AC"), is_valid("QA1 1AA"), is_valid("12345")
(False, False, False)
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes, without

_OUTWARD = "[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
_POSTCODE = re.compile(rf"(?:{_OUTWARD}|GIR(?=0AA))([0-9][ABD-HJLNP-UW-Z]{{2}})")


def compact(text: str) -> str:
    return without(text, " ")


def validate(text: str) -> str:
    """The postcode in capitals with its one space."""
    code = compact(text)
    if not _POSTCODE.fullmatch(code):
        raise FieldProblem("it is not of the form of a United Kingdom postcode, such as A9 9AA or AA9A 9AA")
    return f"{code[:-3]} {code[-3:]}"


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    return validate(text)
