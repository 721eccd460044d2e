"""Invoices, credit notes, recharges and suppliers' invoices as vouchers: the party's line, then the
ledger's, then the tax of each account and meaning.

Source: formats page agresso.md, sections 8, 10.2 to 10.4 and 11.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import DOCUMENT, PARTY, SUPPLIER_INVOICE, Context, Line, Lookup, Role, Taken, Tax, Voucher
from plugins.agresso.journal import side_account
from plugins.agresso.outgoing import Outgoing
from plugins.agresso.settings import DocumentOptions

INVOICE, CREDIT_NOTE, RECHARGE = "INVOICE", "CREDIT_NOTE", "RECHARGE"
TOWARDS = {INVOICE: 1, RECHARGE: 1, CREDIT_NOTE: -1, SUPPLIER_INVOICE: -1}
"""The sign of the party's line: a customer owes more of an invoice, a supplier is owed more; of a supplier's
credit, whose amounts are below zero, less."""

CREDITING = (CREDIT_NOTE, "WRITE_OFF")
"""What lessens an invoice that it names."""

Options = Context[DocumentOptions]
DocumentLine = Mapping[str, Any]
_CODINGS = ("account", "cost_centre", "project", "property")


def documents(taken: Sequence[Taken], ctx: Options) -> Iterator[Outgoing]:
    """One voucher an item."""
    for one in taken:
        yield Outgoing(_voucher(one, ctx), (one,))


def _voucher(one: Taken, ctx: Options) -> Voucher:
    item, data = one.item, one.item.data
    is_ours = item.kind != SUPPLIER_INVOICE
    return Voucher(
        kind=item.kind,
        dated=item.on,
        valued=item.on,
        lines=_lines(one, ctx),
        party=party_number(one, ctx) if is_ours else str(data["supplier_ref"]),
        document=item.reference,
        due=_due(one, ctx),
        pay_method=ctx.options.pay_method,
        original=original_of(one, ctx) if item.kind == CREDIT_NOTE else None,
        order=str(data["order_no"]) if data.get("order_no") else None,
        responsible=None if is_ours else ctx.options.responsible,
    )


def party_of(one: Taken) -> str:
    """The party, by the source's reference."""
    data = one.item.data
    named = (data.get(name) for name in ("customer_ref", "supplier_ref", "person_ref", "payment_ref"))
    return str(next(filter(None, named)))


def party_number(one: Taken, ctx: Options) -> str | None:
    """The financial system's number of a customer; None while it has given none."""
    party = party_of(one)
    if ctx.options.customers == "own":
        return party
    known = ctx.facts.records.get(PARTY, party) if ctx.facts.records else None
    return str(known.data["number"]) if known and known.data.get("number") else None


def original_of(one: Taken, ctx: Context[Any]) -> tuple[int, int] | None:
    """The number of the invoice that a credit note is of, and its place there; None while it is not known."""
    known = ctx.facts.records.get(DOCUMENT, str(one.item.data["invoice_no"])) if ctx.facts.records else None
    if known is None or not known.data.get("number"):
        return None
    return int(known.data["number"]), int(known.data.get("line") or 1)


def _due(one: Taken, ctx: Options) -> date:
    """A credit is due at once."""
    told = one.item.data.get("due_date")
    if told:
        return date.fromisoformat(str(told))
    return one.item.on if one.item.kind == CREDIT_NOTE else one.item.on + timedelta(ctx.options.terms_days)


def _lines(one: Taken, ctx: Options) -> list[Line]:
    sign, own = TOWARDS[one.item.kind], document_lines(one, ctx)
    party = Line(
        role=Role.SUPPLIER if one.item.kind == SUPPLIER_INVOICE else Role.CUSTOMER,
        amount=sign * (one.item.amount if one.item.kind == SUPPLIER_INVOICE else abs(one.item.amount)),
        description=_heading(one, own),
        key=one.id,
    )
    ledger = [
        Line(
            role=Role.LEDGER,
            amount=-sign * line["net"],
            coding=_coding(line),
            tax=line["tax"],
            description=str(line["text"]),
            key=f"{one.id}/{number}",
        )
        for number, line in enumerate(own, start=1)
    ]
    return [party, *ledger, *_tax_lines(one.id, own, -sign, ctx)]


def _tax_lines(key: str, own: Sequence[DocumentLine], sign: int, ctx: Options) -> Iterator[Line]:
    """One for each account and meaning whose lines bear tax."""
    taxed: dict[tuple[str, str], list[DocumentLine]] = {}
    for line in own:
        if line["vat"]:
            taxed.setdefault((str(line["account"] or ""), str(line["tax"])), []).append(line)
    for (account, meaning), lines in taxed.items():
        tax_account = {"account": ctx.options.tax_account} if ctx.options.tax_account else {}
        yield Line(
            role=Role.TAX,
            amount=sign * sum(line["vat"] for line in lines),
            coding={**_coding(lines[0]), "account": "", **tax_account},
            tax=meaning,
            taxed=account,
            base=sign * sum(line["net"] for line in lines),
            description=f"Tax: {lines[0]['text']}"[:240],
            key=f"{key}/{meaning}-{account}",
        )


def document_lines(one: Taken, ctx: Options) -> Sequence[DocumentLine]:
    """What the source says line by line; a recharge is one line of the account that the route sets, and so is
    the account of a line that names a side."""
    item, options = one.item, ctx.options
    if item.kind != RECHARGE:
        told = item.data["lines"]
        return [
            {**line, "account": side_account(line, options.posts_to)} if line.get("side") else line
            for line in told
        ]
    return [
        {
            "text": f"Recharge {item.reference}",
            "account": options.recharge_account,
            "cost_centre": options.recharge_cost_centre,
            "property": item.data.get("property_ref"),
            "tax": Tax.STANDARD if item.data["vat"] else Tax.OUTSIDE,
            "net": item.data["net"],
            "vat": item.data["vat"],
        }
    ]


def _heading(one: Taken, own: Sequence[DocumentLine]) -> str:
    if one.item.kind == CREDIT_NOTE:
        return f"Credit to {one.item.data['invoice_no']}"
    return str(own[0]["text"])


def _coding(line: DocumentLine) -> dict[str, str]:
    return {name: str(line[name]) for name in _CODINGS if line.get(name)}


def invoice_of(item: Any) -> str | None:
    """The invoice that an item credits, or writes off."""
    number = item.data.get("invoice_no") if item.kind in CREDITING else None
    return str(number) if number else None


def taxes_of(one: Taken, ctx: Options) -> dict[str, int]:
    """Pence of tax by its meaning, without sign; a debt is written off without tax."""
    taxes: dict[str, int] = {}
    for line in document_lines(one, ctx) if one.item.kind in TOWARDS else ():
        taxes[str(line["tax"])] = taxes.get(str(line["tax"]), 0) + line["vat"]
    return taxes


def document_keys(item: Any) -> list[str]:
    """The records that an item is about: the document itself and, of a credit note, its invoice."""
    invoice = invoice_of(item)
    return [document_key(item), *([invoice] if invoice else [])]


def document_key(item: Any) -> str:
    """A supplier's number is the supplier's own, ours are unique."""
    if item.kind == SUPPLIER_INVOICE:
        return f"{item.data['supplier_ref']}/{item.reference}"
    return str(item.reference)


def _party_keys(item: Any) -> list[str]:
    named = (item.data.get(name) for name in ("customer_ref", "person_ref", "payment_ref"))
    return [str(value) for value in named if value]


LOOKS_UP = (Lookup(DOCUMENT, keys=document_keys), Lookup(PARTY, keys=_party_keys))
