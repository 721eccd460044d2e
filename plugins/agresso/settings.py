"""What an administrator sets for the feeds of the financial system, per route.

All that differs between sites, or is the project's own choice, is here with its default; README.md says what
each is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from hub.api import Options, Side
from plugins.agresso.call_settings import RestOptions, SoapOptions
from plugins.agresso.cs15_layout import CS15
from plugins.agresso.lg04_layout import LG04
from plugins.agresso.order_settings import ATTRIBUTES, Dimension, Lg04Options, OrderCoding, SalesOrderOptions
from plugins.agresso.site_layouts import LayoutName
from plugins.agresso.types import Style

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,25}$")]
OneSide = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(Side)})(:[A-Za-z0-9]{{1,34}})?$")]
"""A side of an entry; after a colon, which of its accounts."""
Encoding = Literal["cp1252", "latin-1", "ascii", "utf-16"]
Pounds = Annotated[Decimal, Field(ge=0, decimal_places=2)]


class DateOptions(Options):
    """days_back, days_ahead: the window of voucher dates around today (AGR07)"""

    days_back: int = Field(default=400, ge=0)
    days_ahead: int = Field(default=60, ge=0)


class LedgerFileOptions(DateOptions):
    """Options of `agresso.ledger_file`.

    encoding:    of a flat file without byte-order mark; amount_unit: of a CSV file
    allow_zero:  whether a line may move nothing; allow_empty: whether a file may hold no line
    pay_methods: those that the financial system knows; none = those of its own list (PAY_METHOD)
    no_tax:      the tax code of a line that is no supply
    max_age_days: after which a copy of the master data is not believed any more (AGR09)
    tax_rates:   the code map from tax codes to per cent; without it TX lines are not recalculated
    tax_tolerance: pounds by which the tax of a line may differ
    tax_codes:   the code map from what a supply is for tax to the ledger's tax code; without it the tax of
                 credits is not held against that of their originals (AGR15)
    movements:   the code map from accounts to what they are to the rent debtors' control, as of a journal
    no_due_date: voucher types whose AR or AP lines need no due date (receipts)
    sundry:      whether a file may say who a sundry customer or supplier is, bank account and all
    """

    encoding: Encoding = "cp1252"
    amount_unit: Literal["pence", "pounds"] = "pence"
    allow_zero: bool = False
    allow_empty: bool = False
    pay_methods: frozenset[str] = frozenset()
    tax_rates: str | None = None
    tax_tolerance: Pounds = Decimal("0.01")
    tax_codes: str | None = None
    movements: str | None = None
    no_due_date: frozenset[str] = frozenset()
    sundry: bool = False
    no_tax: str = "0"
    max_age_days: int = Field(default=7, ge=1)

    def code_maps(self) -> Iterable[str]:
        return filter(None, (self.tax_rates, self.tax_codes, self.movements))


Coding = Literal["cost_centre", "project", "property", "activity"]
TYPES: Mapping[str, str] = {
    "JOURNAL": "RJ",
    "INVOICE": "LI",
    "CREDIT_NOTE": "LC",
    "RECHARGE": "RR",
    "WRITE_OFF": "WO",
    "WRITE_ON": "WO",
    "SUPPLIER_INVOICE": "PI",
    "LEDGER_ENTRY": "RJ",
    "TRANSFER": "RJ",
}
"""Voucher types by what a voucher is; each council has its own."""

PARKED = "PARKED"
"""What a voucher is that somebody there must look at before it is posted."""


class LedgerOptions(DateOptions):
    """Options of the feeds that write vouchers.

    client, interface: the company, and the system that this is known as there
    batch_code:     four letters of the batch id
    write_as:       a flat file (gl07), this project's own CSV (gl07-csv), or ABWTransaction in the namespaces
                    of 2011 or 2005
    amount_unit, formulas: of the CSV: pence or pounds; whether a text that a spreadsheet takes for a formula
                    is refused, or led by an apostrophe
    schema_file:    the operator's own copy of ABWTransaction.xsd, with what it includes beside it
    layout, number_style, encoding, line_end: how a GL07 file is written
    voucher_types:  by the kind of voucher, over those of `TYPES`
    dimensions:     which of a line's codings is which dimension
    accounts:       the code map from the source's accounts to the ledger's; none = they are the ledger's
    posts_to:       the ledger's account of each side of what the hub itself has booked:
                    `{BANK: B1900, "BANK:20000023": B1910, DEBTORS: B1000}`
    movements:      the code map from ledger accounts to what they are to the rent debtors' control: CONTROL,
                    CHARGES, CASH, BENEFIT, WRITE_OFFS or REFUNDS (report `agresso.rent_control`)
    account_tax:    the code map from ledger accounts to what their supplies are for tax; others have none
    tax_codes, tax_rates: the code maps from that to the ledger's tax code, and to per cent
    no_tax:         the tax code of a line that is no supply
    tax_account:    where tax goes
    year_start_month, year_label: of the financial year, whose first period that month is
    period_calendar: whether periods come only from the master data (`agresso.master_data`); else, where that
                    has none, they are counted
    value_day:      when a journal counts: on its own date, on the Monday of its week, or by days: on the
                    Monday, but the income of `accrued_accounts` of the days in the next period there, by way
                    of `accrual_account`
    park_voucher_type: a type that the financial system does not have, under which vouchers go whose codes its
                    lists do not allow (AGR09, AGR10, AGR22), so that they stop in batch input; none = they
                    wait here
    max_age_days:   after which a copy of the master data is not believed any more (AGR09)
    rest, soap:     of the outputs of these names
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ("client",)

    client: Code | None = None
    interface: Code = "BI"
    batch_code: str = Field(default="RENT", pattern=r"^[A-Z0-9]{4}$")
    write_as: Literal["gl07", "gl07-csv", "abw-2011", "abw-2005"] = "gl07"
    amount_unit: Literal["pence", "pounds"] = "pence"
    formulas: Literal["refuse", "prefix"] = "refuse"
    schema_file: Path | None = None
    layout: Literal["gl07-55", "gl07-55-wcg"] = "gl07-55"
    number_style: Style = "left"
    encoding: Encoding = "cp1252"
    line_end: Literal["lf", "crlf"] = "lf"
    voucher_types: Mapping[str, Code] = {}
    dimensions: Mapping[Coding, Dimension] = {"cost_centre": "dim_1", "property": "dim_2"}
    accounts: str | None = None
    posts_to: Mapping[OneSide, Code] = {}
    movements: str | None = None
    account_tax: str | None = None
    tax_codes: str | None = "agresso_tax_codes"
    tax_rates: str | None = "vat_rates"
    no_tax: Code = "0"
    tax_account: Code | None = None
    year_start_month: int = Field(default=4, ge=1, le=12)
    year_label: Literal["start", "end"] = "start"
    period_calendar: bool = False
    value_day: Literal["own", "monday", "days"] = "own"
    accrued_accounts: frozenset[str] = frozenset()
    accrual_account: Code | None = None
    park_voucher_type: Code | None = None
    max_age_days: int = Field(default=7, ge=1)
    tax_tolerance: Pounds = Decimal("0.01")
    rest: RestOptions = RestOptions()
    soap: SoapOptions = SoapOptions()

    def code_maps(self) -> Iterable[str]:
        return filter(None, (self.accounts, self.movements, self.account_tax, self.tax_codes, self.tax_rates))

    @model_validator(mode="after")
    def _says_what_is_accrued(self) -> Self:
        if self.value_day == "days" and not (self.accrued_accounts and self.accrual_account):
            raise ValueError("value_day: days needs accrued_accounts and accrual_account")
        return self

    def voucher_type(self, kind: str) -> str | None:
        if kind == PARKED:
            return self.park_voucher_type
        return self.voucher_types.get(kind) or TYPES.get(kind)

    @property
    def is_xml(self) -> bool:
        return self.write_as.startswith("abw-")

    @property
    def end(self) -> str:
        return "\r\n" if self.line_end == "crlf" else "\n"


class DocumentOptions(LedgerOptions):
    """Options of the feeds that write invoices, credit notes and suppliers' invoices.

    customers:   whether a customer's number is the reference that the source gives (`own`), or the one that
                 the financial system was learned to have given (`learned`)
    pay_method:  two letters of the financial system
    terms_days:  after which an invoice is due that does not say when
    recharge_account, recharge_cost_centre: where the income of recharges belongs
    responsible: who authorises suppliers' invoices
    match:       what suppliers' invoices that name an order may come to: what was received of it, or ordered;
                 none, where the financial system matches alone. match_tolerance: pounds above it
    attributes:  the attribute id of each coding, in ABWOrder and ABWInvoice
    sales_orders: how invoices leave that the financial system is to number (outputs `orders` and `lg04`)
    """

    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "orders": ("sales_orders",),
        "lg04": ("sales_orders",),
        "orders_soap": ("sales_orders",),
    }

    batch_code: str = Field(default="SALE", pattern=r"^[A-Z0-9]{4}$")
    customers: Literal["own", "learned"] = "learned"
    pay_method: str | None = Field(default="IP", pattern=r"^[A-Z]{2}$")
    terms_days: int = Field(default=28, ge=0)
    recharge_account: Code | None = None
    recharge_cost_centre: Code | None = None
    responsible: Code | None = None
    match: Literal["receipt", "order", "none"] = "receipt"
    match_tolerance: Pounds = Decimal("0.00")
    attributes: Mapping[OrderCoding, str] = ATTRIBUTES
    sales_orders: SalesOrderOptions | None = None

    def code_maps(self) -> Iterable[str]:
        return (*super().code_maps(), *(self.sales_orders.code_maps() if self.sales_orders else ()))


class WriteOffOptions(LedgerOptions):
    """Options of `agresso.write_offs`.

    provision_account, debtors_account: the two sides of a debt that is written off
    """

    a_route_sets = ("client", "provision_account", "debtors_account")

    batch_code: str = Field(default="WOFF", pattern=r"^[A-Z0-9]{4}$")
    provision_account: Code | None = None
    debtors_account: Code | None = None


class OrderOptions(LedgerOptions):
    """Options of `agresso.purchase_orders`.

    order_type, receipt_type: the voucher types of orders and of receipts
    first_order, last_order: the range of order numbers that finance has given
    amount_based: whether a line is ordered as one unit at its total, so that a part receipt is a fraction
    attributes:  the attribute id of each coding; they are the council's configuration
    tolerance:   pounds by which more may be received than was ordered
    lg04:        how the output `lg04` is written; without it there is none
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ("client", "first_order", "last_order")
    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {"lg04": ("lg04",)}

    batch_code: str = Field(default="PORD", pattern=r"^[A-Z0-9]{4}$")
    order_type: Code = "P3"
    receipt_type: Code = "V3"
    first_order: int | None = Field(default=None, ge=0)
    last_order: int | None = Field(default=None, ge=0)
    amount_based: bool = True
    attributes: Mapping[OrderCoding, str] = ATTRIBUTES
    tolerance: Pounds = Decimal("0.00")
    lg04: Lg04Options | None = None

    @model_validator(mode="after")
    def _fits_lg04(self) -> Self:
        if self.lg04 and self.lg04.layout == LG04 and self.client and len(self.client) > 2:
            raise ValueError(f"has a client of more than two characters, which {LG04} cannot carry")
        return self


class CustomerOptions(LedgerOptions):
    """Options of `agresso.customers`.

    party_layout: the layout that is written: cs15-52, abw-2007, or of `settings: {agresso: {layouts: …}}`;
                  none is official, so that a route must name it
    group:        the customer group where the source gives none
    control:      C company, P private person, B both
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ("client", "party_layout")

    batch_code: str = Field(default="CUST", pattern=r"^[A-Z0-9]{4}$")
    party_layout: LayoutName | None = None
    group: str = Field(default="20", pattern=r"^[A-Z0-9]{1,25}$")
    control: Literal["C", "P", "B"] = "P"
    language: str = Field(default="EN", pattern=r"^[A-Z]{2}$")
    pay_method: str = Field(default="IP", pattern=r"^[A-Z]{2}$")

    @model_validator(mode="after")
    def _fits_cs15(self) -> Self:
        if self.party_layout == CS15 and self.client and len(self.client) > 2:
            raise ValueError(f"has a client of more than two characters, which {CS15} cannot carry")
        return self


class RefundOptions(LedgerOptions):
    """Options of `agresso.refund_requests`."""

    batch_code: str = Field(default="REFU", pattern=r"^[A-Z0-9]{4}$")
