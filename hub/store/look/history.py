"""History, runs and counters."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from hub.config.people import HUB_LOGIN
from hub.store.look.seen import Seen, asked, visible
from hub.store.queries.events import EVENTS, event_of, event_row
from hub.store.rows import CounterRow, EventRow, RunRow
from hub.store.schema import BY_PEOPLE, counter, event, run

_EVENTS = EVENTS.where(
    event.c.subject == bindparam("subject"), event.c.subject_id == bindparam("subject_id"), visible(event)
).order_by(event.c.number)
_WHAT_PEOPLE_DID = EVENTS.add_columns(event.c.id).where(visible(event)).order_by(event.c.id.desc())
_RUNS = (
    select(run)
    .where(run.c.route == bindparam("route"), visible(run))
    .order_by(run.c.id.desc())
    .limit(bindparam("limit"))
)
_COUNTERS = select(counter).where(visible(counter)).order_by(counter.c.scope)


class SeenHistory(Seen):
    def events(self, subject: str, subject_id: str) -> list[EventRow]:
        """A subject's history, oldest first."""
        rows = self._rows(_EVENTS, subject=subject, subject_id=subject_id)
        return [event_row(row) for row in rows]

    def newest_events(
        self,
        *,
        who: str | None = None,
        of_people: bool = False,
        subject_id: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[tuple[int, EventRow]]:
        """Events with their place in all history, the newest first. `of_people`: none of the hub's own doing;
        `before`: only older ones (the next page)."""
        wanted = asked({event.c.who: who, event.c.subject_id: subject_id})
        if of_people or who not in (None, HUB_LOGIN):
            wanted.append(BY_PEOPLE)
        if before is not None:
            wanted.append(event.c.id < before)
        rows = self._rows(_WHAT_PEOPLE_DID.where(*wanted).limit(limit))
        return [(row.id, event_of(row)) for row in rows]

    def runs(self, route: str, *, limit: int = 50) -> list[RunRow]:
        """The runs of a route, newest first."""
        return [RunRow(**row._mapping) for row in self._rows(_RUNS, route=route, limit=limit)]

    def counters(self) -> list[CounterRow]:
        return [CounterRow(**row._mapping) for row in self._rows(_COUNTERS)]
