"""When an unpaid debit may be asked for again (code 18). Source: formats page bacs.md, sections 3, 6.8 and 7.

Two sources give the last day: one calendar month, and 30 days, from the processing day on which the debit was
first presented. The earlier counts, also for a second try.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hub.api import Context, Found, Item, ItemState, Level, Need, Severity, Taken, check
from plugins.bacs.codes import AGAIN, code_of, reasons
from plugins.bacs.days import entry_day
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.unpaid_debits import Unpaid, day_of, fitting, outstanding
from plugins.bacs.ways import forwards

Options = Context[SubmissionOptions]
LAST = timedelta(days=30)


def last_day(first: date) -> date:
    """The last processing day on which a debit may be presented that was first presented on this one."""
    year, month = (first.year, first.month + 1) if first.month < 12 else (first.year + 1, 1)
    a_month_later = date(year, month, min(first.day, monthrange(year, month)[1]))
    return min(a_month_later, first + LAST)


@check("S18-027", level=Level.CROSS, needs=(Need.RECORDS,))
def represented_within_the_rules(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A debit with code 18 asks again for one unpaid debit: of its mandate, the same amount, returned with a
    reason that allows it (refer to payer), and within the earlier of one calendar month and 30 days from the
    processing day of its first presentation. Each unpaid debit is asked for once at a time.

    In what the hub writes, only such an item is refused. `unseen_unpaid: warn` lets one pass of which the hub
    was never told that it came back."""
    severity = Severity.ERROR if forwards(ctx) else Severity.REFUSE_ITEM
    used: defaultdict[tuple[str, int], int] = defaultdict(int)
    for one in _represented(taken):
        item = one.item
        left = fitting(item.amount, outstanding(item.reference, ctx))[used[item.reference, item.amount] :]
        used[item.reference, item.amount] += 1
        why = _against(item, left)
        if why is not None:
            lenient = not left and ctx.options.unseen_unpaid == "warn"
            yield Found(
                f"code 18: {why}",
                item.line,
                "transaction_code",
                "an unpaid debit that may be asked for again",
                Severity.WARNING if lenient else severity,
            )


def _represented(taken: Sequence[Taken]) -> Iterator[Taken]:
    for one in taken:
        if code_of(one.item) == AGAIN and one.disposition.state is ItemState.TAKEN:
            yield one


def _against(item: Item, unpaid: Sequence[Unpaid]) -> str | None:
    """Why an item may not ask for the first of the unpaid debits again; None where it may."""
    if not unpaid:
        return "no unpaid debit of this amount is known of the mandate, or it was asked for again already"
    code = str(unpaid[0]["reason"])
    reason = reasons("ARUDD").get(code)
    if reason is None or not reason.may_represent:
        return f"the debit came back for reason {code}, after which it may not be asked for again"
    first = day_of(unpaid[0], "first")
    if first is None:
        return "when the debit was first presented is not known"
    if item.on > last_day(first):
        return f"it was first presented on {first}: it may be processed again up to {last_day(first)}"
    return None


@check("S18-027", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS, Need.CALENDAR))
def payer_can_have_been_told(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Between the report of the unpaid debit and the day on which the payer is debited again lie at least
    `represent_notice` working days, in which the payer is told."""
    calendar, days = ctx.facts.calendar, ctx.options.represent_notice
    for one in _represented(taken):
        for unpaid in fitting(one.item.amount, outstanding(one.item.reference, ctx))[:1]:
            returned = day_of(unpaid, "returned")
            if calendar is None or returned is None:
                continue
            earliest = calendar.add_working_days(returned, days)
            if entry_day(one.item.on, calendar) < earliest:
                message = (
                    f"code 18: the payer is debited again on {entry_day(one.item.on, calendar)}; to be told "
                    f"{days} working days before, not earlier than {earliest}"
                )
                yield Found(message, one.item.line, "processing_day", f"{earliest} or later")


REPRESENT_CHECKS = (represented_within_the_rules, payer_can_have_been_told)
