"""A layout that changes from a day on: its versions are held, and the one that holds is used.

What leaves is in the version of its business date; what comes, in that of the day which its own header tells,
else of the day on which it is worked. Source: debt_agency.md, section 4 ("with version and effective dates").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from itertools import combinations
from typing import Any, BinaryIO

from hub.api import Chunk
from plugins.debt_agency.canonical import HEADER
from plugins.debt_agency.mapping import Reading
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.presets import by_name
from plugins.debt_agency.types import DAY

_HEAD = 65_536


def versions(value: Any) -> Any:
    """One layout or several, each written out or named, as a tuple of them."""
    if value is None:
        return ()
    return tuple(by_name(one) for one in (value if isinstance(value, list | tuple) else (value,)))


def clashes(layouts: Sequence[AgencyLayout]) -> Iterator[str]:
    """Why nobody could say which of several holds, a sentence each."""
    for one, other in combinations(layouts, 2):
        if one.kind != other.kind:
            yield f"{one.layout} is of {one.kind} and {other.layout} of {other.kind}; give each its own route"
        first = max(one.valid_from or date.min, other.valid_from or date.min)
        if one.holds_on(first) and other.holds_on(first):
            day = "any day" if first == date.min else f"{first}"
            yield f"two versions hold on {day}; end one (valid_to) before the other begins (valid_from)"


def on_day(layouts: Sequence[AgencyLayout], day: date) -> AgencyLayout | None:
    """The one that holds; None where none does."""
    return next((one for one in layouts if one.holds_on(day)), None)


def version_of(layouts: Sequence[AgencyLayout], stream: BinaryIO, today: date | None) -> AgencyLayout | None:
    """The one that a content is in; None where none holds on its day. Without a day, the last."""
    head = stream.read(_HEAD)
    stream.seek(0)
    told = [(one, _told_day(one, head)) for one in layouts]
    own = next((one for one, day in told if day is not None and one.holds_on(day)), None)
    if own is not None:
        return own
    day = next((day for _, day in told if day is not None), today)
    return layouts[-1] if day is None else on_day(layouts, day)


def _told_day(layout: AgencyLayout, head: bytes) -> date | None:
    """The business date of its header, as this layout reads it."""
    if HEADER not in layout.frame:
        return None
    for part in Reading(layout).chunks(BytesIO(head)):
        if isinstance(part, Chunk) and part.layout.name == HEADER and len(part):
            text = part.row(0)["business_date"]
            return DAY.read(text) if text.strip() and DAY.fits(text) else None
    return None
