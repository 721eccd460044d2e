"""`rent.refused_files`: the answer to the sender of a file of money that was refused whole.

Source: rent system interface, 6.3: every inbound file is answered by a `RENTACK`, and E01 to E07 reject the
file with nothing posted. Nothing of such a file is taken, so its answer starts inside the hub: one item a
file, which waits until a route gathers it (`from: {items: REFUSED_FILE, each: true}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.checks.base import Context
from hub.door.feed import Feed, Options, Output, RefusedFile
from hub.door.lifecycle import Waiting
from hub.model import Direction, Finding, Item, Severity, Taken
from hub.rent.refusals import MEANINGS
from hub.rent.rentack import Acknowledgement

FEED = "rent.refused_files"
WAITS_AS = "REFUSED_FILE"
TOLD = 500
"""Findings of one file that are told; who needs more than that has the wrong file."""

_CAME_BEFORE = {"IDENTITY": "E06"}
"""Codes of what the hub itself refuses a file for."""


def answered(file: RefusedFile, lines: int, amount: int) -> Iterable[Waiting]:
    """The answer to a file of so many lines and so much money (canonical sign), as far as they could be read.
    None where the sender did nothing wrong, as when a map of the hub's own has a gap."""
    told = [
        f"{one.line or 1}/{_code(one)}/{one.field or ''}"
        for one in file.findings
        if one.severity is Severity.ERROR and _code(one) in MEANINGS
    ][:TOLD]
    if told:
        data: dict[str, str | int | bool | None] = {"lines": lines, "pence": amount, "told": " ".join(told)}
        yield Waiting(FEED, WAITS_AS, Item(WAITS_AS, 1, file.name, 0, file.on, data))


def _code(finding: Finding) -> str:
    return _CAME_BEFORE.get(finding.check, finding.check)


def acknowledge(taken: Taken, ctx: Context[Any]) -> Sequence[Acknowledgement]:
    """Each finding as a line that was rejected; the first stands for all lines and money of the file."""
    data = taken.item.data
    first, *others = _each(str(data["told"]))
    return [replace(first, amount=int(data["pence"] or 0), lines=int(data["lines"] or 0)), *others]


def _each(told: str) -> Iterator[Acknowledgement]:
    for one in told.split():
        line, code, field = one.split("/", 2)
        yield Acknowledgement(int(line), "", 0, "rejected", code, field or None, lines=0)


def _day(taken: Taken, ctx: Context[Any]) -> date:
    """The answer is for the day of the file."""
    return taken.item.on


REFUSED_FILES = Feed(
    name=FEED,
    title="Files of money that were refused whole, told to their sender",
    direction=Direction.OUT,
    options=Options,
    outputs=(Output("acknowledgements", takes=(WAITS_AS,), makes=acknowledge, of=Acknowledgement),),
    gathers=(WAITS_AS,),
    dated=_day,
)
