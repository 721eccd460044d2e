"""Checks on a file of payments as a whole, alone and against those before it (rent system interface, 3.3,
4.4, 6.3 and 6.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import mean, stdev
from typing import Any

from hub.checks.base import Context, Found, check
from hub.model import Level, Need, Severity, format_pounds
from hub.rent import allpay
from hub.rent.cash.options import ALLPAY, CARD, CASH, EXPORT43, RENTTRAN, UNCONTROLLED, CashOptions
from hub.rent.cash.tally import CashTally, RenttranTally
from hub.rent.cash.totals import TOTALS, total_key
from hub.rent.control import (
    expected_count_agrees,
    expected_total_agrees,
    other_count,
    other_total,
    totals_are_agreed,
)
from hub.rent.envelope import ENVELOPE_CHECKS

Options = Context[CashOptions]
Tally = CashTally | RenttranTally
HEADLESS = (CASH, ALLPAY, CARD, EXPORT43)
FILES = (*HEADLESS, RENTTRAN)
ORDER = [layout.name for layout in (allpay.PAYMENT, allpay.GAP, allpay.AMOUNT_TOTAL, allpay.COUNT_TOTAL)]


@check("E01", level=Level.FILE)
def file_is_not_empty(tally: Tally, ctx: Options) -> Iterator[Found]:
    """A file holds payments. With `allow_empty` one whose own totals are zero may be empty."""
    allowed = ctx.options.allow_empty and ctx.format not in UNCONTROLLED
    if not tally.records and not tally.left_out and not allowed:
        yield Found("the file holds no payment", expected="at least one payment")


@check("E01", level=Level.FILE)
def records_are_in_order(tally: CashTally, ctx: Options) -> Iterator[Found]:
    """Allpay: payments, an empty line, the total amount and the number of transactions, and nothing after."""
    order = ORDER if tally.records or not ctx.options.allow_empty else ORDER[1:]
    once = [tally.counted[name] + tally.left_out[name] for name in ORDER[1:]]
    if (tally.order != order or once != [1, 1, 1]) and not tally.left_out[""]:
        told = "payments, an empty line, “Total Amount …” and “Total Transactions …”, each once and in order"
        message = "the file is not whole, or something was added to it: ask the sender for it again"
        yield Found(message, expected=told)


@check("E02", level=Level.FILE)
def count_agrees(tally: CashTally, ctx: Options) -> Iterator[Found]:
    """The number that Allpay's trailer gives is that of the payments."""
    counted = tally.rows_of(allpay.PAYMENT.name, tally.records)
    for line, said in tally.declared["count"]:
        if counted not in (None, said):
            message = f"the trailer counts {said} payments, the file has {counted}"
            yield Found(message, line, "count", str(counted))


@check("E03", level=Level.FILE, whole=True)
def total_agrees(tally: CashTally, ctx: Options) -> Iterator[Found]:
    """The total that Allpay's trailer gives is that of the payments, to the penny."""
    for line, said in tally.declared["total"]:
        if said != tally.value:
            here = format_pounds(tally.value)
            yield Found(
                f"the trailer says {format_pounds(said)}, the payments come to {here}", line, "total", here
            )


@check("E02", level=Level.HISTORY, needs=(Need.RECORDS,), options=("totals_from",))
def senders_count_agrees(tally: Tally, ctx: Options) -> Iterator[Found]:
    """The file has as many payments as the sender told apart from it (`rent.cash_totals`) for the day of its
    latest one. Until that has come the file waits for a person."""
    told, whose = _told(tally, ctx)
    if told is not None:
        yield from other_count(told["count"], tally, whose)
    elif tally.records:
        message = f"the totals of {whose} have not come: ask for them, or compare and release"
        yield Found(message, severity=Severity.HOLD)


@check("E03", level=Level.HISTORY, needs=(Need.RECORDS,), options=("totals_from",))
def senders_total_agrees(tally: Tally, ctx: Options) -> Iterator[Found]:
    """The file's net is the one that the sender told apart from it, to the penny."""
    told, whose = _told(tally, ctx)
    if told is not None:
        yield from other_total(told["total"], tally, whose)


def _told(tally: Tally, ctx: Options) -> tuple[Mapping[str, Any] | None, str]:
    """What the sender told of the day of the latest payment, if it did; and who tells it of which day."""
    source, day, records = ctx.options.totals_from, tally.business_date(), ctx.facts.records
    record = records.get(TOTALS, total_key(source, day)) if records and source and day else None
    return record.data if record else None, f"{source} for {day}"


@check("E07", level=Level.HISTORY, needs=(Need.TODAY,), options=("stale_after_days",))
def file_is_fresh(tally: CashTally, ctx: Options) -> Iterator[Found]:
    """The latest payment is not older than `stale_after_days`: an old file sent again is the usual cause."""
    day, today, days = tally.business_date(), ctx.facts.today, ctx.options.stale_after_days
    if day and today and days is not None and (today - day).days > days:
        message = f"the latest payment is of {day}, more than {days} days before {today}"
        yield Found(f"{message}; ask the sender for today's file")


@check("E20", level=Level.FILE, whole=True)
def transfers_come_in_pairs(tally: RenttranTally, ctx: Options) -> Iterator[Found]:
    """The transfers of a RENTTRAN net to 0.00: each has its pair."""
    if tally.transferred:
        yield Found(
            f"the transfers net to {format_pounds(tally.transferred)}: one has no pair", expected="0.00"
        )


@check(
    "LIMIT-NET",
    level=Level.HISTORY,
    severity=Severity.HOLD,
    needs=(Need.RECENT_FILES,),
    options=("deviations",),
)
def net_is_like_before(tally: Tally, ctx: Options) -> Iterator[Found]:
    """The file's net is within `deviations` standard deviations of the mean of the last `like_days` files of
    the same weekday. Until there are so many, nothing is compared."""
    day, nets = tally.business_date(), list(_like(tally, ctx))
    if day is None or len(nets) < ctx.options.like_days or ctx.options.deviations is None:
        return
    middle, spread = mean(nets), stdev(nets)
    if abs(tally.received - middle) > float(ctx.options.deviations) * spread:
        now, usual = format_pounds(tally.received), format_pounds(round(middle))
        yield Found(f"the file's net is {now}; the last {len(nets)} of a {day:%A} had {usual} on average")


def _like(tally: Tally, ctx: Options) -> Iterator[int]:
    """The nets of the last files of the same weekday, at most as many as are looked at."""
    day, history = tally.business_date(), ctx.facts.history
    wanted = ctx.options.like_days
    for earlier in history.recent if history and day else ():
        net = earlier.summary.get("net")
        if wanted and day and earlier.business_date.weekday() == day.weekday() and isinstance(net, int):
            wanted -= 1
            yield net


FILE_CHECKS = (
    *(one.only(RENTTRAN) for one in ENVELOPE_CHECKS),
    file_is_not_empty.only(*FILES),
    records_are_in_order.only(ALLPAY),
    count_agrees.only(ALLPAY),
    total_agrees.only(ALLPAY),
    expected_count_agrees.only(*FILES),
    expected_total_agrees.only(*FILES),
    totals_are_agreed.only(*UNCONTROLLED),
    transfers_come_in_pairs.only(RENTTRAN),
    senders_count_agrees.only(*FILES),
    senders_total_agrees.only(*FILES),
    file_is_fresh.only(*HEADLESS),
    net_is_like_before.only(*FILES),
)
