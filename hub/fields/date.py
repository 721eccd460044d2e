"""Calendar dates from 1900 on, by default as ISO 8601 writes them.

>>> validate("2026-11-30"), validate("30/11/2026", layout="%d/%m/%Y"), format("2026-11-30")
('2026-11-30', '2026-11-30', '30 November 2026')
>>> [is_valid(text) for text in ("2026-02-30", "2026-2-03", "0006-06-04", "46356")]
[False, False, False, False]
"""

from __future__ import annotations

from datetime import date, datetime

from hub.fields.problem import FieldProblem, passes

ISO = "%Y-%m-%d"


def compact(text: str) -> str:
    return text.strip()


def validate(text: str, *, layout: str = ISO) -> str:
    """The date in ISO form. `layout` is how the text is written."""
    return _day(text, layout).isoformat()


def is_valid(text: str, *, layout: str = ISO) -> bool:
    return passes(lambda: validate(text, layout=layout))


def format(text: str) -> str:
    day = _day(text, ISO)
    return f"{day.day} {day:%B %Y}"


def _day(text: str, layout: str) -> date:
    written = compact(text)
    try:
        day = datetime.strptime(written, layout).date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        day = None
    if day is None or day.strftime(layout) != written or day.year < 1900:
        told = layout.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")
        raise FieldProblem(f"expected a calendar date from 1900 on, written {told}")
    return day
