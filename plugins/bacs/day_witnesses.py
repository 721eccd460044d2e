"""Checks on the processing day by what else tells it. In a one-day file it stands once, in UHL1, so that a
day that became another possible one has no second witness among the records.

Bacs debits tenants on whatever day the file names, so a wrong one is money on the wrong day. Witnesses are
the expiry in HDR1, which whoever made the file counts from somewhere, and the days of the month on which the
council collects. Source: formats page bacs.md, sections 2.3, 2.5 and 7; how far off files expire is each
maker's own [project layout].
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hub.api import Calendar, Context, Found, Level, Need, Severity, Taken, check
from plugins.bacs.days import entry_day
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import EXPIRY, Section, Standard18Tally
from plugins.bacs.ways import STANDARD18

Options = Context[SubmissionOptions]
LIKE = 3
"""Files before this one that must agree before it is held against them."""


@check("S18-008", level=Level.FILE)
def expiry_tells_the_day(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file expires exactly `expiry_days` after its last processing day, where the route says that its
    maker counts so (`expires_exactly`): either of the two that was changed shows."""
    days = ctx.options.expiry_days
    for section in tally.sections if ctx.options.expires_exactly else ():
        gap = section.expiry_gap()
        if gap is not None and gap != days:
            message = (
                f"the file expires {gap} days after its last processing day, and should {days} days after"
            )
            yield Found(f"{message}: one of the two days is wrong", _line(section), "processing_day")


@check("S18-008", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.RECENT_FILES,))
def expiry_is_as_far_off_as_before(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file expires as many days after its last processing day as the last three did, where these agree;
    else the day may be another than was meant. With `expires_exactly` that is looked at without a history."""
    recent = ctx.facts.history.recent if ctx.facts.history else ()
    gaps = [told for one in recent if isinstance(told := one.summary.get(EXPIRY), int)][:LIKE]
    if ctx.options.expires_exactly or len(gaps) < LIKE or len(set(gaps)) > 1:
        return
    for section in tally.sections:
        gap = section.expiry_gap()
        if gap is not None and gap != gaps[0]:
            message = (
                f"the file expires {gap} days after its last processing day, the last {LIKE} {gaps[0]} days"
            )
            yield Found(f"{message}; see that the processing day is the one meant", _line(section))


def _line(section: Section) -> int | None:
    """Where a one-day file tells its day; of several days the expiry is the one that stands once."""
    return section.line("UHL1") if section.day else section.line("HDR1")


@check(
    "S18-008",
    level=Level.CROSS,
    severity=Severity.HOLD,
    needs=(Need.CALENDAR, Need.REGISTER),
    options=("collection_days",),
)
def tenants_are_debited_on_their_days(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Tenants are debited on one of `collection_days`, the days of the month on which the council collects,
    or on the next working day after one."""
    calendar = ctx.facts.calendar
    if calendar is None:
        return
    days: dict[date, int] = {}
    for one in taken:
        if one.item.kind == "COLLECTION":
            days.setdefault(one.item.on, one.item.line)
    told = ", ".join(map(str, sorted(ctx.options.collection_days)))
    for day, line in sorted(days.items()):
        debited = entry_day(day, calendar)
        if debited not in _due(debited, ctx.options.collection_days, calendar):
            message = f"processing day {day} debits tenants on {debited}, which is none of the days {told}"
            yield Found(f"{message} of a month; see that it is the day meant", line, "processing_day")


def _due(near: date, days: Sequence[int], calendar: Calendar) -> set[date]:
    """The days of debit around one: of its month and of that before, each moved to a working day."""
    before = near.replace(day=1) - timedelta(days=1)
    months = [(one.year, one.month, monthrange(one.year, one.month)[1]) for one in (before, near)]
    due = (date(year, month, min(day, last)) for year, month, last in months for day in days)
    return {calendar.add_working_days(day, 0) for day in due}


DAY_WITNESSES = (
    expiry_tells_the_day.only(STANDARD18),
    expiry_is_as_far_off_as_before.only(STANDARD18),
    tenants_are_debited_on_their_days,
)
"""Of what the hub makes itself the rent system's own collection date is looked at."""
