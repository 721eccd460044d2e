"""Routes: what is configured to move, how its runs went, and running, pausing or feeding one now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response

from hub.config.people import Right
from hub.config.routes import Route, Waiting
from hub.console.as_read import as_read
from hub.console.forms import moment_of
from hub.console.here import Here, Looks, May, words
from hub.console.known import routes_of
from hub.console.marks import endpoint_link, lines, link, nowrap, route_link, tag
from hub.console.pages.by_hand import uploaded
from hub.console.transfer_parts import story_rows
from hub.console.wording import count, day, moment, on_screen
from hub.engine.left_alone import left_alone
from hub.engine.local import Hub
from hub.engine.pauses import pause, resume
from hub.engine.report import RunReport
from hub.errors import Unknown, UsageError
from hub.store.rows import RunRow

NAV = ("Routes", "/routes")
router = APIRouter()
RUNS, EVENTS, AHEAD = 20, 20, 5
WITHIN = timedelta(days=14)
"""Runs to come are looked for so far ahead."""
Text = Annotated[str, Form()]
Runs = Annotated[Here, Depends(May(Right.RUN))]
Pauses = Annotated[Here, Depends(May(Right.PAUSE))]
HandsIn = Annotated[Here, Depends(May(Right.HAND_IN))]
_MODES = {"live": ("Live", "green"), "rehearse": ("Rehearses", "yellow"), "off": ("Off", "grey")}
_OUTCOMES = {"done": "green", "failed": "red", "paused": "yellow", "interrupted": "orange"}


@router.get("/routes")
def routes(here: Looks) -> Response:
    services = here.services
    found = routes_of(here)
    with here.look() as look:
        alone = {one.name: one for one in left_alone(services, look) if one.kind == "route"}
        last = {route.id: next(iter(look.runs(route.id, limit=1)), None) for route in found}
    ahead = here.console.ahead(WITHIN)
    rows = []
    for route in found:
        run = last[route.id]
        due = next(iter(ahead.get(route.id, ())), None)
        marks = [tag(*_MODES[route.mode])]
        marks += [tag("Cannot run", "red")] if route.id in services.config.unavailable else []
        marks += [tag("Paused", "yellow")] if route.id in alone else []
        rows.append(
            (
                route_link(route.id),
                route.partner,
                lines(marks),
                _outcome(run) if run else "never",
                nowrap(moment(due.at)) if due else "only when somebody runs it",
                route.owner,
            )
        )
    return here.page("routes.html", rows=rows)


def _outcome(run: RunRow) -> object:
    told = run.outcome or "under way"
    return lines([tag(told.capitalize(), _OUTCOMES.get(told, "blue")), nowrap(moment(run.started_at))])


@router.get("/routes/{id}")
def route(here: Looks, id: str) -> Response:
    found = _known(here, id)
    services = here.services
    unavailable = services.config.unavailable.get(found.id)
    with here.look() as look:
        runs, events = look.runs(found.id, limit=RUNS), look.events("route", found.id)
        alone = [one for one in left_alone(services, look) if one.kind == "route" and one.name == found.id]
    ahead = here.console.ahead(WITHIN).get(found.id, ())[:AHEAD]
    return here.page(
        "route.html",
        route=found,
        mode=tag(*_MODES[found.mode]),
        unavailable=on_screen(unavailable) if unavailable else None,
        alone=[on_screen(one.says) for one in alone],
        paused=bool(alone),
        facts=_facts(found),
        written=as_read(services.config, found),
        ahead=[f"{moment(slot.at)}, for {day(slot.business_date)}" for slot in ahead],
        runs=[_run(run) for run in runs],
        events=story_rows(reversed(events[-EVENTS:]), {}),
        takes_files=not isinstance(found.source, Waiting),
        can_run=unavailable is None and found.mode != "off",
    )


def _facts(route: Route) -> list[tuple[str, object]]:
    source = route.source
    if isinstance(source, Waiting):
        start: object = f"Items that wait in the hub as {source.items}"
    else:
        what = f"{source.folder or '/'}, files like {source.pattern}"
        start = lines([endpoint_link(source.endpoint), f"asks for {source.asks}" if source.asks else what])
    to = lines(
        [lines([f"{target.output}:", endpoint_link(target.endpoint), target.folder]) for target in route.to]
    )
    return [
        ("Partner", route.partner),
        ("Owner", route.owner),
        ("What it moves", ", ".join(route.feeds)),
        ("From", start),
        ("To", to if route.to else "nowhere: the hub takes over what it says"),
        ("Waits for", ", ".join(route.after) or None),
        ("Reaches", route.reaches),
    ]


def _run(run: RunRow) -> Sequence[object]:
    said = run.summary.get("trouble") or run.summary.get("waits") or ""
    by = "the clock" if run.asked_by == "hub" else run.asked_by
    told = run.outcome or "under way"
    outcome = tag(told.capitalize(), _OUTCOMES.get(told, "blue"))
    found = link(f"/transfers?first={run.business_date}&route={run.route}", day(run.business_date))
    return nowrap(moment(run.started_at)), outcome, found, by, on_screen(str(said))


@router.post("/routes/{id}/run")
def run_now(here: Runs, id: str) -> Response:
    found = _known(here, id)
    report = here.console.work(f"running {found.id}", lambda: here.hub.run(found.id))
    return here.done(f"/routes/{found.id}", _came_to(report))


def _came_to(report: RunReport | None) -> str:
    if report is None:
        return "It runs. Load this page again to see how far it has come."
    if report.trouble:
        return on_screen(f"It ran, with trouble: {report.trouble}")
    if report.waits:
        return on_screen(report.waits)
    person = sum(outcome.needs_person for outcome in report.transfers)
    waits = f"; {count(person, 'needs', 'need')} a person" if person else ""
    if not report.transfers:
        return "It ran: nothing to do."
    return f"It ran: {count(len(report.transfers), 'transfer')}{waits}."


@router.post("/routes/{id}/pause")
def pause_it(here: Pauses, id: str, day: Text = "", time: Text = "", reason: Text = "") -> Response:
    found = _known(here, id)
    row = pause(here.services, "route", found.id, moment_of(day, time), words(reason))
    return here.done(f"/routes/{found.id}", f"It is paused until {moment(row.until)}.")


@router.post("/routes/{id}/resume")
def resume_it(here: Pauses, id: str, reason: Text = "") -> Response:
    found = _known(here, id)
    was = resume(here.services, "route", found.id, words(reason))
    return here.done(f"/routes/{found.id}", "It goes on." if was else "It was not paused.")


@router.post("/routes/{id}/upload")
def upload(here: HandsIn, id: str, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Handed in by whoever is signed in, and worked as if the route had fetched it."""
    found = _known(here, id)
    with uploaded(file) as path:
        if path is None:
            raise UsageError("Choose a file")
        hub: Hub = here.hub
        report = hub.put(found.id, path)
    transfers = report.transfers
    to = f"/transfers/{transfers[0].id}" if len(transfers) == 1 else f"/routes/{found.id}"
    return here.done(to, _came_to(report).replace("It ran", "It is handed in"))


def _known(here: Here, id: str) -> Route:
    """Raises Unknown for one that is not there, for who looks."""
    found = here.services.known.routes.get(id)
    if found is None:
        raise Unknown(f"There is no route {id}.")
    return found
