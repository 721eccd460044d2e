"""The three days of Bacs: input, processing, entry. Source: formats page bacs.md, section 7."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hub.api import Calendar, CannotRender, Context, Moment

LONDON = ZoneInfo("Europe/London")


def processing_day(collection: date, calendar: Calendar) -> date:
    """The day before the tenant is debited; a collection on a day off moves to the next working day."""
    return calendar.add_working_days(calendar.add_working_days(collection, 0), -1)


def last_input_day(processing: date, calendar: Calendar) -> date:
    """The last day on which a file for this processing day may reach Bacs."""
    return calendar.add_working_days(processing, -1)


def soonest(ctx: Context[Any]) -> date | None:
    """The processing day of what is paid as soon as the route allows: `days_to_pay` working days from today,
    so that there is time for an approval. None where today or the calendar is not known."""
    today, calendar = ctx.facts.today, ctx.facts.calendar
    if today is None or calendar is None:
        return None
    return calendar.add_working_days(calendar.add_working_days(today, 0), ctx.options.days_to_pay)


def entry_day(processing: date, calendar: Calendar) -> date:
    """The day on which the tenant is debited."""
    return calendar.add_working_days(processing, 1)


def drawn(ctx: Context[Any]) -> Moment:
    """The moment that the hub drew before it asked for bytes. Raises CannotRender when it did not."""
    if ctx.moment is None:
        raise CannotRender("the clock value and the numbers of this transfer are not known here")
    return ctx.moment


def local_day(moment: Moment) -> date:
    """The date in London at the moment."""
    return moment.now.astimezone(LONDON).date()
