"""Direct Debit instructions: which are due as a mandate changes, and what it knows once they have left.

A 0N lodges a mandate at its bank, a 0C ends it there, a 0S converts a paper one. An item that waits holds no
bank details; those of the mandate on the day are written. Source: formats page bacs.md, sections 3, 6.8, 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hub.api import (
    ENDED_BY,
    INSTRUCTED_BY,
    LODGED,
    MANDATE_KIND,
    PAPER,
    WITHDRAWN,
    Context,
    DeliveryState,
    Effect,
    Facts,
    Follow,
    Item,
    Left,
    Mandate,
    Move,
    Record,
    Taken,
    Waiting,
    normal_reference,
)
from plugins.bacs.codes import CANCEL, CONVERT, INSTRUCTION, LODGE, code_of

FEED = "bacs.instructions"
AWAITS = "awaits"
"""The fact of a mandate which instruction of it waits to leave; none = none does."""


def due(mandate: Record) -> str | None:
    """The code of the instruction that must leave for a mandate; None where none must, or the rent system
    makes its own."""
    data = mandate.data
    if data.get(INSTRUCTED_BY) != "hub":
        return None
    if mandate.state == "NEW" and not data.get(LODGED):
        return LODGE
    if mandate.state in ("PENDING_CANCEL", "CANCELLED") and data.get(ENDED_BY) == "rent_system":
        return None if data.get(WITHDRAWN) else CANCEL
    return CONVERT if mandate.state == "ACTIVE" and data.get(PAPER) else None


def start(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """The instruction that a change of the mandate asks for waits, once."""
    code = due(new)
    if code == new.data.get(AWAITS) or facts.today is None:
        return
    yield Move(kind=MANDATE_KIND, key=new.key, data={AWAITS: code})
    if code is not None:
        item = Item(INSTRUCTION, 0, new.key, 0, facts.today, {"transaction_code": code})
        yield Waiting(FEED, INSTRUCTION, item)


FOLLOWS = (Follow(MANDATE_KIND, start),)


def next_processing_day(one: Taken, ctx: Context[Any]) -> date:
    """Of an instruction in a file that reaches Bacs today or, on a day off, on the next working day."""
    today, calendar = ctx.facts.today, ctx.facts.calendar
    if today is None or calendar is None:
        return one.item.on
    return calendar.add_working_days(calendar.add_working_days(today, 0), 1)


def instructions_left(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Move]:
    """The mandates know when their instruction was lodged or withdrawn; not so when Bacs refused the file."""
    for one in carried:
        mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
        if one.item.kind == INSTRUCTION and mandate is not None and left.state in _GONE:
            code, sent = code_of(one.item), left.state is DeliveryState.SENT
            day = one.item.on if sent else None
            yield _moved(code, mandate, day, f"{code} {_GONE[left.state]}")


_GONE = {DeliveryState.SENT: "left", DeliveryState.REFUSED: "was refused by Bacs"}


def _moved(code: str, mandate: Mandate, day: date | None, why: str) -> Move:
    """The mandate after its instruction left for a processing day; None = after all it did not."""
    told = day.isoformat() if day else None
    fact = {LODGE: LODGED, CANCEL: WITHDRAWN, CONVERT: PAPER}[code]
    data: dict[str, str | bool | None] = {fact: day is None if code == CONVERT else told}
    ends = code == CANCEL and day is not None and mandate.status == "PENDING_CANCEL"
    return Move(
        kind=MANDATE_KIND,
        key=normal_reference(mandate.mandate_ref),
        to="CANCELLED" if ends else None,
        data={**data, AWAITS: None} if day else data,
        reason=why,
    )
