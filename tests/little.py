"""The smallest feed that has everything: one line a payment, `REF006+0001234` = reference and pence.

Used by tests of the core, so that they say nothing about Bacs or benefits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Answers,
    Chunk,
    Context,
    Direction,
    Disposition,
    Feed,
    Fixed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Matching,
    Need,
    On,
    Options,
    Output,
    Pence,
    Rendered,
    SentItem,
    Severity,
    Taken,
    Tally,
    at,
    check,
    format_pounds,
)

DAY = date(2026, 11, 2)
PAYMENT = Layout(
    "payment",
    fields=(at("reference", 1, 6, Matching("[A-Z]{3}[0-9]{3}", expected="three letters, three digits")),
            at("amount", 7, 14, Pence(signed=True), check="AMOUNT")),
)  # fmt: skip


class LittleOptions(Options):
    limit: int | None = None
    shut: bool = False


class LittleTally(Tally):
    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.value += sum(map(int, chunk.columns["amount"]))

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}

    def business_date(self) -> date:
        return DAY


@check("ZERO", level=Level.RECORD, severity=Severity.HOLD_ITEM)
def nothing_to_pay(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """A payment of nothing waits for a person."""
    for line, amount in zip(chunk.lines, chunk.columns["amount"], strict=True):
        if int(amount) == 0:
            yield Found("nothing is paid", line, "amount")


@check("SUM", level=Level.FILE, whole=True)
def sum_is_even(tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """The sum is even: a total that only a whole file has."""
    if tally.value % 2:
        yield Found("the sum is odd")


@check("LIMIT", level=Level.FILE, severity=Severity.HOLD, options=("limit",))
def below_the_limit(tally: Tally, ctx: Context[LittleOptions]) -> Iterator[Found]:
    """The sum is below the limit that the route sets."""
    if ctx.options.limit is not None and tally.value > ctx.options.limit:
        yield Found("the sum is above the limit")


@check("FEWER", level=Level.HISTORY, severity=Severity.WARNING, needs=(Need.HISTORY,))
def no_fewer_than_last(tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """There are as many payments as last time."""
    history = ctx.facts.history
    if history and history.last and tally.records < history.last.records:
        yield Found("there are fewer payments than last time")


@check("SHUT", level=Level.CROSS, at_send=True)
def door_is_open(taken: list[Taken], ctx: Context[LittleOptions]) -> Iterator[Found]:
    """Nothing leaves while the route is shut."""
    if ctx.options.shut:
        yield Found("the route is shut")


def items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for record in chunk.rows():
        personal = {"account_name": f"NAME OF {record['reference']}"}
        yield Item("PAYMENT", record.line, record["reference"], int(record["amount"]), DAY, {}, personal)


def match(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """References that start with NOA have no account."""
    if item.reference.startswith("NOA"):
        return Disposition(ItemState.SUSPENDED, reason="NO_ACCOUNT")
    return Disposition(ItemState.TAKEN, item.reference, answers=sent.id if sent else None)


def write(carried: list[Taken], ctx: Context[Any]) -> Rendered:
    lines = [f"{one.item.reference}{one.item.amount:+08d}\n" for one in carried]
    return Rendered(f"out-{ctx.moment.transfer_id if ctx.moment else ''}.txt", "".join(lines).encode())


def little(**changes: Any) -> Feed:
    """The feed, with whatever a test wants different."""
    made: dict[str, Any] = {
        "name": "little.payments",
        "title": "Payments",
        "direction": Direction.IN,
        "formats": {"lines": Fixed([PAYMENT])},
        "tally": LittleTally,
        "items": items,
        "match": match,
        "options": LittleOptions,
        "checks": (nothing_to_pay, sum_is_even, below_the_limit, no_fewer_than_last, door_is_open),
        "outputs": (Output("payments", ("PAYMENT",), write=write),),
    }
    return Feed(**{**made, **changes})


def same_amount(item: Item, sent: SentItem) -> bool:
    return (item.amount, item.on) == (sent.amount, sent.on)


ANSWERS = Answers("little.calls", "unpaid", (On(same_amount),))
