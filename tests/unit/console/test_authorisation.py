"""Every address of the console, every role, both compartments. One that is new is missed here first."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from hub.config.people import RIGHTS, Right
from hub.config.settings import Role
from hub.console.here import Anyone, May
from tests.pages import pages_of
from tests.serving import LIMITED, ROLES, sees_closed

L, N = Right.LOOK, None
NEEDS: dict[tuple[str, str], Right | None] = {
    ("GET", "/"): L,
    ("GET", "/transfers"): L,
    ("POST", "/transfers"): L,
    ("GET", "/transfers.csv"): L,
    ("GET", "/transfers/{id}"): L,
    ("GET", "/transfers/{id}/files"): L,
    ("POST", "/transfers/{id}/note"): Right.NOTE,
    ("POST", "/transfers/{id}/query"): Right.NOTE,
    ("POST", "/transfers/{id}/unmask"): Right.UNMASK,
    ("POST", "/transfers/{id}/retry"): Right.SETTLE,
    ("POST", "/transfers/{id}/withdraw"): Right.SETTLE,
    ("POST", "/transfers/{id}/settle"): Right.SETTLE,
    ("POST", "/transfers/{id}/release"): Right.RELEASE,
    ("POST", "/transfers/{id}/refuse"): Right.RELEASE,
    ("POST", "/transfers/{id}/reverse"): Right.SUGGEST,
    ("GET", "/find"): L,
    ("POST", "/find"): L,
    ("GET", "/worklist"): L,
    ("GET", "/approvals"): L,
    ("GET", "/worklist/{id}"): L,
    ("GET", "/worklist/of/{kind}"): L,
    ("POST", "/worklist/{id}/release"): Right.RELEASE,
    ("POST", "/worklist/{id}/agree"): Right.RELEASE,
    ("POST", "/worklist/{id}/refuse"): Right.RELEASE,
    ("POST", "/worklist/{id}/answer"): Right.TASK,
    ("POST", "/worklist/{id}/take"): L,
    ("GET", "/worklist/{id}/file"): L,
    ("POST", "/worklist/{id}/handed-over"): L,
    ("POST", "/worklist/{id}/not-done"): L,
    ("GET", "/records"): L,
    ("POST", "/records"): L,
    ("GET", "/records/{kind}/{key:path}"): L,
    ("POST", "/records/{kind}/{key:path}"): Right.TASK,
    ("GET", "/suspense"): L,
    ("GET", "/items/{id}"): L,
    ("POST", "/items/{id}/propose"): Right.PROPOSE,
    ("POST", "/items/{id}/clear"): Right.CLEAR,
    ("POST", "/items/{id}/let-go"): Right.RELEASE,
    ("POST", "/items/{id}/give-up"): Right.REFUSE_ITEM,
    ("POST", "/items/{id}/refuse"): Right.CLEAR,
    ("GET", "/routes"): L,
    ("GET", "/routes/{id}"): L,
    ("POST", "/routes/{id}/run"): Right.RUN,
    ("POST", "/routes/{id}/pause"): Right.PAUSE,
    ("POST", "/routes/{id}/resume"): Right.PAUSE,
    ("POST", "/routes/{id}/upload"): Right.HAND_IN,
    ("GET", "/endpoints"): L,
    ("GET", "/endpoints/{name}"): L,
    ("POST", "/endpoints/{name}/test"): Right.RUN,
    ("POST", "/endpoints/{name}/pause"): Right.PAUSE,
    ("POST", "/endpoints/{name}/resume"): Right.PAUSE,
    ("GET", "/calendar"): L,
    ("GET", "/reports"): L,
    ("GET", "/reports/{name}.xlsx"): L,
    ("GET", "/reports/own/{name}"): L,
    ("GET", "/reports/own/{name}/workbook.xlsx"): L,
    ("GET", "/audit"): L,
    ("POST", "/audit/verify"): Right.AUDIT,
    ("GET", "/people"): L,
    ("GET", "/people/{login}"): L,
    ("POST", "/people/{login}/invite"): Right.PEOPLE,
    ("POST", "/people/{login}/close"): Right.PEOPLE,
    ("POST", "/people/{login}/reopen"): Right.PEOPLE,
    ("POST", "/people/{login}/sign-out"): Right.PEOPLE,
    ("GET", "/help"): L,
    ("GET", "/help/{name}"): L,
    ("GET", "/account"): L,
    ("POST", "/account/password"): L,
    ("POST", "/account/sign-out-everywhere"): L,
    ("POST", "/sign-out"): L,
    ("GET", "/sign-in"): N,
    ("POST", "/sign-in"): N,
    ("GET", "/sign-in/elsewhere"): N,
    ("GET", "/sign-in/back"): N,
    ("GET", "/once/{token}"): N,
    ("POST", "/once/{token}"): N,
    ("GET", "/set-up/{token}"): N,
    ("POST", "/set-up/{token}"): N,
    ("GET", "/health"): N,
    ("GET", "/ready"): N,
    ("GET", "/metrics"): N,
}
"""What each address needs; None: nobody need be signed in."""
RECORDS = (("GET", "/records/{kind}/{key:path}"), ("GET", "/worklist/of/{kind}"))
"""They belong to no route: who is limited to some finds none."""
NO_PAGES = {
    "/approvals",
    "/transfers.csv",
    "/worklist/{id}/file",
    "/reports/{name}.xlsx",
    "/reports/own/{name}/workbook.xlsx",
}
"""Files, and what leads on to a page."""
LAST = ("/sign-out", "/account/sign-out-everywhere")


def addresses(app) -> Iterator[APIRoute]:
    """All that the application answers, whatever they hang on."""
    waiting = list(app.routes)
    while waiting:
        one = waiting.pop()
        if isinstance(one, APIRoute):
            yield one
        inner = getattr(one, "original_router", None) or getattr(one, "router", None)
        waiting += getattr(inner, "routes", ())


def guards(route: APIRoute) -> list[object]:
    """The dependencies that decide who is let in."""
    found, waiting = [], list(route.dependant.dependencies)
    while waiting:
        one = waiting.pop()
        if isinstance(one.call, May | Anyone):
            found.append(one.call)
        waiting += one.dependencies
    return found


def test_every_address_says_what_it_needs_and_is_in_the_matrix(console):
    from hub.console.app import create_app

    said = {}
    for route in addresses(create_app(console.console)):
        (guard,) = guards(route)
        for method in route.methods - {"HEAD"}:
            said[method, route.path] = guard.right if isinstance(guard, May) else None
    console_alone = {key: right for key, right in said.items() if not key[1].startswith("/api")}
    assert {key: right for key, right in console_alone.items() if key in NEEDS} == NEEDS
    unknown = console_alone.keys() - NEEDS.keys()
    assert not unknown, f"say in NEEDS what these need: {sorted(unknown)}"


def test_every_page_is_looked_at_in_a_browser(console):
    """By axe, in every size, and in the pictures (`tests.pages`)."""
    looked_at = [path.partition("?")[0] for path in pages_of(console).values()]
    pages = [path for (method, path), right in NEEDS.items() if method == "GET" and right is L]
    like = {path: re.sub(r"\\{.*?\\}", "[^/]+", re.escape(path)) for path in pages}
    missed = {path for path in pages if not any(re.fullmatch(like[path], one) for one in looked_at)}
    assert missed == NO_PAGES


def entry_of(console, name):
    """The worklist entry about a file."""
    with console.hub.look() as look:
        found = look.worklist(limit=None)
    (entry,) = (one for one in found if console.made[name] in (one.subject_id, one.proposal.get("transfer")))
    return entry.id


def suspended(console, name):
    with console.hub.look() as look:
        (found,) = (one for one in look.items(console.made[name]) if one.state == "SUSPENDED")
    return found.id


def at(console, path, closed):
    """An address of something that is there: open, or in the compartment dwp."""
    mark, route = ("closed_", "closed.payments") if closed else ("", "little.payments")
    if path.startswith("/transfers/"):
        return path.replace("{id}", console.made[f"{mark}held"])
    if path.startswith("/worklist/of/"):
        return path.replace("{kind}", "closed_case" if closed else "case")
    if path.startswith("/worklist/"):
        return path.replace("{id}", entry_of(console, f"{mark}held"))
    if path.startswith("/items/"):
        return path.replace("{id}", suspended(console, f"{mark}small"))
    names = {"/help/": "alerts", "/reports/own/": "little.sums", "/reports/": "volumes", "/": "out"}
    name = next(name for beginning, name in names.items() if path.startswith(beginning))
    told = {"{id}": route, "{name}": name, "{login}": "viewer"}
    told |= {"{kind}": "milestone", "{key:path}": "debit_raised/2026-11-02"}
    for part, value in {**told, "{token}": "no-such-token"}.items():
        path = path.replace(part, value)
    return path


def ask(client, method, path, **fields):
    return client.get(path) if method == "GET" else client.form(path, **fields)


def allowed(login, right):
    return any(right in RIGHTS[Role(role)] for role in ROLES[login])


@pytest.mark.parametrize("login", ROLES)
def test_who_has_not_the_right_is_refused_and_who_has_it_is_not(console, login):
    with console.client(login) as client:
        keys = sorted(NEEDS, key=lambda key: (key[1] in LAST, key[0]))
        for method, path in keys:
            right = NEEDS[method, path]
            if right is None or path in LAST:
                continue
            answer = ask(client, method, at(console, path, closed=False))
            if allowed(login, right):
                fine = (404,) if login in LIMITED and (method, path) in RECORDS else (200, 303, 400)
                assert answer.status_code in fine, (login, method, path, answer.status_code)
            else:
                assert answer.status_code == 403, (login, method, path, answer.status_code)


@pytest.mark.parametrize("login", ROLES)
def test_what_is_closed_is_not_there_for_who_has_no_role_for_it(console, login):
    sees = sees_closed(login)
    about = [key for key in NEEDS if "{id}" in key[1] or key == ("GET", "/worklist/of/{kind}")]
    with console.client(login) as client:
        for method, path in sorted(about):
            if method == "POST" and not allowed(login, NEEDS[method, path]):
                continue
            fields = {} if sees else {"reason": "why", "text": "what", "answer": "yes", "account": "ABC001"}
            fields |= {} if sees else {"count": "1", "value": "20.00", "sent": "yes", "reference": "R"}
            fields |= {} if sees else {"day": "2027-01-01", "time": "10:00"}
            address = at(console, path, closed=True)
            answer = ask(client, method, address, **fields)
            if sees:
                assert answer.status_code in (200, 303, 400), (login, method, path, answer.status_code)
            else:
                assert answer.status_code == 404, (login, method, path, answer.status_code)
                assert "closed_" not in answer.text.replace(address, "")


@pytest.mark.parametrize("login", [one for one in ROLES if not sees_closed(one)])
def test_no_list_and_no_search_tells_that_something_closed_is_there(console, login):
    pages = [
        "/",
        "/transfers",
        "/transfers.csv",
        "/worklist",
        *(["/worklist/of/case"] if login not in LIMITED else []),
        "/records",
        "/suspense",
        "/routes",
        "/calendar?month=2026-11",
        "/reports?first=2026-11-01&last=2026-11-30",
        "/audit?everything=yes",
    ]
    with console.client(login) as client:
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200
            assert "closed_" not in answer.text.replace("closed_in", ""), page
            assert "closed.payments" not in answer.text, page
            assert "Closed Partner" not in answer.text, page
        for text in ("closed_held", "ABC003"):
            for answer in (
                client.form("/transfers", text=text, follow=True),
                client.form("/find", reference=text),
            ):
                assert answer.status_code == 200
                assert console.made["closed_held"] not in answer.text


def test_who_is_limited_sees_of_the_endpoints_those_of_their_routes(console):
    with console.client("limited") as limited, console.client("clerk") as clerk:
        assert [one.get("/endpoints/portal").status_code for one in (limited, clerk)] == [404, 200]
        assert "portal" not in limited.text("/endpoints")
        assert "closed_in" not in limited.text("/endpoints")


def test_nobody_signed_in_is_sent_to_the_door(console):
    with console.client() as client:
        for (method, path), right in NEEDS.items():
            if right is None:
                continue
            answer = ask(client, method, at(console, path, closed=False))
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path
