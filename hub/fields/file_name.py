"""File names: what is a plain one on every system. What Windows cannot hold is refused on Linux too.

A reason is the end of a sentence that starts with the name.

>>> validate("receipts_20261102.csv"), is_valid("../receipts.csv"), is_valid("con.txt")
('receipts_20261102.csv', False, False)
>>> format("bad\\x07name")
'bad\\\\x07name'
"""

from __future__ import annotations

import re

from hub.fields.problem import FieldProblem, passes

_LONGEST = 200  # bytes; leaves room for a prefix and a suffix in 255
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def compact(text: str) -> str:
    return text


def validate(text: str) -> str:
    if text in ("", ".", ".."):
        raise FieldProblem("is not a file name")
    if _FORBIDDEN.search(text):
        raise FieldProblem(
            "holds a path separator, a control character or another that no file name may hold"
        )
    if _RESERVED.fullmatch(text.rstrip(" .")):
        raise FieldProblem("is reserved by Windows")
    if text != text.strip(" ") or text.endswith("."):
        raise FieldProblem("starts or ends with a space or ends with a dot")
    if len(text.encode()) > _LONGEST:
        raise FieldProblem(f"is longer than {_LONGEST} bytes")
    return text


def is_valid(text: str) -> bool:
    return passes(validate, text)


def format(text: str) -> str:
    """For people, whatever it is: control characters and the like escaped, cut to 100 characters."""
    escaped = text.encode("unicode_escape").decode("ascii") if _FORBIDDEN.search(text) else text
    return escaped if len(escaped) <= 100 else escaped[:99] + "…"
