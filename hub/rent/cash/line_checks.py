"""Checks on the payments of a file, one by one (rent system interface, 4.4, 6.2, 6.5 and 6.6).

What is wrong with a line's length or fields is found by its layout, under the same ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hub.checks.base import Context, Found, check
from hub.model import Chunk, Level, Need, Severity, format_pounds
from hub.rent.calendar import months_before
from hub.rent.canonical import OWES_LESS, OWES_MORE, is_part
from hub.rent.cash.options import RENTTRAN, CashOptions
from hub.rent.cash.tally import CashTally, RenttranTally
from hub.rent.receipts import Receipt

CASH_KINDS = ("RECEIPT", "REVERSAL", "TRANSFER")
Options = Context[CashOptions]
Tally = CashTally | RenttranTally


def _severity(ctx: Options) -> Severity:
    return Severity.REFUSE_ITEM if ctx.options.partial else Severity.ERROR


@check("E11", level=Level.RECORD, needs=(Need.TODAY,))
def date_is_near(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """A payment was made within the last `back_months`, and not more than `ahead_days` from now."""
    today, options = ctx.facts.today, ctx.options
    if today is None:
        return
    first = months_before(today, options.back_months)
    last = today + timedelta(days=options.ahead_days)
    for receipt in tally.receipts:
        if not first <= receipt.on <= last:
            message = f"the payment is dated {receipt.on}: expected {first} to {last}"
            yield Found(message, receipt.line, "date", f"{first} to {last}")


@check("E12", level=Level.RECORD)
def money_moves(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """A payment or reversal moves money."""
    for receipt in tally.receipts:
        if receipt.received == 0:
            yield Found("the amount is 0.00", receipt.line, "amount", "other than 0.00")


@check("E16", level=Level.RECORD)
def kind_is_cash(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """A file of payments carries receipts, reversals of receipts, and transfers; benefit, charges and
    write-offs have feeds of their own."""
    for receipt in tally.receipts:
        if receipt.posting and receipt.posting.kind not in CASH_KINDS:
            message = f"the kind is {receipt.posting.kind}"
            yield Found(message, receipt.line, "kind", " or ".join(CASH_KINDS), _severity(ctx))


@check("E19", level=Level.RECORD)
def sign_fits_the_kind(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """In RENTTRAN a receipt is below zero and a reversal above: positive = the customer owes more."""
    for receipt in tally.receipts:
        if _is_wrong(receipt):
            kind = receipt.posting.kind if receipt.posting else ""
            does = "less" if receipt.received > 0 else "more"
            message = (
                f"a {kind} of {format_pounds(-receipt.received)} would make the customer owe {does} (E19)"
            )
            yield Found(message, receipt.line, "amount", severity=_severity(ctx))


def _is_wrong(receipt: Receipt) -> bool:
    kind = receipt.posting.kind if receipt.posting else None
    return (kind in OWES_LESS and receipt.received < 0) or (kind in OWES_MORE and receipt.received > 0)


@check("E20", level=Level.RECORD)
def vat_is_part_of_the_amount(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """In RENTTRAN the VAT of a posting has its amount's sign and is not more than the amount."""
    for receipt in tally.receipts:
        if receipt.posting and not is_part(receipt.posting.vat, -receipt.received):
            amount = format_pounds(-receipt.received)
            message = f"the VAT of {format_pounds(receipt.posting.vat)} is no part of {amount}"
            expected = f"0.00 to {amount}"
            yield Found(message, receipt.line, "vat_amount", expected, _severity(ctx))


@check("E17", level=Level.RECORD, needs=(Need.TODAY, Need.RENT_CALENDAR), options=("open_weeks",))
def period_is_open(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """RENTTRAN posts into a rent week that is open: today's, or one of the `open_weeks` before it."""
    today, weeks, calendar = ctx.facts.today, ctx.options.open_weeks, ctx.facts.rent_calendar
    if today is None or weeks is None or calendar is None:
        return
    first = calendar.week_start(today) - timedelta(weeks=weeks)
    for receipt in tally.receipts:
        if receipt.posting and receipt.posting.post_date < first:
            message = f"the rent week of {receipt.posting.post_date} is closed (E17)"
            yield Found(message, receipt.line, "post_date", f"{first} or later", _severity(ctx))


@check("E18", level=Level.RECORD)
def payment_comes_once(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """The partner's own id of a payment stands in a file once."""
    for receipt in tally.repeated:
        message = "the same payment, by the sender's own id, stands on an earlier line"
        yield Found(message, receipt.line, "external_ref")


@check("TWICE", level=Level.RECORD, severity=Severity.WARNING)
def lines_differ(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """Two lines of one file with the same account, day, amount and method are told: two equal payments on one
    day are common, and so is a line that was written twice."""
    for receipt in tally.equal:
        message = f"an equal payment of {format_pounds(receipt.received)} stands on an earlier line"
        yield Found(message, receipt.line)


@check("LIMIT-LINE", level=Level.RECORD, severity=Severity.HOLD, options=("largest_line",))
def line_is_not_large(chunk: Chunk, tally: Tally, ctx: Options) -> Iterator[Found]:
    """No payment or reversal is above `largest_line`; a file with one waits for a person."""
    limit = ctx.options.largest_line
    pence = int(limit * 100) if limit is not None else None
    for receipt in tally.receipts:
        if pence is not None and abs(receipt.received) > pence:
            message = f"a payment of {format_pounds(receipt.received)} is above {limit}"
            yield Found(message, receipt.line, "amount", f"at most {limit}")


LINE_CHECKS = (
    date_is_near,
    money_moves,
    kind_is_cash.only(RENTTRAN),
    sign_fits_the_kind.only(RENTTRAN),
    vat_is_part_of_the_amount.only(RENTTRAN),
    period_is_open.only(RENTTRAN),
    payment_comes_once,
    lines_differ,
    line_is_not_large,
)
