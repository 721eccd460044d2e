"""Every address of the API, every role, both compartments. One that is new is missed here first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import httpx
import pytest

from hub.config.people import RIGHTS, Right
from hub.config.settings import Role
from hub.engine.tokens import SCOPES, add_token
from hub.model import WorkState
from tests.serving import ROLES, sees_closed

L = Right.LOOK
NEEDS: Mapping[tuple[str, str], Right] = {
    ("get", "/transfers"): L,
    ("get", "/transfers/count"): L,
    ("post", "/transfers/search"): L,
    ("post", "/transfers/search/count"): L,
    ("post", "/items/search"): L,
    ("post", "/records/search"): L,
    ("get", "/transfers/{id}"): L,
    ("get", "/transfers/{id}/items"): L,
    ("get", "/transfers/{id}/findings"): L,
    ("get", "/transfers/{id}/events"): L,
    ("get", "/items/{id}"): L,
    ("get", "/records"): L,
    ("get", "/records/{kind}/{key}"): L,
    ("get", "/records/{kind}/{key}/moves"): L,
    ("get", "/routes"): L,
    ("get", "/routes/{id}"): L,
    ("get", "/routes/{id}/runs"): L,
    ("get", "/worklist"): L,
    ("get", "/worklist/{id}"): L,
    ("get", "/health"): L,
    ("post", "/transfers/{id}/retry"): Right.SETTLE,
    ("post", "/transfers/{id}/withdraw"): Right.SETTLE,
    ("post", "/transfers/{id}/settle"): Right.SETTLE,
    ("post", "/transfers/{id}/release"): Right.RELEASE,
    ("post", "/transfers/{id}/refuse"): Right.RELEASE,
    ("post", "/transfers/{id}/reverse"): Right.SUGGEST,
    ("post", "/worklist/{id}/agree"): Right.RELEASE,
    ("post", "/worklist/{id}/disagree"): Right.RELEASE,
    ("post", "/worklist/{id}/answer"): Right.TASK,
    ("post", "/items/{id}/refuse"): Right.REFUSE_ITEM,
    ("post", "/items/{id}/release"): Right.RELEASE,
    ("post", "/routes/{id}/run"): Right.RUN,
    ("post", "/routes/{id}/pause"): Right.PAUSE,
    ("post", "/routes/{id}/resume"): Right.PAUSE,
    ("post", "/holds"): Right.HOLD,
    ("post", "/holds/end"): Right.HOLD,
}
WHOLE = {
    "reason": "why",
    "count": 1,
    "pence": 2000,
    "sent": True,
    "answer": "yes",
    "lines": [],
    "undone": False,
    "reference": "ABC003",
}
WHOLE |= {"until": "2027-01-01T00:00:00Z", "account": "ABC003", "kind": "DISPUTE", "business_date": None}
_keys = count()


@contextmanager
def program(console, login) -> Iterator[httpx.Client]:
    """With a token of all scopes."""
    token, _ = add_token(console.hub.services, login, "tests", scopes=SCOPES, days=1)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{console.address}/api/v1", headers=headers, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def bodies(console) -> Mapping[str, set[str]]:
    """What the body of each act has."""
    document = httpx.get(f"{console.address}/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    return {
        path: set(
            schemas[
                told["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[
                    2
                ]
            ]["properties"]
        )
        for path, told in document["paths"].items()
        if "post" in told
    }


def asked(client, bodies, method, path, at):
    """`at`: what is at the address."""
    address = path.replace("{id}", at).replace("{kind}", "milestone").replace("{key}", at)
    if method == "get":
        return client.get(address, params={"kind": "milestone"} if path == "/records" else {})
    body = {name: value for name, value in WHOLE.items() if name in bodies[path]}
    return client.post(address, json=body, headers={"Idempotency-Key": f"matrix-{next(_keys):08d}"})


def things(console, mark) -> Mapping[str, str]:
    """Of each kind one that is there, open or closed."""
    with console.hub.look() as look:
        (item, *_) = look.items(console.made[f"{mark}small"])
        (entry, *_) = (
            one
            for one in look.worklist(states=tuple(WorkState), limit=None)
            if one.subject_id == console.made[f"{mark}held"]
        )
    route = "closed.payments" if mark else "little.payments"
    return {"transfers": console.made[f"{mark}held"], "items": item.id, "worklist": entry.id, "routes": route}


def allowed(login, right):
    return any(right in RIGHTS[Role(role)] for role in ROLES[login])


def test_every_address_is_in_the_matrix(console):
    document = httpx.get(f"{console.address}/api/v1/openapi.json").json()
    there = {(method, path) for path, told in document["paths"].items() for method in told}
    assert there == set(NEEDS)


@pytest.mark.parametrize("login", ROLES)
def test_who_has_not_the_right_is_refused_and_what_is_closed_is_not_there(console, bodies, login):
    """What is closed to them answers as what nobody has, but for the name that was asked for."""
    sees, closed = sees_closed(login), things(console, "closed_")
    with program(console, login) as client:
        for (method, path), right in NEEDS.items():
            kind = path.split("/")[1]
            nowhere = asked(client, bodies, method, path, "nowhere")
            there = asked(client, bodies, method, path, closed.get(kind, "nowhere"))
            if not allowed(login, right):
                assert (there.status_code, nowhere.status_code) == (403, 403), (login, path)
            elif not sees:
                told = there.text.replace(closed.get(kind, "nowhere"), "nowhere")
                assert (there.status_code, told) == (nowhere.status_code, nowhere.text), (login, path)
            elif method == "get" and "{id}" in path:
                assert there.status_code == 200, (login, path)
            for id in closed.values():
                assert sees or id not in there.text, (login, path)
            assert sees or not {"closed_", "Closed Partner"} & set(there.text.split('"')), (login, path)
