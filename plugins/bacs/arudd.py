"""ARUDD, the report of unpaid Direct Debits: what it adds up to, and its checks.

Source: formats page bacs.md, sections 6.1, 6.2, 6.8 and 6.9. The codes of the checks are the project's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Found,
    Layout,
    Level,
    Row,
    Severity,
    check,
    format_pounds,
)
from plugins.bacs.codes import DEBITS, Reason, reasons, says
from plugins.bacs.layouts import MONEY
from plugins.bacs.report_layouts import ARUDD_HEADER, ARUDD_ITEM, ARUDD_TOTALS, ARUDD_USER
from plugins.bacs.reports import (
    ReportTally,
    digits_only,
    of,
    report_is_ours,
    report_says_what_it_is,
    type_is_known,
)
from plugins.bacs.settings import ReportOptions

REPORT = "ARUDD"


class UnpaidTally(ReportTally):
    """The report's header, and the items and totals of each originating account.

    told_again: Totals of an originating account that had some already
    """

    header_in, user_in, items_in = (ARUDD_HEADER,), (ARUDD_USER,), (ARUDD_ITEM,)
    totals_in: Layout = ARUDD_TOTALS

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.counts: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.declared: dict[str, Row] = {}
        self.told_again: list[Row] = []

    def add(self, chunk: Chunk) -> None:
        if chunk.layout in self.items_in:
            self.note_early(chunk)
            self._add_items(chunk)
        elif chunk.layout is self.totals_in:
            self._add_totals(chunk)
        else:
            super().add(chunk)

    def _add_items(self, chunk: Chunk) -> None:
        for record in chunk.rows():
            amount = MONEY.read(record["amount"])
            self.counts[_origin(record)] += 1
            self.values[_origin(record)] += amount
            self.records += 1
            self.value += amount

    def _add_totals(self, chunk: Chunk) -> None:
        for record in chunk.rows():
            if self.declared.setdefault(_origin(record), record) is not record:
                self.told_again.append(record)

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "originating_accounts": len(self.counts.keys() | self.declared.keys()),
        }

    def own_name(self) -> str | None:
        """Service user, report type, advice number and processing day."""
        if self.header is None or not self.users:
            return None
        told = (self.header[name] for name in ("report_type", "advice_number", "processing_day"))
        return "/".join((self.users[0]["service_user_number"], *told))

    def business_date(self) -> date | None:
        """The report's processing day."""
        return date.fromisoformat(self.header["processing_day"]) if self.header else None


def _origin(record: Row) -> str:
    """The originating account that a record of the report belongs to."""
    return f"{digits_only(record['origin_sort_code'])} {record['origin_account']}"


@check("ARUDD-03", level=Level.RECORD, layouts=(ARUDD_ITEM.name,))
def unpaid_debit_has_an_amount(
    chunk: Chunk, tally: UnpaidTally, ctx: Context[ReportOptions]
) -> Iterator[Found]:
    """Each returned debit is of more than 0.00."""
    for line, amount in zip(chunk.lines, chunk.columns["amount"], strict=True):
        if not MONEY.read(amount):
            yield Found("a returned debit of 0.00", line, "amount", "more than 0.00")


@check("REPORT-04", level=Level.FILE)
def counts_agree(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The Totals of each originating account give the number of its returned payments, sound or not."""
    name = tally.items_in[0].name
    unsound = tally.left_out[name]
    if unsound and len(tally.declared) > 1:
        return  # nobody knows whose the unsound ones are
    for origin, record in tally.declared.items():
        count, held = int(record["count"]), tally.rows_of(name, tally.counts[origin])
        if held not in (None, count):
            message = f"Totals count {count} payments, the report holds {held}"
            yield Found(message, record.line, "count", str(held))


@check("REPORT-04", level=Level.FILE)
def totals_come_once(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """Each originating account has one Totals: of two, nobody knows which to compare with."""
    for record in tally.told_again:
        yield Found("a second Totals for one originating account", record.line, expected="one")


@check("REPORT-04", level=Level.FILE, whole=True)
def sums_agree(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The Totals of each originating account give the sum of its returned payments."""
    for origin, record in tally.declared.items():
        value = MONEY.read(record["value"])
        if value != tally.values[origin]:
            told, summed = format_pounds(value), format_pounds(tally.values[origin])
            message = f"Totals give {told}, the payments add up to {summed}"
            yield Found(message, record.line, "value", summed)
    for origin in tally.counts.keys() - tally.declared.keys():
        message = f"{tally.counts[origin]} payments of one originating account have no Totals to compare with"
        yield Found(message, severity=Severity.WARNING)


@check("ARUDD-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(ARUDD_ITEM.name,))
def reason_is_understood(chunk: Chunk, tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The first character of the return code is a known reason, and the text beside it says the same.

    That the first character is the reason is assumed from published samples; where the text speaks against
    it, a person looks."""
    columns = chunk.columns["return_code"], chunk.columns["description"]
    for line, code, text in zip(chunk.lines, *columns, strict=True):
        reason = reason_of(code)
        if reason is None:
            message = "the return code stands for no known reason"
            yield Found(message, line, "return_code", f"one that starts with {' '.join(reasons(REPORT))}")
        elif not says(text, REPORT, reason):
            message = f"the return code means “{reason.meaning}”, and the text beside it says something else"
            yield Found(message, line, "description", reason.meaning)


def reason_of(return_code: str) -> Reason | None:
    """The reason that a return code stands for, by its first character."""
    return reasons(REPORT).get(return_code.strip()[:1])


@check("ARUDD-06", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(ARUDD_ITEM.name,))
def a_debit_came_back(chunk: Chunk, tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """What came back is a debit by its transaction code.

    Banks have codes of their own that no public list explains: the code is kept, and a person looks."""
    expected = " ".join(sorted(DEBITS))
    for line, code in zip(chunk.lines, chunk.columns["transaction_code"], strict=True):
        if code.strip() not in DEBITS:
            message = f"the transaction code is not that of a debit: expected one of {expected}"
            yield Found(message, line, "transaction_code", expected)


@check("ARUDD-06", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(ARUDD_ITEM.name,))
def debit_was_processed_before(
    chunk: Chunk, tally: UnpaidTally, ctx: Context[ReportOptions]
) -> Iterator[Found]:
    """A debit is processed no later than the report that it comes back in."""
    reported = tally.business_date()
    for line, text in zip(chunk.lines, chunk.columns["original_day"], strict=True):
        if reported and date.fromisoformat(text) > reported:
            message = f"the debit was processed on {text}, after the report of {reported}"
            yield Found(message, line, "original_day", f"{reported} or before")


ARUDD_CHECKS = (
    *of(REPORT, report_says_what_it_is, type_is_known("report_types"), report_is_ours),
    unpaid_debit_has_an_amount,
    *of(REPORT, counts_agree, totals_come_once, sums_agree),
    reason_is_understood,
    a_debit_came_back,
    debit_was_processed_before,
)
