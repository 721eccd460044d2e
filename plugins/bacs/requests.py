"""What the rent system asks for in the hub's generic CSV: collections (DDCALL) and refunds (REFUND).

The sums of such a file, and the payments that its chunk in hand asks for. Source: rent system interface, 6.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hub.api import (
    REFERENCE,
    Chunk,
    Code,
    Context,
    Day,
    GenericCsv,
    GenericTally,
    Pounds,
    Text,
    column,
    generic_csv,
    normal_reference,
)
from plugins.bacs.bureau_layouts import SORT_CODE
from plugins.bacs.codes import CREDIT
from plugins.bacs.days import processing_day, soonest
from plugins.bacs.layouts import ACCOUNT, DDCALL
from plugins.bacs.payments import Payments, Repeats

BACS = "BACS"
REFUND = generic_csv(
    "REFUND",
    (
        column("refund_ref", Text(), check="E13"),
        column("payment_ref", REFERENCE, check="E13"),
        column("payee_name", Text(), check="E10", personal=True),
        column("amount", Pounds(), check="E12"),
        column("method", Code(BACS, "CHEQUE", "TRANSFER"), check="E16"),
        column("sort_code", SORT_CODE, required=False, check="E20", personal=True),
        column("account_number", ACCOUNT, required=False, check="E20", personal=True),
        column("reason", Text(), required=False, check="E10"),
        column("requested_by", Text(), check="E10"),
        column("approved_by", Text(), check="E10"),
        column("approved_on", Day("%Y-%m-%d"), check="E11"),
    ),
    money="amount",
)
"""The rent system's refunds, approved there by a second person."""


class RequestTally(GenericTally):
    """A generic CSV file with the payments that it asks for."""

    def __init__(self, ctx: Context[Any], csv: GenericCsv) -> None:
        super().__init__(ctx, csv)
        self.payments = Payments()
        self.repeats = Repeats()
        self.days: dict[date, int] = {}

    def add(self, chunk: Chunk) -> None:
        self.payments = Payments()
        super().add(chunk)

    def add_details(self, chunk: Chunk) -> None:
        super().add_details(chunk)
        self.payments = self._asked(chunk)
        for day, line in zip(self.payments.days, chunk.lines, strict=True):
            if day is not None:
                self.days.setdefault(day, line)
        self.repeats.add(self.payments)

    def _asked(self, chunk: Chunk) -> Payments:
        raise NotImplementedError


class CollectionsTally(RequestTally):
    """Collections, each for the working day before the tenant is to be debited."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx, DDCALL)

    def _asked(self, chunk: Chunk) -> Payments:
        columns = chunk.columns
        return Payments(
            chunk.lines,
            list(map(normal_reference, columns["mandate_ref"])),
            columns["transaction_code"],
            list(map(Pounds().read, columns["amount"])),
            self._days(columns["collection_date"]),
        )

    def _days(self, texts: Sequence[str]) -> list[date]:
        """Processing days; the collection date itself where no calendar is known."""
        calendar = self.ctx.facts.calendar
        collections = {text: date.fromisoformat(text) for text in set(texts)}
        if calendar is not None:
            collections = {text: processing_day(day, calendar) for text, day in collections.items()}
        return [collections[text] for text in texts]


class RefundsTally(RequestTally):
    """Refunds, all for the soonest processing day; for the day of approval where no calendar is known."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx, REFUND)

    def _asked(self, chunk: Chunk) -> Payments:
        columns, day = chunk.columns, soonest(self.ctx)
        approved = map(date.fromisoformat, columns["approved_on"])
        return Payments(
            chunk.lines,
            list(map(str.strip, columns["refund_ref"])),
            [CREDIT] * len(chunk),
            list(map(Pounds().read, columns["amount"])),
            [day or on for on in approved],
        )
