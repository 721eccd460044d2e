"""The four-weekly schedule that another council sends with one payment of benefit: its records and items.

Source: formats page housing_benefit.md, sections 4.7 and 4.8. The layout is this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Day,
    Delimited,
    Digits,
    Item,
    Layout,
    Literal,
    Matching,
    Pounds,
    Row,
    Tally,
    Text,
    column,
    format_pounds,
    normal_reference,
)
from plugins.housing_benefit.settings import ScheduleOptions

DAY, POUNDS = Day("%Y-%m-%d"), Pounds()
ROW, CONTROL = "HB-SCHED-ROW", "HB-SCHED-CONTROL"
REF = Matching(r"[^\x00-\x1f\x7f-\x9f]{1,24}", "text of up to 24 characters")
SUMS = ("gross", "deduction", "net")

SCHEDULE = Layout(
    "schedule",
    (
        column("schedule_no", REF, check=ROW),
        column("creditor_ref", REF, check=ROW, note="ours at the paying council"),
        column("payment_date", DAY, check=ROW),
        column("claim_ref", REF, check=ROW),
        column("tenant_name", Text(), required=False, personal=True, note="not kept"),
        column("address", Text(), required=False, personal=True, note="not kept"),
        column("postcode", Text(), required=False, personal=True, note="not kept"),
        column("rent_ref", REF, required=False, check=ROW),
        column("period_from", DAY, check=ROW),
        column("period_to", DAY, check=ROW),
        column("weekly_hb", POUNDS, check=ROW),
        column("gross", POUNDS, check=ROW),
        column("deduction", POUNDS, check=ROW, note="zero or more"),
        column("deduction_reason", Text(), required=False, personal=True, note="not kept"),
        column("deduction_claim_ref", REF, required=False, check=ROW, note="whose overpayment it is"),
        column("net", POUNDS, check=ROW, note="= gross - deduction"),
    ),
)
TOTAL = Layout(
    "schedule total",
    (
        column("record", Literal("#TOTAL"), check=CONTROL),
        column("count", Digits(), check=CONTROL),
        column("gross", POUNDS, check=CONTROL),
        column("deduction", POUNDS, check=CONTROL),
        column("net", POUNDS, check=CONTROL),
    ),
    tag="#TOTAL",
)
SCHEDULES_CSV = Delimited((SCHEDULE, TOTAL), header=True, tag_column=0, structure="HB-SCHED-STRUCTURE")


class ScheduleTally(Tally):
    """What a schedule says of itself and adds up to, in pence.

    named:   what its rows say of schedule_no, creditor_ref and payment_date, with the first line of each
    control: its last record, if that is the total; after: lines behind it
    latest:  the last day that is paid for
    """

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.sums = dict.fromkeys(SUMS, 0)
        self.named: dict[tuple[str, str, str], int] = {}
        self.control: Row | None = None
        self.after: list[int] = []
        self.latest: date | None = None

    def add(self, chunk: Chunk) -> None:
        if self.control is not None:
            self.after += chunk.lines[:1]
        if chunk.layout is TOTAL:
            self.control = chunk.row(0) if len(chunk) else self.control
            self.after += chunk.lines[1:2]
            return
        self.records += len(chunk)
        for name in SUMS:
            self.sums[name] += sum(map(POUNDS.read, chunk.columns[name]))
        self.value = self.sums["net"]
        names = (map(str.strip, chunk.columns[name]) for name in ("schedule_no", "creditor_ref"))
        for line, *key in zip(chunk.lines, *names, chunk.columns["payment_date"], strict=True):
            self.named.setdefault((key[0], key[1], key[2]), line)
        days = [DAY.read(text) for text in set(chunk.columns["period_to"])]
        self.latest = max([*days, *([self.latest] if self.latest else [])], default=None)

    @property
    def name(self) -> tuple[str, str, date] | None:
        """Schedule number, creditor and payment date, where all rows say one."""
        if len(self.named) != 1:
            return None
        ((number, creditor, day),) = self.named
        return number, creditor, DAY.read(day)

    def totals(self) -> Mapping[str, str | int]:
        told = {name: format_pounds(pence) for name, pence in self.sums.items()}
        return {"count": self.records, "value": format_pounds(self.value), **told}

    def identity(self) -> str | None:
        return f"{self.name[1]}/{self.name[0]}" if self.name else None

    def business_date(self) -> date | None:
        return self.name[2] if self.name else None

    def summary(self) -> Mapping[str, str | int | None]:
        return {"creditor": self.name[1] if self.name else None}


def schedule_items(chunk: Chunk, tally: ScheduleTally, ctx: Context[ScheduleOptions]) -> Iterator[Item]:
    """What a row credits and, where benefit of one tenant was kept back for another's overpayment, the charge
    of that: the tenant who is not to blame has paid their rent."""
    if chunk.layout is TOTAL:
        return
    for row in chunk.rows():
        claim, debtor = normal_reference(row["claim_ref"]), normal_reference(row["deduction_claim_ref"])
        gross, deduction = POUNDS.read(row["gross"]), POUNDS.read(row["deduction"])
        for_another = bool(deduction) and debtor not in ("", claim)
        credit = gross if for_another else gross - deduction
        recovered = 0 if for_another else deduction
        yield _item(row, claim, "HBA" if gross < 0 else "HBE", -credit, recovered)
        if for_another:
            yield _item(row, debtor, "OPD", deduction, 0)


def _item(row: Row, claim: str, entry: str, amount: int, recovered: int) -> Item:
    """`amount`: pence, the customer's sign."""
    data: dict[str, str | int | bool | None] = {
        "claim_ref": claim,
        "ha_code": None,
        "entry_type": entry,
        "from_date": DAY.read(row["period_from"]).isoformat(),
        "to_date": DAY.read(row["period_to"]).isoformat(),
        "recovered": format_pounds(recovered),
        "original": None,
        "posting": f"{row['schedule_no'].strip()}-{row.line}",
    }
    kind = "BENEFIT" if entry == "HBE" else "BENEFIT_ADJ"
    reference = "" if entry == "OPD" else normal_reference(row["rent_ref"])
    return Item(kind, row.line, reference, amount, DAY.read(row["payment_date"]), data)
