"""What the rent system books by itself and finance has to know: transfers, write-offs, the weekly journal,
recharges (`rent.transfers`, `rent.write_offs`, `rent.debit`, `rent.recharges`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from hub.checks.base import Context, Found, Tally, check
from hub.model import Chunk, Item, Level, Need
from hub.rent.envelope import GenericOptions
from hub.rent.exports.columns import code, day, number, pounds, ref, text
from hub.rent.exports.feed import waiting
from hub.rent.exports.record_type import ExportTally, RecordType
from hub.rent.exports.rules import above_zero, adds_up, not_zero, sign_of, two_people

ON_ACCOUNT, BY_INVOICE = "ACCOUNT", "INVOICE"
_APPROVED = (
    text("requested_by", 60, required=True, personal=True),
    text("approved_by", 60, required=True, personal=True, note="another than requested_by"),
    day("approved_on"),
)


@dataclass(frozen=True, kw_only=True)
class TransferType(RecordType):
    """Its items are told once all rows are known: whether money moves between cost centres shows from all
    sides of a transfer together (`crosses`)."""

    def tally(self, ctx: Context[Any]) -> TransferTally:
        return TransferTally(ctx, self)

    def items(self, chunk: Chunk, tally: ExportTally, ctx: Context[Any]) -> Iterator[Item]:
        if not isinstance(tally, TransferTally):
            return
        for item in super().items(chunk, tally, ctx):
            tally.sides.setdefault(item.reference, []).append(item)
        for sides in tally.sides.values() if chunk.layout.name == "trailer" else ():
            crosses = len({side.data["cost_centre"] for side in sides}) > 1
            yield from (replace(side, data={**side.data, "crosses": crosses}) for side in sides)


class TransferTally(ExportTally):
    """sides: by reference, the items of each transfer."""

    def __init__(self, ctx: Context[Any], record: RecordType) -> None:
        super().__init__(ctx, record)
        self.sides: dict[str, list[Item]] = {}


TRANSFER = TransferType(
    name="TRANSFER",
    about="one side of a transfer between rent accounts; all sides of a transfer_ref net to 0.00",
    columns=(
        ref("transfer_ref"),
        ref("payment_ref"),
        ref("tenancy_ref", required=False),
        pounds("amount", note="positive = this account owes more"),
        code("type_code", required=False),
        day("transaction_date"),
        text("narrative", 240, personal=True),
        *_APPROVED,
        ref("cost_centre", required=False, check="E16"),
    ),
    later=1,
    reference="transfer_ref",
    account="payment_ref",
    kind="TRANSFER",
    amount="amount",
    on="transaction_date",
    key=("transfer_ref", "payment_ref"),
    for_ever=True,
    balanced="transfer_ref",
    rules=(not_zero("amount"), two_people("requested_by", "approved_by")),
)

WRITEOFF = RecordType(
    name="WRITEOFF",
    about="debt of one rent account that is written off, or credit and debt written on again",
    columns=(
        ref("write_off_ref"),
        ref("payment_ref"),
        code("kind", "WRITE_OFF", "WRITE_ON"),
        pounds("amount", note="a write-off is negative, a write-on positive"),
        code("reason_code", note="the rent system's own"),
        day("transaction_date"),
        *_APPROVED,
        ref("invoice_no", required=False),
    ),
    later=1,
    reference="write_off_ref",
    account="payment_ref",
    kinds="kind",
    amount="amount",
    on="transaction_date",
    key=("write_off_ref",),
    for_ever=True,
    rules=(sign_of("amount", "kind"), two_people("requested_by", "approved_by")),
)

RENTGL = RecordType(
    name="RENTGL",
    about="one line of a journal: what the rent system raised or took in a period, by nominal account",
    columns=(
        ref("journal_no"),
        number("period", 1, 53, check="E17"),
        number("year", 2000, 2100, check="E17"),
        ref("account", check="E16"),
        ref("cost_centre", required=False, check="E16"),
        pounds("amount", note="debit positive, credit negative"),
        text("description", 240),
        text("reference", 40),
        number("source_count", 0, 99_999_999, required=False),
    ),
    reference="journal_no",
    kind="JOURNAL",
    amount="amount",
    balanced="journal_no",
)

RECHARGE = RecordType(
    name="RECHARGE",
    about="the cost of a repair or a clearance that a tenant or former tenant must pay",
    columns=(
        ref("recharge_ref"),
        ref("payment_ref"),
        ref("person_ref", required=False),
        ref("property_ref", required=False),
        day("work_date"),
        text("description", 240, personal=True),
        pounds("net"),
        pounds("vat"),
        pounds("gross", note="more than 0.00"),
        code("route", ON_ACCOUNT, BY_INVOICE),
    ),
    reference="recharge_ref",
    account="payment_ref",
    kind="RECHARGE",
    amount="gross",
    on="work_date",
    key=("recharge_ref",),
    for_ever=True,
    rules=(above_zero("gross"), adds_up("gross", "net", "vat")),
)


class JournalOptions(GenericOptions):
    """rent_group: whose periods (config/calendars/rent-groups.csv) the journal's are"""

    rent_group: str | None = None


@check(
    "E17",
    level=Level.RECORD,
    needs=(Need.RENT_CALENDAR,),
    options=("rent_group",),
    layouts=("detail",),
)
def period_is_one_of_its_year(chunk: Chunk, tally: Tally, ctx: Context[JournalOptions]) -> Iterator[Found]:
    """The period is one that the rent calendar has for the rent group in that year: 53 only in a year of 53
    weeks, 12 at most for a group that is charged by the month."""
    calendar, group = ctx.facts.rent_calendar, ctx.options.rent_group or ""
    told = list(zip(chunk.columns["year"], chunk.columns["period"], strict=True))
    wrong = {
        (year, period)
        for year, period in set(told)
        if calendar is not None and calendar.period(group, int(year), int(period)) is None
    }
    for line, (year, period) in zip(chunk.lines, told, strict=True) if wrong else ():
        if (year, period) in wrong:
            yield Found(f"rent group {group} has no period {period} in the year {year}", line, "period")


def _recharge_waits_as(item: Item, ctx: Context[Any]) -> str | None:
    """What goes on the rent account the rent system charges itself."""
    return "RECHARGE" if item.data["route"] == BY_INVOICE else None


def _transfer_waits_as(item: Item, ctx: Context[Any]) -> str | None:
    """Within one cost centre nothing changes for finance: the control account is the same."""
    return "TRANSFER" if item.data["crosses"] else None


TRANSFERS = waiting(
    "rent.transfers",
    "Transfers between rent accounts",
    TRANSFER,
    {"TRANSFER": "agresso.journal"},
    waits_as=_transfer_waits_as,
)
WRITE_OFFS = waiting(
    "rent.write_offs",
    "Debt written off, and written on again",
    WRITEOFF,
    {"WRITE_OFF": "agresso.write_offs"},
)
DEBIT = waiting(
    "rent.debit",
    "The weekly debit journal of the rent system",
    RENTGL,
    {"JOURNAL": "agresso.journal"},
    options=JournalOptions,
    checks=(period_is_one_of_its_year,),
)
RECHARGES = waiting(
    "rent.recharges",
    "Recharges of repairs to tenants",
    RECHARGE,
    {"RECHARGE": "agresso.invoices"},
    waits_as=_recharge_waits_as,
)
