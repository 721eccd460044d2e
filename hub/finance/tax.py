"""Value added tax: what a supply is, and the arithmetic to the penny.

Which charge is what, and what each meaning's rate is from when, are the council's tables (code maps).
Source: formats page agresso.md, section 8.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from hub.model import Codes

PENNY = Decimal(1)


class Tax(StrEnum):
    """What a supply is for tax."""

    STANDARD = "STANDARD"
    REDUCED = "REDUCED"
    ZERO = "ZERO"
    EXEMPT = "EXEMPT"
    OUTSIDE = "OUTSIDE"


def tax_on(net: int, percent: Decimal) -> int:
    """The tax of a net amount in pence, halves away from zero, so that a credit mirrors its invoice.

    >>> tax_on(145_50, Decimal(20)), tax_on(-145_50, Decimal(20))
    (2910, -2910)
    """
    return int((net * percent / 100).quantize(PENNY, ROUND_HALF_UP))


def net_of(gross: int, percent: Decimal) -> int:
    """The net within a gross amount; the tax is the rest.

    >>> net_of(174_60, Decimal(20))
    14550
    """
    return int((gross * 100 / (100 + percent)).quantize(PENNY, ROUND_HALF_UP))


def tax_rate(codes: Codes, name: str, tax: str, on: date) -> Decimal | None:
    """Per cent of a meaning, or of a tax code, on a day, from the code map `name`; None = nobody has said."""
    told = codes.value(name, tax, on)
    return Decimal(told) if told is not None else None
