"""Find a reference: every item of every feed under it, in the order of time.

It is asked for by POST, so that nothing personal is ever in an address, a log or the history of a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from hub.console.here import Here, Looks
from hub.console.marks import lines, small, state, transfer_link
from hub.console.wording import day, in_order, on_screen, pounds
from hub.engine.finding import Sighting, find_everywhere
from hub.fields import nino

NAV = ("Find", "/find")
router = APIRouter()
MOST = 200
Text = Annotated[str, Form()]


@router.get("/find")
def ask(here: Looks) -> Response:
    return here.page("find.html", **_asked())


@router.post("/find")
def find(here: Looks, reference: Text = "") -> Response:
    """What was looked for is shown again, and kept nowhere."""
    text = " ".join(reference.split())[:128]
    if not text:
        return here.page("find.html", 400, **_asked(problem="Enter what you look for"))
    with here.look() as look:
        found = find_everywhere(look, text, MOST)
    asked = nino.format(text) if nino.is_valid(text) else text
    cut = "the newest of them, " if len(found) >= MOST else ""
    told = in_order(len(found), "item", f"{cut}the oldest first")
    return here.page("find.html", **_asked(asked, told, [_row(here, one) for one in found]))


def _asked(
    asked: str = "",
    told: str = "",
    rows: Sequence[Sequence[object]] | None = None,
    problem: str | None = None,
) -> dict[str, Any]:
    return {"asked": asked, "summary": told, "rows": rows, "problem": problem}


def _row(here: Here, one: Sighting) -> Sequence[object]:
    item = one.item
    feed = here.services.catalogue.feeds.get(item.feed)
    words: list[object] = [state(item.state.value)]
    words += [small(on_screen(item.reason))] if item.reason else []
    words += [small(f"{said.value}{f': {why}' if why else ''}") for said, why in one.said]
    came = transfer_link(item.transfer_id, "its file") if item.transfer_id else ""
    went = transfer_link(item.batch_id, "what it left with") if item.batch_id else ""
    what = lines([feed.title if feed else item.feed, small(item.kind.replace("_", " ").lower())])
    return (
        day(item.on),
        what,
        lines([item.reference, *([small(item.account)] if item.account else [])]),
        pounds(item.amount),
        lines(words),
        lines([part for part in (came, went) if part]),
    )
