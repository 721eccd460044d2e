"""The Input report, in which Bacs says what it accepted of a submission: what it adds up to, and its checks.

Source: formats page bacs.md, sections 6.4 and 6.9. The codes of the checks are the project's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from hub.api import (
    Chunk,
    Context,
    Found,
    Level,
    Need,
    Row,
    SentItem,
    Severity,
    Taken,
    Tally,
    check,
    format_pounds,
)
from plugins.bacs.layouts import (
    INPUT_ACCOUNT,
    INPUT_AGREEMENT,
    INPUT_DAY,
    INPUT_ERROR,
    INPUT_FILE,
    INPUT_HEADER,
    INPUT_SUBMISSION,
    MONEY,
)
from plugins.bacs.reports import OF_ANOTHER_USER
from plugins.bacs.settings import InputReportOptions
from plugins.bacs.tally import submission_identity, unnumbered_identity

Options = Context[InputReportOptions]
SIDES = {"debit": "COLLECTION", "credit": "REFUND"}
"""The kind of sent item that stands on each side of the report's totals."""


class Sum(NamedTuple):
    """A number of records and their pence."""

    records: int = 0
    pence: int = 0

    def __str__(self) -> str:
        return f"{self.records} of {format_pounds(self.pence)}"


def add_up(sums: Iterable[Sum]) -> Sum:
    pairs = list(sums)
    return Sum(sum(one.records for one in pairs), sum(one.pence for one in pairs))


class InputTally(Tally):
    """The records of a report by layout. Its own records are the payments that it tells of, its value what of
    them was accepted."""

    def __init__(self, ctx: Options) -> None:
        super().__init__(ctx)
        self._rows: dict[str, list[Row]] = {}

    def add(self, chunk: Chunk) -> None:
        self._rows.setdefault(chunk.layout.name, []).extend(chunk.rows())
        if chunk.layout is INPUT_ACCOUNT:
            self.records = self.told("all").records
            self.value = self.told("accepted").pence

    @property
    def headers(self) -> Sequence[Row]:
        return self._rows.get(INPUT_HEADER.name, ())

    @property
    def submissions(self) -> Sequence[Row]:
        return self._rows.get(INPUT_SUBMISSION.name, ())

    @property
    def files(self) -> Sequence[Row]:
        return self._rows.get(INPUT_FILE.name, ())

    @property
    def days(self) -> Sequence[Row]:
        return self._rows.get(INPUT_DAY.name, ())

    @property
    def processing_days(self) -> Sequence[str]:
        """Those that are told of; else the one of the header."""
        return [row["processing_day"] for row in self.days or self.headers]

    @property
    def accounts(self) -> Sequence[Row]:
        return self._rows.get(INPUT_ACCOUNT.name, ())

    @property
    def agreements(self) -> Sequence[Row]:
        return self._rows.get(INPUT_AGREEMENT.name, ())

    @property
    def messages(self) -> list[Row]:
        """The files and days of which the report says something as a whole."""
        return [row for row in (*self.files, *self.days) if row["message"].strip()]

    def told(self, name: str, *sides: str) -> Sum:
        """What the totals of all accounts say of payments: `accepted`, `rejected` or `all`."""
        return add_up(entry(row, side, name) for row in self.accounts for side in sides or SIDES)

    def listed(self, *types: str) -> Sum:
        """The errors that are listed with one of these types."""
        rows = self._rows.get(INPUT_ERROR.name, ())
        return add_up(Sum(1, pence(row["amount"])) for row in rows if error_type(row) in types)

    def totals(self) -> Mapping[str, str | int]:
        accepted, rejected = self.told("accepted"), self.told("rejected")
        return {
            "count": self.records,
            "value": format_pounds(self.told("all").pence),
            "accepted": accepted.records,
            "accepted_value": format_pounds(accepted.pence),
            "rejected": rejected.records,
            "rejected_value": format_pounds(rejected.pence),
        }

    def identity(self) -> str | None:
        """The submission that it is about, and when it was produced: Bacs may report on one again."""
        about = self.about()
        if about is None or not self.headers:
            return None
        told = (self.headers[0][name] for name in ("report_type", "produced_on", "produced_at"))
        return "/".join((about, *told))

    def business_date(self) -> date | None:
        """The processing day of the header."""
        return date.fromisoformat(self.headers[0]["processing_day"]) if self.headers else None

    def names(self) -> Sequence[str]:
        """What the submission may have gone out as: under its serial or, as a CSV file to which the bureau's
        software gave one, by what it adds up to."""
        about = self.about()
        if about is None or not self.processing_days:
            return ()
        user = self.files[0]["service_user_number"].strip()
        sums = {side: self.told("all", side) for side in SIDES}
        return about, unnumbered_identity(user, map(date.fromisoformat, self.processing_days), sums)

    def about(self) -> str | None:
        """What a submission with labels went out as."""
        if not self.submissions or not self.files:
            return None
        return submission_identity(
            self.files[0]["service_user_number"].strip(), self.submissions[0]["serial"]
        )


def entry(row: Row, side: str, name: str) -> Sum:
    """One entry of a record of totals; one that is not there is nothing."""
    return Sum(int(row[f"{side}_{name}_count"] or 0), pence(row[f"{side}_{name}_value"]))


def pence(text: str) -> int:
    return MONEY.read(text) if text.strip() else 0


def error_type(row: Row) -> str:
    return row["type"].strip().upper()


@check("INPUT-01", level=Level.FILE)
def report_is_about_one_submission(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The report has one header and is about one submission, of which it names each file."""
    for name, rows in (("Header", tally.headers), ("Submission", tally.submissions)):
        if len(rows) != 1:
            line = rows[1].line if len(rows) > 1 else None
            yield Found(f"the report has {len(rows)} sound {name} elements", line, expected=f"one {name}")
    if not tally.files:
        yield Found("the report names no file of the submission", expected="UserFileInformation")


@check("INPUT-01", level=Level.FILE, severity=Severity.WARNING, options=("input_report_types",))
def report_type_is_known(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The report type is one of `input_report_types`; another one is kept and read all the same."""
    for header in tally.headers:
        if header["report_type"].strip() not in ctx.options.input_report_types:
            expected = f"one of {', '.join(ctx.options.input_report_types)}"
            message = f"the report type is not known: expected {expected}"
            yield Found(message, header.line, "report_type", expected)


@check("INPUT-02", level=Level.FILE, options=("service_user_number",), foreign=True)
def report_is_ours(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The report is for the feed's service user. Another one's is somebody else's data."""
    expected = ctx.options.service_user_number
    for row in tally.files:
        if row["service_user_number"].strip() != expected:
            yield Found(OF_ANOTHER_USER, row.line, "service_user_number", expected)


@check("INPUT-04", level=Level.FILE, whole=True)
def totals_add_up(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """Accepted and rejected records make the total: of each account, and of the file where nothing was
    adjusted. How adjustments count is not published, so a file with some is not compared."""
    for row in (*tally.accounts, *tally.agreements):
        for side in SIDES:
            parts = add_up((entry(row, side, "accepted"), entry(row, side, "rejected")))
            whole = entry(row, side, "all")
            if parts != whole and not (row.layout is INPUT_AGREEMENT and any(entry(row, side, "adjusted"))):
                message = f"{side}s: accepted and rejected are {parts}, the total says {whole}"
                yield Found(message, row.line, f"{side}_all_count", str(parts))


@check("INPUT-04", level=Level.FILE, whole=True)
def rejections_are_listed(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The errors listed are the records that the totals reject, to the penny: else nobody knows which they
    are. Whether the totals count a returned record as rejected is not published; either is taken."""
    rejected, least = tally.told("rejected"), tally.listed("REJECTED")
    if rejected not in (least, tally.listed(*_refusing(ctx))):
        message = f"the totals reject {rejected}, the errors listed as rejected are {least}"
        yield Found(message, expected=str(least))


def _refusing(ctx: Options) -> list[str]:
    return [name for name, outcome in ctx.options.error_types.items() if outcome == "refused"]


@check("INPUT-04", level=Level.FILE, severity=Severity.HOLD, whole=True)
def errors_are_counted(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """Where the report counts its errors (TotalNumberOfErrors), it lists as many of each type."""
    for row in tally.submissions:
        for name in ("rejected", "returned", "amended"):
            told, listed = int(row[f"{name}_records"]), tally.listed(name.upper()).records
            if told and told != listed:
                message = f"the report counts {told} {name} records and lists {listed}"
                yield Found(message, row.line, f"{name}_records", str(listed))


@check("INPUT-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(INPUT_ERROR.name,))
def error_is_understood(chunk: Chunk, tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The type of each error is one of `error_types`. What another one means, a person says."""
    expected = ", ".join(ctx.options.error_types)
    for row in chunk.rows():
        if error_type(row) not in ctx.options.error_types:
            yield Found("the type of the error is not known", row.line, "type", f"one of {expected}")


@check("INPUT-06", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.SENT,))
def all_that_was_sent_is_told(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """Bacs tells of as many debits and credits as the submission has, of the same sum.

    A report that is released all the same takes what it does not name as accepted."""
    if ctx.facts.about is None:
        return
    for side, kind in SIDES.items():
        sent = _sum(one for one in ctx.facts.sent or () if one.kind == kind)
        told = tally.told("all", side)
        if told != sent:
            message = f"{side}s: the report tells of {told}, we sent {sent}"
            yield Found(message, field=f"{side}_all_count", expected=str(sent))


def _sum(sent: Iterable[SentItem]) -> Sum:
    return add_up(Sum(1, one.amount) for one in sent)


@check("INPUT-06", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.SENT,))
def file_is_the_one_sent(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """File number and processing days are those that went out under this serial.

    Bacs may take a file on another day than it says: tenants would be debited on the wrong date."""
    numbers = [row["file_number"].strip() for row in tally.files]
    for name, found in (("file_number", numbers), ("processing_days", tally.processing_days)):
        sent = str(ctx.facts.about.told.get(name, "")) if ctx.facts.about else ""
        told = ", ".join(sorted(set(found)))
        if sent and set(found) != set(sent.split(", ")):
            message = f"{name.replace('_', ' ')}: the report says {told}, we sent {sent}"
            yield Found(message, field=name, expected=sent)


@check("INPUT-06", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.SENT,))
def errors_name_what_was_sent(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Each error names one record of the submission: else it is one of those that silence would accept."""
    if ctx.facts.about is None:
        return
    for one in taken:
        if one.disposition.answers is None:
            yield Found("the error names no one record that we sent", one.item.line, "reference")


@check("INPUT-07", level=Level.FILE, severity=Severity.WARNING)
def nothing_was_refused_or_changed(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """Bacs took every record as it was sent. What it did not is listed with the submission's answers."""
    counts = Counter({name: tally.listed(name).records for name in ctx.options.error_types})
    told = ", ".join(f"{count} {name.lower()}" for name, count in counts.items() if count)
    if told:
        yield Found(f"Bacs did not take every record as it was sent: {told}")


@check("INPUT-07", level=Level.FILE, severity=Severity.WARNING)
def no_message_about_the_whole(tally: InputTally, ctx: Options) -> Iterator[Found]:
    """The report says nothing of a file or day as a whole. If it does, and yet records were accepted, it
    waits for a person; if none was, the submission is refused."""
    severity = Severity.HOLD if tally.told("accepted").records else None
    for row in tally.messages:
        message = f"Bacs says of the {row.layout.name} as a whole: {plain(row['message'])}"
        yield Found(message, row.line, "message", severity=severity)


def plain(text: str) -> str:
    """What Bacs says in words, if it holds no figures: they might be somebody's account.

    >>> plain(" DESTINATION SORT CODE INVALID "), plain("ACCOUNT 12345678")
    ('DESTINATION SORT CODE INVALID', '(see the report)')
    """
    said = " ".join(text.split())
    return "(see the report)" if any(letter.isdigit() for letter in said) else said[:120]


INPUT_CHECKS = (
    report_is_about_one_submission,
    report_type_is_known,
    report_is_ours,
    totals_add_up,
    rejections_are_listed,
    errors_are_counted,
    error_is_understood,
    all_that_was_sent_is_told,
    file_is_the_one_sent,
    errors_name_what_was_sent,
    nothing_was_refused_or_changed,
    no_message_about_the_whole,
)
