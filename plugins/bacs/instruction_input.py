"""The Input report of the instructions in a submission, which comes apart from that of its payments.

How it differs is not published. It is [assumed] to have the same shape and to count no debit and no credit;
an error in it names an instruction by its reference. Source: formats page bacs.md, section 6.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from hub.api import (
    BANK_SAID,
    LODGED,
    MANDATE_KIND,
    REVIEW,
    Answered,
    Answers,
    Chunk,
    Context,
    Found,
    Level,
    Lookup,
    Move,
    Need,
    Rest,
    Severity,
    Taken,
    Unreadable,
    check,
    normal_reference,
)
from plugins.bacs.auddis import SUBMISSIONS, UNKNOWN
from plugins.bacs.codes import INSTRUCTION
from plugins.bacs.input_report import (
    InputTally,
    error_is_understood,
    errors_are_counted,
    errors_name_what_was_sent,
    file_is_the_one_sent,
    nothing_was_refused_or_changed,
    plain,
    report_is_about_one_submission,
    report_is_ours,
    report_type_is_known,
)
from plugins.bacs.layouts import INPUT_REPORT_FILE
from plugins.bacs.refused import INPUT_RULES, says, why
from plugins.bacs.settings import InputReportOptions

Options = Context[InputReportOptions]
LOOKS_UP = (Lookup(MANDATE_KIND, keys=lambda item: (normal_reference(item.reference),)),)
_COUNTS = re.compile(rb"""numberOf\s*=\s*["']\s*0*[1-9]""")
_END = b"</BACSDocument"


@dataclass(frozen=True, slots=True)
class Counting:
    """The format of Input reports that count payments, or of those that count none. One that is too long to
    be seen to its end counts some."""

    payments: bool

    def recognises(self, head: bytes) -> bool:
        counts = _END not in head or _COUNTS.search(head) is not None
        return INPUT_REPORT_FILE.recognises(head) and counts is self.payments

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        return INPUT_REPORT_FILE.decode(stream, options)


@check("INPUT-06", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.SENT,))
def submission_has_instructions(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """A report that counts no payment is about a submission with instructions."""
    if ctx.facts.about is not None and not ctx.facts.sent:
        yield Found("the report counts no payment, and we sent no instruction with this submission")


@check("INPUT-07", level=Level.FILE, severity=Severity.HOLD)
def nothing_is_said_of_the_whole(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The report says nothing of a file or day as a whole: what that means for them, a person says."""
    for row in tally.messages:
        message = f"Bacs says of the {row.layout.name} as a whole: {plain(row['message'])}"
        yield Found(message, row.line, "message")


INSTRUCTION_INPUT_CHECKS = (
    report_is_about_one_submission,
    report_type_is_known,
    report_is_ours,
    errors_are_counted,
    error_is_understood,
    file_is_the_one_sent,
    submission_has_instructions,
    errors_name_what_was_sent,
    nothing_was_refused_or_changed,
    nothing_is_said_of_the_whole,
)


def _rest(tally: InputTally) -> Rest:
    """What the report does not name was accepted, unless it says something of the whole."""
    if not tally.messages:
        return Rest(Answered.ACCEPTED)
    return Rest(Answered.REFUSED, "; ".join(plain(row["message"]) for row in tally.messages))


INSTRUCTION_INPUT_ANSWERS = Answers(
    SUBMISSIONS,
    kind="input",
    rules=INPUT_RULES,
    says=says,
    why=why,
    whole=InputTally.names,
    unknown=UNKNOWN,
    rest=_rest,
    kinds=(INSTRUCTION,),
    settles=False,
)


def refused_moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """A mandate whose instruction Bacs did not take is at no bank: a person mends it, and the rent system
    says NEW again."""
    reference, today = normal_reference(one.item.reference), ctx.facts.today
    known = ctx.facts.records.get(MANDATE_KIND, reference) if ctx.facts.records else None
    if one.disposition.answers is None or says(one.item) is not Answered.REFUSED or today is None:
        return
    if known is not None and known.state == "NEW":
        review = f"INPUT: Bacs did not take its instruction ({why(one.item)}). Mend it, then say NEW again."
        yield Move(
            kind=MANDATE_KIND,
            key=reference,
            to="SUSPENDED",
            data={LODGED: None, BANK_SAID: today.isoformat(), REVIEW: review},
            reason="Bacs did not take its instruction",
        )
