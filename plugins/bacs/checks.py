"""Checks on the payments of a submission, in whichever format they came.

What only the labels and sums of a Standard 18 file can get wrong is in `standard18_checks.py`. The codes are
the project's own; source: formats page bacs.md, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from string import ascii_uppercase, digits

from hub.api import (
    KINDS,
    Chunk,
    Context,
    Found,
    ItemState,
    Level,
    Mandate,
    Matching,
    Need,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.bacs.account_checks import ACCOUNT_CHECKS
from plugins.bacs.codes import DEBITS, INSTRUCTIONS
from plugins.bacs.days import last_input_day
from plugins.bacs.first_collections import FIRST_COLLECTION_CHECKS
from plugins.bacs.holds import account_is_not_on_hold
from plugins.bacs.mandates import first_collection_waits, is_ready, out_of_force
from plugins.bacs.payer_checks import PAYER_CHECKS
from plugins.bacs.payments import HasPayments
from plugins.bacs.represent import REPRESENT_CHECKS
from plugins.bacs.settings import SubmissionOptions, in_pence
from plugins.bacs.ways import DDCALL, READY_MADE

PAYMENTS = ("data", "dated data", "detail", "payment")
Options = Context[SubmissionOptions]
FILES = (DDCALL, *READY_MADE)
_ONE_CHARACTER = "|".join(f"{character}++" for character in ascii_uppercase + digits)
PLAINLY_SOUND = Matching(
    rf"(?!(?:{_ONE_CHARACTER})(?![A-Z0-9]))(?!DDIC)[A-Z0-9]{{6,18}}+", expected="letters and digits"
)
"""References that need no second look; what else there may be is a matter of the field's own rules."""


def _of_a_record(ctx: Options) -> Severity:
    """What one bad payment means: with `bad_records: quarantine` it waits alone, where the rent system only
    asks for payments, because then the hub writes the file and its totals."""
    alone = ctx.options.bad_records == "quarantine" and ctx.format not in READY_MADE
    return Severity.HOLD_ITEM if alone else Severity.ERROR


@check("S18-011", level=Level.RECORD, layouts=PAYMENTS)
def code_is_allowed(chunk: Chunk, tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """The transaction code is one of Standard 18 and allowed for this feed; a request to collect has debits.

    Code 19 closes the mandate at the bank: it never leaves unless `allow_final` is set."""
    codes = tally.payments.codes
    allowed = ctx.options.codes & DEBITS if ctx.format == DDCALL else ctx.options.codes
    if set(codes) <= allowed:
        return
    expected = f"one of {' '.join(sorted(allowed))}"
    for line, code in zip(tally.payments.lines, codes, strict=True):
        if code not in allowed:
            message = f"the transaction code is not allowed here: expected {expected}"
            yield Found(message, line, "transaction_code", expected, _of_a_record(ctx))


@check("S18-013", level=Level.RECORD, layouts=PAYMENTS)
def amount_fits_the_code(chunk: Chunk, tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """A payment moves money, up to `item_limit`; an instruction moves none."""
    codes, amounts = tally.payments.codes, tally.payments.amounts
    limit = in_pence(ctx.options.item_limit)
    if not amounts or (INSTRUCTIONS.isdisjoint(codes) and min(amounts) > 0 and max(amounts) <= limit):
        return
    for line, code, amount in zip(tally.payments.lines, codes, amounts, strict=True):
        if code in INSTRUCTIONS and amount:
            told, expected = f"an instruction ({code}) moves no money", "0.00"
        elif code not in INSTRUCTIONS and amount <= 0:
            told, expected = "a payment moves money", "more than 0.00"
        elif amount > limit:
            told = f"{format_pounds(amount)} is above the item limit"
            expected = f"at most {format_pounds(limit)}"
        else:
            continue
        yield Found(f"{told}: expected {expected}", line, "amount", expected, _of_a_record(ctx))


@check("S18-017", level=Level.RECORD, layouts=PAYMENTS)
def reference_is_sound(chunk: Chunk, tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """The reference of a collection or instruction obeys the rules of the Direct Debit scheme.

    It must arrive as it is: the hub never alters a reference to make it fit."""
    payments = tally.payments
    for row in PLAINLY_SOUND.bad(payments.references):
        result = KINDS["ddi_reference"].check({"ddi_reference": payments.references[row]}, {})
        if result.status == "invalid" and payments.codes[row] in DEBITS | INSTRUCTIONS:
            message = f"the Direct Debit reference: {result.reason}"
            yield Found(message, payments.lines[row], "reference", severity=_of_a_record(ctx))


@check("S18-018", level=Level.FILE)
def payment_comes_once(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """No two payments of a file have the same reference, code, day and amount: the run may have been doubled.

    Where a tenant does pay twice under one reference, `same_payment_twice: warn` lets them pass."""
    severity = Severity.WARNING if ctx.options.same_payment_twice == "warn" else Severity.ERROR
    message = "the same reference, code, day and amount stand on an earlier line"
    for line in tally.repeats.lines():
        yield Found(message, line, "reference", severity=severity)


@check("S18-018", level=Level.HISTORY, severity=Severity.WARNING, needs=(Need.HISTORY,))
def payments_were_not_sent_before(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """No earlier file carries the same reference, code, day and amount.

    A few may be meant (a tenant who pays for two homes); more than `repeats_allowed` hold the file, because
    its run may have been exported twice."""
    again = len(ctx.facts.history.posted) if ctx.facts.history else 0
    severity = Severity.HOLD if again > ctx.options.repeats_allowed else Severity.WARNING
    if again:
        message = f"payments that an earlier file carries too: {again} of {tally.records}"
        yield Found(message, severity=severity)


@check("S18-020", level=Level.FILE, options=("file_limit",))
def file_is_within_limit(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """The file's payments add up to no more than `file_limit`, the most that the sponsor lets through."""
    if ctx.options.file_limit is None:
        return
    limit = in_pence(ctx.options.file_limit)
    if tally.value > limit:
        expected = f"at most {format_pounds(limit)}"
        message = f"the payments add up to {format_pounds(tally.value)}: expected {expected}"
        yield Found(message, expected=expected)


@check("S18-020", level=Level.HISTORY, severity=Severity.WARNING, needs=(Need.HISTORY,))
def file_is_like_the_last(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """Total and number of payments are within `tolerance_percent` of the last file on this route."""
    last = ctx.facts.history.last if ctx.facts.history else None
    if last is None:
        return
    percent = ctx.options.tolerance_percent
    for what, now, before in (("number", tally.records, last.records), ("total", tally.value, last.value)):
        if abs(now - before) * 100 > before * percent:
            shown = f"{now}, last time {before}" if what == "number" else _from_to(now, before)
            yield Found(f"the {what} of payments is {shown}: more than {percent} per cent away")


def _from_to(now: int, before: int) -> str:
    return f"{format_pounds(now)}, last time {format_pounds(before)}"


@check("S18-008", level=Level.CROSS, needs=(Need.TODAY, Need.CALENDAR, Need.REGISTER), at_send=True)
def input_day_is_not_missed(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """There is still time: today is no later than the last input day of each processing day that leaves.

    Bacs software may take the current day in place of one that is past, and debit tenants on the wrong date.
    Nor may a file be early: at most `max_days_ahead` calendar days before its processing day."""
    yield from _out_of_reach(processing_days(taken), ctx)


@check("S18-008", level=Level.HISTORY, needs=(Need.TODAY, Need.CALENDAR))
def days_are_within_reach(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """There is still time for each processing day in the file, and none is too early.

    Looked at where no register is known, and so not what leaves; else only what leaves counts."""
    if ctx.facts.register is None:
        yield from _out_of_reach(sorted(tally.days.items()), ctx)


def _out_of_reach(days: Iterable[tuple[date, int]], ctx: Options) -> Iterator[Found]:
    today, calendar = ctx.facts.today, ctx.facts.calendar
    if today is None or calendar is None:
        return
    for day, line in days:
        last = last_input_day(day, calendar)
        if today > last:
            yield Found(f"processing day {day}: the last input day was {last}", line, "processing_day")
        elif (day - today).days > ctx.options.max_days_ahead:
            message = f"processing day {day} is more than {ctx.options.max_days_ahead} days after {today}"
            yield Found(message, line, "processing_day")


@check("S18-008", level=Level.HISTORY, severity=Severity.WARNING, needs=(Need.CALENDAR,))
def bank_holidays_are_known(tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """Bank holidays are loaded for the year of each processing day; else only week-ends are sure."""
    for day, line in sorted(tally.days.items()):
        if ctx.facts.calendar and ctx.facts.calendar.is_assumed(day):
            message = f"no bank holidays are loaded for {day.year}: that {day} is a working day is assumed"
            yield Found(message, line, "processing_day")


def processing_days(taken: Iterable[Taken]) -> list[tuple[date, int]]:
    """The processing days of what leaves, each with the first line that names it."""
    days: dict[date, int] = {}
    for one in taken:
        if one.disposition.state is ItemState.TAKEN:
            days.setdefault(one.item.on, one.item.line)
    return sorted(days.items())


@check("S18-023", level=Level.CROSS, needs=(Need.REGISTER,), at_send=True)
def mandate_is_live(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No collection leaves for a mandate that is cancelled, over, not begun, or not to be collected from.

    A file that the rent system made itself is only refused for a mandate that the register knows as such;
    what the hub writes needs an active one."""
    register = ctx.facts.register
    if register is None:
        return
    for one in taken:
        if one.item.kind != "COLLECTION":
            continue
        why = _refusal(one, register.mandate(one.item.reference), ctx)
        if why is not None:
            message = f"mandate {one.item.reference} {why}: nothing may be collected from it"
            yield Found(message, one.item.line, "reference", "an active mandate")


def _refusal(one: Taken, mandate: Mandate | None, ctx: Options) -> str | None:
    """What speaks against a collection. One that stays behind is refused only for a cancelled mandate: then
    the whole list may be out of date."""
    status = mandate.status if mandate else "not known"
    if status == "CANCELLED" or one.disposition.state is not ItemState.TAKEN:
        return "is CANCELLED" if status == "CANCELLED" else None
    if status == "SUSPENDED" or (ctx.format not in READY_MADE and not is_ready(mandate)):
        return f"is {status}"
    return out_of_force(mandate, one.item.on, ctx.facts.calendar) if mandate else None


PAYMENT_CHECKS = (
    code_is_allowed,
    amount_fits_the_code,
    reference_is_sound,
    payment_comes_once,
    payments_were_not_sent_before,
    file_is_within_limit,
    file_is_like_the_last,
    input_day_is_not_missed,
    days_are_within_reach.only(*FILES),
    bank_holidays_are_known.only(*FILES),
    mandate_is_live,
    account_is_not_on_hold,
    first_collection_waits,
    *FIRST_COLLECTION_CHECKS,
    *REPRESENT_CHECKS,
    *ACCOUNT_CHECKS,
    *PAYER_CHECKS,
)
"""For every format, and for what is gathered."""
