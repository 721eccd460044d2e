"""From a report of unpaid Direct Debits to reversals: the items, what they answer, and the postings.

Source: formats page bacs.md, section 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    CollectionReject,
    Context,
    Disposition,
    Item,
    ItemState,
    Move,
    RentTransaction,
    Row,
    SentItem,
    Taken,
)
from plugins.bacs.accounts import account_of, to_account
from plugins.bacs.arudd import REPORT, UnpaidTally, reason_of
from plugins.bacs.days import drawn, entry_day, local_day
from plugins.bacs.layouts import MONEY
from plugins.bacs.mandate_changes import MANDATE_CHANGE, mandate_moves, match_change, said
from plugins.bacs.report_layouts import ARUDD_ITEM
from plugins.bacs.reports import digits_only, of_somebody_else
from plugins.bacs.settings import UnpaidOptions
from plugins.bacs.unpaid_debits import came_back

UNPAID_DEBIT = "UNPAID_DEBIT"
BANK_DETAILS = ("account_name", "sort_code", "account_number")


def unpaid_items(chunk: Chunk, tally: UnpaidTally, ctx: Context[UnpaidOptions]) -> Iterator[Item]:
    """One UNPAID_DEBIT a returned debit, and a MANDATE_CHANGE where its reason ends or stops the mandate;
    `number` counts the debits within the report. None from a report that is for somebody else."""
    if chunk.layout is not ARUDD_ITEM or tally.header is None or of_somebody_else(tally, ctx):
        return
    first = tally.records - len(chunk) + 1
    for number, record in enumerate(chunk.rows(), start=first):
        unpaid = _unpaid(record, number, tally.header)
        yield unpaid
        yield from _of_its_mandate(unpaid, ctx)


def _of_its_mandate(unpaid: Item, ctx: Context[UnpaidOptions]) -> Iterator[Item]:
    change = said(
        REPORT,
        str(unpaid.data["reason_code"]),
        ctx,
        line=unpaid.line,
        reference=unpaid.reference,
        on=date.fromisoformat(str(unpaid.data["processing_day"])),
        personal={name: unpaid.personal[name] for name in BANK_DETAILS if name in unpaid.personal},
    )
    if change.data["action"] not in ("keep", "review"):
        yield change


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
        kind=UNPAID_DEBIT,
        line=record.line,
        reference=record["reference"].strip(),
        amount=MONEY.read(record["amount"]),
        on=date.fromisoformat(record["original_day"]),
        data=data,
        personal={name: value for name, value in personal.items() if value},
    )


def of_the_debit(item: Item) -> str | None:
    """The reference of a returned debit. What is said of its mandate answers nothing."""
    return item.reference if item.kind == UNPAID_DEBIT else None


def same_payment(item: Item, sent: SentItem) -> bool:
    """Whether what came back is this payment: amount and processing day are equal, and so is the tenant's
    account where both sides know it."""
    same_account = all(
        item.personal.get(name) in (None, sent.personal[name])
        for name in ("sort_code", "account_number")
        if sent.personal.get(name)
    )
    return item.amount == sent.amount and item.on == sent.on and same_account


def fits(item: Item, sent: SentItem) -> bool:
    """Whether an unpaid debit answers this collection."""
    return sent.kind in ("", "COLLECTION") and same_payment(item, sent)


def unpaid_moves(one: Taken, ctx: Context[UnpaidOptions]) -> Iterator[Move]:
    """The debit as one that may be asked for again, if its reason allows; the mandate as its bank has it."""
    return came_back(one, ctx) if one.item.kind == UNPAID_DEBIT else mandate_moves(one, ctx)


def told_reason(item: Item) -> str:
    """Why the bank returned it, by its code."""
    return str(item.data["reason_text"])


def match_unpaid(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """To the account that the collection was for; without what was sent, to the account of the mandate."""
    if item.kind == MANDATE_CHANGE:
        return match_change(item, ctx, sent)
    if sent is not None:
        return replace(to_account(sent.account or account_of(item, ctx), ctx), answers=sent.id)
    if ctx.facts.sent is not None:
        return Disposition(ItemState.HELD, reason="matches no collection that was sent (NO_COLLECTION)")
    matched = to_account(account_of(item, ctx), ctx)
    if matched.state is ItemState.TAKEN:
        return replace(matched, reason="not compared with the collections that were sent (NOT_COMPARED)")
    return matched


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


def to_reject(one: Taken, ctx: Context[UnpaidOptions]) -> tuple[CollectionReject, ...]:
    """What the rent system is told of the collection, where it keeps them."""
    item, calendar = one.item, ctx.facts.calendar
    debited = entry_day(item.on, calendar) if calendar else item.on
    reject = CollectionReject(
        mandate_ref=item.reference,
        payment_ref=str(one.disposition.account),
        collection_date=debited,
        amount=item.amount,
        reason_code=str(item.data["reason_code"]),
        received_date=date.fromisoformat(str(item.data["processing_day"])),
    )
    return (reject,)
