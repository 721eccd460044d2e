"""A pretend debt agency that writes what it collected as files of the canonical kind PAY.

Knows nothing of the hub: its sums are its own. Debts, accounts and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")


def pence(exact: Decimal) -> Decimal:
    return exact.quantize(PENNY, ROUND_HALF_UP)


@dataclass(frozen=True)
class Paid:
    """One receipt. What is left empty is reckoned; a test that wants a wrong figure gives it."""

    placement: str
    kind: str
    gross: str
    rate: str
    txn: str
    reverses: str = ""
    day: str = "2026-04-01"
    method: str = "DC"
    commission: str = ""
    vat: str = ""
    net: str = ""
    balance: str = ""

    @property
    def cash(self) -> Decimal:
        return Decimal(0) if self.kind.startswith("DP") else Decimal(self.gross)

    @property
    def charged(self) -> tuple[Decimal, Decimal]:
        commission = (
            Decimal(self.commission) if self.commission else pence(Decimal(self.gross) * Decimal(self.rate))
        )
        return commission, Decimal(self.vat) if self.vat else pence(commission * Decimal("0.2"))

    def passed_on(self, basis: str) -> Decimal:
        if self.net:
            return Decimal(self.net)
        return self.cash if basis == "G" else self.cash - sum(self.charged)

    def line(self, basis: str) -> str:
        commission, vat = self.charged
        cells = [
            "Y",
            self.placement,
            f"AC{self.placement[-5:]}",
            self.txn,
            self.kind,
            self.reverses,
            self.day,
        ]
        cells += ["", self.method, self.gross, self.rate, f"{commission:.2f}", f"{vat:.2f}"]
        return ",".join([*cells, f"{self.passed_on(basis):.2f}", self.balance])


@dataclass(frozen=True)
class Remitted:
    """A remittance; `bank` and the like only where a test wants a wrong one."""

    ref: str
    paid: Sequence[Paid]
    basis: str = "N"
    day: str = "2026-04-03"
    bank: str = ""
    invoice: str = "CI-0001"
    vat_number: str = "GB000000000"

    @property
    def comes_to(self) -> dict[str, Decimal]:
        charged = [one.charged for one in self.paid]
        sums = {
            "gross": sum((Decimal(one.gross) for one in self.paid), Decimal(0)),
            "cash": sum((one.cash for one in self.paid), Decimal(0)),
            "commission": sum((one for one, _ in charged), Decimal(0)),
            "vat": sum((one for _, one in charged), Decimal(0)),
        }
        left = sums["cash"] - (sums["commission"] + sums["vat"] if self.basis == "N" else 0)
        return {"bank": max(Decimal(0), left), **sums}

    def lines(self) -> list[str]:
        sums = self.comes_to | ({"bank": Decimal(self.bank)} if self.bank else {})
        cells = ["M", self.ref, self.day, self.basis, *(f"{sum_:.2f}" for sum_ in sums.values())]
        return [
            *(one.line(self.basis) for one in self.paid),
            ",".join([*cells, self.invoice, self.vat_number]),
        ]


def pay_file(number: int, *remitted: Remitted, day: str = "2026-04-05", **changes: str) -> bytes:
    """`changes`: of the trailer's figures, by name."""
    paid = [(one, remittance.basis) for remittance in remitted for one in remittance.paid]
    body = [line for remittance in remitted for line in remittance.lines()]
    told = {
        "records": str(len(body)),
        "accounts": str(len(paid)),
        "total_1": f"{sum((Decimal(one.gross) for one, _ in paid), Decimal(0)):.2f}",
        "total_2": f"{sum((one.passed_on(basis) for one, basis in paid), Decimal(0)):.2f}",
        "hash": str(sum(int(one.placement) for one, _ in paid) % 10**15),
    } | changes
    header = f"H,FHDA1.0,PAY,ACMEDCA,MIDBC,{number:06d},{day}T06:00:00+01:00,{day},GBP,N,HSGFTA"
    return "".join(line + "\r\n" for line in [header, *body, "T," + ",".join(told.values())]).encode()


FIRST = Remitted(
    "REM-2026-03",
    [Paid("0001002021", "PA", "25.00", "0.1250", "T-0001", day="2026-03-12", balance="587.08")],
    day="2026-03-13",
    invoice="CI-0101",
)
"""A month before the worked one: the payment that it takes back."""

WORKED = Remitted(
    "REM-2026-04",
    [
        Paid("0001002013", "PA", "100.00", "0.1250", "T-0002", balance="2097.37"),
        Paid("0001002013", "DP", "50.00", "0.1250", "T-0003", day="2026-03-30", method="BT"),
        Paid("0001002039", "PA", "433.33", "0.1800", "T-0004", method="DD", balance="3193.42"),
        Paid("0001002021", "PAR", "-25.00", "0.1250", "T-0005", reverses="T-0001", balance="612.08"),
    ],
    invoice="CI-0102",
)
"""The worked remittance of the specification (debt_agency.md, section 3.7)."""
