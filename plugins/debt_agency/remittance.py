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
    """A `Y` line. `at`: its line in the file."""

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
    rate: Decimal
    commission: int
    vat: int
    net: int
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
            rate=Decimal(told["commission_rate"]),
            commission=told["commission"],
            vat=told["commission_vat"],
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
            "rate": f"{self.rate:.4f}",
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
            rate=Decimal(told["rate"]),
            commission=told["commission"],
            vat=told["commission_vat"],
            net=told["net"],
            balance_after=told["balance_after"],
        )

    @property
    def amounts(self) -> Amounts:
        """As the line has them."""
        return Amounts(self.gross, cash_of(self.kind, self.gross), self.commission, self.vat, self.net)

    @property
    def content(self) -> str:
        """All that a repeat of the line has in common with it: a digest, without what is only informative."""
        told = [
            *(self.placement_ref, self.kind, self.reverses, self.received.isoformat(), self.method),
            *(self.gross, str(self.rate.normalize()), self.commission, self.vat, self.net),
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Remittance:
    """An `M` line with the receipts that stand between it and the one before."""

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
        told = read(row)
        return cls(
            at=row.line,
            ref=told["remittance_ref"],
            value_date=told["value_date"],
            basis=Basis(told["basis"]),
            bank=told["bank_amount"],
            gross=told["gross_total"],
            cash=told["cash_total"],
            commission=told["commission_total"],
            vat=told["vat_total"],
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


def read(row: Row) -> Mapping[str, Any]:
    """A row's values as their types read them; what is left blank is None."""
    return {field.name: field.kind.read(row[field.name]) for field in row.layout.fields}
