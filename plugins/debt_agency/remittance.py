"""A remittance as it was read: the agency's receipts, and the line that sums up what it passes on.

Source: formats page debt_agency.md, section 3.7. Amounts are whole pence as the file has them: positive =
paid, negative = taken back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hub.api import Row
from plugins.debt_agency.commission import Amounts, Basis, Settlement, TxnType, cash_of, settle


@dataclass(frozen=True, slots=True)
class Receipt:
    """A `Y` line. `at`: its line in the file. An agency's own layout may lack the rate and the net; one
    without remittances lacks what it costs, too."""

    at: int
    placement_ref: str
    agency_ref: str | None
    txn_id: str
    kind: TxnType
    reverses: str | None
    received: date
    cleared: date | None
    method: str
    gross: int
    rate: Decimal | None
    commission: int
    vat: int
    net: int | None
    balance_after: int | None

    @classmethod
    def of(cls, row: Row) -> Receipt:
        told = read(row)
        return cls(
            at=row.line,
            placement_ref=told["placement_ref"],
            agency_ref=told["agency_ref"],
            txn_id=told["txn_id"],
            kind=TxnType(told["txn_type"]),
            reverses=told["reverses_txn_id"],
            received=told["receipt_date"],
            cleared=told["cleared_date"],
            method=told["method"] or "",
            gross=told["gross"],
            rate=_rate(told["commission_rate"]),
            commission=told["commission"] or 0,
            vat=told["commission_vat"] or 0,
            net=told["net_remitted"],
            balance_after=told["balance_after"],
        )

    def told(self) -> dict[str, str | int | None]:
        """Its facts as an item keeps them; `known` reads them again."""
        return {
            "agency_ref": self.agency_ref,
            "txn_id": self.txn_id,
            "txn_type": self.kind.value,
            "reverses": self.reverses,
            "received": self.received.isoformat(),
            "cleared": self.cleared.isoformat() if self.cleared else None,
            "method": self.method,
            "gross": self.gross,
            "rate": None if self.rate is None else f"{self.rate:.4f}",
            "commission": self.commission,
            "commission_vat": self.vat,
            "net": self.net,
            "balance_after": self.balance_after,
        }

    @classmethod
    def known(cls, at: int, placement_ref: str, told: Mapping[str, Any]) -> Receipt:
        return cls(
            at=at,
            placement_ref=placement_ref,
            agency_ref=told["agency_ref"],
            txn_id=told["txn_id"],
            kind=TxnType(told["txn_type"]),
            reverses=told["reverses"],
            received=date.fromisoformat(told["received"]),
            cleared=date.fromisoformat(told["cleared"]) if told["cleared"] else None,
            method=told["method"],
            gross=told["gross"],
            rate=_rate(told["rate"]),
            commission=told["commission"],
            vat=told["commission_vat"],
            net=told["net"],
            balance_after=told["balance_after"],
        )

    @property
    def amounts(self) -> Amounts:
        """As the line has them; what it passes on is summed by the remittance, not here."""
        return Amounts(self.gross, self.cash, self.commission, self.vat, self.net or 0)

    @property
    def cash(self) -> int:
        return cash_of(self.kind, self.gross)

    @property
    def content(self) -> str:
        """All that a repeat of the line has in common with it: a digest, without what is only informative."""
        told = [
            *(self.placement_ref, self.kind, self.reverses, self.received.isoformat(), self.method),
            *(self.gross, str(self.rate.normalize() if self.rate else self.rate)),
            *(self.commission, self.vat, self.net),
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Remittance:
    """An `M` line with the receipts that stand between it and the one before. Sums that an agency's own
    layout lacks are those of the receipts."""

    at: int
    ref: str
    value_date: date
    basis: Basis
    bank: int
    gross: int
    cash: int
    commission: int
    vat: int
    invoice: str | None
    vat_number: str | None
    receipts: Sequence[Receipt]

    @classmethod
    def of(cls, row: Row, receipts: Sequence[Receipt]) -> Remittance:
        told, basis = read(row), Basis(row["basis"])
        summed = settle((receipt.amounts for receipt in receipts), basis)

        def or_summed(name: str, pence: int) -> int:
            return pence if told[name] is None else int(told[name])

        return cls(
            at=row.line,
            ref=told["remittance_ref"],
            value_date=told["value_date"],
            basis=basis,
            bank=told["bank_amount"],
            gross=or_summed("gross_total", summed.gross),
            cash=or_summed("cash_total", summed.cash),
            commission=or_summed("commission_total", summed.commission),
            vat=or_summed("vat_total", summed.vat),
            invoice=told["commission_invoice_no"],
            vat_number=told["agency_vat_no"],
            receipts=tuple(receipts),
        )

    @property
    def stated(self) -> Settlement:
        return Settlement(self.gross, self.cash, self.commission, self.vat, self.bank)

    @property
    def summed(self) -> Settlement:
        """As its receipts come to."""
        return settle((receipt.amounts for receipt in self.receipts), self.basis)


def _rate(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def read(row: Row) -> Mapping[str, Any]:
    """A row's values as their types read them; what is left blank is None."""
    return {field.name: field.kind.read(row[field.name]) for field in row.layout.fields}
