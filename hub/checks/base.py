"""How a check is declared: a plain function with an id, a level and a severity.

Shapes by level (all yield `Found`):

    FIELD    derived from the layout's field types; nobody writes them
    RECORD   (chunk, tally, ctx)   rows of one layout whose fields are sound, as columns
    FILE     (tally, ctx)          after the last chunk; needs nothing but the file
    HISTORY  (tally, ctx)          what earlier transfers, the clock or the counters say
    CROSS    (taken, ctx)          the items with what matching decided; may be marked `at_send`
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from hub.model import Chunk, Facts, Finding, Level, Moment, Need, Severity, format_pounds

BATCH = "batch"
"""The format of a transfer that starts inside the hub. A feed's check that is only about files names its
formats (`Check.only`), one that is only about batches names this. One that names none is run on both, on a
batch with a tally of its count and sum."""

O = TypeVar("O")  # noqa: E741 - the feed's options model


@dataclass(frozen=True, slots=True)
class Context(Generic[O]):
    """What a pure function of a feed may look at beside its data."""

    options: O
    facts: Facts
    format: str
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a check yields; the runner adds the check's id and, unless given here, its severity."""

    message: str
    line: int | None = None
    field: str | None = None
    expected: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check. `help` is its docstring, shown by `feedhub feeds` and in the findings' help."""

    id: str
    level: Level
    severity: Severity
    run: Callable[..., Iterable[Found]]
    needs: tuple[Need, ...] = ()
    options: tuple[str, ...] = ()
    at_send: bool = False
    layouts: tuple[str, ...] = ()
    whole: bool = False
    foreign: bool = False
    formats: tuple[str, ...] = ()

    def only(self, *formats: str) -> Check:
        """The same check, run only where the feed reads one of these formats."""
        return replace(self, formats=formats)

    def concerns(self, format: str) -> bool:
        """Whether it is about files of this format; a check that names no format is about all."""
        return not self.formats or format in self.formats

    @property
    def help(self) -> str:
        return (self.run.__doc__ or "").strip()

    def finding(self, found: Found) -> Finding:
        severity = found.severity or self.severity
        return Finding(self.id, severity, found.message, found.line, found.field, found.expected)

    def obstacle(self, ctx: Context[Any]) -> str | None:
        """Why this check cannot run here: a fact or an option that isn't there; None if it can."""
        for need in self.needs:
            if not ctx.facts.has(need):
                return f"needs {need.value.replace('_', ' ')}, which is not known here"
        for option in self.options:
            if getattr(ctx.options, option) in (None, (), [], {}, "", frozenset()):
                return f"needs the option {option}, which is not set"
        return None


def check(
    id: str,
    *,
    level: Level,
    severity: Severity = Severity.ERROR,
    needs: Sequence[Need] = (),
    options: Sequence[str] = (),
    at_send: bool = False,
    layouts: Sequence[str] = (),
    whole: bool = False,
    foreign: bool = False,
) -> Callable[[Callable[..., Iterable[Found]]], Check]:
    """Declare a check.

    needs:   facts without which it is listed as not checked
    options: feed options without which it is listed as not checked
    at_send: (CROSS only) run again on the day's facts in the moment of sending. ERROR, HOLD, and
             HOLD_ITEM or REFUSE_ITEM at the line of an item that would leave, stop the delivery then: the
             transfer is worked again
    layouts: (RECORD only) the layouts whose rows it wants; empty = all
    whole:   (FILE) only meaningful when every row could be counted (sums); not run after a row was left out
    foreign: what it finds means that the file is somebody else's: it is refused, nothing of its content is
             told but that, and an administrator is asked to deal with it
    """

    def declare(function: Callable[..., Iterable[Found]]) -> Check:
        if not (function.__doc__ or "").strip():
            raise ValueError(f"check {id} has no docstring; it is the help text that people read")
        return Check(
            id,
            level,
            severity,
            function,
            tuple(needs),
            tuple(options),
            at_send,
            tuple(layouts),
            whole,
            foreign,
        )

    return declare


class Tally:
    """What a feed gathers while the chunks stream by, so that FILE and HISTORY checks need no second reading.

    As it is, it counts the rows; a feed with totals of its own subclasses it. `records` counts the business
    records (not headers and trailers); `value` is the file's own control value in pence, in the file's own
    sign. `left_out` counts, by layout, the rows that no check after FIELD sees because a field of theirs is
    wrong, and under "" the lines that no layout fits.
    """

    def __init__(self, ctx: Context[Any]) -> None:
        self.ctx = ctx
        self.records = 0
        self.left_out: Counter[str] = Counter()
        self.value = 0

    def add(self, chunk: Chunk) -> None:
        """Take in sound rows. Called once a chunk, in file order."""
        self.records += len(chunk)

    def rows_of(self, layout: str, counted: int) -> int | None:
        """How many rows of a layout the file holds, sound or not; None while lines fit no layout."""
        return None if self.left_out[""] else counted + self.left_out[layout]

    def totals(self) -> Mapping[str, str | int]:
        """What people compare: at least `count` (int) and `value` (pounds as text)."""
        return {"count": self.records, "value": format_pounds(self.value)}

    def identity(self) -> str | None:
        """The file's own business identity (sequence, serial, advice number); None when it carries none."""
        return None

    def goes_out_as(self) -> str | None:
        """What a file that is handed on as it came goes out under, by which a partner's report names it."""
        return self.identity()

    def business_date(self) -> date | None:
        """The date that the content says it is for."""
        return None

    def summary(self) -> Mapping[str, str | int | None]:
        """What the next transfer's HISTORY checks want to know of this one; stored with the transfer."""
        return {}

    def used(self) -> Mapping[str, frozenset[str]]:
        """Values that this file uses up, by scope (serials of a service user …)."""
        return {}
