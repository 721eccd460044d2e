"""Audit: what people did, everything that happened, and whether the history is as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from hub.config.people import Right
from hub.console.here import Here, Looks, May
from hub.console.marks import lines, link, nowrap, route_link, small, transfer_link
from hub.console.pages.records import record_address
from hub.console.transfer_parts import more_of
from hub.console.wording import count, event_words, moment, name_words
from hub.engine.audit import Verified, last_seal, verify
from hub.model import Compartment
from hub.store.rows import EventRow

NAV = ("Audit", "/audit")
router = APIRouter()
PAGE = 50
SHOWN = 50
Files = Mapping[str, tuple[str, str]]
Audits = Annotated[Here, Depends(May(Right.AUDIT))]


@router.get("/audit")
def audit(here: Looks, who: str = "", about: str = "", everything: str = "", before: int = 0) -> Response:
    asked = {"who": who.strip(), "about": about.strip(), "everything": everything}
    with here.look() as look:
        found = look.newest_events(
            who=asked["who"] or None,
            subject_id=asked["about"] or None,
            of_people=not (everything or asked["who"] or asked["about"]),
            before=before or None,
            limit=PAGE + 1,
        )
        files = look.files({event.subject_id for _, event in found})
    shown = found[:PAGE]
    kept = {name: value for name, value in asked.items() if value}
    more = len(found) > PAGE
    return here.page(
        "audit.html",
        asked=asked,
        rows=[_row(event, files) for _, event in shown],
        older=f"/audit?{urlencode({**kept, 'before': shown[-1][0]})}" if more else None,
        newer=f"/audit?{urlencode(kept)}" if before else None,
        seal=last_seal(here.services),
    )


def _row(event: EventRow, files: Files) -> Sequence[object]:
    who = "the hub" if event.who == "hub" else event.who
    what = lines([event_words(event.kind), small(_about(event, files))])
    return nowrap(moment(event.at)), nowrap(who), what, more_of(event)


def _about(event: EventRow, files: Files) -> object:
    """What it is about, by the name that people know it by."""
    if event.subject_id in files:
        return transfer_link(*files[event.subject_id])
    if event.subject == "item":
        return link(f"/items/{event.subject_id}", "an item")
    if event.subject == "record":
        kind, _, key = event.subject_id.partition(":")
        return link(record_address(kind, key), f"{name_words(kind)} {key}")
    if event.subject == "route":
        return route_link(event.subject_id)
    if event.subject == "endpoint":
        return link(f"/endpoints/{event.subject_id}", event.subject_id)
    return f"{event.subject} {event.subject_id}"


@router.post("/audit/verify")
def verify_now(here: Audits) -> Response:
    """Every entry, seal and copy is looked at. A long history goes on in the background; the verdict is an
    event of it then."""
    found = here.console.work("verifying the history", lambda: _verified(here))
    if found is None:
        said = "The history is long: it is looked at in the background. The verdict will be listed here."
        return here.done("/audit", said)
    broken = [one.sentence(here.viewer) for one in found.broken[:SHOWN]]
    return here.page("verified.html", found=found, broken=broken)


def _verified(here: Here) -> Verified:
    found = verify(here.services, lambda what, done, total: None)
    places = count(len(found.broken), "place")
    verdict = f"{places} not as written" if found.broken else "all as they were written"
    told = {"entries": found.entries, "verdict": verdict}
    here.services.note("hub", "audit", "verified", told, Compartment.OPEN, here.viewer.login)
    return found
