"""What an agency's commission, its tax and the money that it passes on come to, to the penny.

Source: formats page debt_agency.md, sections 3.7 and 6.3. All amounts are whole pence with the sign of the
line: what is taken back is negative. Rounding is half away from zero, so that a reversal mirrors its payment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from hub.api import tax_on

_PENNY = Decimal(1)


class Basis(StrEnum):
    """Whether the agency keeps its commission back (net) or passes all on and bills it (gross)."""

    NET = "N"
    GROSS = "G"


class TxnType(StrEnum):
    """What a line of a remittance tells: PA paid to the agency, DP paid to the council directly, CST costs
    that were recovered; PAR and DPR take one back."""

    PA = "PA"
    PAR = "PAR"
    DP = "DP"
    DPR = "DPR"
    CST = "CST"

    @property
    def takes_back(self) -> bool:
        return self in (TxnType.PAR, TxnType.DPR)

    @property
    def is_direct(self) -> bool:
        """The council has the money already: nothing is posted, and commission may be due all the same."""
        return self in (TxnType.DP, TxnType.DPR)

    @property
    def reverses(self) -> tuple[TxnType, ...]:
        """What it may take back."""
        return {TxnType.PAR: (TxnType.PA, TxnType.CST), TxnType.DPR: (TxnType.DP,)}.get(self, ())


@dataclass(frozen=True, slots=True)
class Amounts:
    """Pence of one line. `net`: what the agency passes on because of it."""

    gross: int
    cash: int
    commission: int
    vat: int
    net: int


def commission_on(gross: int, rate: Decimal, minimum: int = 0) -> int:
    """Commission on an amount, at least `minimum` and never more than the amount itself.

    >>> commission_on(-25_00, Decimal("0.1250")), commission_on(433_33, Decimal("0.1800"))
    (-313, 7800)
    >>> commission_on(10_00, Decimal("0.10"), 250), commission_on(2_00, Decimal("0.10"), 250)
    (250, 200)
    """
    exact = int((gross * rate).quantize(_PENNY, ROUND_HALF_UP))
    if not rate or not gross or abs(exact) >= minimum:
        return exact
    least = min(minimum, abs(gross))
    return least if gross > 0 else -least


def cash_of(kind: TxnType, gross: int) -> int:
    """What the agency has in hand: nothing of what was paid to the council directly."""
    return 0 if kind.is_direct else gross


def passed_on(cash: int, commission: int, vat: int, basis: Basis) -> int:
    """Of a line, or of a whole remittance, what the agency passes on; below zero, what it is still owed."""
    return cash if basis is Basis.GROSS else cash - commission - vat


def amounts_of(
    kind: TxnType, gross: int, rate: Decimal, vat_percent: Decimal, basis: Basis, minimum: int = 0
) -> Amounts:
    """A line as it must be.

    >>> amounts_of(TxnType.DP, 50_00, Decimal("0.1250"), Decimal(20), Basis.NET)
    Amounts(gross=5000, cash=0, commission=625, vat=125, net=-750)
    """
    cash, commission = cash_of(kind, gross), commission_on(gross, rate, minimum)
    vat = tax_on(commission, vat_percent)
    return Amounts(gross, cash, commission, vat, passed_on(cash, commission, vat, basis))


@dataclass(frozen=True, slots=True)
class Settlement:
    """A remittance summed up: what the bank will show, and what the agency bills beside it.

    bank:     what reaches the bank, never below zero
    deducted: commission and tax that the agency has kept back out of the cash
    owed:     what of commission and tax is still to be paid to it
    """

    gross: int
    cash: int
    commission: int
    vat: int
    bank: int

    @property
    def charged(self) -> int:
        """Commission with its tax."""
        return self.commission + self.vat

    @property
    def deducted(self) -> int:
        return self.cash - self.bank

    @property
    def owed(self) -> int:
        return self.charged - self.deducted


def settle(lines: Iterable[Amounts], basis: Basis) -> Settlement:
    """The sums of a remittance's lines. Where its commission is more than its cash nothing is banked, and the
    agency's invoice is owed for the difference.

    >>> settle([Amounts(50_00, 0, 6_25, 1_25, -7_50)], Basis.NET)
    Settlement(gross=5000, cash=0, commission=625, vat=125, bank=0)
    """
    total = Counter[str]()
    for line in lines:
        total.update(gross=line.gross, cash=line.cash, commission=line.commission, vat=line.vat)
    bank = max(0, passed_on(total["cash"], total["commission"], total["vat"], basis))
    return Settlement(total["gross"], total["cash"], total["commission"], total["vat"], bank)
