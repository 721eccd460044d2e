"""The output of `bacs.submission`: what it is written as, under which name and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hub.api import Context, Left, Move, Rendered, Taken, Waiting, format_pounds
from plugins.bacs.booked import contra_of_submission
from plugins.bacs.bureau_file import encoded
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.collected import accepted_collections
from plugins.bacs.first_collections import first_collections_left
from plugins.bacs.instructions import instructions_left
from plugins.bacs.layouts import STANDARD18_FILE
from plugins.bacs.payee_checks import refunds_left
from plugins.bacs.proof import prove
from plugins.bacs.settings import SubmissionOptions, named
from plugins.bacs.standard18 import Submission
from plugins.bacs.tally import (
    Standard18Tally,
    file_number_scope,
    serial_scope,
    submission_identity,
    unnumbered_identity,
)
from plugins.bacs.unpaid_debits import presented_again
from plugins.bacs.ways import STANDARD18, written_as

Options = Context[SubmissionOptions]
_CARRIES = {"debit": "collections", "credit": "refunds", "instruction": "instructions"}


def write_submission(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Payments as one file, read back before it is handed out. Raises CannotRender."""
    submission, format = Submission.of(taken, ctx), written_as(ctx)
    data = _bytes(submission, format, ctx)
    prove(data, format, ctx)
    kinds = {_CARRIES[one.side] for one in submission.payments}
    name = named(
        _template(format, ctx),
        sun=submission.service_user,
        kind=kinds.pop() if len(kinds) == 1 else "mixed",
        processing=submission.days[0],
        serial=submission.serial,
        **_made(ctx),
    )
    summary: dict[str, str | int] = {
        "count": len(taken),
        "value": format_pounds(submission.value),
        "processing_days": ", ".join(map(str, submission.days)),
    }
    if format == STANDARD18:
        summary |= {"serial": submission.serial, "file_number": submission.file_number}
    return Rendered(name, data, summary, _identity(submission, format), submission.days[0])


def _template(format: str, ctx: Options) -> str:
    """The file name that the route sets; a CSV file ends in .csv."""
    template = ctx.options.file_name
    return template if format == STANDARD18 else re.sub(r"\.txt$", ".csv", template)


def _bytes(submission: Submission, format: str, ctx: Options) -> bytes:
    if format != STANDARD18:
        return encoded(submission.payments, format, ctx)
    return STANDARD18_FILE.encode(submission.records(), "\r\n" if ctx.options.line_end == "crlf" else "\n")


def _identity(submission: Submission, format: str) -> str:
    """A CSV file carries no serial: the bureau's software gives it one that the hub does not know."""
    if format == STANDARD18:
        return submission_identity(submission.service_user, submission.serial)
    return unnumbered_identity(submission.service_user, submission.days, submission.sides())


def forwarded_name(tally: Standard18Tally | BureauTally, received: str, ctx: Options) -> str:
    """The name of a file that goes on as it came: the received one where it has no labels, or they don't tell
    enough."""
    if not isinstance(tally, Standard18Tally):
        return received
    user, serial, day = tally.service_user_number(), tally.serial(), tally.business_date()
    if user is None or serial is None or day is None:
        return received
    told = {"sun": user, "kind": tally.kind(), "processing": day, "serial": serial, **_made(ctx)}
    return named(ctx.options.file_name, **told)


def _made(ctx: Options) -> dict[str, object]:
    """When the file is made, in UTC, and as seconds since 1970."""
    now = ctx.moment.now if ctx.moment else None
    return {} if now is None else {"made": now, "unix": int(now.timestamp())}


def serial_counter(taken: Sequence[Taken], ctx: Options) -> str:
    return serial_scope(str(ctx.options.service_user_number))


def file_number_counter(taken: Sequence[Taken], ctx: Options) -> str:
    """File numbers start again with each processing day; a several-day file counts on its first."""
    return file_number_scope(str(ctx.options.service_user_number), min(one.item.on for one in taken))


def submission_left(carried: Sequence[Taken], left: Left, ctx: Options) -> Iterator[Move | Waiting]:
    """What is remembered of instructions, of first collections, of debits that were asked for again and of
    where refunds went; and what Bacs accepted waits to be posted, and to be booked."""
    yield from instructions_left(carried, left, ctx)
    yield from first_collections_left(carried, left, ctx)
    yield from presented_again(carried, left, ctx)
    yield from refunds_left(carried, left)
    yield from accepted_collections(carried, left, ctx)
    yield from contra_of_submission(carried, left, ctx)
