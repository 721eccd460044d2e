"""What a financial system is told, in nobody's own form: balanced vouchers of signed lines.

Amounts are pence, debit positive, credit negative. Codings are named (`account`, `cost_centre`, `project`,
`property`); which axis of a ledger that is, its periods, voucher types and tax codes are the plug-in's.
Source: formats page agresso.md, section 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

CODINGS = ("account", "cost_centre", "project", "property", "activity")
"""The names under which a line says where it belongs."""


class Role(StrEnum):
    """What a line of a voucher is about: an account of the ledger, a party's own account, or tax."""

    LEDGER = "LEDGER"
    CUSTOMER = "CUSTOMER"
    SUPPLIER = "SUPPLIER"
    TAX = "TAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a voucher.

    coding: by the names of `CODINGS`
    tax:    what the supply is for tax (`hub.finance.tax.Tax`), None = no supply
    taxed:  of a TAX line: the account that the tax is of; base: the net of that, pence, signed as the line
    key:    names the line for ever, so that what comes back finds it
    """

    role: Role
    amount: int
    coding: Mapping[str, str] = field(default_factory=dict)
    tax: str | None = None
    taxed: str | None = None
    base: int | None = None
    description: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """Lines that sum to 0.

    kind:     JOURNAL, INVOICE, CREDIT_NOTE, WRITE_OFF, SUPPLIER_INVOICE …: the plug-in has a type for each
    dated:    of the document; valued: when it counts in the ledger, from which its period follows
    party:    whom the CUSTOMER or SUPPLIER line is of, as the financial system calls them
    document: the number of the invoice or credit note
    order:    the purchase order that a supplier's invoice is for; responsible: who authorises it
    original: the financial system's own number of the document that this one credits, and its line there
    """

    kind: str
    dated: date
    valued: date
    lines: Sequence[Line]
    party: str | None = None
    document: str | None = None
    due: date | None = None
    pay_method: str | None = None
    original: tuple[int, int] | None = None
    order: str | None = None
    responsible: str | None = None
    currency: str = "GBP"

    @property
    def balance(self) -> int:
        """Pence; 0 where it may leave."""
        return sum(line.amount for line in self.lines)
