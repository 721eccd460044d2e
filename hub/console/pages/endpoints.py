"""Endpoints: where files come from and go, when each was last reached, its host keys and what of it ends."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from os.path import normpath
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from hub.config.endpoints import Endpoint, FolderEndpoint, HttpsEndpoint, SftpEndpoint
from hub.config.expiry import expiries
from hub.config.people import Right
from hub.config.values import PinnedKey
from hub.console.as_read import endpoint_as_read
from hub.console.forms import moment_of
from hub.console.here import Here, Looks, May, words
from hub.console.known import routes_of
from hub.console.marks import lines, link, nowrap, route_link, tag
from hub.console.transfer_parts import story_rows
from hub.console.wording import day, moment, on_screen
from hub.engine.endpoint_test import Seen, seen_at
from hub.engine.left_alone import Alone, left_alone
from hub.engine.pauses import found_working, pause, resume
from hub.errors import TransportError, UsageError
from hub.store.look import Look

NAV = ("Endpoints", "/endpoints")
router = APIRouter()
Text = Annotated[str, Form()]
Runs = Annotated[Here, Depends(May(Right.RUN))]
Pauses = Annotated[Here, Depends(May(Right.PAUSE))]
_SOON = tag("Soon", "orange")
_TYPES = {"folder": "Folder", "sftp": "SFTP", "https": "API", "person": "A person"}


@router.get("/endpoints")
def endpoints(here: Looks) -> Response:
    services, known = here.services, here.services.known.endpoints
    today = services.local(services.clock.now())
    ends = {one.endpoint: one for one in reversed(expiries(services.config.endpoints))}
    with here.look() as look:
        alone = {one.name: one for one in left_alone(services, look) if one.kind == "endpoint"}
        reached = {name: _reached(here, look, name) for name in known}
    rows = []
    for name, endpoint in sorted(known.items()):
        marks: list[object] = [_state(alone.get(name))]
        if name in ends and ends[name].is_near(today):
            marks.append(tag(f"Something ends on {day(ends[name].until)}", "orange"))
        where = nowrap(_TYPES[endpoint.type]), _where(endpoint)
        rows.append((link(f"/endpoints/{name}", name), *where, lines(marks), _when(reached[name])))
    return here.page("endpoints.html", rows=rows)


@dataclass(frozen=True, slots=True)
class Reached:
    """When a route last looked there, and when something last arrived there."""

    looked: datetime | None
    sent: datetime | None


def _reached(here: Here, look: Look, name: str) -> Reached:
    routes = [route for route in routes_of(here) if getattr(route.source, "endpoint", None) == name]
    runs = [run for route in routes for run in look.runs(route.id, limit=5) if run.outcome == "done"]
    looked = max((run.started_at for run in runs if not run.summary.get("waits")), default=None)
    return Reached(looked, look.last_sent(name))


def _when(reached: Reached) -> object:
    told = []
    if reached.looked:
        told.append(nowrap(f"looked into {moment(reached.looked)}"))
    if reached.sent:
        told.append(nowrap(f"sent to {moment(reached.sent)}"))
    return lines(told) if told else "not yet"


def _state(alone: Alone | None) -> object:
    if alone is None:
        return tag("In use", "green")
    return tag("Does not answer", "red") if alone.fails else tag("Left alone", "yellow")


def _where(endpoint: Endpoint) -> str:
    if isinstance(endpoint, SftpEndpoint):
        return f"{endpoint.username}@{endpoint.host}:{endpoint.port}"
    if isinstance(endpoint, HttpsEndpoint):
        return endpoint.url
    return normpath(endpoint.path) if isinstance(endpoint, FolderEndpoint) else endpoint.what


@router.get("/endpoints/{name}")
def endpoint(here: Looks, name: str) -> Response:
    return _page(here, name)


def _page(here: Here, name: str, seen: Seen | None = None, trouble: str | None = None) -> Response:
    services, found = here.services, here.services.known.endpoint(name)
    today = services.local(services.clock.now())
    folders = seen.folders if seen else ()
    with here.look() as look:
        alone = [one for one in left_alone(services, look) if (one.kind, one.name) == ("endpoint", name)]
        reached = _reached(here, look, name)
        events = look.events("endpoint", name)
    used = [route for route in routes_of(here) if name in route.endpoints]
    return here.page(
        "endpoint.html",
        name=name,
        facts=[
            ("What it is", _TYPES[found.type]),
            ("Where", _where(found)),
            ("How it stands", _state(alone[0] if alone else None)),
            ("Last contact", _when(reached)),
            ("Routes that use it", lines(route_link(route.id) for route in used) if used else "none"),
        ],
        alone=[on_screen(one.says) for one in alone],
        paused=any(not one.fails for one in alone),
        keys=[_key(one, here) for one in getattr(found, "host_keys", ())],
        ends=[
            (
                one.what.capitalize(),
                day(one.until),
                tag("Soon", "orange") if one.is_near(today) else "not soon",
            )
            for one in expiries(services.config.endpoints)
            if one.endpoint == name
        ],
        person=found.type == "person",
        who=services.people.with_role(found.who) if found.type == "person" else (),
        written=endpoint_as_read(services.config, name),
        seen=seen,
        folders=[(one.folder or "/", one.files, one.trouble or "none") for one in folders],
        trouble=on_screen(trouble) if trouble else None,
        events=story_rows(reversed(events[-20:]), {}),
    )


def _key(key: PinnedKey, here: Here) -> tuple[object, ...]:
    """Its kind, its fingerprint as `ssh-keygen -l` shows it, and whether it is trusted today."""
    kind, body, *_ = key.line.split()
    fingerprint = base64.b64encode(sha256(base64.b64decode(body)).digest()).decode().rstrip("=")
    today = here.services.local(here.services.clock.now())
    trusted = tag("Trusted", "green") if key.is_trusted(today) else tag("Not now", "grey")
    return kind, f"SHA256:{fingerprint}", trusted, day(key.since) or "always", day(key.until) or "no end"


@router.post("/endpoints/{name}/test")
def test(here: Runs, name: str) -> Response:
    """Signs in there and looks into each folder; what it shows is shown once."""
    if here.services.known.endpoint(name).type == "person":
        raise UsageError("That is a person; there is nothing to sign in to.")
    try:
        seen = seen_at(here.services.known, name)
    except TransportError as error:
        return _page(here, name, trouble=str(error))
    found_working(here.services, name)
    return _page(here, name, seen)


@router.post("/endpoints/{name}/pause")
def pause_it(here: Pauses, name: str, day: Text = "", time: Text = "", reason: Text = "") -> Response:
    row = pause(here.services, "endpoint", name, moment_of(day, time), words(reason))
    return here.done(f"/endpoints/{name}", f"It is paused until {moment(row.until)}.")


@router.post("/endpoints/{name}/resume")
def resume_it(here: Pauses, name: str, reason: Text = "") -> Response:
    was = resume(here.services, "endpoint", name, words(reason))
    return here.done(f"/endpoints/{name}", "It goes on." if was else "It was not paused.")
