"""What is remembered of documents: what was sent, and what a credit note reserves of its invoice.

Source: formats page agresso.md, section 10.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    DOCUMENT,
    SUPPLIER_INVOICE,
    Context,
    ItemState,
    Lifecycle,
    Lookup,
    Move,
    Taken,
    Waiting,
    credits_but,
)
from plugins.agresso.documents import Options, document_key, invoice_of, party_of, taxes_of
from plugins.agresso.settings import DocumentOptions


def reserves(one: Taken, ctx: Options) -> Iterator[Move]:
    """A credit note or write-off that is taken along, on its invoice; given back if it is taken back."""
    item, records, number = one.item, ctx.facts.records, invoice_of(one.item)
    if number is None or one.disposition.state is not ItemState.TAKEN or records is None:
        return
    invoice = records.get(DOCUMENT, number)
    if invoice is not None:
        own = {"gross": abs(item.amount), "taxes": taxes_of(one, ctx)}
        credits = {**credits_but(invoice, item.reference), item.reference: own}
        yield Move(kind=DOCUMENT, key=invoice.key, data={"credits": credits})


BILLED = "agresso_billed"
BILLED_LIFE = Lifecycle(
    kind=BILLED,
    title="What suppliers have billed for a period",
    begins=("BILLED",),
    moves={"BILLED": ("BILLED",)},
    owner="finance",
)
"""By supplier, gross and period: the same bill under another number is noticed. data: invoice, the number."""


def billed_keys(item: Any) -> list[str]:
    told = item.data
    if item.kind != SUPPLIER_INVOICE or not told.get("period_from"):
        return []
    return [f"{told['supplier_ref']}/{abs(item.amount)}/{told['period_from']}/{told.get('period_to')}"]


def sent_supplier_invoices(
    carried: Sequence[Taken], ctx: Context[DocumentOptions]
) -> Iterator[Move | Waiting]:
    yield from sent_documents(carried, ctx)
    for one in carried:
        for key in billed_keys(one.item):
            yield Move(kind=BILLED, key=key, to="BILLED", data={"invoice": one.item.reference})


def sent_write_offs(carried: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move | Waiting]:
    """Those of invoices, which the ledger answers by their number."""
    yield from sent_documents([one for one in carried if invoice_of(one.item)], ctx)


def sent_documents(carried: Sequence[Taken], ctx: Context[DocumentOptions]) -> Iterator[Move | Waiting]:
    """Each document, from the moment of sending on."""
    for one in carried:
        item = one.item
        invoice = invoice_of(item)
        original = {"original": invoice} if invoice else {}
        order = {"order": str(item.data["order_no"])} if item.data.get("order_no") else {}
        yield Move(
            kind=DOCUMENT,
            key=document_key(item),
            to="SENT",
            account=one.disposition.account,
            data={
                "kind": item.kind,
                "party": party_of(one),
                "gross": abs(item.amount),
                "taxes": taxes_of(one, ctx),
                "item": one.id,
                **original,
                **order,
            },
        )


OF_BILLED = Lookup(BILLED, keys=billed_keys)
