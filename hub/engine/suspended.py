"""Money in suspense as people are shown it: with its age and what is proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.clock.now import local_date, local_instant
from hub.model import WorkKind
from hub.store.look import Look
from hub.store.rows import ItemRow, WorkRow

PAGE = 500
BANDS = ((7, "up to 7 days"), (30, "up to 30 days"), (90, "up to 90 days"))
OLDEST = "more than 90 days"


@dataclass(frozen=True, slots=True)
class Suspended:
    """A suspended item, how many days ago it came in, and what is proposed for it."""

    item: ItemRow
    days: int
    proposed: WorkRow | None

    @property
    def band(self) -> str:
        return next((words for days, words in BANDS if self.days <= days), OLDEST)


def suspended(look: Look, today: date) -> Iterator[Suspended]:
    """All that whoever looks may see, the oldest first."""
    after = ""
    while rows := some_suspended(look, today, after=after, limit=PAGE):
        yield from rows
        after = rows[-1].item.id


def some_suspended(
    look: Look, today: date, *, band: str = "", after: str = "", limit: int
) -> list[Suspended]:
    """The same a page at a time; `band`: only of that age; `after`: only newer than the item of that id."""
    proposed = {row.subject_id: row for row in look.worklist(kinds=(WorkKind.SUSPENSE,), limit=None)}
    came = came_in(today).get(band, (None, None))
    return [
        Suspended(row, (today - local_date(found_at)).days, proposed.get(row.id))
        for row, found_at in look.suspense(came=came, after=after, limit=limit)
    ]


def came_in(today: date) -> Mapping[str, tuple[datetime | None, datetime | None]]:
    """From when until before when the money of each band came in."""
    begins = [local_instant(today - timedelta(days), time()) for days, _ in BANDS]
    names = [*(words for _, words in BANDS), OLDEST]
    return dict(zip(names, zip([*begins, None], [None, *begins], strict=True), strict=True))
