"""The feeds of the financial system. Start reading here: each tells a file's whole story."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.api import (
    SUPPLIER_INVOICE,
    Context,
    Direction,
    Feed,
    ItemState,
    Move,
    Output,
    Severity,
    Taken,
    Waiting,
)
from plugins.agresso import (
    abw,
    abw_invoice,
    asking,
    customers,
    document_life,
    documents,
    feedback,
    feedback_layout,
    gl07_csv,
    invoice_match,
    journal,
    ledger_credits,
    ledger_file,
    master,
    master_data,
    open_items,
    order_lg04,
    orders,
    periods,
    purchase_orders,
    refund_requests,
    rent_control,
    rest,
    sales_orders,
    soap,
    voucher_checks,
    write_offs,
)
from plugins.agresso.call_settings import AskOptions
from plugins.agresso.document_checks import CREDIT_CHECKS, DOCUMENT_CHECKS, bill_is_new, waits_for_its_invoice
from plugins.agresso.feedback_layout import FeedbackTally, csv_of, trailer_agrees
from plugins.agresso.gl07 import Gl07
from plugins.agresso.gl07_layout import SUNDRY
from plugins.agresso.ledger_checks import LEDGER_CHECKS
from plugins.agresso.ledger_tally import LedgerTally
from plugins.agresso.listed import Kind
from plugins.agresso.names import LEDGER_LINE
from plugins.agresso.order_lines import ORDER, RECEIPT
from plugins.agresso.outgoing import Build
from plugins.agresso.parking import parks
from plugins.agresso.settings import (
    CustomerOptions,
    DocumentOptions,
    LedgerFileOptions,
    LedgerOptions,
    OrderOptions,
    RefundOptions,
    WriteOffOptions,
)
from plugins.agresso.writing import RUN, imports, writes_control, writes_document, writes_ledger, writes_lines


def _ready_made_leaves(carried: Sequence[Taken], ctx: Context[LedgerFileOptions]) -> Iterator[Move | Waiting]:
    yield from ledger_file.sent_invoices(carried, ctx)
    yield from rent_control.learns(carried, ctx)


LEDGER_FILE = Feed(
    name="agresso.ledger_file",
    title="Ledger files that another system made",
    direction=Direction.OUT,
    options=LedgerFileOptions,
    formats={"gl07": Gl07(), gl07_csv.GL07_CSV: gl07_csv.Gl07Csv(), abw.ABW: abw.FORMAT},
    tally=LedgerTally,
    checks=(*LEDGER_CHECKS, *ledger_file.CHECKS),
    items=ledger_file.ledger_items,
    match=ledger_file.match_line,
    looks_up=ledger_file.LOOKS_UP,
    moves=ledger_credits.reserves,
    leaves=_ready_made_leaves,
    left=ledger_file.lines_left,
    outputs=(
        Output(
            "ledger",
            takes=(LEDGER_LINE,),
            forward=lambda ctx: True,
            name_forwarded=ledger_file.forwarded_name,
            becomes=ItemState.SENT,
        ),
    ),
    personal_data=tuple(sorted(SUNDRY)),
)

LEDGER_LOOKS_UP = (periods.OF_PERIODS, *master.LOOKS_UP)


def _written(kinds: tuple[str, ...], build: Build) -> tuple[Output, ...]:
    """The ledger file of these kinds of item and the control file beside it; or the calls instead."""
    build = parks(build)
    return (
        Output("ledger", takes=kinds, write=writes_ledger(build), numbers=(RUN,), becomes=ItemState.SENT),
        Output("control", takes=kinds, write=writes_control(build), numbers=(RUN,), becomes=ItemState.SENT),
        Output(
            "rest",
            takes=kinds,
            write=writes_lines(build),
            converse=rest.converse,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
        Output(
            "soap",
            takes=kinds,
            write=writes_document(build),
            converse=soap.converse,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
    )


JOURNAL = Feed(
    name="agresso.journal",
    title="Journals of the rent system, and what the hub itself has booked, to the ledger",
    direction=Direction.OUT,
    options=LedgerOptions,
    checks=voucher_checks.voucher_checks(journal.journals, Severity.HOLD),
    looks_up=LEDGER_LOOKS_UP,
    gathers=journal.BOOKED,
    leaves=rent_control.learns,
    outputs=_written(journal.BOOKED, journal.journals),
)

OF_DOCUMENTS = voucher_checks.voucher_checks(documents.documents, Severity.HOLD_ITEM)
INVOICE_KINDS = (documents.INVOICE, documents.RECHARGE)

INVOICES = Feed(
    name="agresso.invoices",
    title="Invoices and recharges to the sales ledger",
    direction=Direction.OUT,
    options=DocumentOptions,
    checks=(*OF_DOCUMENTS, *DOCUMENT_CHECKS, *sales_orders.SALES_CHECKS),
    looks_up=(*LEDGER_LOOKS_UP, *documents.LOOKS_UP),
    gathers=INVOICE_KINDS,
    leaves=document_life.sent_documents,
    outputs=(
        *_written(INVOICE_KINDS, documents.documents),
        Output(
            "orders",
            takes=INVOICE_KINDS,
            write=sales_orders.write_sales_xml,
            numbers=(RUN, sales_orders.ORDER_NUMBER),
            becomes=ItemState.SENT,
        ),
        Output(
            "lg04",
            takes=INVOICE_KINDS,
            write=sales_orders.write_sales_lg04,
            numbers=(RUN, sales_orders.ORDER_NUMBER),
            becomes=ItemState.SENT,
        ),
        Output(
            "orders_soap",
            takes=INVOICE_KINDS,
            write=sales_orders.write_sales_import,
            converse=soap.converse,
            numbers=(RUN, sales_orders.ORDER_NUMBER),
            becomes=ItemState.SENT,
        ),
    ),
)

CREDIT_NOTES = Feed(
    name="agresso.credit_notes",
    title="Credit notes to the sales ledger",
    direction=Direction.OUT,
    options=DocumentOptions,
    checks=(*OF_DOCUMENTS, *DOCUMENT_CHECKS, *CREDIT_CHECKS),
    looks_up=(*LEDGER_LOOKS_UP, *documents.LOOKS_UP),
    gathers=(documents.CREDIT_NOTE,),
    conditions={"posted": waits_for_its_invoice},
    moves=document_life.reserves,
    leaves=document_life.sent_documents,
    outputs=_written((documents.CREDIT_NOTE,), documents.documents),
)

SUPPLIER_INVOICES = Feed(
    name="agresso.supplier_invoices",
    title="Suppliers' invoices to the purchase ledger",
    direction=Direction.OUT,
    options=DocumentOptions,
    checks=(*OF_DOCUMENTS, *DOCUMENT_CHECKS, bill_is_new, invoice_match.invoices_match_their_order),
    looks_up=(*LEDGER_LOOKS_UP, *documents.LOOKS_UP, document_life.OF_BILLED, *invoice_match.LOOKS_UP),
    gathers=(SUPPLIER_INVOICE,),
    moves=invoice_match.bills,
    leaves=document_life.sent_supplier_invoices,
    outputs=(
        *_written((SUPPLIER_INVOICE,), documents.documents),
        Output(
            "invoices",
            takes=(SUPPLIER_INVOICE,),
            write=abw_invoice.write_invoices,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
    ),
)

WRITE_OFFS = Feed(
    name="agresso.write_offs",
    title="Debts that are written off, or on again, to the ledger",
    direction=Direction.OUT,
    options=WriteOffOptions,
    checks=(
        *voucher_checks.voucher_checks(write_offs.write_offs, Severity.HOLD_ITEM),
        *CREDIT_CHECKS,
        write_offs.debt_is_still_open,
    ),
    looks_up=(*LEDGER_LOOKS_UP, *write_offs.LOOKS_UP),
    gathers=(write_offs.WRITE_OFF,),
    conditions={"posted": waits_for_its_invoice},
    moves=document_life.reserves,
    leaves=document_life.sent_write_offs,
    outputs=_written((write_offs.WRITE_OFF, write_offs.WRITE_ON), write_offs.write_offs),
)


PURCHASE_ORDERS = Feed(
    name="agresso.purchase_orders",
    title="Purchase orders and receipts",
    direction=Direction.OUT,
    options=OrderOptions,
    checks=(*purchase_orders.CHECKS, *order_lg04.CHECKS),
    looks_up=purchase_orders.LOOKS_UP,
    gathers=(ORDER, RECEIPT),
    moves=purchase_orders.receives,
    leaves=purchase_orders.sent_orders,
    lacks={
        "rest": "of orders only reading one, and changing what was invoiced of it, is known by REST, neither "
        "making nor receiving one; name orders or lg04 (files), or soap"
    },
    outputs=(
        Output(
            "orders",
            takes=(ORDER, RECEIPT),
            write=purchase_orders.write_orders,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
        Output(
            "lg04",
            takes=(ORDER, RECEIPT),
            write=order_lg04.write_lg04,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
        Output(
            "soap",
            takes=(ORDER, RECEIPT),
            write=imports(purchase_orders.write_orders, "LG04", purchase_orders.known_by),
            converse=soap.converse,
            numbers=(RUN,),
            becomes=ItemState.SENT,
        ),
    ),
)

CUSTOMERS = Feed(
    name="agresso.customers",
    title="Customers for the financial system to number",
    direction=Direction.OUT,
    options=CustomerOptions,
    checks=(customers.customer_fits,),
    looks_up=customers.LOOKS_UP,
    gathers=(customers.CUSTOMER,),
    leaves=customers.asked,
    lacks={"rest": "of customers only reading them is known by REST; name customers (a file), or soap"},
    outputs=(
        Output("customers", takes=(customers.CUSTOMER,), write=customers.write_customers, numbers=(RUN,)),
        Output(
            "soap",
            takes=(customers.CUSTOMER,),
            write=imports(customers.write_abw, "CS15", customers.known_by),
            converse=soap.converse,
            numbers=(RUN,),
        ),
    ),
)

REFUND_REQUESTS = Feed(
    name="agresso.refund_requests",
    title="Refunds that finance is asked to pay",
    direction=Direction.OUT,
    options=RefundOptions,
    checks=(refund_requests.credit_still_covers_it,),
    gathers=(refund_requests.WAITS_AS,),
    outputs=(
        Output(
            "requests",
            takes=(refund_requests.REFUND,),
            write=refund_requests.write_requests,
            numbers=(RUN,),
        ),
    ),
)


REST_ORDERS = {
    "order_id": "orderNumber",
    "line_no": "lineNumber",
    "status": "orderStatus",
    "workflow_state": "workflowState",
    "ordered_qty": "quantity",
    "received_qty": "deliveredNumber",
    "invoiced_qty": "originalQuantity",
    "ordered_net": "quantity * unitPrice",
    "invoiced_net": "postedInvoiceAmount",
}
"""What an order and its lines are called by REST, as it was seen (section 7.5)."""


def _coming_back(summed: str) -> Callable[[Context[Any]], FeedbackTally]:
    return lambda ctx: FeedbackTally(ctx, summed)


FEEDBACK = Feed(
    name=feedback.FEED,
    title="What the ledger made of what was sent",
    direction=Direction.IN,
    options=AskOptions,
    asks=asking.questions(Kind(feedback_layout.POST, "amount")),
    formats={"agr-post": csv_of(feedback_layout.POST)},
    tally=_coming_back("amount"),
    checks=(trailer_agrees, *feedback.CHECKS),
    items=feedback.posting_items,
    match=feedback.match_posting,
    answers=feedback.ANSWERS,
    looks_up=feedback.LOOKS_UP,
    moves=feedback.document_moves,
)

OPEN_ITEMS = Feed(
    name=open_items.FEED,
    title="What is open and paid in the sales and purchase ledgers",
    direction=Direction.IN,
    options=AskOptions,
    asks=asking.questions(Kind(feedback_layout.OPEN, "amount")),
    formats={"agr-open": csv_of(feedback_layout.OPEN)},
    tally=_coming_back("amount"),
    checks=(trailer_agrees, open_items.rest_fits_its_state),
    items=open_items.open_items,
    looks_up=open_items.LOOKS_UP,
    moves=open_items.moves,
    keeps_items=False,
)

ORDER_FEEDBACK = Feed(
    name=orders.FEED,
    title="How purchase orders stand in the financial system",
    direction=Direction.IN,
    options=AskOptions,
    asks=asking.questions(Kind(feedback_layout.ORDER, "ordered_net", REST_ORDERS)),
    formats={"agr-order": csv_of(feedback_layout.ORDER)},
    tally=_coming_back("ordered_net"),
    checks=(trailer_agrees,),
    items=orders.order_lines,
    looks_up=orders.LOOKS_UP,
    moves=orders.order_moves,
    keeps_items=False,
)

MASTER_DATA = Feed(
    name=master_data.FEED,
    title="Accounts, periods and customers of the financial system",
    direction=Direction.IN,
    options=AskOptions,
    asks=asking.questions(Kind(feedback_layout.MASTER)),
    formats={"agr-master": csv_of(feedback_layout.MASTER)},
    tally=_coming_back(""),
    checks=(trailer_agrees, master_data.entries_are_whole),
    items=master_data.entries,
    looks_up=master_data.LOOKS_UP,
    moves=master_data.moves,
    keeps_items=False,
)

FEEDS = (
    FEEDBACK,
    OPEN_ITEMS,
    ORDER_FEEDBACK,
    MASTER_DATA,
    LEDGER_FILE,
    JOURNAL,
    INVOICES,
    CREDIT_NOTES,
    SUPPLIER_INVOICES,
    WRITE_OFFS,
    PURCHASE_ORDERS,
    CUSTOMERS,
    REFUND_REQUESTS,
)
LIFECYCLES = (
    periods.PERIOD_LIFE,
    *master.LIVES,
    orders.ORDER_LIFE,
    document_life.BILLED_LIFE,
    ledger_credits.NUMBER_LIFE,
    rent_control.MOVEMENT_LIFE,
)
