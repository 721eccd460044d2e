"""Checks on collections against what tenants were told, and on notices themselves.

The codes are the project's own; source: formats page bacs.md, section 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hub.api import Context, Found, Item, ItemState, Level, Need, Severity, Taken, check
from plugins.bacs.codes import AGAIN, code_of
from plugins.bacs.days import entry_day
from plugins.bacs.holds import hold_of
from plugins.bacs.notices import changed, known_notices, late
from plugins.bacs.settings import AdvanceNoticeOptions, SubmissionOptions
from plugins.bacs.ways import forwards


@check("NOTICE-01", level=Level.CROSS, needs=(Need.CALENDAR, Need.RECORDS), options=("advance_notice",))
def collection_is_as_notified(taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> Iterator[Found]:
    """The tenant was told of the collection, `notice_days` working days before: its amount, and its day or
    one up to three working days before it. Re-presentations have a notice of their own.

    `advance_notice: hold` lets such a collection wait (in a file that goes on as it came, the file), `warn`
    only tells. Without either nothing is compared: notices may not go through the hub."""
    for one in taken:
        if one.item.kind != "COLLECTION" or one.disposition.state is not ItemState.TAKEN:
            continue
        if code_of(one.item) != AGAIN and (why := _not_as_notified(one.item, ctx)):
            message = f"the collection is not as the tenant was told: {why}"
            yield Found(message, one.item.line, "amount", severity=_severity(ctx))


def _severity(ctx: Context[SubmissionOptions]) -> Severity:
    if ctx.options.advance_notice == "warn":
        return Severity.WARNING
    return Severity.HOLD if forwards(ctx) else Severity.HOLD_ITEM


def _not_as_notified(item: Item, ctx: Context[SubmissionOptions]) -> str | None:
    calendar = ctx.facts.calendar
    if calendar is None:
        return None
    day = _collected_on(item, ctx)
    notices = known_notices(item.reference, ctx)
    change = changed(notices, day, item.amount, calendar, ctx.options.notice_repeats)
    return change.sentence if change else late(notices, day, calendar, ctx.options)


def _collected_on(item: Item, ctx: Context[Any]) -> date:
    """The day on which the tenant is debited."""
    told = item.data.get("collection_date")
    if told:
        return date.fromisoformat(str(told))
    return entry_day(item.on, ctx.facts.calendar) if ctx.facts.calendar else item.on


@check("NOTICE-02", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.TODAY, Need.CALENDAR))
def notice_is_in_time(taken: Sequence[Taken], ctx: Context[AdvanceNoticeOptions]) -> Iterator[Found]:
    """Each notice leaves `notice_days` working days before its collection. A late one leaves all the same: it
    is better than none, and what it is about is then found as not notified in time."""
    today, calendar = ctx.facts.today, ctx.facts.calendar
    if today is None or calendar is None:
        return
    first = calendar.add_working_days(today, ctx.options.notice_days)
    for one in taken:
        if one.disposition.state is ItemState.TAKEN and one.item.on < first:
            message = f"the notice is late for {one.item.on}: {ctx.options.notice_days} working days are due"
            yield Found(message, one.item.line, "collection_date", f"{first} or later")


@check(
    "NOTICE-03",
    level=Level.CROSS,
    severity=Severity.HOLD_ITEM,
    needs=(Need.TODAY, Need.RECORDS),
    at_send=True,
)
def nobody_is_written_to_who_must_not_be(
    taken: Sequence[Taken], ctx: Context[AdvanceNoticeOptions]
) -> Iterator[Found]:
    """No letter goes to an account with a hold that is one of `no_notice_holds`: the tenant died."""
    for one in taken:
        account = one.disposition.account
        if one.disposition.state is ItemState.TAKEN and account is not None:
            kind = hold_of(account, ctx, ctx.options.no_notice_holds)
            if kind is not None:
                yield Found(f"account {account} is on hold ({kind}): nobody is written to", one.item.line)


NOTICE_CHECKS = (notice_is_in_time, nobody_is_written_to_who_must_not_be)
