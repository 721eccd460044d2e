"""What plug-ins have finance book: entries of the journal, suppliers' invoices (an agency's commission).

They wait, beside what the rent system exports under the same name, until the financial system's plug-in
gathers them (`from: {items: LEDGER_ENTRY}`, `{items: SUPPLIER_INVOICE}`). Whoever makes one says what each
line is about; which account of the ledger that is, the financial system's plug-in is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.door.feed import Feed
from hub.door.lifecycle import Waiting
from hub.finance.tax import Tax
from hub.model import Direction, Item, format_pounds

LEDGER_ENTRY, SUPPLIER_INVOICE = "LEDGER_ENTRY", "SUPPLIER_INVOICE"

BOOKINGS = Feed(
    name="finance.bookings",
    title="What the hub itself has finance book",
    direction=Direction.OUT,
)
"""Whose items they are, whichever plug-in makes them."""


class Side(StrEnum):
    """What a line is about.

    BANK:       the council's account at the bank
    DEBTORS:    the control of what tenants owe
    AGENCY:     the control of what debt agencies have collected and not paid over
    CREDITORS:  the control of what suppliers are owed
    COMMISSION: what collecting costs; INPUT_TAX: the tax of what was bought
    """

    BANK = "BANK"
    DEBTORS = "DEBTORS"
    AGENCY = "AGENCY"
    CREDITORS = "CREDITORS"
    COMMISSION = "COMMISSION"
    INPUT_TAX = "INPUT_TAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One line of an entry.

    amount: pence, debit positive; text: shown in the ledger, no personal data
    which:  where a side has several accounts (the bank's), the number or the code of the one meant
    """

    side: Side
    amount: int
    text: str
    which: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """One line of a supplier's invoice. net, vat: pence; tax: what the supply is for tax"""

    side: Side
    net: int
    vat: int
    tax: Tax
    text: str
    cost_centre: str | None = None


def ledger_entry(number: str, on: date, lines: Sequence[EntryLine]) -> tuple[Item, ...]:
    """An item a line; all of one number are one voucher, which counts on its day. The number comes once, for
    ever: name what it is of. Raises ValueError when the lines do not sum to 0.00."""
    if total := sum(line.amount for line in lines):
        raise ValueError(f"the lines of the entry {number} sum to {format_pounds(total)}")
    return tuple(
        Item(LEDGER_ENTRY, place, number, line.amount, on, _of_entry(line))
        for place, line in enumerate((line for line in lines if line.amount), start=1)
    )


def _of_entry(line: EntryLine) -> dict[str, Any]:
    return {"side": str(line.side), "which": line.which, "description": line.text}


def supplier_invoice(
    number: str,
    supplier: str,
    dated: date,
    due: date,
    lines: Sequence[BilledLine],
    *,
    order: str | None = None,
) -> Item:
    """One item, as the rent system's export makes it: its amount is the gross, positive = it is owed.

    number: the supplier's own; supplier: its number in the financial system; order: the purchase order
    """
    told = [
        {
            "side": str(line.side),
            "text": line.text,
            "cost_centre": line.cost_centre,
            "tax": str(line.tax),
            "net": line.net,
            "vat": line.vat,
            "gross": line.net + line.vat,
        }
        for line in lines
    ]
    data = {"supplier_ref": supplier, "due_date": due.isoformat(), "order_no": order, "lines": told}
    return Item(SUPPLIER_INVOICE, 1, number, sum(line.net + line.vat for line in lines), dated, data)


def to_be_booked(item: Item) -> Waiting:
    """The item, waiting under the name of its kind."""
    return Waiting(BOOKINGS.name, item.kind, item)
