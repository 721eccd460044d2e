"""NEC Housing's load file of transactions, `DL_HRA_TRANSACTIONS`: postings written as one, and one that
another system wrote checked and handed on as it is (rent system interface, 2.7).

The loader works in steps that a person starts: load (L), validate (V), create (C), delete. A file that the
hub delivered is loaded at best; what the loader would refuse at validation is found here, before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field as Setting

from hub.checks.base import Context, Found, check
from hub.door.feed import Feed, Number, Output, Profile
from hub.errors import CannotRender
from hub.model import (
    Chunk,
    Direction,
    Disposition,
    Item,
    ItemState,
    Level,
    Need,
    Rendered,
    RentTransaction,
    SentItem,
    Taken,
    format_pounds,
)
from hub.rent.canonical import drawn, normal_reference, plain_text, sound
from hub.rent.control import CONTROL_CHECKS, ControlOptions
from hub.rent.generic_csv import LONDON
from hub.rent.nec import TRANSACTION, TRANSACTIONS
from hub.rent.nec_rules import RULE_CHECKS, Known, NecCodes, NecTally, Values, problems

KIND = "NEC_TRANSACTION"
EXTERNAL = 25
"""Characters of an external reference."""


class NecOptions(NecCodes):
    """codes:            the code map that turns a type into NEC's type, subtype and payment method, written
                     `PAY/PPT/PP`; the last two may be empty (`PAY//`)
    batch:            what a batch's number begins with; the batch is the file's name
    suspense_account: the reference of the account of type SUS, so that what goes there names its original
    statement_ind, summarise_ind: as they stand on every row
    """

    codes: str = "nec_types"
    batch: str = Setting(default="FH", pattern="^[A-Z]{1,6}$")
    suspense_account: str | None = None
    statement_ind: str = Setting(default="Y", pattern="^[YN]$")
    summarise_ind: str = Setting(default="N", pattern="^[YN]$")

    def code_maps(self) -> Sequence[str]:
        return (self.codes, *super().code_maps())


def scope(taken: Sequence[Taken], ctx: Context[NecOptions]) -> str:
    return f"nec.transactions:{ctx.options.batch}"


def write(postings: Sequence[RentTransaction], ctx: Context[NecOptions]) -> Rendered:
    """Raises CannotRender with every code that is not mapped and every rule of the loader that is broken."""
    moment = drawn(ctx)
    if "nec_batch" not in moment.numbers:
        raise CannotRender("the batch needs a number, and nec_batch is not set; give it one")
    today = moment.now.astimezone(LONDON).date()
    _refuse_unmapped(postings, ctx)
    rows = [_values(posting, ctx) for posting in sound(postings)]
    wrong = [
        f"posting {posting.transaction_id}: {problem}"
        for posting, row in zip(postings, rows, strict=True)
        for problem in problems(row, replace(Known.of(row, ctx), today=today))
    ]
    if wrong:
        raise CannotRender("; ".join(wrong))
    batch = f"{ctx.options.batch}{moment.business_date:%Y%m%d}-{moment.numbers['nec_batch']:06}"
    lines = [_line(posting, row) for posting, row in zip(postings, rows, strict=True)]
    return Rendered(f"DL_HRA_TRANSACTIONS_{batch}.csv", TRANSACTIONS.encode(lines), _summary(batch, rows))


def _summary(batch: str, rows: Sequence[Values]) -> dict[str, str | int]:
    sums = {name: format_pounds(sum(row[name] or 0 for row in rows)) for name in ("dr", "cr")}
    return {"records": len(rows), "batch": batch, **sums}


def _line(posting: RentTransaction, row: Values) -> str:
    try:
        return TRANSACTIONS.write_row(TRANSACTION, row)
    except CannotRender as problem:
        raise CannotRender(f"posting {posting.transaction_id} does not fit a row: {problem}") from problem


def _values(posting: RentTransaction, ctx: Context[NecOptions]) -> Values:
    """The effective date is the day of posting, so that what came after the close of a period falls into the
    next; when it was paid stands beside it."""
    options, (trt, trs, pmy) = ctx.options, _mapped(posting, ctx).split("/")
    amount, vat = posting.amount, posting.vat_amount
    to_suspense = posting.payment_ref == options.suspense_account
    values: dict[str, Any] = {
        "date": posting.post_date,
        "pay_ref": posting.payment_ref,
        "effective_date": posting.post_date,
        "statement_ind": options.statement_ind,
        "trt_code": trt,
        "trs_code": trs or None,
        "pmy_code": pmy or None,
        "balance_ind": "N",
        "dr": amount if amount >= 0 else None,
        "cr": -amount if amount < 0 else None,
        "vat_dr": vat if vat > 0 else None,
        "vat_cr": -vat if vat < 0 else None,
        "payment_date": posting.transaction_date,
        "external_ref": (posting.external_ref or "")[-EXTERNAL:] or None,
        "summarise_ind": options.summarise_ind,
        "text": plain_text(posting.narrative) or None,
        "susp_pay_ref": posting.original_payment_ref if to_suspense else None,
    }
    return {field.name: values.get(field.name) for field in TRANSACTION.fields}


def _refuse_unmapped(postings: Sequence[RentTransaction], ctx: Context[NecOptions]) -> None:
    """Raises CannotRender with each type that the map says nothing of, or nothing that can be used."""
    wrong = {posting.type_code for posting in postings if _mapped(posting, ctx).count("/") != 2}
    if wrong:
        types = ", ".join(sorted(code or "(none)" for code in wrong))
        name = ctx.options.codes
        raise CannotRender(
            f"{name} says of {types} nothing of the form type/subtype/payment method (E16): add what is "
            f"missing to codes/{name}.csv, as PAY/PPT/PP or PAY//, then feedhub transfers retry"
        )


def _mapped(posting: RentTransaction, ctx: Context[NecOptions]) -> str:
    codes = ctx.facts.codes
    return (codes.value(ctx.options.codes, posting.type_code, posting.post_date) if codes else None) or ""


NEC_TRANSACTIONS = Profile(
    name="nec.transactions",
    options=NecOptions,
    write=write,
    numbers=(Number("nec_batch", scope, policy="no_gap"),),
    lossy=(
        f"the external reference is cut to its last {EXTERNAL} characters",
        "the tenancy, what a reversal reverses and the method as received are left out",
        "the original reference is told for the suspense account only",
    ),
)
"""Carries every posting whose type is mapped. The layout is that of the load kit [confirmed]; whether a
council's NEC takes its daily postings so is its own to say [assumed]."""


class NecLoadOptions(NecCodes, ControlOptions):
    """Options of `rent.nec_transactions`."""


@check("HDL117", level=Level.CROSS, needs=(Need.REGISTER,))
def account_is_known(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """Each payment reference is that of a rent account."""
    for one in taken:
        if one.disposition.account is None:
            yield Found("no rent account has this reference (E14)", one.item.line, "pay_ref")


def transaction_items(chunk: Chunk, tally: NecTally, ctx: Context[Any]) -> Iterator[Item]:
    for line, one in tally.rows:
        data = {name: one[name] for name in ("trt_code", "trs_code", "pmy_code", "external_ref")}
        amount = (one["dr"] or 0) - (one["cr"] or 0)
        yield Item(KIND, line, normal_reference(one["pay_ref"]), amount, one["effective_date"], data)


def match_transaction(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    account = ctx.facts.register.account(item.reference) if ctx.facts.register else None
    if account is None:
        return Disposition(ItemState.TAKEN)
    return Disposition(ItemState.TAKEN, account.payment_ref, tenancy=account.tenancy_ref)


NEC_LOAD = Feed(
    name="rent.nec_transactions",
    title="A load file of transactions for NEC Housing, checked before it is loaded",
    direction=Direction.IN,
    options=NecLoadOptions,
    formats={"nec-transactions": TRANSACTIONS},
    tally=NecTally,
    checks=(*RULE_CHECKS, *CONTROL_CHECKS, account_is_known),
    items=transaction_items,
    match=match_transaction,
    outputs=(Output("load", takes=(KIND,), forward=lambda ctx: True),),
)
