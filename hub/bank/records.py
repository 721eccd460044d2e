"""What lives on of the bank: its accounts as the last statement left them, the lines, and what is awaited.

A **line** (`bank_line`) is money at the bank. OTHER: no file explains such money. OPEN: one should. PART,
MATCHED: files explain some of it, or all. CLOSED: a person has explained it.

A **due** (`bank_due`) is money that a file tells of, or a part of it. AWAITED until the lines are there
(COVERED) or two persons let it go without (RELEASED); a line that comes then covers it still. VOID: its file
is given up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from hub.bank.matching import (
    AWAITED,
    CLOSED,
    COVERED,
    DUE,
    LINE,
    MATCHED,
    OPEN,
    PART,
    RELEASED,
    VOID,
    settle,
)
from hub.door.lifecycle import Deadline, Lifecycle, Lookup
from hub.model import Facts, Move, Record, format_pounds

ACCOUNT = "bank_account"
OTHER = "OTHER"
KNOWN = "KNOWN"

_BOARD = (
    Lookup(LINE, states=(OPEN, PART)),
    Lookup(DUE, states=(AWAITED, RELEASED)),
)
"""What may find each other."""


def lines_named(record: Any) -> Iterable[str]:
    """Of a due, the lines that cover it; a line itself."""
    return record.data["lines"] if record.kind == DUE else (record.key,)


def dues_named(record: Any) -> Iterable[str]:
    """Of a line, the dues that it covers; a due itself."""
    return record.data["covers"] if record.kind == LINE else (record.key,)


def _in_time(record: Record, facts: Facts) -> date | None:
    """Counted from the day of the line, or of the money that the file tells of."""
    if facts.calendar is None:
        return None
    return facts.calendar.add_working_days(date.fromisoformat(record.data["on"]), record.data["within"])


def _line_says(record: Record) -> str:
    told = record.data
    pounds = format_pounds(told["left"])
    return f"{record.key}: a file explains {pounds} of {told['money']} that is at the bank since {told['on']}"


def _due_says(record: Record) -> str:
    told = record.data
    pounds = format_pounds(told["amount"])
    return f"{record.key}: the bank shows {pounds} of {told['money']} for {told['on']}"


def _settled(facts: Facts) -> Iterable[Move]:
    records = facts.records
    return settle(records.all(LINE), records.all(DUE)) if records else ()


ACCOUNT_LIFE = Lifecycle(
    kind=ACCOUNT,
    title="Bank accounts as the last statement left them",
    begins=(KNOWN,),
    moves={KNOWN: (KNOWN,)},
)
LINE_LIFE = Lifecycle(
    kind=LINE,
    title="Lines of bank statements",
    begins=(OPEN, OTHER),
    moves={
        OPEN: (PART, MATCHED, CLOSED),
        PART: (OPEN, MATCHED, CLOSED),
        MATCHED: (OPEN, PART),
        OTHER: (CLOSED,),
        CLOSED: (OPEN,),
    },
    deadlines=tuple(Deadline("file", state, _in_time, _line_says) for state in (OPEN, PART)),
    looks_up=(*_BOARD, Lookup(LINE, keys=lines_named), Lookup(DUE, keys=dues_named)),
    settles=_settled,
    money=("amount", "left"),
)
DUE_LIFE = Lifecycle(
    kind=DUE,
    title="Money that files tell of and the bank must show",
    begins=(AWAITED,),
    moves={
        AWAITED: (COVERED, RELEASED, VOID),
        RELEASED: (COVERED, AWAITED, VOID),
        COVERED: (AWAITED, VOID),
        VOID: (AWAITED,),
    },
    deadlines=(Deadline("bank", AWAITED, _in_time, _due_says),),
    looks_up=(*_BOARD, Lookup(LINE, keys=lines_named), Lookup(DUE, keys=dues_named)),
    settles=_settled,
    money=("amount", "tolerance"),
)
