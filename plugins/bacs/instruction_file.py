"""The file of instructions that waited in the hub. Source: formats page bacs.md, sections 2 and 2.8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub.api import Calendar, CannotRender, Context, Rendered, Taken
from plugins.bacs.days import drawn, last_input_day, local_day
from plugins.bacs.instruction_checks import details_of
from plugins.bacs.layouts import STANDARD18_FILE
from plugins.bacs.proof import prove
from plugins.bacs.settings import SubmissionOptions, named
from plugins.bacs.standard18 import Submission
from plugins.bacs.tally import file_number_scope, submission_identity

Options = Context[SubmissionOptions]
_WIDTHS = (("value", 13), ("count", 7))


@dataclass(frozen=True, slots=True)
class InstructionFile(Submission):
    """A file of instructions: they move no money, so none is balanced, and UTL1 counts them apart."""

    def _data(self) -> Iterator[str]:
        return (self._record(self._collection(one), one.item.on) for one in self.collections)

    def _totals(self) -> dict[str, object]:
        sides = {f"{side}_{what}": "0" * width for side in ("debit", "credit") for what, width in _WIDTHS}
        return {**sides, "instruction_count": f"{len(self.collections):07}"}


def write_instructions(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """What waited, as one file that Bacs processes on its next day; read back before it is handed out.

    Raises CannotRender, also when the last input day of that file is over by now."""
    day = _processing_day(ctx)
    file = InstructionFile.of([_dated(one, day, ctx) for one in taken], ctx)
    data = STANDARD18_FILE.encode(file.records(), "\r\n" if ctx.options.line_end == "crlf" else "\n")
    prove(data, ctx)
    name = named(
        ctx.options.file_name, sun=file.service_user, kind="instructions", processing=day, serial=file.serial
    )
    summary: dict[str, str | int] = {
        "count": len(taken),
        "value": "0.00",
        "serial": file.serial,
        "file_number": file.file_number,
        "processing_days": str(day),
    }
    return Rendered(name, data, summary, submission_identity(file.service_user, file.serial), day)


def _processing_day(ctx: Options) -> date:
    calendar, made = ctx.facts.calendar, local_day(drawn(ctx))
    if calendar is None:
        raise CannotRender("the processing day cannot be worked out: no calendar of working days is loaded")
    day = _next_processing_day(made, calendar)
    if ctx.facts.today is not None and ctx.facts.today > last_input_day(day, calendar):
        raise CannotRender(
            f"the file was made for {day} and did not leave in time; the next run of the route makes another"
        )
    return day


def _next_processing_day(today: date, calendar: Calendar) -> date:
    """Of a file that reaches Bacs today or, on a day off, on the next working day."""
    return calendar.add_working_days(calendar.add_working_days(today, 0), 1)


def file_number_counter(taken: Sequence[Taken], ctx: Options) -> str:
    """As for every file: numbers start again with each processing day. Raises LookupError when that is not
    known."""
    if ctx.facts.today is None or ctx.facts.calendar is None:
        raise LookupError("the file number cannot be drawn: today or the calendar is not known here")
    day = _next_processing_day(ctx.facts.today, ctx.facts.calendar)
    return file_number_scope(str(ctx.options.service_user_number), day)


def _dated(one: Taken, day: date, ctx: Options) -> Taken:
    """The instruction with the bank details of its mandate. Raises CannotRender when that is not known."""
    mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
    if mandate is None:
        raise CannotRender(f"mandate {one.item.reference} is not known here")
    return replace(one, item=replace(one.item, on=day, personal=details_of(mandate)))
