"""What became of instructions: those that a bank returned (AUDDIS), and the files of them that Bacs took or
did not (AUDACC, AUDREJ).

Source: formats page bacs.md, sections 6.3 and 6.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    LODGED,
    MANDATE_KIND,
    WITHDRAWN,
    Answered,
    Answers,
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Move,
    Need,
    On,
    Rest,
    Row,
    SentItem,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.advices import (
    AdviceTally,
    advice_rows,
    advices_are_numbered,
    advices_are_ours,
    nothing_else_is_said,
)
from plugins.bacs.codes import INSTRUCTION
from plugins.bacs.mandate_changes import match_change, told_reason
from plugins.bacs.reports import of, report_is_ours, report_says_what_it_is, type_is_known
from plugins.bacs.settings import AuddisOptions, InstructionFileOptions
from plugins.bacs.tally import submission_identity, unnumbered_identity

SUBMISSIONS = ("bacs.submission", "bacs.instructions")
"""The feeds that instructions leave with."""

UNKNOWN = (
    "if it is about instructions that left in a CSV file beside payments, it names the serial that the "
    "bureau gave, which the Input report of the payments brings: release this one once that has come, else "
    "ask the partner"
)
"""What becomes of a report about instructions that names nothing which the hub knows."""

_NO_ERROR = ("", "0")
_REJECTED = "R"


def _of_its_day(item: Item, sent: SentItem) -> bool:
    return sent.kind == INSTRUCTION and item.on == sent.on


def _is_instruction(item: Item, sent: SentItem) -> bool:
    return sent.kind == INSTRUCTION


def _says(item: Item) -> Answered:
    return Answered.AMENDED if item.data["action"] == "amend" else Answered.REFUSED


RETURNED_ANSWERS = Answers(
    SUBMISSIONS,
    kind="auddis",
    rules=(On(_of_its_day, alone=True), On(_is_instruction, alone=True)),
    says=_says,
    why=told_reason,
    kinds=(INSTRUCTION,),
)
"""A 0N and a 0C of one reference can't be told apart by what left: a rule that fits both answers neither."""


def match_returned(item: Item, ctx: Context[AuddisOptions], sent: SentItem | None) -> Disposition:
    """The bank's word on the mandate counts, whether or not the hub sent the instruction."""
    matched = match_change(item, ctx, sent)
    if sent is not None:
        return replace(matched, answers=sent.id)
    if matched.state is ItemState.HELD:
        return matched
    return replace(matched, reason="answers no one instruction that was sent (NO_INSTRUCTION)")


Options = Context[InstructionFileOptions]


class InstructionFileTally(AdviceTally):
    """A report about the instructions of a submission as a whole."""

    @property
    def told(self) -> Row | None:
        """What it says of its one file."""
        return self.advices[0] if len(self.advices) == 1 else None

    def about(self) -> str | None:
        """The submission that it is about."""
        if self.header is None or self.told is None:
            return None
        sun = self.header["service_user_number"].strip()
        return submission_identity(sun, self.told["serial"].strip())

    def names(self) -> Sequence[str]:
        """The same; or, as a CSV file of instructions alone, the one of its day that moves no money."""
        about = self.about()
        if about is None or self.header is None or self.told is None:
            return ()
        day, sun = self.told["processing_day"].strip(), self.header["service_user_number"].strip()
        return (about, *([unnumbered_identity(sun, [date.fromisoformat(day)], {})] if day else []))

    def own_name(self) -> str | None:
        """Submission, report type, day and file number: its header has no number of its own."""
        if self.header is None or self.told is None:
            return None
        names = (self.header["report_type"], self.header["report_day"], self.told["file_number"])
        return "/".join((str(self.about()), *(name.strip() for name in names)))


def file_items(chunk: Chunk, tally: InstructionFileTally, ctx: Options) -> Iterator[Item]:
    """One INSTRUCTION_FILE a file told of."""
    for row in advice_rows(chunk, tally, ctx):
        day = row["processing_day"].strip() or (tally.header["report_day"] if tally.header else "")
        data: dict[str, str | int | bool | None] = {
            "file_type": row["file_type"].strip(),
            "accepted": int(row["accepted"]),
            "rejected": int(row["rejected"]),
            "error_code": row["error_code"].strip(),
            "file_number": row["file_number"].strip(),
            "refused": _is_live(row) and _was_refused(row),
        }
        yield Item("INSTRUCTION_FILE", row.line, row["serial"].strip(), 0, date.fromisoformat(day), data)


def _is_live(row: Row) -> bool:
    return row["file_type"].strip() == "LIVE"


def _was_refused(row: Row) -> bool:
    refused = row["record_type"].strip() == _REJECTED or row["error_code"].strip() not in _NO_ERROR
    return refused or (int(row["rejected"]) > 0 and int(row["accepted"]) == 0)


def _error(row: Row) -> str:
    return f"error code {row['error_code'].strip() or '0'}"


def _rest(tally: InstructionFileTally) -> Rest | None:
    """The report names no instruction: it is of all of them, or nobody knows which."""
    row = tally.told
    if row is None or not _is_live(row):
        return None
    if _was_refused(row):
        return Rest(Answered.REFUSED, f"Bacs rejected the file, {_error(row)}")
    return Rest(Answered.ACCEPTED) if int(row["rejected"]) == 0 else None


FILE_ANSWERS = Answers(
    SUBMISSIONS,
    kind="auddis_file",
    rules=(),
    whole=InstructionFileTally.names,
    unknown=UNKNOWN,
    rest=_rest,
    kinds=(INSTRUCTION,),
    settles=False,
)
"""Of a submission with payments too, the Input report says what became of it."""


def match_file(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.NOTED)


def file_moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """What Bacs rejected was not lodged, or withdrawn, after all."""
    register = ctx.facts.register
    if register is None or one.item.data["refused"] is not True:
        return
    for sent in ctx.facts.sent or ():
        mandate = register.mandate(sent.reference)
        fact = {"NEW": LODGED, "CANCELLED": WITHDRAWN}.get(mandate.status) if mandate else None
        if fact is not None:
            key = normal_reference(sent.reference)
            yield Move(kind=MANDATE_KIND, key=key, data={fact: None}, reason="its file was rejected by Bacs")


@check("AUDFILE-03", level=Level.FILE, severity=Severity.HOLD)
def report_is_of_one_file(tally: InstructionFileTally, ctx: Options) -> Iterator[Found]:
    """The report tells of one file of instructions: else it answers no submission."""
    if len(tally.advices) != 1:
        message = f"the report tells of {len(tally.advices)} files of instructions"
        yield Found(message, expected="one")


@check("AUDFILE-05", level=Level.FILE, severity=Severity.HOLD)
def instructions_were_taken(tally: InstructionFileTally, ctx: Options) -> Iterator[Found]:
    """Bacs took every instruction of the file. Where it did not, a person looks: tenants have no instruction
    at their bank."""
    for row in tally.advices:
        if _is_live(row) and (_was_refused(row) or int(row["rejected"])):
            message = f"Bacs rejected {row['rejected']} instructions of file {row['file_number'].strip()}"
            yield Found(f"{message}, {_error(row)}", row.line, "rejected", "0")


@check("AUDFILE-06", level=Level.FILE, severity=Severity.WARNING)
def file_was_live(tally: InstructionFileTally, ctx: Options) -> Iterator[Found]:
    """The file was a live one. What is told of a test is kept and changes nothing."""
    for row in tally.advices:
        if not _is_live(row):
            yield Found("the report is about a file that was not live", row.line, "file_type", "LIVE")


@check("AUDFILE-07", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.SENT,))
def all_instructions_are_told(tally: InstructionFileTally, ctx: Options) -> Iterator[Found]:
    """The report counts as many instructions as the submission has."""
    row, sent = tally.told, ctx.facts.sent or ()
    if row is None or ctx.facts.about is None or not _is_live(row):
        return
    told = int(row["accepted"]) + int(row["rejected"])
    if told != len(sent):
        message = f"the report tells of {told} instructions, we sent {len(sent)}"
        yield Found(message, row.line, "accepted", str(len(sent)))


FILE_CHECKS = (
    *of(
        "AUDFILE",
        report_says_what_it_is,
        type_is_known("instruction_file_types"),
        nothing_else_is_said,
        report_is_ours,
        advices_are_ours,
        advices_are_numbered,
    ),
    report_is_of_one_file,
    instructions_were_taken,
    file_was_live,
    all_instructions_are_told,
)
