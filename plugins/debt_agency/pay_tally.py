"""What a file of receipts comes to as it streams by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from hub.api import Chunk, Context, format_pounds
from plugins.debt_agency.canonical import PAY, PAYMENT_LINE, REMITTANCE_LINE
from plugins.debt_agency.mapping import LAYOUT
from plugins.debt_agency.pay_options import PaymentOptions
from plugins.debt_agency.remittance import Receipt, Remittance
from plugins.debt_agency.tally import AgencyTally


class PaymentTally(AgencyTally):
    """receipts: in the order of the file; remittances: each with its own; behind: receipts that no remittance
    sums up; sums_up: whether the file should have remittances: a layout of an agency's own may lack them

    repeats: by line, of a receipt whose txn_id stands above already, the line there
    before:  by line, pence that the lines above say of the same debt, paid to the agency or both directly
    """

    def __init__(self, ctx: Context[PaymentOptions]) -> None:
        super().__init__(ctx, PAY)
        self.receipts: list[Receipt] = []
        self.remittances: list[Remittance] = []
        self.behind: list[Receipt] = []
        own = ctx.options.own if ctx.format == LAYOUT else None
        self.sums_up = own is None or REMITTANCE_LINE.name in own.tags
        self.by_txn: dict[str, Receipt] = {}
        self.repeats: dict[int, Receipt] = {}
        self.before: dict[int, int] = {}
        self._said: Counter[tuple[str, bool]] = Counter()

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        for row in chunk.rows():
            if chunk.layout.name == PAYMENT_LINE.name:
                self._receipt(Receipt.of(row))
            elif chunk.layout.name == REMITTANCE_LINE.name:
                self.remittances.append(Remittance.of(row, self.behind))
                self.behind = []

    def _receipt(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)
        self.behind.append(receipt)
        first = self.by_txn.setdefault(receipt.txn_id, receipt)
        of = receipt.placement_ref, receipt.kind.is_direct
        self.before[receipt.at] = self._said[of]
        if first is not receipt:
            self.repeats[receipt.at] = first
        else:
            self._said[of] += receipt.gross

    def used(self) -> Mapping[str, frozenset[str]]:
        refs = frozenset(one.ref for one in self.remittances)
        return {**super().used(), remittances_of(self.ctx.options): refs}

    def totals(self) -> Mapping[str, str | int]:
        """Receipts, with what of them was paid to the council directly, and what the bank will show."""
        direct = sum(one.gross for one in self.receipts if one.kind.is_direct)
        return {
            **super().totals(),
            "direct": format_pounds(direct),
            "commission": format_pounds(sum(one.commission for one in self.receipts)),
            "vat": format_pounds(sum(one.vat for one in self.receipts)),
            "bank": format_pounds(sum(one.bank for one in self.remittances)),
        }


def remittances_of(options: PaymentOptions) -> str:
    """The scope of an agency's remittance references."""
    return f"debt_agency.remittance:{options.called}"
