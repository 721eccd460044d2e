"""A transfer: its story, what it is made of, what may be done about it, whether it is safe to run again."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from hub.config.people import Right
from hub.console import transfer_parts as parts
from hub.console.here import Here, Looks, May, words
from hub.console.marks import route_link, told_state, transfer_link
from hub.console.wording import count, day, moment, on_screen, pounds, size
from hub.console.work_parts import works
from hub.engine.explain import Act, legal_acts, safe_again
from hub.engine.notes import ask_partner, note
from hub.engine.unmask import unmask, unmasked_until
from hub.model import WorkKind, WorkState
from hub.store.rows import TransferView

NAV = None
router = APIRouter()
ITEMS, MOST = 50, 10_000_000
OBJECTIONS = 50
"""Of what the partner did not accept: so many are named; the items say the rest."""
Text = Annotated[str, Form()]
Notes = Annotated[Here, Depends(May(Right.NOTE))]
Unmasks = Annotated[Here, Depends(May(Right.UNMASK))]


@router.get("/transfers/{id}")
def transfer(here: Looks, id: str, items_from: int = 0) -> Response:
    with here.look() as look:
        view = look.transfer(id, items=False)
        start = min(max(items_from, 0), MOST)
        shown = look.items_first(id, start=start, limit=ITEMS)
        said = look.said_of([item.id for item in shown])
        queries = look.worklist(
            kinds=(WorkKind.TASK,), states=tuple(WorkState), subject=("transfer", id), limit=None
        )
    until = unmasked_until(here.services, here.person.row, id)
    row = view.transfer
    number = sum(items for items, _ in view.money.values())
    more = start + ITEMS < number
    return here.page(
        "transfer.html",
        view=view,
        row=row,
        state=told_state(row, [delivery.state for delivery in view.deliveries]),
        facts=_facts(here, view),
        reason=on_screen(row.reason) if row.reason else "",
        safe=safe_again(view),
        acts=legal_acts(here.services, view),
        Act=Act,
        money=parts.money_rows(view),
        totals=parts.totals_rows(row.summary),
        findings=parts.finding_rows(view.findings),
        not_checked=sorted(row.summary.get("not_checked", {}).items()),
        items=parts.item_rows(shown, said, unmasked=until is not None),
        items_told=f"{count(number, 'item')}"
        + (f", {start + 1} to {start + len(shown)}" if number > ITEMS else ""),
        older=f"/transfers/{id}?{urlencode({'items_from': start + ITEMS})}#items" if more else None,
        newer=f"/transfers/{id}#items" if start else None,
        deliveries=parts.delivery_rows(view.deliveries),
        answered=parts.answered_words(view),
        objections=parts.objection_rows(view.objections[:OBJECTIONS]),
        objections_more=max(len(view.objections) - OBJECTIONS, 0),
        children=[
            (transfer_link(child.id, child.name), told_state(child, states), f"{child.records:,}")
            for child, states in view.children
        ],
        story=parts.story_rows(view.events, view.names),
        work=works(here, view.work),
        queries=[entry for entry in queries if "question" in entry.proposal],
        until=until,
    )


def _facts(here: Here, view: TransferView) -> list[tuple[str, Any]]:
    row = view.transfer
    feed = here.services.catalogue.feeds.get(row.feed) if row.feed else None
    return [
        ("Route", route_link(row.route)),
        ("Partner", row.partner),
        ("What it is", f"{feed.title} ({row.feed})" if feed else row.feed or "not recognised"),
        ("Came in", transfer_link(view.parent.id, view.parent.name) if view.parent else None),
        ("Found", moment(row.found_at)),
        ("Business date", day(row.business_date)),
        ("Its own number", row.identity),
        ("Records", f"{row.records:,}"),
        ("Value", pounds(row.value)),
        ("Size", size(row.size)),
        ("SHA-256", row.blob),
        ("Released by", row.approved_by),
        ("Let go of", f"{moment(row.purged_at)}: past its keep" if row.purged_at else None),
    ]


@router.post("/transfers/{id}/note")
def note_it(here: Notes, id: str, text: Text = "") -> Response:
    note(here.services, id, text)
    return here.done(f"/transfers/{id}#story", "The note is in the history.")


@router.post("/transfers/{id}/query")
def query_it(here: Notes, id: str, text: Text = "") -> Response:
    entry = ask_partner(here.services, id, text)
    return here.done(
        f"/transfers/{id}#queries", f"The question is on the worklist of {entry.owner} until it is answered."
    )


@router.post("/transfers/{id}/unmask")
def unmask_it(here: Unmasks, id: str, reason: Text = "") -> Response:
    until = unmask(here.services, here.person.row, id, words(reason, "Say what for"))
    return here.done(
        f"/transfers/{id}#items", f"You see the personal values of this transfer until {moment(until)}."
    )
