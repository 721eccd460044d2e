"""Checks on a landlord's schedule. Source: formats page housing_benefit.md, sections 4.7 to 4.9."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from hub.api import Chunk, Context, Found, Level, Need, Severity, check, format_pounds
from plugins.housing_benefit.account_checks import (
    accounts_are_known,
    row_was_not_posted_before,
    type_has_a_code,
)
from plugins.housing_benefit.schedule_rows import CONTROL, DAY, POUNDS, SUMS, ScheduleTally
from plugins.housing_benefit.settings import ScheduleOptions, in_pence

Options = Context[ScheduleOptions]
ROWS = ("schedule",)
WEEK = timedelta(weeks=1)


@check("HB-SCHED-STRUCTURE", level=Level.FILE)
def total_comes_last(tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """One record of totals, last: else the schedule was cut off, or something was added to it."""
    if tally.control is None:
        yield Found("the schedule does not end with its total: it was cut off", expected="a #TOTAL record")
    yield from (Found("something follows the total", line) for line in tally.after)


@check(CONTROL, level=Level.FILE, whole=True)
def totals_agree(tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """Count, gross, deductions and net of the total are those of the rows, to the penny."""
    control = tally.control
    if control is None:
        return
    if int(control["count"]) != tally.records:
        told = f"the total counts {control['count']} rows, there are {tally.records}"
        yield Found(told, control.line, "count", str(tally.records))
    for name in SUMS:
        said, found = POUNDS.read(control[name]), tally.sums[name]
        if said != found:
            told = f"{name}: the total says {format_pounds(said)}, the rows come to {format_pounds(found)}"
            yield Found(told, control.line, name, format_pounds(found))


@check("HB-SCHED-ONE", level=Level.FILE)
def is_one_schedule(tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """All rows are of one schedule, to one creditor, paid on one day, as the payment at the bank is."""
    for name, line in list(tally.named.items())[1:]:
        yield Found(f"the row is of schedule {name[0]} to {name[1]}, paid on {name[2]}", line, "schedule_no")


@check("HB-SCHED-CREDITOR", level=Level.FILE, options=("creditor_refs",))
def creditor_is_us(tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """The schedule is to one of our own `creditor_refs`."""
    for (_, creditor, _), line in tally.named.items():
        if creditor not in ctx.options.creditor_refs:
            known = " or ".join(ctx.options.creditor_refs)
            yield Found(f"the schedule is to the creditor “{creditor}”", line, "creditor_ref", known)


@check("HB-SCHED-NET", level=Level.RECORD, layouts=ROWS)
def net_is_the_rest(chunk: Chunk, tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """The net is the gross less the deduction, which is between zero and a positive gross."""
    for line, gross, deduction, net in _amounts(chunk):
        if net != gross - deduction:
            told = f"the net is {format_pounds(net)}, gross less deduction {format_pounds(gross - deduction)}"
            yield Found(told, line, "net", format_pounds(gross - deduction))
        if not 0 <= deduction <= max(gross, 0):
            told = f"{format_pounds(deduction)} is deducted from a gross of {format_pounds(gross)}"
            yield Found(told, line, "deduction", f"between 0.00 and {format_pounds(max(gross, 0))}")


def _amounts(chunk: Chunk) -> Iterator[tuple[int, int, int, int]]:
    pence: list[list[int]] = [list(map(POUNDS.read, chunk.columns[name])) for name in SUMS]
    return zip(chunk.lines, *pence, strict=True)


@check("HB-SCHED-CLAIM", level=Level.RECORD, layouts=ROWS)
def claims_are_well_formed(chunk: Chunk, tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """Each claim has the form that `claim_reference` says, and no reference was turned into a number such as
    1.23E+11 by a spreadsheet."""
    fits: Callable[[str], object] = re.compile(ctx.options.claim_reference).fullmatch
    for row in chunk.rows():
        for name in ("claim_ref", "deduction_claim_ref"):
            if row[name].strip() and not fits(row[name].strip()):
                told = "the claim reference has another form"
                yield Found(told, row.line, name, ctx.options.claim_reference)
        if re.fullmatch(r"[0-9.]+E\+[0-9]+", row["rent_ref"].strip(), re.IGNORECASE):
            yield Found("REF_MANGLED: a spreadsheet made a number of the reference", row.line, "rent_ref")


@check("HB-SCHED-DATES", level=Level.RECORD, layouts=ROWS)
def periods_are_in_order(chunk: Chunk, tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """What is paid for does not end before it begins."""
    for line, first, last in zip(
        chunk.lines, chunk.columns["period_from"], chunk.columns["period_to"], strict=True
    ):
        if DAY.read(first) > DAY.read(last):
            yield Found(f"the period ends on {last}, before {first}", line, "period_to")


@check("HB-SCHED-GROSS", level=Level.RECORD, severity=Severity.WARNING, layouts=ROWS)
def gross_fits_the_weeks(chunk: Chunk, tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """The gross is the weekly benefit for each week of the period, give or take `gross_tolerance` a week."""
    tolerance = in_pence(ctx.options.gross_tolerance)
    for row in chunk.rows():
        weeks = _weeks(row["period_from"], row["period_to"])
        gross, expected = POUNDS.read(row["gross"]), POUNDS.read(row["weekly_hb"]) * weeks
        if gross >= 0 and abs(gross - expected) > tolerance * weeks:
            told = f"the gross is {format_pounds(gross)}, but {weeks} weeks are {format_pounds(expected)}"
            yield Found(told, row.line, "gross", format_pounds(expected))


@check("HB-SCHED-MAX-WEEKLY", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=ROWS)
def amount_is_plausible(chunk: Chunk, tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """No row is of more than `max_weekly` a week, up or down; one that is waits for a person."""
    limit = in_pence(ctx.options.max_weekly)
    for row in chunk.rows():
        weeks, gross = _weeks(row["period_from"], row["period_to"]), POUNDS.read(row["gross"])
        if abs(gross) > limit * weeks:
            told = f"{format_pounds(gross)} is more than {format_pounds(limit)} a week for {weeks} weeks"
            yield Found(told, row.line, "gross", f"at most {format_pounds(limit * weeks)}")


def _weeks(first: str, last: str) -> int:
    """Benefit weeks that the period touches."""
    return max(0, -(-(DAY.read(last) - DAY.read(first) + timedelta(days=1)) // WEEK))


@check("HB-SCHED-CALENDAR", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.RECENT_FILES,))
def payment_follows_the_last(tally: ScheduleTally, ctx: Options) -> Iterator[Found]:
    """The schedule is paid `days_between` days after the creditor's last one: thirteen a year, 28 days apart.
    Else one may be missing, or come twice."""
    history, every = ctx.facts.history, ctx.options.days_between
    if tally.name is None or history is None or not every:
        return
    own = [last for last in history.recent if last.summary.get("creditor") == tally.name[1]]
    if own and (tally.name[2] - own[0].business_date).days != every:
        due = own[0].business_date + timedelta(days=every)
        told = f"it is paid on {tally.name[2]}, the last one was on {own[0].business_date}"
        yield Found(told, field="payment_date", expected=str(due))


SCHEDULE_CHECKS = (
    total_comes_last,
    totals_agree,
    is_one_schedule,
    creditor_is_us,
    net_is_the_rest,
    claims_are_well_formed,
    periods_are_in_order,
    gross_fits_the_weeks,
    amount_is_plausible,
    payment_follows_the_last,
    accounts_are_known,
    type_has_a_code,
    row_was_not_posted_before,
)
