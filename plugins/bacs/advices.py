"""Reports of messaging advices (ADDACS, AUDDIS returned by banks, AWACS): what they add up to, their checks,
and the items of those about mandates.

Source: formats page bacs.md, sections 6.3, 6.8 and 6.9. Codes REPORT-nn go by the name of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import Check, Chunk, Context, Found, Item, Level, Row, Severity, check
from plugins.bacs.codes import reasons
from plugins.bacs.layouts import ACCOUNT, SORT_CODE
from plugins.bacs.mandate_changes import NEW_DETAILS, said
from plugins.bacs.report_layouts import ADVICE_MESSAGE, Advices
from plugins.bacs.reports import (
    OF_ANOTHER_USER,
    ReportTally,
    digits_only,
    of,
    of_somebody_else,
    report_is_ours,
    report_says_what_it_is,
    type_is_known,
)
from plugins.bacs.settings import ReportOptions

PERSONAL = ("account_name", "sort_code", "account_number", *NEW_DETAILS)
_NOTHING = ("", "0")


class AdviceTally(ReportTally):
    """A report of messaging advices: one header, which says whose it is, too."""

    def __init__(self, ctx: Context[Any], format: Advices) -> None:
        super().__init__(ctx)
        *headers, advice, _ = format.layouts
        self.header_in = self.user_in = tuple(headers)
        self.items_in = (advice,)

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        if chunk.layout in self.items_in:
            self.records += len(chunk)

    @property
    def advices(self) -> Sequence[Row]:
        return self.rows(*self.items_in)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}

    def own_name(self) -> str | None:
        """Service user, report type, day and the report's own number; None where it has no number."""
        if self.header is None or self.header["sequence"].strip("0 ") == "":
            return None
        names = ("service_user_number", "report_type", "report_day", "sequence", "first", "last")
        return "/".join(self.header[name].strip() for name in names)

    def business_date(self) -> date | None:
        """The day on which the report was made."""
        return date.fromisoformat(self.header["report_day"]) if self.header else None


@check("REPORT-01", level=Level.FILE, severity=Severity.HOLD)
def nothing_else_is_said(tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The report holds no message of its own (MessagingError): what one means, a person says."""
    for row in tally.rows(ADVICE_MESSAGE):
        if any(text.strip() not in _NOTHING for text in row.values.values()):
            yield Found("Bacs says something of the report as a whole: see MessagingError in it", row.line)


@check("REPORT-02", level=Level.FILE, options=("service_user_number",), foreign=True)
def advices_are_ours(tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """Each advice is for the report's own service user, where it names one."""
    for row in tally.advices:
        if row["service_user_number"].strip() not in ("", ctx.options.service_user_number):
            yield Found(OF_ANOTHER_USER, row.line, "service_user_number", ctx.options.service_user_number)


@check("REPORT-04", level=Level.FILE, whole=True)
def advices_are_numbered(tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The advices are those that the header counts: numbered from its first to its last number, each once.
    Headers without numbers say nothing of it."""
    header = tally.header
    if header is None:
        return
    first, last = (int(header[name].strip() or 0) for name in ("first", "last"))
    if not first and not last:
        return
    numbers = [int(row["number"]) for row in tally.advices if row["number"].strip()]
    if numbers and sorted(numbers) != list(range(first, last + 1)):
        message = f"the header counts the advices from {first} to {last}, and the report holds others"
        yield Found(message, header.line, "last", f"each number from {first} to {last}, once")
    elif len(tally.advices) != last - first + 1:
        message = f"the header counts {last - first + 1} advices, the report holds {len(tally.advices)}"
        yield Found(message, header.line, "last", f"{last - first + 1} advices")


def _kinds_are_known(record_types: str) -> Check:
    @check("REPORT-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=("advice",))
    def kind_is_known(chunk: Chunk, tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
        """The record type of each advice is one that this report has, where it tells one."""
        for line, text in zip(chunk.lines, chunk.columns["record_type"], strict=True):
            if text.strip() not in ("", *record_types):
                message = "an advice of a record type that this report does not have"
                yield Found(message, line, "record_type", f"one of {' '.join(record_types)}")

    return kind_is_known


def _reasons_are_known(report: str) -> Check:
    @check("REPORT-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=("advice",))
    def reason_is_known(chunk: Chunk, tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
        """The reason code of each advice is one of the report's. What another one means, a person says."""
        for line, text in zip(chunk.lines, chunk.columns["reason_code"], strict=True):
            if text.strip() not in reasons(report):
                expected = f"one of {' '.join(reasons(report))}"
                yield Found("the reason code is not known", line, "reason_code", expected)

    return reason_is_known


@check("REPORT-06", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=("advice",))
def new_details_can_be_used(chunk: Chunk, tally: AdviceTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """A new sort code has six digits and a new account number eight, where they are told."""
    for name, kind in {"new_sort_code": SORT_CODE, "new_account_number": ACCOUNT}.items():
        texts = [digits_only(text) for text in chunk.columns[name]]
        for row in kind.bad(texts):
            if texts[row]:
                message = f"{name} cannot be used: expected {kind.expected}"
                yield Found(message, chunk.lines[row], name, kind.expected)


def advice_checks(report: str, record_types: str, option: str) -> tuple[Check, ...]:
    """The checks of one report of advices; `option` lists its report types."""
    return of(
        report,
        report_says_what_it_is,
        type_is_known(option),
        nothing_else_is_said,
        report_is_ours,
        advices_are_ours,
        advices_are_numbered,
        _kinds_are_known(record_types),
        _reasons_are_known(report),
        new_details_can_be_used,
    )


def advice_rows(chunk: Chunk, tally: AdviceTally, ctx: Context[Any]) -> Iterator[Row]:
    """The advices of a chunk; none before it is known which report this is, nor of somebody else's."""
    if chunk.layout in tally.items_in and tally.is_known and not of_somebody_else(tally, ctx):
        yield from chunk.rows()


def personal(row: Row) -> Mapping[str, str]:
    """Names and bank details of an advice, those that it has."""
    texts = {name: row[name].strip() for name in PERSONAL}
    codes = {name: digits_only(texts[name]) for name in ("sort_code", "new_sort_code")}
    return {name: text for name, text in {**texts, **codes}.items() if text}


def effective(row: Row, tally: AdviceTally) -> date:
    """The day from which an advice counts; that of the report where it tells none."""
    told = row["effective_day"].strip() or (tally.header["report_day"] if tally.header else "")
    return date.fromisoformat(told)


def mandate_items(report: str) -> Callable[[Chunk, AdviceTally, Context[Any]], Iterator[Item]]:
    """One MANDATE_CHANGE an advice."""

    def items(chunk: Chunk, tally: AdviceTally, ctx: Context[Any]) -> Iterator[Item]:
        for row in advice_rows(chunk, tally, ctx):
            yield said(
                report,
                row["reason_code"].strip(),
                ctx,
                line=row.line,
                reference=row["reference"].strip(),
                on=effective(row, tally),
                personal=personal(row),
                record_type=row["record_type"].strip(),
            )

    return items
