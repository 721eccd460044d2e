"""Advance notice: what a tenant was told of their collections, and whether a collection is as they were told.

A record for each mandate, of the kind `advance_notice`; `collections` are those that were notified: day,
amount (pence) and the day on which the notice left. Source: formats page bacs.md, section 7.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from hub.api import Calendar, Context, Lifecycle, Lookup, Record, format_pounds, normal_reference
from plugins.bacs.settings import Repeats

KIND, NOTIFIED, COLLECTIONS = "advance_notice", "NOTIFIED", "collections"
LATEST = 3
"""Working days after the notified day on which something may still be collected."""
REMEMBERED = timedelta(days=400)
_DAYS = {"weekly": 7, "fortnightly": 14, "four_weekly": 28}

NOTICE_LIFE = Lifecycle(
    kind=KIND, title="Advance notices of collections, by mandate", begins=(NOTIFIED,), moves={}, owner="rents"
)
LOOKS_UP = (Lookup(KIND, keys=lambda item: (normal_reference(item.reference),)),)


class Notice(NamedTuple):
    """One collection that a tenant was told of."""

    day: date
    pence: int
    told_on: date


class NoticeOptions(Protocol):
    """What a route says of notices."""

    @property
    def notice_days(self) -> int: ...

    @property
    def notice_repeats(self) -> Repeats: ...


def notices_of(record: Record | None) -> list[Notice]:
    """What was notified, by day."""
    listed = record.data.get(COLLECTIONS, ()) if record else ()
    return sorted(Notice(date.fromisoformat(day), pence, date.fromisoformat(on)) for day, pence, on in listed)


def kept(notices: Sequence[Notice], today: date) -> list[list[str | int]]:
    """As the record keeps them: of each day the last word, and nothing from long ago."""
    by_day = {one.day: one for one in sorted(notices, key=lambda one: one.told_on)}
    recent = [one for day, one in sorted(by_day.items()) if day >= today - REMEMBERED]
    return [[one.day.isoformat(), one.pence, one.told_on.isoformat()] for one in recent]


def known_notices(reference: str, ctx: Context[Any]) -> list[Notice]:
    records = ctx.facts.records
    return notices_of(records.get(KIND, normal_reference(reference)) if records else None)


class Change(NamedTuple):
    """Why a collection is not as it was notified: `what` is first, date or amount."""

    what: str
    sentence: str


def changed(
    notices: Sequence[Notice], day: date, pence: int, calendar: Calendar, repeats: Repeats
) -> Change | None:
    """What is new about a collection on a day; None where the tenant was told of it."""
    if not notices:
        return Change("first", "no notice of it was given")
    told = _governing(notices, day)
    if told is None:
        return Change("date", f"it comes before the notified {notices[0].day}")
    notified = _occurrence(told.day, day, repeats)
    if day > calendar.add_working_days(calendar.add_working_days(notified, 0), LATEST):
        return Change("date", f"it comes more than {LATEST} working days after the notified {notified}")
    if told.pence != pence:
        return Change("amount", f"the notified amount is {format_pounds(told.pence)}")
    return None


def late(notices: Sequence[Notice], day: date, calendar: Calendar, options: NoticeOptions) -> str | None:
    """Why the notice of a collection did not come in time; None where it did, or there is none."""
    told = _governing(notices, day)
    if told is None:
        return None
    notified = _occurrence(told.day, day, options.notice_repeats)
    if told.told_on <= calendar.add_working_days(notified, -options.notice_days):
        return None
    return (
        f"its notice left on {told.told_on}, fewer than {options.notice_days} working days before {notified}"
    )


def _governing(notices: Sequence[Notice], day: date) -> Notice | None:
    """The last notice that begins by the day."""
    begun = [one for one in notices if one.day <= day]
    return begun[-1] if begun else None


def _occurrence(first: date, day: date, repeats: Repeats) -> date:
    """The last day up to `day` on which a series that began on `first` comes round.

    >>> _occurrence(date(2026, 1, 31), date(2026, 3, 2), "monthly")
    datetime.date(2026, 2, 28)
    >>> _occurrence(date(2026, 1, 5), date(2026, 1, 20), "weekly")
    datetime.date(2026, 1, 19)
    """
    if repeats == "none":
        return first
    if repeats != "monthly":
        return first + timedelta(days=(day - first).days // _DAYS[repeats] * _DAYS[repeats])
    this = _in_month(first, day.year, day.month)
    before = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return this if this <= day else _in_month(first, *before)


def _in_month(first: date, year: int, month: int) -> date:
    return date(year, month, min(first.day, monthrange(year, month)[1]))
