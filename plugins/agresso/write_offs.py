"""Debts that are written off, or on again: of a rent account, the provision against the debtors' control; of
an invoice that the sales ledger has, a credit of the customer that is matched to it there, without tax.

Source: formats page agresso.md, section 10.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    DOCUMENT,
    Context,
    Found,
    Level,
    Line,
    Lookup,
    Need,
    Record,
    Role,
    Severity,
    Taken,
    Voucher,
    check,
    format_pounds,
)
from plugins.agresso.documents import document_keys, invoice_of, original_of
from plugins.agresso.outgoing import Outgoing
from plugins.agresso.settings import WriteOffOptions

WRITE_OFF, WRITE_ON = "WRITE_OFF", "WRITE_ON"
Options = Context[WriteOffOptions]


def write_offs(taken: Sequence[Taken], ctx: Options) -> Iterator[Outgoing]:
    """One voucher an item: what the customer owes less, the provision bears."""
    for one in taken:
        yield Outgoing(_of_an_invoice(one, ctx) if invoice_of(one.item) else _of_rents(one, ctx), (one,))


def _of_rents(one: Taken, ctx: Options) -> Voucher:
    debtors = _line(one, Role.LEDGER, ctx.options.debtors_account, 1)
    return _voucher(one, [debtors, _provision(one, ctx)])


def _of_an_invoice(one: Taken, ctx: Options) -> Voucher:
    invoice = _invoice(one, ctx)
    party = str(invoice.data["customer"]) if invoice and invoice.data.get("customer") else None
    lines = [_line(one, Role.CUSTOMER, None, 1), _provision(one, ctx)]
    return _voucher(
        one, lines, party=party, document=one.item.reference, due=one.item.on, original=original_of(one, ctx)
    )


def _voucher(one: Taken, lines: Sequence[Line], **told: Any) -> Voucher:
    return Voucher(kind=one.item.kind, dated=one.item.on, valued=one.item.on, lines=lines, **told)


def _provision(one: Taken, ctx: Options) -> Line:
    return _line(one, Role.LEDGER, ctx.options.provision_account, -1)


def _line(one: Taken, role: Role, account: str | None, sign: int) -> Line:
    told = "Written off" if one.item.amount < 0 else "Written on"
    return Line(
        role=role,
        amount=sign * one.item.amount,
        coding={"account": account} if account else {},
        description=f"{told} {one.item.reference}",
        key=one.id if sign == 1 else f"{one.id}/provision",
    )


def _invoice(one: Taken, ctx: Options) -> Record | None:
    number = invoice_of(one.item)
    return ctx.facts.records.get(DOCUMENT, number) if ctx.facts.records and number else None


@check("AGR15", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def debt_is_still_open(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No more of an invoice is written off than the ledger last said is open of it, and the ledger has said
    whose it is."""
    for one in taken:
        invoice = _invoice(one, ctx)
        if invoice is None or not invoice.data.get("number"):
            continue
        if not invoice.data.get("customer"):
            told = f"whose {invoice.key} is in the ledger is not known"
            yield Found(f"{one.item.reference}: {told}", one.item.line, "invoice_no")
        rest = invoice.data.get("rest")
        if rest is not None and abs(one.item.amount) > rest:
            told = f"{format_pounds(abs(one.item.amount))} is written off, {format_pounds(rest)} is open"
            yield Found(f"{one.item.reference}: {told} of {invoice.key}", one.item.line, "amount")


LOOKS_UP = (Lookup(DOCUMENT, keys=document_keys),)
