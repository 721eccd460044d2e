"""Records that people work through to an outcome, such as matches and cases: what is open of a kind, with
what somebody decides by, the nearest date first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from hub.clock.now import local_date
from hub.console.here import Here, Looks
from hub.console.listed import cells, last_day, titles
from hub.console.marks import lines, link, state, tag
from hub.console.pages.records import record_address
from hub.console.wording import day, in_order, name_words, on_screen
from hub.door.lifecycle import Lifecycle
from hub.errors import Unknown
from hub.model import PromiseState
from hub.store.look import Look
from hub.store.rows import WorkRow

NAV = None
router = APIRouter()
PAGE, MOST = 50, 2_000
"""Rows of a page; records that are put in the order of their dates."""


def worked(here: Here) -> list[Lifecycle]:
    """The kinds that people work through, as far as who looks may know of them."""
    lives = here.services.catalogue.lifecycles.values()
    found = [life for life in lives if life.listed and here.viewer.knows(None, life.compartment)]
    return sorted(found, key=lambda life: life.title)


def open_states(life: Lifecycle) -> list[str]:
    return [one for one in life.states if not life.has_ended(one)]


@router.get("/worklist/of/{kind}")
def cases(here: Looks, kind: str, in_state: str = "", start: int = 0) -> Response:
    life = next((life for life in worked(here) if life.kind == kind), None)
    if life is None:
        raise Unknown("There is no such kind of record that is worked through.")
    states = [in_state] if in_state in life.states else open_states(life)
    first = min(max(start, 0), MOST)
    with here.look() as look:
        found = look.records(kind, states=states, limit=MOST + 1)
        dates, asked = _dates(look, kind), _asked(look, kind)
    due = {one.key: dates.get(one.key) or last_day(life, one) for one in found}
    ordered = sorted(found[:MOST], key=lambda one: (due[one.key] or date.max, one.key))
    shown = ordered[first : first + PAGE]
    kept = {"in_state": in_state} if in_state else {}
    more = first + PAGE < len(ordered)
    address, today = f"/worklist/of/{kind}", here.services.local(here.services.clock.now())
    return here.page(
        "cases.html",
        title=life.title,
        address=address,
        in_state=in_state,
        states=[("", "All that are open"), *((one, name_words(one)) for one in life.states)],
        columns=["What", "State", "Next date", *titles(life), "To do"],
        rows=[
            (
                link(record_address(kind, one.key), one.key),
                state(one.state),
                _date(due[one.key], today),
                *cells(life, one),
                lines(link(f"/worklist/{entry.id}", on_screen(entry.title)) for entry in asked[one.key]),
            )
            for one in shown
        ],
        summary=in_order(len(ordered), "record", "the nearest date first")
        + (f"; these are the first {MOST:,}" if len(found) > MOST else ""),
        older=f"{address}?{urlencode({**kept, 'start': first + PAGE})}" if more else None,
        newer=f"{address}?{urlencode(kept)}" if first else None,
    )


def _dates(look: Look, kind: str) -> Mapping[str, date]:
    """The first date that each record has promised and not kept."""
    found: dict[str, date] = {}
    waiting = (PromiseState.OPEN, PromiseState.BROKEN)
    for one in look.promises(states=waiting, of_kind=kind, limit=None):  # the first due comes first
        found.setdefault(one.subject_id.partition(":")[2], local_date(one.due_at))
    return found


def _asked(look: Look, kind: str) -> Mapping[str, Sequence[WorkRow]]:
    """What people are asked about each."""
    found: defaultdict[str, list[WorkRow]] = defaultdict(list)
    for entry in look.worklist(of_kind=kind, limit=None):
        found[entry.subject_id.partition(":")[2]].append(entry)
    return found


def _date(due: date | None, today: date) -> object:
    if due is None:
        return ""
    return lines([day(due), tag("Late", "red")]) if due < today else day(due)


def count_open(look: Look, life: Lifecycle) -> int:
    return look.count_records(life.kind, open_states(life))
