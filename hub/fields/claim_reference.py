"""Housing Benefit claim references: up to eight digits and one check character.

The form is assumed and can be configured; capitals and small letters count alike in it. How the check
character is computed is not published, so it is never checked. Source: Housing Benefit formats page,
section 3.1.

>>> validate("90000012x")
'90000012X'
>>> is_valid("X90000012"), is_valid("HB/123", pattern="HB/[0-9]{3}")
(False, True)
>>> is_valid("hb/123", pattern="hb/[0-9]{3}")
True
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes, without

PATTERN = "[0-9]{1,8}[A-Z0-9]?"


def compact(text: str) -> str:
    return without(text, " ")


def validate(text: str, *, pattern: str = PATTERN) -> str:
    reference = compact(text)
    if not re.fullmatch(pattern, reference, re.IGNORECASE | re.ASCII):
        told = "up to eight digits and one check character" if pattern == PATTERN else f"the form {pattern}"
        raise FieldProblem(f"a claim reference has {told}")
    return reference


def is_valid(text: str, *, pattern: str = PATTERN) -> bool:
    return passes(lambda: validate(text, pattern=pattern))


def format(text: str) -> str:
    return compact(text)
