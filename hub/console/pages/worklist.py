"""The worklist in its kinds, and each entry with what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.config.people import Right
from hub.console.here import Here, Looks, May, words
from hub.console.listed import facts
from hub.console.marks import link, nowrap, state, transfer_link
from hub.console.pages.cases import count_open, worked
from hub.console.pages.records import RECORD, record_address
from hub.console.pages.transfer_acts import agreed_totals, decided
from hub.console.wording import count, day, moment, pounds, told_pounds
from hub.console.work_parts import KINDS, Work, work, works
from hub.errors import UsageError
from hub.model import ItemState, WorkKind, WorkState
from hub.store.look import Look
from hub.store.look.items import Group
from hub.store.rows import WorkRow

NAV = ("Worklist", "/worklist")
router = APIRouter()
Text = Annotated[str, Form()]
Releases = Annotated[Here, Depends(May(Right.RELEASE))]
Tasks = Annotated[Here, Depends(May(Right.TASK))]
_COLUMNS: Mapping[WorkKind, Sequence[str]] = {
    WorkKind.RELEASE: ("File", ">Records", ">Value", "From", "Since", "Owner"),
    WorkKind.AGREE: ("What", ">Count", ">Value", "Proposed by", "Since", "Owner"),
    WorkKind.SUSPENSE: ("What", "Account", "Proposed by", "Since", "Owner"),
}
_BY = {
    WorkKind.RELEASE: "Handed in by",
    WorkKind.AGREE: "Proposed by",
    WorkKind.SUSPENSE: "Proposed by",
}
_USUAL = ("What", "Since", "Owner", "Taken by")


@router.get("/worklist")
def worklist(here: Looks, mine: str = "") -> Response:
    """`mine`: only what who looks could do now."""
    with here.look() as look:
        found = works(here, look.worklist(limit=None))
        waiting = look.groups_that_are((ItemState.SUSPENDED,))
        worked_through = [(life, count_open(look, life)) for life in worked(here)]
    shown = [one for one in found if one.may or not mine]
    sections = []
    for kind, (title, explains) in KINDS.items():
        of_kind = [one for one in shown if one.row.kind is kind]
        rows = [_line(one) for one in of_kind]
        sections.append((kind.value, title, explains, _COLUMNS.get(kind, _USUAL), rows))
    return here.page(
        "worklist.html",
        mine=bool(mine),
        total=len(shown),
        sections=[section for section in sections if section[4]],
        suspense=_sum(waiting) if waiting else "",
        worked=[(life.title, f"{number:,}", f"/worklist/of/{life.kind}") for life, number in worked_through],
    )


def _sum(groups: Sequence[Group]) -> str:
    items, pence = sum(group.items for group in groups), sum(group.pence for group in groups)
    return f"{count(items, 'item')}, {pounds(pence)}"


def _line(one: Work) -> Sequence[object]:
    row, asked = one.row, one.row.proposal
    what = link(f"/worklist/{row.id}", one.title)
    since = nowrap(moment(row.made_at))
    by = "the hub" if row.proposed_by == "hub" else row.proposed_by
    if row.kind in (WorkKind.RELEASE, WorkKind.AGREE):
        return what, asked.get("count", ""), told_pounds(asked.get("value")), by, since, row.owner
    if row.kind is WorkKind.SUSPENSE:
        return what, asked.get("account", ""), by, since, row.owner
    return what, since, row.owner, row.taken_by or ""


@router.get("/worklist/{id}")
def entry(here: Looks, id: str) -> Response:
    with here.look() as look:
        row = look.work(id)
        known = _known(here, look, row)
        events = look.events(row.subject, row.subject_id)
    one = work(here, row)
    return here.page(
        "entry.html",
        one=one,
        row=row,
        facts=_facts(one),
        known=known,
        over=row.state not in (WorkState.OPEN, WorkState.TAKEN),
        taken=row.state is WorkState.TAKEN and row.taken_by == here.viewer.login,
        handed_in=[event for event in events if event.kind == "work_asked"][-1:],
    )


def _known(here: Here, look: Look, row: WorkRow) -> list[tuple[str, object]]:
    """What one decides by, where it is about a record that is worked through."""
    kind, _, key = row.subject_id.partition(":")
    life = here.services.catalogue.lifecycles.get(kind)
    if row.subject != RECORD or life is None or not life.listed:
        return []
    record = look.record(kind, key)
    return [("State", state(record.state)), *facts(life, record)]


def _record(row: WorkRow) -> object:
    """What it is about, where that is a record."""
    kind, _, key = row.subject_id.partition(":")
    return link(record_address(kind, key), key) if row.subject == RECORD else None


def _day(told: object) -> str:
    return day(date.fromisoformat(str(told))) if told else ""


def _facts(one: Work) -> list[tuple[str, object]]:
    row, asked = one.row, one.row.proposal
    return [
        ("Transfer", transfer_link(one.transfer, "Show it") if one.transfer else None),
        ("Record", _record(row)),
        ("For", row.owner),
        ("Since", moment(row.made_at)),
        (_BY.get(row.kind, "Asked by"), "the hub" if row.proposed_by == "hub" else row.proposed_by),
        ("Why", asked.get("reason")),
        ("Business date", _day(asked.get("business_date"))),
        ("Account proposed", asked.get("account")),
        ("Taken by", row.taken_by),
        ("Closed by", f"{row.closed_by}, {moment(row.closed_at)}" if row.closed_by else None),
        ("Answer", ", ".join(str(value) for value in row.answer.values()) or None),
        ("Reason given", row.reason),
    ]


@router.post("/worklist/{id}/release")
def release(here: Releases, id: str, reason: Text = "", count: Text = "", value: Text = "") -> Response:
    why, agreed = words(reason), agreed_totals(count, value)
    held = _standing(here, id, WorkKind.RELEASE).subject_id
    return decided(here, f"/transfers/{held}", lambda: here.hub.acts.release(held, why, agreed))


@router.post("/worklist/{id}/agree")
def agree(here: Releases, id: str, reason: Text = "") -> Response:
    done = here.hub.agreements.agree(id, words(reason))
    return here.done("/worklist", f"Agreed: {done.title}. The next run of {done.answer['route']} does it.")


@router.post("/worklist/{id}/refuse")
def refuse(here: Releases, id: str, reason: Text = "") -> Response:
    """Not let go, so that it is withdrawn; or not agree."""
    why = words(reason)
    with here.look() as look:
        row = look.work(id)
    if row.kind is WorkKind.AGREE:
        refused = here.hub.agreements.refuse(id, why)
        return here.done("/worklist", f"Not agreed: {refused.title}. Nothing was done.")
    held = _standing(here, id, WorkKind.RELEASE).subject_id
    return decided(here, f"/transfers/{held}", lambda: here.hub.acts.refuse(held, why))


@router.post("/worklist/{id}/answer")
def answer(here: Tasks, id: str, answer: Text = "", reason: Text = "") -> Response:
    said = words(answer, "Write the answer down, or choose one")
    closed = here.hub.worklist.answer(id, said, reason.strip() or None)
    return here.done("/worklist", f"Written down: {closed.title}")


def _standing(here: Here, id: str, kind: WorkKind) -> WorkRow:
    row = here.hub.worklist.entry(id, kind)
    if row.state not in (WorkState.OPEN, WorkState.TAKEN):
        raise UsageError("That is over already. Nothing was done.")
    return row


@router.get("/approvals")
def approvals(here: Looks) -> Response:
    """Where people look for it."""
    return RedirectResponse(f"/worklist#{WorkKind.RELEASE.value}", 303)
