"""What is summed of a file of Universal Credit money, and what its last row says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.api import Chunk, Context, Row, Tally, format_pounds
from plugins.dwp_cis.money_layouts import (
    DAY,
    DEDUCTION,
    DEDUCTION_TOTAL,
    PAYMENT,
    PAYMENT_TOTAL,
    POUNDS,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The last row: how many lines, and pence by what they are of."""

    line: int
    count: int
    sums: Mapping[str, int]


class MoneyTally(Tally):
    """Count and pence, in the file's own sign (positive = paid to the landlord)."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.sums: Counter[str] = Counter()
        self.stated: list[Stated] = []
        self.creditors: dict[str, int] = {}
        self.schedules: set[tuple[str, str]] = set()
        self.days: set[date] = set()
        self.nth: dict[int, int] = {}
        self.repeated: list[int] = []
        self._alike: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)

    def add(self, chunk: Chunk) -> None:
        for row in chunk.rows():
            if chunk.layout is PAYMENT:
                self._payment(row)
            elif chunk.layout is DEDUCTION:
                self._deduction(row)
            else:
                self._total(row)

    def _payment(self, row: Row) -> None:
        named = {name: POUNDS.read(row[f"{name}_amount"]) for name in ("housing", "arrears", "total")}
        key = tuple(row[name] for name in ("tenancy_ref", "payment_type", "total_amount", "period_start"))
        self._line(row, ("creditor_ref", "schedule_ref", "payment_date"), named, (*key, row["payment_date"]))

    def _deduction(self, row: Row) -> None:
        named = {"total": POUNDS.read(row["amount"])}
        key = tuple(row[name] for name in ("customer_ref", "deduction_type", "amount", "period_from"))
        self._line(row, ("creditor_no", "schedule_no", "schedule_date"), named, (*key, row["schedule_no"]))

    def _line(
        self, row: Row, names: tuple[str, str, str], sums: Mapping[str, int], key: tuple[str, ...]
    ) -> None:
        creditor, schedule, day = (row[name].strip() for name in names)
        self.records += 1
        self.value += sums["total"]
        self.sums.update(sums)
        self.creditors.setdefault(creditor, row.line)
        self.schedules.add((creditor, schedule))
        self.days.add(DAY.read(day))
        self._repeats(row, key)

    def _repeats(self, row: Row, key: tuple[str, ...]) -> None:
        """Joint tenants bring a line each, alike but for who they are: they are told apart by their place."""
        who = tuple(row[name].strip().upper() for name in ("nino", "surname"))
        before = self._alike[key]
        if who in before:
            self.repeated.append(row.line)
        before.append(who)
        self.nth[row.line] = len(before)

    def _total(self, row: Row) -> None:
        names = [field.name for field in row.layout.fields if field.name not in ("record", "count")]
        own = {"amount": "total"}
        sums = {own.get(name, name): POUNDS.read(row[name]) for name in names}
        self.stated.append(Stated(row.line, int(row["count"]), sums))

    def totals(self) -> Mapping[str, str | int]:
        told = {name: format_pounds(pence) for name, pence in self.sums.items() if name != "total"}
        return {"count": self.records, "value": format_pounds(self.value), **told}

    def identity(self) -> str | None:
        """The schedule, where the whole file is one."""
        if len(self.schedules) != 1:
            return None
        creditor, schedule = next(iter(self.schedules))
        return f"{creditor}:{schedule}" if schedule else None

    def business_date(self) -> date | None:
        return max(self.days, default=None)


TOTALS = (PAYMENT_TOTAL, DEDUCTION_TOTAL)
