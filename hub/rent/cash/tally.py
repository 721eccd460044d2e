"""What a file of payments adds up to, gathered while its lines stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.checks.base import Context, Tally
from hub.model import Chunk, format_pounds
from hub.rent import allpay, card_network, export43, renttran, universal_housing
from hub.rent.cash import options
from hub.rent.cash.options import CashOptions
from hub.rent.envelope import GenericTally
from hub.rent.receipts import Receipt, Receipts

READ: Mapping[str, Receipts] = {
    options.CASH: universal_housing.receipts,
    options.ALLPAY: allpay.receipts,
    options.CARD: card_network.receipts,
    options.EXPORT43: export43.receipts,
    options.RENTTRAN: renttran.receipts,
}
"""By format, what reads its receipts."""


class Repeats:
    """Which receipts of a file repeat an earlier one of it."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._equal: set[tuple[str, date, int, str]] = set()

    def same(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """By the partner's own id of the payment."""
        return [one for one in receipts if one.external and _seen(one.external, self._ids)]

    def equal(self, receipts: Sequence[Receipt]) -> Sequence[Receipt]:
        """By account, day, amount and method, of those without an id."""
        plain = [one for one in receipts if not one.external]
        return [one for one in plain if _seen((one.reference, one.on, one.received, one.method), self._equal)]


def _seen(key: Any, before: set[Any]) -> bool:
    if key in before:
        return True
    before.add(key)
    return False


class CashTally(Tally):
    """Of formats without envelope. `value` is money received.

    receipts: those of the chunk in hand; repeated, equal: those of them that stood on an earlier line before
    declared: (line, what it says) of each control total: count, or pence
    order:    the layouts in the order of the file, each once a run; counted: the rows of each
    """

    def __init__(self, ctx: Context[CashOptions]) -> None:
        super().__init__(ctx)
        self.receipts: Sequence[Receipt] = ()
        self.repeated: Sequence[Receipt] = ()
        self.equal: Sequence[Receipt] = ()
        self._repeats = Repeats()
        self.declared: dict[str, list[tuple[int, int]]] = {"count": [], "total": []}
        self.order: list[str] = []
        self.counted: Counter[str] = Counter()
        self.latest: date | None = None
        self._read = READ[ctx.format]

    def add(self, chunk: Chunk) -> None:
        if self.order[-1:] != [chunk.layout.name]:
            self.order.append(chunk.layout.name)
        self.counted[chunk.layout.name] += len(chunk)
        self._declare(chunk)
        self.receipts = list(self._read(chunk))
        self.repeated = self._repeats.same(self.receipts)
        self.equal = self._repeats.equal(self.receipts)
        self.records += len(self.receipts)
        self.value += sum(receipt.received for receipt in self.receipts)
        days = {receipt.on for receipt in self.receipts} | ({self.latest} if self.latest else set())
        self.latest = max(days, default=None)

    def _declare(self, chunk: Chunk) -> None:
        for name in self.declared.keys() & chunk.columns.keys():
            read = chunk.layout.field(name).kind.read
            self.declared[name] += [
                (line, int(read(text))) for line, text in zip(chunk.lines, chunk.columns[name], strict=True)
            ]

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}

    @property
    def received(self) -> int:
        """Net money received in pence."""
        return self.value

    def business_date(self) -> date | None:
        """The latest day of payment: such a file has no date of its own."""
        return self.latest

    def summary(self) -> Mapping[str, str | int | None]:
        return {"net": self.value}


class RenttranTally(GenericTally):
    """Of RENTTRAN. `value` keeps the file's own sign, in which a receipt is negative.

    transferred: what its TRANSFERs net to, in that sign
    """

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx, renttran.RENTTRAN)
        self.receipts: Sequence[Receipt] = ()
        self.repeated: Sequence[Receipt] = ()
        self.equal: Sequence[Receipt] = ()
        self.transferred = 0
        self._repeats = Repeats()

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        self.receipts = list(renttran.receipts(chunk))
        self.repeated = self._repeats.same(self.receipts)
        self.equal = self._repeats.equal(self.receipts)
        self.transferred += sum(
            -one.received for one in self.receipts if one.posting and one.posting.kind == "TRANSFER"
        )

    @property
    def received(self) -> int:
        """Net money received in pence."""
        return -self.value

    def summary(self) -> Mapping[str, str | int | None]:
        return {**super().summary(), "net": self.received}


def cash_tally(ctx: Context[CashOptions]) -> Tally:
    return RenttranTally(ctx) if ctx.format == options.RENTTRAN else CashTally(ctx)
