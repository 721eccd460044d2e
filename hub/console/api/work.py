"""The worklist: what somebody must do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from hub.console.api import shapes
from hub.console.api.asking import Looks
from hub.console.api.look import Cursor, Id, Limit
from hub.console.api.problem import told_problems
from hub.model import WorkKind, WorkState
from hub.store.look.work import UNDONE

router = APIRouter()


@router.get("/worklist")
def worklist(
    caller: Looks,
    kind: Annotated[WorkKind | None, Query()] = None,
    state: Annotated[WorkState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> shapes.Page[shapes.Work]:
    """What is to be done, or what is in a state; the oldest first."""
    kinds, states = ((kind,) if kind else tuple(WorkKind)), ((state,) if state else UNDONE)
    with caller.look() as look:
        found = look.worklist(kinds=kinds, states=states, after=cursor, limit=limit + 1)
    rows = [shapes.Work.of(entry) for entry in found[:limit]]
    return shapes.Page(data=rows, next=rows[-1].id if len(found) > limit else None)


@router.get("/worklist/{id}", responses=told_problems(404))
def entry(caller: Looks, id: Id) -> shapes.Work:
    with caller.look() as look:
        return shapes.Work.of(look.work(id))
