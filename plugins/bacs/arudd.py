"""ARUDD, the report of unpaid Direct Debits: what it adds up to, its checks, and the reversals it makes.

Source: formats page bacs.md, sections 6.1, 6.2, 6.8 and 6.9. The codes of the checks are the project's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Record,
    RentTransaction,
    SentItem,
    Severity,
    Taken,
    Tally,
    check,
    format_pounds,
)
from plugins.bacs.codes import Reason, reasons
from plugins.bacs.days import drawn, local_day
from plugins.bacs.layouts import ARUDD_ITEM, ARUDD_REPORT, ARUDD_TOTALS, MONEY
from plugins.bacs.settings import ReportOptions, UnpaidOptions

REPORT = "ARUDD"
_WORD = re.compile(r"[A-Z]+")


class UnpaidTally(Tally):
    """The report's header, and the items and totals of each originating account."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.reports: list[Record] = []
        self.counts: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.declared: dict[str, Record] = {}

    def add(self, chunk: Chunk) -> None:
        if chunk.layout is ARUDD_REPORT:
            self.reports += chunk.records()
        elif chunk.layout is ARUDD_ITEM:
            self._add_items(chunk)
        elif chunk.layout is ARUDD_TOTALS:
            self.declared |= {_origin(record): record for record in chunk.records()}

    def _add_items(self, chunk: Chunk) -> None:
        for record in chunk.records():
            amount = MONEY.read(record["amount"])
            self.counts[_origin(record)] += 1
            self.values[_origin(record)] += amount
            self.records += 1
            self.value += amount

    @property
    def report(self) -> Record | None:
        return self.reports[0] if self.reports else None

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "originating_accounts": len(self.counts.keys() | self.declared.keys()),
        }

    def identity(self) -> str | None:
        """Service user, report type, advice number and processing day."""
        names = ("service_user_number", "report_type", "advice_number", "processing_day")
        return "/".join(self.report[name] for name in names) if self.report else None

    def business_date(self) -> date | None:
        """The report's processing day."""
        return date.fromisoformat(self.report["processing_day"]) if self.report else None


def _origin(record: Record) -> str:
    """The originating account that a record of the report belongs to."""
    return f"{_digits(record['origin_sort_code'])} {record['origin_account']}"


def _digits(sort_code: str) -> str:
    return sort_code.replace("-", "")


@check("ARUDD-01", level=Level.FILE)
def report_has_a_header(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The report names its type, advice number, processing day and service user, once."""
    if len(tally.reports) != 1:
        expected = "one Header, followed by one ServiceLicenseInformation"
        message = f"the report has {len(tally.reports)} sound headers; without one nobody knows whose it is"
        yield Found(message, expected=expected)


@check("ARUDD-02", level=Level.FILE, options=("service_user_number",))
def report_is_ours(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The report is for the feed's service user. Another one's is somebody else's personal data."""
    for report in tally.reports:
        if report["service_user_number"].strip() != ctx.options.service_user_number:
            yield Found(
                "the report is for another service user: this may be a data breach. Don't open or pass on "
                "the file; tell your data protection officer and whoever delivered it",
                report.line,
                "service_user_number",
                ctx.options.service_user_number,
            )


@check("ARUDD-03", level=Level.RECORD, layouts=(ARUDD_ITEM.name,))
def unpaid_debit_has_an_amount(
    chunk: Chunk, tally: UnpaidTally, ctx: Context[ReportOptions]
) -> Iterator[Found]:
    """Each returned debit is of more than 0.00."""
    for line, amount in zip(chunk.lines, chunk.columns["amount"], strict=True):
        if not MONEY.read(amount):
            yield Found("a returned debit of 0.00", line, "amount", "more than 0.00")


@check("ARUDD-04", level=Level.FILE)
def counts_agree(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The Totals of each originating account give the number of its returned debits, sound or not."""
    unsound = tally.left_out[ARUDD_ITEM.name]
    if unsound and len(tally.declared) > 1:
        return  # nobody knows whose the unsound ones are
    for origin, record in tally.declared.items():
        count, held = int(record["count"]), tally.rows_of(ARUDD_ITEM.name, tally.counts[origin])
        if held not in (None, count):
            message = f"Totals count {count} debits, the report holds {held}"
            yield Found(message, record.line, "count", str(held))


@check("ARUDD-04", level=Level.FILE, whole=True)
def sums_agree(tally: UnpaidTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The Totals of each originating account give the sum of its returned debits."""
    for origin, record in tally.declared.items():
        value = MONEY.read(record["value"])
        if value != tally.values[origin]:
            told, summed = format_pounds(value), format_pounds(tally.values[origin])
            message = f"Totals give {told}, the debits add up to {summed}"
            yield Found(message, record.line, "value", summed)
    for origin in tally.counts.keys() - tally.declared.keys():
        message = f"{tally.counts[origin]} debits of one originating account have no Totals to compare with"
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
            yield Found(f"return code {code.strip()} is not known", line, "return_code")
        elif not says(text, reason):
            message = f"return code {code.strip()} means “{reason.meaning}”, but the text is “{text.strip()}”"
            yield Found(message, line, "description", reason.meaning)


def reason_of(return_code: str) -> Reason | None:
    """The reason that a return code stands for, by its first character."""
    return reasons(REPORT).get(return_code.strip()[:1])


def says(text: str, reason: Reason) -> bool:
    """Whether a description has as many words in common with this reason as with any; blank agrees.

    >>> cancelled = reasons("ARUDD")["1"]
    >>> says("INSTRUCTION CANCELLED", cancelled), says("NO INSTRUCTION", cancelled), says(" ", cancelled)
    (True, False, True)
    """
    words = _words(text)
    shared = {code: len(words & _words(other.meaning)) for code, other in reasons(REPORT).items()}
    return not words or 0 < shared[reason.code] == max(shared.values())


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.upper()))


ARUDD_CHECKS = (
    report_has_a_header,
    report_is_ours,
    unpaid_debit_has_an_amount,
    counts_agree,
    sums_agree,
    reason_is_understood,
)


def unpaid_items(chunk: Chunk, tally: UnpaidTally, ctx: Context[UnpaidOptions]) -> Iterator[Item]:
    """One UNPAID_DEBIT a returned debit; `number` counts them within the report. None from a report that
    is for somebody else."""
    if chunk.layout is not ARUDD_ITEM or tally.report is None or _of_somebody_else(tally, ctx):
        return
    first = tally.records - len(chunk) + 1
    for number, record in enumerate(chunk.records(), start=first):
        yield _unpaid(record, number, tally.report)


def _of_somebody_else(tally: UnpaidTally, ctx: Context[UnpaidOptions]) -> bool:
    """Whether the service user is set and the report names another one."""
    return report_is_ours.obstacle(ctx) is None and any(report_is_ours.run(tally, ctx))


def _unpaid(record: Record, number: int, report: Record) -> Item:
    reason = reason_of(record["return_code"])
    data: dict[str, str | int | bool | None] = {
        "transaction_code": record["transaction_code"].strip(),
        "return_code": record["return_code"].strip(),
        "reason_code": record["return_code"].strip()[:1],
        "reason_text": reason.meaning if reason else record["description"].strip(),
        "mandate_action": reason.mandate_action if reason else "review",
        "may_represent": reason.may_represent if reason else False,
        "advice_number": report["advice_number"].strip(),
        "processing_day": report["processing_day"],
        "number": number,
    }
    personal = {
        "account_name": record["account_name"].strip(),
        "sort_code": _digits(record["sort_code"].strip()),
        "account_number": record["account_number"].strip(),
    }
    return Item(
        kind="UNPAID_DEBIT",
        line=record.line,
        reference=record["reference"].strip(),
        amount=MONEY.read(record["amount"]),
        on=date.fromisoformat(record["original_day"]),
        data=data,
        personal={name: value for name, value in personal.items() if value},
    )


def fits(item: Item, sent: SentItem) -> bool:
    """Whether an unpaid debit answers this collection: amount and processing day are equal, and so is the
    account that was debited where both sides know it."""
    same_account = all(
        item.personal.get(name) in (None, sent.personal[name])
        for name in ("sort_code", "account_number")
        if sent.personal.get(name)
    )
    return item.amount == sent.amount and item.on == sent.on and same_account


def match_unpaid(item: Item, ctx: Context[UnpaidOptions], sent: SentItem | None) -> Disposition:
    """To the account that the collection was for; without what was sent, to the account of the mandate."""
    if sent is not None:
        return replace(_taken(sent.account or _of_mandate(item, ctx), ctx), answers=sent.id)
    if ctx.facts.sent is not None:
        return Disposition(ItemState.HELD, reason="matches no collection that was sent (NO_COLLECTION)")
    matched = _taken(_of_mandate(item, ctx), ctx)
    if matched.state is ItemState.TAKEN:
        return replace(matched, reason="not compared with the collections that were sent (NOT_COMPARED)")
    return matched


def _of_mandate(item: Item, ctx: Context[Any]) -> str | None:
    mandate = ctx.facts.register.mandate(item.reference) if ctx.facts.register else None
    return mandate.payment_ref if mandate else None


def _taken(payment_ref: str | None, ctx: Context[Any]) -> Disposition:
    if payment_ref is None:
        return Disposition(ItemState.HELD, reason="its rent account is not known (NO_ACCOUNT)")
    account = ctx.facts.register.account(payment_ref) if ctx.facts.register else None
    tenancy = account.tenancy_ref if account else None
    return Disposition(ItemState.TAKEN, account=payment_ref, tenancy=tenancy)


def to_reversal(one: Taken, ctx: Context[UnpaidOptions]) -> RentTransaction:
    """The receipt of an unpaid debit, taken back: the tenant owes the amount again."""
    item, options = one.item, ctx.options
    processed = date.fromisoformat(str(item.data["processing_day"]))
    return RentTransaction(
        transaction_id=one.id,
        payment_ref=str(one.disposition.account),
        tenancy_ref=one.disposition.tenancy,
        kind="REVERSAL",
        method_code=options.method_code,
        type_code=options.type_code,
        transaction_date=processed if options.dated == "report" else item.on,
        post_date=local_day(drawn(ctx)),
        amount=item.amount,
        external_ref=f"{REPORT} {item.data['advice_number']}/{processed:%Y%m%d}/{item.data['number']}",
        narrative=f"DD UNPAID: {item.data['reason_text']}",
        reverses_id=one.disposition.answers,
    )
