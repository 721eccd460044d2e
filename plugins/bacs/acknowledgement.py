"""What the bureau's own software made of a file that it took up: imported, or refused by its checks.

An imported file is not accepted by Bacs: only the Input report says that. A refused one collects and pays
nothing, and that is known before the processing day. Each software has a layout of its own, none of which is
published: the columns are this project's, and a route says what its software calls them [project layout].
Source: formats page bacs.md, section 9 (folder /outbound/acks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Context,
    Found,
    Layout,
    Level,
    Rest,
    Row,
    Severity,
    Table,
    Tally,
    Text,
    check,
    column,
)
from plugins.bacs.auddis import SUBMISSIONS
from plugins.bacs.input_report import plain
from plugins.bacs.settings import AcknowledgementOptions
from plugins.bacs.tally import submission_identity

Options = Context[AcknowledgementOptions]
TEXT = Text()
LINE = Layout(
    "acknowledgement",
    (column("file", TEXT), column("outcome", TEXT), column("reason", TEXT, required=False)),
)
FORMAT = Table(LINE)


class AcknowledgementTally(Tally):
    """Its rows, which are all about one file."""

    def __init__(self, ctx: Options) -> None:
        super().__init__(ctx)
        self.rows: list[Row] = []

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.rows.extend(chunk.rows())

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}

    def serials(self) -> set[str | None]:
        """Those in the names of the files told of; None of a name that has none."""
        found = (re.search(self.ctx.options.serial_in, row["file"]) for row in self.rows)
        return {one[1] if one else None for one in found}

    def about(self) -> str | None:
        serials, user = self.serials(), self.ctx.options.service_user_number
        only = serials.pop() if len(serials) == 1 else None
        return submission_identity(user, only) if only and user else None

    def refused(self) -> list[Row]:
        return [row for row in self.rows if _word(row) in self.ctx.options.refused_words]


def _word(row: Row) -> str:
    return row["outcome"].strip().upper()


@check("BUREAU-01", level=Level.FILE, severity=Severity.HOLD)
def one_file_is_told_of(tally: AcknowledgementTally, ctx: Options) -> Iterator[Found]:
    """All rows are about one file, whose name holds its serial (`serial_in`)."""
    serials = tally.serials()
    if len(serials) != 1 or None in serials:
        told = "the rows are about no one file of ours by the serial in its name"
        yield Found(told, field="file", expected=ctx.options.serial_in)


@check("BUREAU-02", level=Level.RECORD, severity=Severity.HOLD, layouts=(LINE.name,))
def outcome_is_understood(chunk: Chunk, tally: AcknowledgementTally, ctx: Options) -> Iterator[Found]:
    """Each outcome is one of `imported_words` or `refused_words`; what another one means, a person says."""
    known = ctx.options.imported_words | ctx.options.refused_words
    for row in chunk.rows():
        if _word(row) not in known:
            yield Found("the outcome is not known", row.line, "outcome", ", ".join(sorted(known)))


@check("BUREAU-03", level=Level.FILE, severity=Severity.HOLD)
def file_was_imported(tally: AcknowledgementTally, ctx: Options) -> Iterator[Found]:
    """The bureau's software took the file. One that it refused never reaches Bacs: a person looks before it
    counts as refused."""
    for row in tally.refused():
        yield Found(f"the bureau's software refused the file: {plain(row['reason'])}", row.line, "outcome")


def _rest(tally: AcknowledgementTally) -> Rest | None:
    refused = tally.refused()
    if not refused:
        return None
    return Rest(Answered.REFUSED, f"the bureau's software refused it: {plain(refused[0]['reason'])}")


CHECKS = (one_file_is_told_of, outcome_is_understood, file_was_imported)
ANSWERS = Answers(
    SUBMISSIONS,
    kind="import",
    rules=(),
    whole=AcknowledgementTally.about,
    unknown="a CSV file has no serial in its name: see which one it is, and ask the bureau",
    rest=_rest,
    settles=False,
)
"""Of an import nothing is answered; a refusal answers all of the file, and settles it."""
