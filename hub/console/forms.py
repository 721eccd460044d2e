"""What people write into fields, as values. All raise UsageError with what was expected."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime

from hub.clock.now import LONDON
from hub.errors import UsageError


def whole_of(text: str, expected: str) -> int:
    """A number as people write it: 1,204."""
    figures = text.strip().replace(",", "")
    if not (figures.isascii() and figures.isdigit() and len(figures) < 16):
        raise UsageError(expected)
    return int(figures)


def pence_of(text: str, expected: str) -> int:
    """An amount as people write it: £1,204, -12.50."""
    amount = re.sub(r"[£,\s]", "", text).replace("−", "-")
    if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{2})?", amount) is None:
        raise UsageError(expected)
    pounds, _, pence = amount.partition(".")
    return int(pounds + (pence or "00"))


def day_of(text: str) -> date | None:
    """A date as browsers and people write it; None for a blank."""
    written = text.strip()
    if not written:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"):
        with suppress(ValueError):
            return datetime.strptime(written, form).replace(tzinfo=LONDON).date()
    raise UsageError(f"“{written}” is not a date; write it as 31/01/2026")


def moment_of(day: str, time: str) -> datetime:
    """A date and a time of council clocks."""
    on = day_of(day)
    if on is None:
        raise UsageError("Enter the day")
    with suppress(ValueError):
        at = datetime.strptime(time.strip() or "00:00", "%H:%M").replace(tzinfo=LONDON).time()
        return datetime.combine(on, at, LONDON)
    raise UsageError(f"“{time}” is not a time of day; write it as 14:30")
