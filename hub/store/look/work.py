"""What people must do, and what should have happened by when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select

from hub.model import PromiseState, WorkKind, WorkState
from hub.store.look.seen import Seen, asked, unknown, visible
from hub.store.rows import PromiseRow, WorkRow
from hub.store.schema import promise, worklist

UNDONE = (WorkState.OPEN, WorkState.TAKEN)

_WORK = select(worklist).where(visible(worklist)).order_by(worklist.c.made_at, worklist.c.id)
_ONE = select(worklist).where(worklist.c.id == bindparam("work"), visible(worklist))
_PROMISES = select(promise).where(visible(promise)).order_by(promise.c.due_at, promise.c.id)


_before = worklist.alias("before")


def _follows(id: str) -> ColumnElement[bool]:
    since = select(_before.c.made_at).where(_before.c.id == id).scalar_subquery()
    return or_(worklist.c.made_at > since, and_(worklist.c.made_at == since, worklist.c.id > id))


def _about_kind(table: Table, kind: str) -> list[ColumnElement[bool]]:
    """The sign after a colon ends what begins so."""
    id = table.c.subject_id
    return [table.c.subject == "record", id >= f"{kind}:", id < f"{kind};"]


class SeenWork(Seen):
    def worklist(
        self,
        *,
        kinds: Collection[WorkKind] = tuple(WorkKind),
        states: Collection[WorkState] = UNDONE,
        owner: str | None = None,
        subject: tuple[str, str] | None = None,
        of_kind: str | None = None,
        after: str | None = None,
        limit: int | None = 50,
    ) -> list[WorkRow]:
        """What there is to do, the oldest first. `subject`: only what is about that row (table, id);
        `of_kind`: about records of that kind; `after`: only what follows the entry of that id (the next
        page)."""
        about, id = subject or (None, None)
        wanted = asked({worklist.c.owner: owner, worklist.c.subject: about, worklist.c.subject_id: id})
        if of_kind is not None:
            wanted += _about_kind(worklist, of_kind)
        if after is not None:
            wanted.append(_follows(after))
        found = _WORK.where(worklist.c.kind.in_(kinds), worklist.c.state.in_(states), *wanted).limit(limit)
        return [WorkRow(**row._mapping) for row in self._rows(found)]

    def work(self, id: str) -> WorkRow:
        """One entry of the worklist. Raises UsageError when there is none of that id."""
        row = self._row(_ONE, work=id)
        if row is None:
            raise unknown("worklist entry", id, "worklist")
        return WorkRow(**row._mapping)

    def promises(
        self,
        *,
        states: Collection[PromiseState] = (PromiseState.OPEN,),
        due_from: datetime | None = None,
        due_before: datetime | None = None,
        subject: tuple[str, str] | None = None,
        of_kind: str | None = None,
        limit: int | None = 50,
    ) -> list[PromiseRow]:
        """Promises, those due first at the top. `subject`: only what is about that row (table, id);
        `of_kind`: about records of that kind."""
        about, id = subject or (None, None)
        wanted = asked({promise.c.subject: about, promise.c.subject_id: id})
        if of_kind is not None:
            wanted += _about_kind(promise, of_kind)
        if due_from is not None:
            wanted.append(promise.c.due_at >= due_from)
        if due_before is not None:
            wanted.append(promise.c.due_at < due_before)
        found = _PROMISES.where(promise.c.state.in_(states), *wanted).limit(limit)
        return [PromiseRow(**row._mapping) for row in self._rows(found)]
