"""ARUCS, the report of returned credits: refunds that came back. Its checks, items and postings.

No public sample of it was found, so the shape of ARUDD is [assumed] and a person looks at every such report
until the route says that the layout is proven. Source: formats page bacs.md, sections 6.7 and 6.8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    HOLD,
    Answers,
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    On,
    RentTransaction,
    Row,
    SentItem,
    Severity,
    Taken,
    check,
    told_hold,
)
from plugins.bacs.accounts import to_account
from plugins.bacs.arudd import UnpaidTally, counts_agree, sums_agree, totals_come_once
from plugins.bacs.codes import reasons
from plugins.bacs.days import drawn, local_day
from plugins.bacs.layouts import MONEY
from plugins.bacs.report_layouts import ARUCS_HEADER, ARUCS_ITEM, ARUCS_TOTALS, ARUCS_USER
from plugins.bacs.reports import (
    digits_only,
    of,
    of_somebody_else,
    report_is_ours,
    report_says_what_it_is,
    type_is_known,
)
from plugins.bacs.settings import ArucsOptions
from plugins.bacs.unpaid import same_payment

REPORT = "ARUCS"
RETURNED_REFUND, REFUND = "RETURNED_REFUND", "REFUND"
LOOKS_UP = (Lookup(HOLD),)
Options = Context[ArucsOptions]


class ReturnedTally(UnpaidTally):
    """The same as of unpaid debits, of returned credits."""

    header_in, user_in, items_in = (ARUCS_HEADER,), (ARUCS_USER,), (ARUCS_ITEM,)
    totals_in = ARUCS_TOTALS


@check("ARUCS-01", level=Level.FILE, severity=Severity.HOLD)
def layout_is_proven(tally: ReturnedTally, ctx: Options) -> Iterator[Found]:
    """A person compares the report with what the hub read of it, until `arucs_layout_proven` says that a
    sample of this council's was read rightly."""
    if not ctx.options.arucs_layout_proven:
        message = (
            f"the layout of this report is assumed: compare the {tally.records} returned credits that were "
            "read with the report, then release it; set arucs_layout_proven once that was right"
        )
        yield Found(message)


@check("ARUCS-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(ARUCS_ITEM.name,))
def reason_is_known(chunk: Chunk, tally: ReturnedTally, ctx: Options) -> Iterator[Found]:
    """The first character of the return code is a known reason (assumed, as in ARUDD)."""
    for line, code in zip(chunk.lines, chunk.columns["return_code"], strict=True):
        if code.strip()[:1] not in reasons(REPORT):
            expected = f"one that starts with {' '.join(reasons(REPORT))}"
            yield Found("the return code stands for no known reason", line, "return_code", expected)


@check("ARUCS-03", level=Level.RECORD, layouts=(ARUCS_ITEM.name,))
def returned_credit_has_an_amount(chunk: Chunk, tally: ReturnedTally, ctx: Options) -> Iterator[Found]:
    """Each returned credit is of more than 0.00."""
    for line, amount in zip(chunk.lines, chunk.columns["amount"], strict=True):
        if not MONEY.read(amount):
            yield Found("a returned credit of 0.00", line, "amount", "more than 0.00")


RETURNED_CHECKS = (
    *of(REPORT, report_says_what_it_is, type_is_known("arucs_report_types"), report_is_ours),
    layout_is_proven,
    returned_credit_has_an_amount,
    *of(REPORT, counts_agree, totals_come_once, sums_agree),
    reason_is_known,
)


def returned_items(chunk: Chunk, tally: ReturnedTally, ctx: Options) -> Iterator[Item]:
    """One RETURNED_REFUND a returned credit; `number` counts them within the report."""
    if chunk.layout is not ARUCS_ITEM or tally.header is None or of_somebody_else(tally, ctx):
        return
    first = tally.records - len(chunk) + 1
    for number, row in enumerate(chunk.rows(), start=first):
        yield _returned(row, number, tally.header)


def _returned(row: Row, number: int, header: Row) -> Item:
    code = row["return_code"].strip()
    reason = reasons(REPORT).get(code[:1])
    data: dict[str, str | int | bool | None] = {
        "return_code": code,
        "reason_code": code[:1],
        "reason_text": reason.meaning if reason else "Reason not known",
        "hold": reason.hold if reason else None,
        "advice_number": header["advice_number"].strip(),
        "processing_day": header["processing_day"],
        "number": number,
    }
    personal = {
        "account_name": row["account_name"].strip(),
        "sort_code": digits_only(row["sort_code"]),
        "account_number": row["account_number"].strip(),
        "return_description": row["description"].strip(),
    }
    on = date.fromisoformat(row["original_day"].strip() or header["processing_day"])
    told = {name: text for name, text in personal.items() if text}
    return Item(
        RETURNED_REFUND, row.line, row["reference"].strip(), -MONEY.read(row["amount"]), on, data, told
    )


def _fits(item: Item, sent: SentItem) -> bool:
    return sent.kind == REFUND and same_payment(replace(item, amount=-item.amount), sent)


def _why(item: Item) -> str:
    return str(item.data["reason_text"])


RETURNED_ANSWERS = Answers("bacs.submission", kind="returned", rules=(On(_fits),), why=_why, kinds=(REFUND,))


def match_returned(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """To the account that the refund was paid from; what was sent must be known. Money that came back and
    whose account is not known is suspended."""
    if sent is None:
        return Disposition(ItemState.HELD, reason="matches no refund that was sent (NO_REFUND)")
    account = sent.account or _named_account(item, ctx)
    if account is None:
        reason = "the rent account that the refund was paid from is not known (NO_ACCOUNT)"
        return Disposition(ItemState.SUSPENDED, reason=reason)
    return replace(to_account(account, ctx), answers=sent.id)


def _named_account(item: Item, ctx: Context[Any]) -> str | None:
    """The account, where the refund's reference is that of a rent account."""
    account = ctx.facts.register.account(item.reference) if ctx.facts.register else None
    return account.payment_ref if account else None


def hold_moves(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """The hold that the reason asks for: the beneficiary died."""
    hold, account = one.item.data["hold"], one.disposition.account
    if hold and account and ctx.facts.today:
        why = f"{REPORT} {one.item.data['reason_code']}: {one.item.data['reason_text']}"
        yield from told_hold("bacs", account, str(hold), ctx.facts.today, ctx.facts.records, why)


def to_receipt(one: Taken, ctx: Options) -> tuple[RentTransaction, ...]:
    """A refund that came back: the account is in credit again."""
    item, options = one.item, ctx.options
    processed = date.fromisoformat(str(item.data["processing_day"]))
    receipt = RentTransaction(
        transaction_id=one.id,
        payment_ref=str(one.disposition.account),
        tenancy_ref=one.disposition.tenancy,
        kind="RECEIPT",
        method_code=options.returned_refund_method,
        type_code=options.returned_refund_type,
        transaction_date=processed,
        post_date=local_day(drawn(ctx)),
        amount=item.amount,
        external_ref=f"{REPORT} {item.data['advice_number']}/{processed:%Y%m%d}/{item.data['number']}",
        narrative=f"REFUND RETURNED: {item.data['reason_text']}",
        reverses_id=one.disposition.answers,
    )
    return (receipt,)
