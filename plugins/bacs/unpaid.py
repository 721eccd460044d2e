"""From a report of unpaid Direct Debits to reversals: the items, what they answer, and the postings.

Source: formats page bacs.md, section 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import Chunk, Context, Disposition, Item, ItemState, RentTransaction, Row, SentItem, Taken
from plugins.bacs.arudd import REPORT, UnpaidTally, digits_only, reason_of, report_is_ours
from plugins.bacs.days import drawn, local_day
from plugins.bacs.layouts import ARUDD_ITEM, MONEY
from plugins.bacs.settings import UnpaidOptions


def unpaid_items(chunk: Chunk, tally: UnpaidTally, ctx: Context[UnpaidOptions]) -> Iterator[Item]:
    """One UNPAID_DEBIT a returned debit; `number` counts them within the report. None from a report that
    is for somebody else."""
    if chunk.layout is not ARUDD_ITEM or tally.header is None or _of_somebody_else(tally, ctx):
        return
    first = tally.records - len(chunk) + 1
    for number, record in enumerate(chunk.rows(), start=first):
        yield _unpaid(record, number, tally.header)


def _of_somebody_else(tally: UnpaidTally, ctx: Context[UnpaidOptions]) -> bool:
    """Whether the service user is set and the report names another one."""
    return report_is_ours.obstacle(ctx) is None and any(report_is_ours.run(tally, ctx))


def _unpaid(record: Row, number: int, header: Row) -> Item:
    reason = reason_of(record["return_code"])
    data: dict[str, str | int | bool | None] = {
        "transaction_code": record["transaction_code"].strip(),
        "return_code": record["return_code"].strip(),
        "reason_code": record["return_code"].strip()[:1],
        "reason_text": reason.meaning if reason else "Reason not known",
        "mandate_action": reason.mandate_action if reason else "review",
        "may_represent": reason.may_represent if reason else False,
        "advice_number": header["advice_number"].strip(),
        "processing_day": header["processing_day"],
        "number": number,
    }
    personal = {
        "account_name": record["account_name"].strip(),
        "sort_code": digits_only(record["sort_code"].strip()),
        "account_number": record["account_number"].strip(),
        "return_description": record["description"].strip(),
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


def to_reversal(one: Taken, ctx: Context[UnpaidOptions]) -> tuple[RentTransaction, ...]:
    """The receipt of an unpaid debit, taken back: the tenant owes the amount again."""
    item, options = one.item, ctx.options
    processed = date.fromisoformat(str(item.data["processing_day"]))
    reversal = RentTransaction(
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
    return (reversal,)
