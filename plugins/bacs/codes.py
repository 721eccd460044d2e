"""Transaction codes of Standard 18 and reason codes of the reports.

Source: formats page bacs.md, sections 3 and 6.8.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

FIRST, FINAL = "01", "19"
DEBITS = frozenset({FIRST, "17", "18", FINAL})
CREDITS = frozenset({"99", "Z4", "Z5"})
LODGE, CANCEL, CONVERT = "0N", "0C", "0S"
INSTRUCTIONS = frozenset({LODGE, CANCEL, CONVERT})
INSTRUCTION = "INSTRUCTION"
"""The kind of an item that is one of these."""
KNOWN = DEBITS | CREDITS | INSTRUCTIONS

CONTRA = "CONTRA"
CONTRA_OF_DEBITS = "99"
CONTRA_OF_CREDITS = "17"


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
