"""Routes and their runs, and whether the hub is well."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from fastapi import APIRouter

from hub.config.routes import Route
from hub.console.api import shapes
from hub.console.api.asking import Caller, Looks
from hub.console.api.look import Id, Limit
from hub.console.api.problem import told_problems
from hub.engine.status import status
from hub.model import PromiseState
from hub.store.look import Look

router = APIRouter()
_AHEAD = timedelta(days=14)


@router.get("/routes")
def routes(caller: Looks) -> list[shapes.RouteOut]:
    """In the order of their names."""
    with caller.look() as look:
        return [_shape(caller, look, route) for _, route in sorted(caller.routes.items())]


@router.get("/routes/{id}", responses=told_problems(404))
def route(caller: Looks, id: Id) -> shapes.RouteOut:
    found = caller.route(id)
    with caller.look() as look:
        return _shape(caller, look, found)


@router.get("/routes/{id}/runs", responses=told_problems(404))
def runs(caller: Looks, id: Id, limit: Limit = 50) -> list[shapes.Run]:
    """The newest first."""
    found = caller.route(id)
    with caller.look() as look:
        return [shapes.Run.of(run) for run in look.runs(found.id, limit=limit)]


@router.get("/health")
def health(caller: Looks) -> shapes.Health:
    """Whether the hub works unattended, and what waits, as far as the person may know of it."""
    standing = status(caller.hub.services)
    with caller.look() as look:
        work = Counter(entry.kind.value for entry in look.worklist(limit=None))
        late = len(look.promises(states=(PromiseState.BROKEN,), limit=None))
    return shapes.Health(
        running=standing.running,
        looked_until=standing.looked,
        waiting=len(standing.waiting),
        late=late,
        work=dict(work),
    )


def _shape(caller: Caller, look: Look, route: Route) -> shapes.RouteOut:
    due = caller.console.ahead(_AHEAD).get(route.id, ())
    paused = {(pause.kind, pause.name) for pause in look.pauses(caller.hub.services.clock.now())}
    return shapes.RouteOut(
        id=route.id,
        partner=route.partner,
        owner=route.owner,
        mode=route.mode,
        feeds=list(route.feeds),
        after=list(route.after),
        paused=("route", route.id) in paused,
        next=due[0].at if due else None,
    )
