"""Arrival and Rejection Arrival: that Bacs got a file, or did not take it. Nothing follows from it.

No sample was found: anything with Arrival in the name of its first element is [assumed] to be one, with a
Submission as in other reports. Source: formats page bacs.md, section 6.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from hub.api import Chunk, Context, Found, Level, Severity, Tally, Unreadable, check
from plugins.bacs.input_report import plain
from plugins.bacs.report_layouts import ARRIVAL_FILE, ARRIVAL_MESSAGE, ARRIVAL_REJECTED, ARRIVAL_USER, ARRIVED
from plugins.bacs.reports import OF_ANOTHER_USER
from plugins.bacs.settings import ReportOptions

Options = Context[ReportOptions]
_IS_ONE = re.compile(rb"<BACSDocument[\s>].*?<Data\b[^>]*>\s*<[A-Za-z]*Arrival", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The format of both reports."""

    def recognises(self, head: bytes) -> bool:
        return _IS_ONE.search(head.replace(b"\0", b"")) is not None

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        return ARRIVAL_FILE.decode(stream, options)


class ArrivalTally(Tally):
    """The submissions that the report names, whose they are, and what it says of them as a whole."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self._rows: dict[str, list[Any]] = {}

    def add(self, chunk: Chunk) -> None:
        self._rows.setdefault(chunk.layout.name, []).extend(chunk.rows())
        if chunk.layout is ARRIVED:
            self.records += len(chunk)

    def rows(self, name: str) -> Sequence[Any]:
        return self._rows.get(name, ())

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}


@check("ARRIVE-02", level=Level.FILE, options=("service_user_number",), foreign=True)
def arrival_is_ours(tally: ArrivalTally, ctx: Options) -> Iterator[Found]:
    """Each file that the report names is of our service user."""
    for row in tally.rows(ARRIVAL_USER.name):
        if row["service_user_number"].strip() != ctx.options.service_user_number:
            yield Found(OF_ANOTHER_USER, row.line, "service_user_number")


@check("ARRIVE-05", level=Level.FILE, severity=Severity.HOLD)
def nothing_is_wrong_with_the_file(tally: ArrivalTally, ctx: Options) -> Iterator[Found]:
    """The file arrived, and Bacs says nothing of it as a whole; else a person looks."""
    for row in tally.rows(ARRIVAL_REJECTED.name):
        yield Found("Bacs rejected a file when it arrived", row.line)
    for row in tally.rows(ARRIVAL_MESSAGE.name):
        if row["message"].strip():
            yield Found(f"Bacs says of the file as a whole: {plain(row['message'])}", row.line, "message")


ARRIVAL_CHECKS = (arrival_is_ours, nothing_is_wrong_with_the_file)
