"""A stranger's plug-in that takes in benefit paid to rent accounts: written in two ways, its totals apart.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal

from hub.api import (
    Context,
    Day,
    Delimited,
    Direction,
    Disposition,
    Feed,
    Fixed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    Options,
    Output,
    Pence,
    Pounds,
    RentTransaction,
    SentItem,
    Severity,
    Taken,
    Tally,
    Text,
    at,
    by_account,
    by_claim,
    by_learned_pair,
    check,
    column,
    first_match,
    format_pounds,
    learned_pairs,
)

TOTAL, FEED = "walk_total", "walk.benefit"
PENCE, DAY = Pounds(), Day("%Y-%m-%d")
KIND = Matching("[PO]", expected="P for a payment, O for an overpayment")

# What the sender says that the day's file comes to

TOTALS = Delimited([Layout("total", (column("day", DAY), column("total", PENCE)))], header=True)
TOTAL_LIFE = Lifecycle(kind=TOTAL, title="Totals", begins=("TOLD",), moves={"TOLD": ("TOLD",)})


def _totals(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        yield Item(
            "TOTAL", row.line, row["day"], 0, DAY.read(row["day"]), {"pence": PENCE.read(row["total"])}
        )


def _told(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    yield Move(kind=TOTAL, key=one.item.reference, to="TOLD", data=one.item.data)


SIDECAR = Feed(
    name="walk.benefit_totals",
    title="Totals of benefit",
    direction=Direction.IN,
    formats={"csv": TOTALS},
    items=_totals,
    moves=_told,
)

# The postings themselves


class BenefitOptions(Options):
    """posted_value_column: which of its two columns of money a nine-column file posts by
    credit_sign: what a credit of the tenant has in the file
    """

    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {"nine": ("posted_value_column",)}

    posted_value_column: Literal["gross", "net"] | None = None
    credit_sign: Literal["+", "-"] = "+"
    allow_claim_match: bool = False
    max_weekly: int | None = None
    expected_total: Literal["sidecar"] | None = None


FIRM = Layout(
    "firm",
    fields=(
        at("kind", 1, 1, KIND),
        at("claim", 2, 10, Text()),
        at("reference", 11, 22, Text()),
        at("net", 23, 32, Pence(signed=True)),
        at("day", 33, 42, DAY),
    ),
)
NINE = Layout(
    "nine",
    (
        column("kind", KIND),
        *(column(name, Text(), required=name in ("claim", "reference")) for name in ("claim", "reference")),
        column("gross", PENCE),
        column("net", PENCE),
        *(column(name, Text(), required=False) for name in ("scheme", "area", "officer")),
        column("day", DAY),
    ),
)


def _pence(values: Any, ctx: Context[BenefitOptions]) -> int:
    """The posted value of a row, positive = the customer is paid."""
    if ctx.format == "firm":
        value = int(values["net"])
    else:
        value = PENCE.read(values[ctx.options.posted_value_column or "net"])
    return value if ctx.options.credit_sign == "+" else -value


class BenefitTally(Tally):
    days: frozenset[str] = frozenset()

    def add(self, chunk: Any) -> None:
        super().add(chunk)
        self.value += sum(_pence(row, self.ctx) for row in chunk.rows())
        self.days |= set(chunk.columns["day"])

    def business_date(self) -> date | None:
        return DAY.read(min(self.days)) if self.days else None


def _items(chunk: Any, tally: Any, ctx: Context[BenefitOptions]) -> Iterator[Item]:
    for row in chunk.rows():
        kind = "BENEFIT" if row["kind"] == "P" else "OVERPAYMENT"
        data = {"claim_ref": row["claim"].strip()}
        yield Item(kind, row.line, row["reference"].strip(), -_pence(row, ctx), DAY.read(row["day"]), data)


def _match(item: Item, ctx: Context[BenefitOptions], sent: SentItem | None) -> Disposition:
    claims = (by_claim(lambda item: str(item.data["claim_ref"])),) if ctx.options.allow_claim_match else ()
    found = first_match(item, (by_learned_pair(FEED), by_account(), *claims), ctx)
    if found.state is ItemState.TAKEN and item.kind == "OVERPAYMENT":
        return Disposition(ItemState.HELD, found.account, reason="OPD: somebody decides how it is recovered")
    return found


def _key(item: Item) -> str:
    return f"{item.data['claim_ref']}/{item.on}"


@check(
    "WALK-B1", level=Level.CROSS, severity=Severity.HOLD, options=("expected_total",), needs=(Need.RECORDS,)
)
def total_is_the_senders(taken: Sequence[Taken], ctx: Context[BenefitOptions]) -> Iterator[Found]:
    """The file comes to what its sender said apart from it; nothing of it is posted before."""
    for day in sorted({one.item.on for one in taken}):
        told = ctx.facts.records.get(TOTAL, day.isoformat())
        came = -sum(one.item.amount for one in taken if one.item.on == day)
        if told is None:
            yield Found(f"the sender has not told the total of {day} yet")
        elif told.data["pence"] != came:
            yield Found(f"the file comes to {format_pounds(came)}, the sender told another total")


@check("WALK-B2", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.HISTORY,))
def is_no_repeat(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """REPEAT: what a claim was paid for a day already is not paid again before somebody has looked."""
    for one in taken:
        if _key(one.item) in ctx.facts.history.posted:
            yield Found("REPEAT: the claim was paid for this day already", one.item.line)


@check("WALK-B3", level=Level.CROSS, severity=Severity.HOLD_ITEM, options=("max_weekly",))
def is_no_lump(taken: Sequence[Taken], ctx: Context[BenefitOptions]) -> Iterator[Found]:
    """What is above the most that a week can come to waits."""
    for one in taken:
        if -one.item.amount > (ctx.options.max_weekly or 0):
            yield Found("it is more than a week can come to", one.item.line)


def _posting(one: Taken, ctx: Context[Any]) -> list[RentTransaction]:
    item = one.item
    return [
        RentTransaction(
            transaction_id=one.id,
            payment_ref=one.disposition.account or "",
            tenancy_ref=one.disposition.tenancy,
            kind="BENEFIT",
            method_code=None,
            type_code="RHB",
            transaction_date=item.on,
            post_date=item.on,
            amount=item.amount,
            external_ref=one.id,
        )
    ]


BENEFIT = Feed(
    name=FEED,
    title="Benefit paid to rent accounts",
    direction=Direction.IN,
    formats={"firm": Fixed([FIRM]), "nine": Delimited([NINE], header=True)},
    tally=BenefitTally,
    options=BenefitOptions,
    items=_items,
    item_key=_key,
    match=_match,
    looks_up=(Lookup(TOTAL, keys=lambda item: [item.on.isoformat()]), learned_pairs(FEED)),
    checks=(total_is_the_senders, is_no_repeat, is_no_lump),
    outputs=(Output("posting", ("BENEFIT", "OVERPAYMENT"), makes=_posting),),
)

FEEDS = [SIDECAR, BENEFIT]
