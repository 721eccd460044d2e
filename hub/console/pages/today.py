"""The wall board: what needs a person first, and every promise of the day on its time line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.board import BAD, DUE, GOOD, LOOK, NEXT, Mark, board, drawn
from hub.console.here import Looks
from hub.console.marks import link, nowrap, tag
from hub.console.pages.records import RECORD, record_address
from hub.console.wording import clock, moment, on_screen
from hub.console.work_parts import KINDS
from hub.engine.overdue import Due, overdue
from hub.engine.status import is_running
from hub.model import WorkKind

NAV = ("Today", "/")
router = APIRouter()
RENEWED = 60
"""Seconds after which the page is asked for again, while somebody wants it so."""
SHOWN = 12
"""Late things that the board names one by one."""
_TAGS = {GOOD: "green", DUE: "blue", LOOK: "yellow", BAD: "red", NEXT: "grey"}
_WORK = {
    "transfer": "/transfers/{id}",
    "route": "/routes/{id}",
    "endpoint": "/endpoints/{id}",
    "item": "/items/{id}",
}


@router.get("/")
def today(here: Looks, renew: str = "") -> Response:
    """`renew`: for a screen on the wall, which nobody touches."""
    services = here.services
    with here.look() as look:
        late = overdue(services, look)
        entries = look.worklist(limit=None)
        shown = board(here, look)
    counts = Counter(entry.kind for entry in entries)
    page = here.page(
        "today.html",
        renew=bool(renew),
        board=shown,
        drawn=drawn(shown),
        first=[_late(due) for due in late if due.late][:SHOWN],
        late=sum(due.late for due in late),
        soon=[_late(due) for due in late if not due.late][:SHOWN],
        work=[(KINDS[kind][0], counts[kind], f"/worklist#{kind.value}") for kind in KINDS if counts[kind]],
        marks=[_row(mark) for mark in shown.marks],
        running=is_running(services) if here.console.health is not None else True,
    )
    if renew:
        page.headers["Refresh"] = str(RENEWED)
    return page


def _late(due: Due) -> Sequence[object]:
    href = _href(due)
    what = on_screen(due.what)
    return nowrap(moment(due.due_at)), link(href, what) if href else what, due.owner


def _href(due: Due) -> str | None:
    if due.subject in _WORK:
        return _WORK[due.subject].format(id=due.subject_id)
    if due.subject == RECORD:
        return record_address(*due.subject_id.split(":", 1))
    return "/worklist" if due.subject in [kind.value for kind in WorkKind] else None


def _row(mark: Mark) -> Sequence[object]:
    what = link(mark.href, mark.what) if mark.href else mark.what
    return clock(mark.at), mark.row, what, tag(mark.how.capitalize(), _TAGS[mark.kind])
