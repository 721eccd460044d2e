"""Why a file or line of the rent system interface is not taken: the codes of section 6.3 [project layout]."""

from __future__ import annotations

import re
from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "E01": "bad envelope",
    "E02": "wrong count",
    "E03": "wrong total",
    "E04": "wrong hash total",
    "E05": "gap in the sequence",
    "E06": "this file or batch came before",
    "E07": "stale business date",
    "E10": "wrong length or columns",
    "E11": "bad date",
    "E12": "bad amount",
    "E13": "bad reference or check digit",
    "E14": "unknown account",
    "E15": "account ended",
    "E16": "unknown code",
    "E17": "period closed",
    "E18": "line given twice",
    "E19": "wrong sign",
    "E20": "fields contradict each other",
}
"""By code. Text beside a code may name somebody and is not kept."""

_CODE = re.compile(r"\b(E[0-9]{2})\b")


def code_in(reason: str | None) -> str | None:
    """The code that a reason names.

    >>> code_in("the rent account has ended (E15)"), code_in("nobody knows")
    ('E15', None)
    """
    found = _CODE.search(reason or "")
    return found[1] if found and found[1] in MEANINGS else None
