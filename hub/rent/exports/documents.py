"""What is billed and bought, for the financial system: invoices, credit notes, suppliers' invoices, orders.

One row is one line; all rows of a document are one item, because it is posted, held and answered whole.
Source: rent system interface, 6.2 (Invoice, CreditNote, PurchaseOrder); columns are this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from pydantic import Field as Option

from hub.checks.base import Check, Context, Found, check
from hub.finance.documents import DOCUMENT
from hub.finance.tax import Tax
from hub.formats.layout import Field
from hub.model import Chunk, Item, ItemState, Level, Move, Row, Taken
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions
from hub.rent.exports.columns import address, code, day, number, pounds, ref, text
from hub.rent.exports.feed import waiting
from hub.rent.exports.record_type import ExportTally, RecordType
from hub.rent.exports.rules import above_zero, adds_up, in_order

CODING = (
    ref("account", check="E16"),
    ref("cost_centre", required=False, check="E16"),
    ref("project", required=False, check="E16"),
    ref("property", required=False, check="E16"),
)
MONEY = (
    code("tax", *Tax, note="what the supply is for value added tax"),
    pounds("net"),
    pounds("vat"),
    pounds("gross", note="net + vat; of all rows of a document more than 0.00"),
)
WHAT = text("text", 240, required=True, note="shown in the ledger: no name, no address, no case")


@dataclass(frozen=True, kw_only=True)
class DocumentType(RecordType):
    """Rows with the same reference are the lines of one document.

    head:   the columns that all of them have in common; the others are told line by line, as `lines`
    credit: whether the document takes from what its party owes
    """

    head: tuple[Field, ...]
    credit: bool = False

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return (*ENVELOPE_CHECKS, *self.rules, _heads_agree, _is_of_something)

    def tally(self, ctx: Context[Any]) -> DocumentTally:
        return DocumentTally(ctx, self)

    def items(self, chunk: Chunk, tally: ExportTally, ctx: Context[Any]) -> Iterator[Item]:
        """One a document, told once all its rows are known."""
        on = tally.business_date()
        if chunk.layout.name == "trailer" and on is not None and isinstance(tally, DocumentTally):
            for rows in tally.documents.values():
                first, *_ = items = [self.item(row, on) for row in rows]
                yield self._whole(first, items)

    def item_key(self, item: Item) -> str | None:
        return item.reference

    def _whole(self, first: Item, items: list[Item]) -> Item:
        named = {column.name for column in self.head}
        head = {name: value for name, value in first.data.items() if name in named}
        lines = [self._line(item, named) for item in items]
        amount = sum(item.amount for item in items)
        return replace(first, amount=-amount if self.credit else amount, data={**head, "lines": lines})

    def _line(self, item: Item, head: set[str]) -> Mapping[str, Any]:
        own = {name: value for name, value in item.data.items() if name not in head and value is not None}
        return {**own, self.amount: item.amount} if self.amount else own


class DocumentTally(ExportTally):
    """documents: by reference, the rows of each, in the order of the file."""

    def __init__(self, ctx: Context[Any], record: DocumentType) -> None:
        super().__init__(ctx, record)
        self.record = record
        self.documents: dict[str, list[Row]] = {}

    def add_details(self, chunk: Chunk) -> None:
        super().add_details(chunk)
        read = self.csv.detail.field(self.record.reference).kind.read
        for row in chunk.rows():
            self.documents.setdefault(read(row[self.record.reference]), []).append(row)


@check("E18", level=Level.FILE)
def _heads_agree(tally: DocumentTally, ctx: Context[Any]) -> Iterator[Found]:
    """All rows of a document say the same of what concerns it whole: its party, its dates, its order."""
    for reference, rows in tally.documents.items():
        for column in tally.record.head:
            other = next((row for row in rows if row[column.name] != rows[0][column.name]), None)
            if other is not None:
                message = f"{column.name} differs from the first row of {reference}"
                yield Found(message, other.line, column.name)


@check("E19", level=Level.FILE)
def _is_of_something(tally: DocumentTally, ctx: Context[Any]) -> Iterator[Found]:
    """A document comes to more than 0.00."""
    name = tally.record.amount
    for reference, rows in tally.documents.items() if name else ():
        read = tally.csv.detail.field(str(name)).kind.read
        if sum(read(row[str(name)]) for row in rows) <= 0:
            yield Found(f"{reference} does not come to more than 0.00", rows[0].line, name)


def _document(
    name: str, about: str, head: tuple[Field, ...], kind: str, on: str, *rules: Check, credit: bool = False
) -> DocumentType:
    return DocumentType(
        name=name,
        about=f"a line of {about}; the rows of one document are one item",
        columns=(*head, WHAT, *CODING, *MONEY),
        head=head,
        reference=head[0].name,
        kind=kind,
        amount="gross",
        on=on,
        for_ever=True,
        credit=credit,
        rules=(adds_up("gross", "net", "vat"), *rules),
    )


INVOICE = _document(
    "INVOICE",
    "an invoice to a leaseholder, a tenant or a firm",
    (
        ref("invoice_no"),
        ref("customer_ref"),
        ref("payment_ref", required=False),
        day("invoice_date"),
        day("due_date", required=False),
    ),
    "INVOICE",
    "invoice_date",
    in_order("invoice_date", "due_date"),
)
CREDITNOTE = _document(
    "CREDITNOTE",
    "a credit note",
    (
        ref("credit_note_no"),
        ref("invoice_no"),
        ref("customer_ref"),
        day("credit_date"),
        code("reason_code", note="the rent system's own"),
    ),
    "CREDIT_NOTE",
    "credit_date",
    credit=True,
)
SUPPLIERINV = _document(
    "SUPPLIERINV",
    "a supplier's invoice, such as a utility's",
    (
        ref("supplier_invoice_no"),
        ref("supplier_ref"),
        day("invoice_date"),
        day("due_date"),
        ref("order_no", required=False),
        day("period_from", required=False),
        day("period_to", required=False),
    ),
    "SUPPLIER_INVOICE",
    "invoice_date",
    in_order("invoice_date", "due_date"),
    in_order("period_from", "period_to"),
)
_ORDER_HEAD = (ref("order_no"), ref("supplier_ref"), day("order_date"), text("heading", 120, required=True))
PORDER = DocumentType(
    name="PORDER",
    about="a line of a purchase order; the rows of one order are one item",
    columns=(
        *_ORDER_HEAD,
        number("order_line", 1, 9999),
        ref("product"),
        WHAT,
        code("unit"),
        number("quantity", 1, 999_999),
        pounds("net", note="of the whole line, more than 0.00"),
        code("tax", *Tax),
        *CODING,
    ),
    head=_ORDER_HEAD,
    reference="order_no",
    kind="PURCHASE_ORDER",
    amount="net",
    on="order_date",
    for_ever=True,
    rules=(above_zero("net"),),
)
RECEIPT = RecordType(
    name="RECEIPT",
    about="what was received of one line of a purchase order",
    columns=(
        ref("receipt_no"),
        ref("order_no"),
        number("order_line", 1, 9999),
        pounds("net", note="of what was received, more than 0.00"),
        day("received_on"),
    ),
    reference="receipt_no",
    kind="RECEIPT",
    amount="net",
    on="received_on",
    key=("receipt_no",),
    for_ever=True,
    rules=(above_zero("net"),),
)
CUSTOMER = RecordType(
    name="CUSTOMER",
    about="somebody whom the financial system is to know as a customer",
    columns=(
        ref("customer_ref"),
        code("group", required=False, note="the financial system's customer group"),
        text("name", 50, required=True, personal=True),
        *address(required=True),
        text("town", 40, personal=True),
        text("email", 50, personal=True),
    ),
    reference="customer_ref",
    kind="CUSTOMER",
    key=("customer_ref",),
    for_ever=True,
)

INVOICES = waiting(
    "rent.invoices", "Invoices of the housing service", INVOICE, {"INVOICE": "agresso.invoices"}
)


class CreditNoteOptions(GenericOptions):
    """waits_days: how long a credit note may wait for the number of its invoice before somebody is told"""

    waits_days: int = Option(default=5, ge=1)


def credit_note_waits(one: Taken, ctx: Context[CreditNoteOptions]) -> Iterator[Move]:
    """Until it is sent: its invoice may never come into the ledger."""
    if one.disposition.state is ItemState.WAITING and ctx.facts.today is not None:
        until = ctx.facts.today + timedelta(ctx.options.waits_days)
        original = str(one.item.data["invoice_no"])
        data = {"kind": one.item.kind, "original": original, "until": until.isoformat()}
        yield Move(kind=DOCUMENT, key=one.item.reference, to="WAITING", data=data)


CREDIT_NOTES = waiting(
    "rent.credit_notes",
    "Credit notes to invoices of the housing service",
    CREDITNOTE,
    {"CREDIT_NOTE": "agresso.credit_notes"},
    options=CreditNoteOptions,
    moves=credit_note_waits,
)
SUPPLIER_INVOICES = waiting(
    "rent.supplier_invoices",
    "Suppliers' invoices, such as those of utilities",
    SUPPLIERINV,
    {"SUPPLIER_INVOICE": "agresso.supplier_invoices"},
)
PURCHASE_ORDERS = waiting(
    "rent.purchase_orders", "Purchase orders", PORDER, {"PURCHASE_ORDER": "agresso.purchase_orders"}
)
RECEIPTS = waiting(
    "rent.receipts", "What was received of purchase orders", RECEIPT, {"RECEIPT": "agresso.purchase_orders"}
)
CUSTOMERS = waiting(
    "rent.customers", "Customers for the financial system", CUSTOMER, {"CUSTOMER": "agresso.customers"}
)
