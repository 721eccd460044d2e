"""Money in suspense as people are shown it: with its age and what is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hub.clock.now import local_date
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
    proposed = {row.subject_id: row for row in look.worklist(kinds=(WorkKind.SUSPENSE,), limit=None)}
    after = ""
    while rows := look.suspense(after=after, limit=PAGE):
        for row, came_in in rows:
            yield Suspended(row, (today - local_date(came_in)).days, proposed.get(row.id))
        after = rows[-1][0].id
