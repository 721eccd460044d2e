"""Control totals of files that carry none: set for a file, or agreed by a person while it waits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field as Setting
from pydantic import model_validator

from hub.checks.base import Context, Found, check
from hub.door.feed import Options
from hub.model import Level, Severity, format_pounds

Count = Annotated[int, Setting(ge=0)]
Pounds = Annotated[Decimal, Setting(decimal_places=2)]


class ControlOptions(Options):
    """control: `hold`: a file without control total waits until a person has agreed its totals, unless
    expected_count and expected_total are those of the file; `none`: nobody compares, and each run
    says so
    """

    control: Literal["hold", "none"] = "hold"
    expected_count: Count | None = None
    expected_total: Pounds | None = None

    @model_validator(mode="after")
    def _expects_both(self) -> Self:
        if (self.expected_count is None) != (self.expected_total is None):
            raise ValueError("expected_count and expected_total are set together")
        return self

    @property
    def is_compared(self) -> bool:
        """Whether something is there to compare the totals with."""
        return self.expected_count is not None


class Controlled(Protocol):
    """`received` is the net of the file in pence, positive = money received."""

    records: int

    @property
    def received(self) -> int: ...


@check("E02", level=Level.FILE, options=("expected_count",), whole=True)
def expected_count_agrees(tally: Controlled, ctx: Context[ControlOptions]) -> Iterator[Found]:
    """The file has as many lines as were set for it (`expected_count`)."""
    if ctx.options.expected_count is not None:
        yield from other_count(ctx.options.expected_count, tally, "expected")


@check("E03", level=Level.FILE, options=("expected_total",), whole=True)
def expected_total_agrees(tally: Controlled, ctx: Context[ControlOptions]) -> Iterator[Found]:
    """The file's net is the one that was set for it (`expected_total`), to the penny."""
    if ctx.options.expected_total is not None:
        yield from other_total(int(ctx.options.expected_total * 100), tally, "expected")


@check("CONTROL", level=Level.FILE, whole=True)
def totals_are_agreed(tally: Controlled, ctx: Context[ControlOptions]) -> Iterator[Found]:
    """A file without control total may have lost lines on its way, and nothing in it would show. With
    `control: hold` it waits until a person has compared its totals with the sender's own, unless there is
    something else to compare them with."""
    if ctx.options.is_compared:
        return
    if ctx.options.control == "none":
        message = "no control total is compared: the route says control: none"
        yield Found(message, severity=Severity.WARNING)
        return
    total = format_pounds(tally.received)
    message = f"compare {tally.records} lines, {total}, with the sender's own totals, then release"
    yield Found(message, severity=Severity.HOLD)


CONTROL_CHECKS = (expected_count_agrees, expected_total_agrees, totals_are_agreed)
"""For feeds whose tally is `Controlled` and whose options are `ControlOptions`."""


def other_count(count: int, tally: Controlled, whose: str) -> Iterator[Found]:
    """When the file has another number of lines than somebody said."""
    if count != tally.records:
        message = f"{whose}: {count} lines; the file has {tally.records}"
        yield Found(message, field="count", expected=str(count))


def other_total(total: int, tally: Controlled, whose: str) -> Iterator[Found]:
    """When the file comes to another total than somebody said."""
    if total != tally.received:
        there, here = format_pounds(total), format_pounds(tally.received)
        yield Found(f"{whose}: {there}; the file comes to {here}", field="total", expected=there)
