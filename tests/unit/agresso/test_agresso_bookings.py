"""What other plug-ins have finance book: an entry is a voucher of 0.00, a commission a supplier's invoice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.api import (
    BilledLine,
    Context,
    Disposition,
    EntryLine,
    Facts,
    Item,
    ItemState,
    Side,
    Taken,
    Tax,
    ledger_entry,
    supplier_invoice,
)
from plugins.agresso.documents import documents
from plugins.agresso.journal import journals
from plugins.agresso.settings import DocumentOptions, LedgerOptions

DAY, DUE = date(2026, 11, 4), date(2026, 12, 2)
POSTS_TO = {"BANK": "B1900", "BANK:20000023": "B1910", "DEBTORS": "B1000", "COMMISSION": "R5100"}
PAID_IN = (
    EntryLine(side=Side.BANK, amount=150_00, text="Direct Debit", which="20000015"),
    EntryLine(side=Side.BANK, amount=50_00, text="Direct Debit", which="20000023"),
    EntryLine(side=Side.AGENCY, amount=0, text="nothing"),
    EntryLine(side=Side.DEBTORS, amount=-200_00, text="Direct Debit"),
)


def taken(*items: Item) -> list[Taken]:
    return [Taken(f"id{item.line}", item, Disposition(ItemState.TAKEN)) for item in items]


def context(options: type[LedgerOptions], **told: Any) -> Context[Any]:
    return Context(options.model_validate({"posts_to": POSTS_TO, **told}), Facts(), "")


def test_an_entry_is_one_voucher_whose_sides_are_accounts_of_the_ledger() -> None:
    (one,) = journals(taken(*ledger_entry("DD-654321-000077", DAY, PAID_IN)), context(LedgerOptions))
    told = [(line.coding.get("account"), line.amount, line.key) for line in one.voucher.lines]
    assert told == [("B1900", 150_00, "id1"), ("B1910", 50_00, "id2"), ("B1000", -200_00, "id3")]
    assert (one.voucher.balance, one.voucher.valued) == (0, DAY)


def test_an_entry_that_does_not_balance_is_never_made() -> None:
    with pytest.raises(ValueError, match=r"sum to 0\.01"):
        ledger_entry("DD-1", DAY, [*PAID_IN, EntryLine(side=Side.BANK, amount=1, text="")])


def test_an_entry_counts_on_its_own_day_whatever_the_weekly_journal_does() -> None:
    (one,) = journals(taken(*ledger_entry("DD-1", DAY, PAID_IN)), context(LedgerOptions, value_day="monday"))
    assert one.voucher.valued == DAY


def test_a_commission_is_a_suppliers_invoice_with_its_tax() -> None:
    """The remittance of the formats page (debt_agency.md 3.7): net 93.62, tax 18.72."""
    line = BilledLine(side=Side.COMMISSION, net=93_62, vat=18_72, tax=Tax.STANDARD, text="Commission")
    item = supplier_invoice("INV0042", "700900", DAY, DUE, [line])
    ctx = context(DocumentOptions, tax_account="B8800")
    (one,) = documents(taken(item), ctx)
    told = [(line.role, line.coding.get("account"), line.amount, line.taxed) for line in one.voucher.lines]
    assert told == [
        ("SUPPLIER", None, -112_34, None),
        ("LEDGER", "R5100", 93_62, None),
        ("TAX", "B8800", 18_72, "R5100"),
    ]
    assert (one.voucher.party, one.voucher.document, one.voucher.due) == ("700900", "INV0042", DUE)


def test_a_side_that_the_route_does_not_map_has_no_account() -> None:
    line = BilledLine(side=Side.AGENCY, net=100, vat=0, tax=Tax.OUTSIDE, text="x")
    (one,) = documents(taken(supplier_invoice("1", "2", DAY, DUE, [line])), context(DocumentOptions))
    assert [line.coding for line in one.voucher.lines] == [{}, {}]
