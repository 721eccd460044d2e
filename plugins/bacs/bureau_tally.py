"""What a bureau's CSV file adds up to while its rows stream by. It has neither labels nor contras."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import Chunk, Context, Tally, format_pounds
from plugins.bacs.codes import SIDES
from plugins.bacs.days import processing_day, soonest
from plugins.bacs.payments import Payments, Repeats, counted
from plugins.bacs.tally import unnumbered_identity


class BureauTally(Tally):
    """`undated` is the first line that names no day, with the number of such lines."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.payments = Payments()
        self.repeats = Repeats()
        self.days: dict[date, int] = {}
        self.undated: list[int] = []
        self._codes: Counter[str] = Counter()
        self._pence: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        columns, read = chunk.columns, chunk.layout.field("amount").kind.read
        days = self._days(chunk)
        references = list(map(str.strip, columns["reference"]))
        amounts = list(map(read, columns["amount"]))
        self.payments = Payments(chunk.lines, references, columns["transaction_code"], amounts, days)
        self.repeats.add(self.payments)
        self._codes.update(columns["transaction_code"])
        self.records += len(chunk)
        self.value += sum(amounts)
        for code, amount in zip(columns["transaction_code"], amounts, strict=True):
            self._pence[code] += amount
        for day, line in zip(days, chunk.lines, strict=True):
            if day is not None:
                self.days.setdefault(day, line)

    def _days(self, chunk: Chunk) -> Sequence[date | None]:
        """Processing days. A row without one has the soonest, where the route says so."""
        texts = chunk.columns.get("day") or [""] * len(chunk)
        blank = soonest(self.ctx) if self.ctx.options.undated == "soonest" else None
        read = {text: self._day(text, chunk) if text.strip() else blank for text in set(texts)}
        self.undated += [line for line, text in zip(chunk.lines, texts, strict=True) if not text.strip()]
        return [read[text] for text in texts]

    def _day(self, text: str, chunk: Chunk) -> date:
        day: date = chunk.layout.field("day").kind.read(text)
        calendar = self.ctx.facts.calendar
        paid = self.ctx.options.csv_day == "entry" and calendar is not None
        return processing_day(day, calendar) if paid and calendar else day

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            **counted(self._codes),
            "processing_days": ", ".join(day.isoformat() for day in sorted(self.days)),
        }

    def goes_out_as(self) -> str | None:
        """What an Input report knows it by, as the bureau's software gives it a serial of its own."""
        user = self.ctx.options.service_user_number
        return unnumbered_identity(user, self.days, self._sides()) if user and self.days else None

    def _sides(self) -> Mapping[str, tuple[int, int]]:
        """Number and pence of the debits and of the credits."""
        numbers, pence = Counter[str](), Counter[str]()
        for code, side in SIDES.items():
            numbers[side] += self._codes[code]
            pence[side] += self._pence[code]
        return {side: (numbers[side], pence[side]) for side in numbers}

    def business_date(self) -> date | None:
        """The first processing day."""
        return min(self.days, default=None)
