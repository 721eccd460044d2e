"""Transaction codes of Standard 18 and reason codes of the reports.

Source: formats page bacs.md, sections 3 and 6.8.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hub.api import Item

FIRST, REGULAR, AGAIN, FINAL = "01", "17", "18", "19"
DEBITS = frozenset({FIRST, REGULAR, AGAIN, FINAL})
CREDIT = "99"
CREDITS = frozenset({CREDIT, "Z4", "Z5"})
LODGE, CANCEL, CONVERT = "0N", "0C", "0S"
INSTRUCTIONS = frozenset({LODGE, CANCEL, CONVERT})
INSTRUCTION = "INSTRUCTION"
"""The kind of an item that is one of these."""

KNOWN = DEBITS | CREDITS | INSTRUCTIONS

KINDS = (
    dict.fromkeys(DEBITS, "COLLECTION")
    | dict.fromkeys(CREDITS, "REFUND")
    | dict.fromkeys(INSTRUCTIONS, INSTRUCTION)
)
"""What kind of item a code is of."""

SIDES = dict.fromkeys(DEBITS, "debit") | dict.fromkeys(CREDITS, "credit")
_WITHOUT_CODE = {"COLLECTION": REGULAR, "REFUND": CREDIT}

CONTRA = "CONTRA"
_WORD = re.compile(r"[A-Z]+")
CONTRAS = {"debit": "99", "credit": "17"}
"""The code of the contra that balances each side."""


def side_of(code: str) -> str:
    """Debit, credit or, where no money moves, instruction."""
    return SIDES.get(code, "instruction")


def name_of(item: Item) -> str:
    """Whose account is paid from or to; what another feed brought may call it otherwise."""
    return item.personal.get("account_name") or item.personal.get("payee_name", "")


def code_of(item: Item) -> str:
    """The transaction code that an item came with or, gathered without one, the usual of its kind."""
    return str(item.data.get("transaction_code") or _WITHOUT_CODE.get(item.kind, ""))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a bank returned something or wrote, with the project's default of what follows.

    mandate_action: keep, suspend, cancel, amend, relodge, reinstate or n/a
    may_represent:  whether the same amount may be asked for again (code 18)
    hold:           the kind of hold that is set on the rent account, if any
    person:         whether a person is asked to look, and `note` what for
    """

    code: str
    meaning: str
    event: str
    may_represent: bool
    mandate_action: str
    hold: str | None
    person: bool
    note: str


@cache
def reasons(report: str) -> Mapping[str, Reason]:
    """The reason codes of one report (`ARUDD`, `ADDACS` …), by code."""
    table = resources.files(__package__).joinpath("data/reason_codes.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in table.splitlines() if not line.startswith("#"))
    return {row["code"]: _reason(row) for row in rows if row["report"] == report}


def says(text: str, report: str, reason: Reason) -> bool:
    """Whether a description has as many words in common with this reason as with any of the report; blank
    agrees.

    >>> cancelled = reasons("ARUDD")["1"]
    >>> [says(text, "ARUDD", cancelled) for text in ("INSTRUCTION CANCELLED", "NO INSTRUCTION", " ")]
    [True, False, True]
    """
    words = _words(text)
    shared = {code: len(words & _words(other.meaning)) for code, other in reasons(report).items()}
    return not words or 0 < shared[reason.code] == max(shared.values())


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.upper()))


def _reason(row: Mapping[str, str]) -> Reason:
    return Reason(
        row["code"],
        row["meaning"],
        row["event"],
        row["may_represent"] == "yes",
        row["mandate_action"],
        row["hold"] or None,
        row["person"] == "yes",
        row["note"],
    )
