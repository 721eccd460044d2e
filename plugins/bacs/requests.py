"""What the rent system's request to collect (DDCALL) adds up to while its records stream by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hub.api import Chunk, Context, GenericTally, Pounds, normal_reference
from plugins.bacs.days import processing_day
from plugins.bacs.layouts import DDCALL
from plugins.bacs.payments import Payments, Repeats


class CollectionsTally(GenericTally):
    """A DDCALL file with the collections that its chunk in hand asks for, each for the working day before the
    tenant is to be debited."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx, DDCALL)
        self.payments = Payments()
        self.repeats = Repeats()
        self.days: dict[date, int] = {}

    def add(self, chunk: Chunk) -> None:
        self.payments = Payments()
        super().add(chunk)

    def add_details(self, chunk: Chunk) -> None:
        super().add_details(chunk)
        columns = chunk.columns
        days = self._days(columns["collection_date"])
        self.payments = Payments(
            chunk.lines,
            list(map(normal_reference, columns["mandate_ref"])),
            columns["transaction_code"],
            list(map(Pounds().read, columns["amount"])),
            days,
        )
        for day in dict.fromkeys(days):
            self.days.setdefault(day, chunk.lines[days.index(day)])
        self.repeats.add(self.payments)

    def _days(self, texts: Sequence[str]) -> list[date]:
        """Processing days; the collection date itself where no calendar is known."""
        calendar = self.ctx.facts.calendar
        collections = {text: date.fromisoformat(text) for text in set(texts)}
        if calendar is not None:
            collections = {text: processing_day(day, calendar) for text, day in collections.items()}
        return [collections[text] for text in texts]
