"""The checks of a bank statement, BANK-001 to BANK-012. The numbers are this project's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from hub.bank.layouts import FINAL, INTERMEDIATE
from hub.bank.matching import LINE
from hub.bank.options import ReceiptOptions
from hub.bank.records import ACCOUNT
from hub.bank.statements import Page, StatementTally, name_of, same_line
from hub.checks.base import Check, Context, Found, check
from hub.model import Chunk, Level, Need, Record, Severity, Taken, format_pounds

CURRENCY = "GBP"


@check("BANK-002", level=Level.FILE, options=("accounts",), foreign=True)
def account_is_ours(tally: StatementTally, ctx: Context[ReceiptOptions]) -> Iterator[Found]:
    """Each statement is of an account that the route names.

    A statement of somebody else's account may be a data breach: tell the bank, and open it no further."""
    for page in tally.pages:
        if ctx.options.account_of(page.place.account) is None:
            yield Found("a statement is of an account that is none of the route's", page.line, "account")


@check("BANK-003", level=Level.RECORD)
def is_sterling(chunk: Chunk, tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """Lines and balances are in pounds sterling, all in one currency."""
    for line, currency in zip(chunk.lines, chunk.columns["currency"], strict=True):
        if currency != CURRENCY:
            yield Found(f"the currency is {currency}", line, "currency", CURRENCY)


@check("BANK-004", level=Level.FILE, whole=True)
def balances_foot(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """Of each page, the opening balance and its lines come to the closing balance, to the penny.

    When they do not, a line is missing, was changed or is there twice: ask the bank for the statement
    again."""
    for page in tally.pages:
        opening, closing = page.pence("opening"), page.pence("closing")
        if opening is None or closing is None:
            severity = Severity.WARNING if opening is None and closing is None else Severity.ERROR
            yield Found(f"{name_of(tally, page)} tells no balance to foot to", page.line, severity=severity)
        elif opening + page.booked.net != closing:
            came = format_pounds(opening + page.booked.net)
            message = (
                f"{name_of(tally, page)} opens with {format_pounds(opening)} and its lines come to {came}"
            )
            yield Found(f"{message}, not to {format_pounds(closing)}", page.line, "closing", came)
    for line, expected in tally.running:
        yield Found("the balance does not follow from the line before", line, "balance", expected)


@check("BANK-005", level=Level.FILE, whole=True)
def pages_follow(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """A statement over several pages is whole: each page goes on with the balance of the one before, the
    first opens the statement and the last closes it. A page that stands twice in the file refuses it.

    A statement without its first or last page waits for a person, who asks the bank for the rest; so does a
    file without any statement."""
    if not tally.pages:
        yield Found("the file holds no statement", severity=Severity.HOLD)
    names = Counter(name_of(tally, page) for page in tally.pages)
    for name in (name for name, count in names.items() if count > 1):
        yield Found(f"{name} stands in the file more than once, or its lines do not stand together")
    for pages in tally.statements():
        yield from _turns(tally, pages)


def _turns(tally: StatementTally, pages: Sequence[Page]) -> Iterator[Found]:
    for before, after in pairwise(pages):
        if before.pence("closing") != after.pence("opening") and before.place != after.place:
            name = name_of(tally, after)
            yield Found(f"{name} does not open with the balance that the page before closes with", after.line)
    first, last = pages[0], pages[-1]
    if first.said and first.said["opened"] == INTERMEDIATE:
        yield Found(
            f"{name_of(tally, first)} is not the first page of its statement, which is missing",
            first.line,
            severity=Severity.HOLD,
        )
    if last.said and last.said["closed"] == INTERMEDIATE:
        yield Found(
            f"{name_of(tally, last)} is not the last page of its statement, which is missing",
            last.line,
            severity=Severity.HOLD,
        )
    for inner in pages[1:]:
        if inner.said and inner.said["opened"] == FINAL and len(pages) > 1:
            yield Found(f"{name_of(tally, inner)} opens a statement in the middle of one", inner.line)


@check("BANK-006", level=Level.FILE, whole=True)
def sums_agree(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """What the bank sums up (number of entries, credits, debits, net) is what the entries come to."""
    for page in tally.pages:
        booked = page.booked.told()
        announced = page.announced.told()
        for name, found in booked.items():
            told = page.pence(name)
            if told is not None and told not in (found, found + announced[name]):
                what = name.removeprefix("told_").replace("_", " of ")
                yield Found(
                    f"{name_of(tally, page)} gives the {what} as {_shown(name, told)}, its entries come to "
                    f"{_shown(name, found)}",
                    page.line,
                    name,
                    _shown(name, found),
                )


def _shown(name: str, value: int) -> str:
    return str(value) if name.endswith("count") else format_pounds(value)


@check("BANK-007", level=Level.RECORD, severity=Severity.WARNING, layouts=("line",))
def parts_come_to_their_booking(chunk: Chunk, tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """The parts of a collective booking come to its amount. Where they do not, the booking is one line."""
    for line, detailed, amount in zip(
        chunk.lines, chunk.columns["detailed"], chunk.columns["amount"], strict=True
    ):
        if detailed:
            yield Found(
                f"the parts of the booking come to {detailed}, the booking is {amount}", line, "amount"
            )


@check("BANK-008", level=Level.RECORD, severity=Severity.NOTE, layouts=("line",))
def announced_is_not_booked(chunk: Chunk, tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """An entry that the bank only announces is in no balance, and no file is compared with it yet."""
    for line, is_booked in zip(chunk.lines, chunk.columns["is_booked"], strict=True):
        if is_booked == "N":
            yield Found("the entry is announced, not booked", line)


@check("BANK-009", level=Level.HISTORY, needs=(Need.RECORDS,))
def statement_follows(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """A statement carries the number after the last one of its account, and opens with the balance that the
    last one closed with. Numbers may begin again at 1 with a new year.

    A number that was passed refuses the file. A gap, or another balance, holds it until a person has asked
    the bank for what is missing."""
    records = ctx.facts.records
    if records is None:
        return
    last: dict[str, tuple[str, str, int | None, bool]] = {}
    for page in tally.pages:
        account = tally.named(page)
        known = records.get(ACCOUNT, account)
        before = last.get(account) or (_as_known(known) if known else None)
        if before is not None:
            yield from _after(tally, page, *before)
        closing = page.pence("closing")
        final = page.said is None or page.said["closed"] != INTERMEDIATE
        last[account] = (page.place.year, page.place.statement, closing, final)


def _as_known(record: Record) -> tuple[str, str, int | None, bool]:
    told = record.data
    return told["year"], told["statement"], told["closing"], told["final"]


def _after(
    tally: StatementTally, page: Page, year: str, number: str, closing: int | None, final: bool
) -> Iterator[Found]:
    name, here = name_of(tally, page), page.place
    if (here.year, here.statement) != (year, number):
        yield from _numbers(name, page, year, number)
    opening = page.pence("opening")
    if None not in (opening, closing) and opening != closing:
        message = f"{name} opens with {format_pounds(opening or 0)}, the statement before closed with"
        yield Found(
            f"{message} {format_pounds(closing or 0)}: one between them may be missing",
            page.line,
            "opening",
            format_pounds(closing or 0),
            Severity.HOLD,
        )


def _numbers(name: str, page: Page, year: str, number: str) -> Iterator[Found]:
    """Nothing where the statements of the account have no numbers but days."""
    here = page.place
    if not (number.isdecimal() and here.statement.isdecimal()):
        return
    before, now = int(number), int(here.statement)
    expected = {before + 1} | ({1} if here.year > year else set())
    if now in expected:
        return
    passed = (here.year, now) <= (year, before)
    advice = "it was passed already" if passed else "statements between them are missing; ask the bank"
    severity = Severity.ERROR if passed else Severity.HOLD
    yield Found(f"{name} comes after number {number}: {advice}", page.line, "statement", None, severity)


@check("BANK-010", level=Level.HISTORY, needs=(Need.HISTORY,))
def statement_is_new(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """No statement, and no page of one, is taken twice, whatever file it comes in."""
    history = ctx.facts.history
    used = history.used.get("bank.receipts", frozenset()) if history else frozenset()
    for page in tally.pages:
        if name_of(tally, page) in used:
            yield Found(f"{name_of(tally, page)} came before", page.line, "statement")


@check("BANK-011", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.TODAY,))
def no_day_ahead(tally: StatementTally, ctx: Context[Any]) -> Iterator[Found]:
    """No line is booked on a day that has not come: a wrong clock at the bank, or a test file."""
    today, latest = ctx.facts.today or date.max, tally.latest
    if latest is not None and latest > today:
        yield Found(f"a line is booked on {latest}, which has not come", expected=f"{today} or earlier")


@check("BANK-012", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.HISTORY, Need.RECORDS))
def line_is_new(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """No line came in an earlier statement, or twice in this one: it has another day, amount or reference of
    the bank's. One that seems to waits for a person, and covers nothing until then."""
    history, records = ctx.facts.history, ctx.facts.records
    seen: set[str] = set()
    for one in taken:
        key = same_line(one.item) if one.item.amount else None
        if key is not None and (key in seen or (history and key in history.posted)):
            yield Found("the bank gave this line before, under the same reference", one.item.line)
        seen |= {key} if key else set()
        if records and records.get(LINE, one.item.reference):
            yield Found(f"there is a line {one.item.reference} already", one.item.line)


STATEMENT_CHECKS: tuple[Check, ...] = (
    account_is_ours,
    is_sterling,
    balances_foot,
    pages_follow,
    sums_agree,
    parts_come_to_their_booking,
    announced_is_not_booked,
    statement_follows,
    statement_is_new,
    no_day_ahead,
    line_is_new,
)
