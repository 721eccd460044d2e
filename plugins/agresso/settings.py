"""What an administrator sets for the feeds of the financial system, per route.

All that differs between sites, or is the project's own choice, is here with its default; README.md says what
each is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hub.api import Options

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,25}$")]
Encoding = Literal["cp1252", "latin-1", "ascii", "utf-16"]
Pounds = Annotated[Decimal, Field(ge=0, decimal_places=2)]


class DateOptions(Options):
    """days_back, days_ahead: the window of voucher dates around today (AGR07)"""

    days_back: int = Field(default=400, ge=0)
    days_ahead: int = Field(default=60, ge=0)


class LedgerFileOptions(DateOptions):
    """Options of `agresso.ledger_file`.

    encoding:    of a flat file without byte-order mark
    allow_zero:  whether a line may move nothing; allow_empty: whether a file may hold no line
    pay_methods: those that the financial system knows; none = any
    tax_rates:   the code map from tax codes to per cent; without it TX lines are not recalculated
    tax_tolerance: pounds by which the tax of a line may differ
    no_due_date: voucher types whose AR or AP lines need no due date (receipts)
    sundry:      whether a file may say who a sundry customer or supplier is, bank account and all
    """

    encoding: Encoding = "cp1252"
    allow_zero: bool = False
    allow_empty: bool = False
    pay_methods: frozenset[str] = frozenset()
    tax_rates: str | None = None
    tax_tolerance: Pounds = Decimal("0.01")
    no_due_date: frozenset[str] = frozenset()
    sundry: bool = False

    def code_maps(self) -> Iterable[str]:
        return filter(None, (self.tax_rates,))
