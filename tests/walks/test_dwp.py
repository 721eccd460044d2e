"""The walk of an enquiry: gated by its purpose, recorded with the intent, asked in turns, kept for a time."""

from __future__ import annotations

import json

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.purge import purge
from hub.model import ItemState
from tests.loopback import LOST, Loopback
from tests.talking import connectors
from tests.walks.dwp import ACCESS, FEEDS, LIVES
from tests.world import World

ENDPOINTS = """
endpoints:
  in: {{type: folder, path: ../in}}
  screens: {{type: person, who: dwp, what: look them up}}
  dwp:
    type: https
    url: "{url}"
    timeout: 5s
    rate: 5/s
    oauth2: {{token_url: "{url}/token", client_id: walk, client_secret: "file:secret"}}
"""
ROUTES = """
partner: The department
routes:
  agreed:
    feed: walk.agreed
    from: {endpoint: in, pattern: "agreed*", then: "archive:done"}
    mode: live
    owner: benefits
  wanted:
    feed: walk.enquiry
    from: {endpoint: in, pattern: "wanted*", then: "archive:done"}
    options: {purpose: housing}
    mode: live
    owner: benefits
  ask:
    feeds: [walk.enquiry, walk.result]
    from: {items: WALK_ENQUIRY, each: true}
    options: {purpose: housing}
    to: [{output: OUTPUT}]
    mode: live
    owner: benefits
  direct:
    feeds: [walk.enquiry, walk.result]
    from: {endpoint: in, pattern: "direct*", then: "archive:done"}
    options: {purpose: housing, at_once: true}
    to: [{output: calls, endpoint: dwp}]
    mode: live
    owner: benefits
"""
OLIVE = Viewer("olive", "Olive Example", frozenset({Role.ADMINISTRATOR, Role.DWP}))
SID = Viewer("sid", "Sid Example", frozenset({Role.OPERATOR, Role.CLERK, Role.APPROVER}))
AGREED = "what,key,state,a_day\npolicy,housing,{policy},{most}\nofficer,olive,TRAINED,\n"
HEAD = "reference,officer,surname,born,postcode\n"
PAGE = b"<html>Not found</html>"
TROUBLES = ((429, {}), (503, {}), (404, PAGE), LOST)
ONE = HEAD + "E1,olive,TESTERSON,1980-02-29,ZZ99 9ZZ\n"


class Department:
    """Knows TESTERSON, wants the postcode of SAMPLETON, and says of whom it was asked."""

    def __init__(self):
        self.troubles = []
        self.bodies = []

    def __call__(self, method, path, body, headers):
        if path == "/token":
            return 200, {"access_token": "pretend", "token_type": "Bearer", "expires_in": 3600}
        assert headers["Authorization"] == "Bearer pretend"
        self.bodies.append(body)
        if self.troubles:
            return self.troubles.pop(0)
        if path == "/match":
            return self.match(json.loads(body))
        kind, guid = path.strip("/").split("/")
        return 200, {"id": f"second-{guid}"} if kind == "details" else {"award": f"917.43 for {guid}"}

    def match(self, asked):
        if asked["surname"] == "SAMPLETON" and "postcode" not in asked:
            return 422, {}
        return (404, {}) if asked["surname"] == "NOBODY" else (200, {"id": "first"})


@pytest.fixture
def department():
    return Department()


@pytest.fixture
def api(department):
    with Loopback(department) as server:
        yield server


@pytest.fixture
def world(tmp_path, api):
    made = World(tmp_path, feeds=list(FEEDS), lifecycles=list(LIVES))
    (tmp_path / "config/credentials").mkdir()
    made.write("config/credentials/secret", "not-a-real-secret")
    made.write("config/endpoints.yaml", ENDPOINTS.format(url=api.url))
    configure(made, "calls, endpoint: dwp")
    agree(made)
    return made


def configure(world, output):
    world.write("config/routes/little.yaml", ROUTES.replace("OUTPUT", output))


def agree(world, policy="AGREED", most=5):
    outcome = hears(world, "agreed", AGREED.format(policy=policy, most=most))
    assert outcome.state == "APPLIED", outcome


def hears(world, name, text):
    world.clock.turn(seconds=1)
    world.arrive(f"{name}-{world.clock.at:%H%M%S}.csv", text.encode())
    return run(world, name)[0]


def run(world, route, viewer=OLIVE, **how):
    with world.hub(viewer=viewer, **connectors(), **how) as hub:
        return hub.run(f"little.{route}").transfers


def wanted(world, text=ONE):
    outcome = hears(world, "wanted", text)
    assert outcome.state == "APPLIED", outcome


def looked(world, ask, viewer=OLIVE):
    with world.hub(viewer=viewer, **connectors()) as hub, hub.look() as look:
        return ask(look)


def accesses(world, key):
    return looked(world, lambda look: [move.data.get("by_hand") for move in look.moves(ACCESS, key)])


def results(world):
    """Items of the replies, which the next run works."""
    run(world, "ask")
    rows = looked(world, lambda look: [row for row in look.transfers() if row.feed == "walk.result"])
    return [item for row in rows for item in looked(world, lambda look, row=row: look.items(row.id))]


def test_it_is_asked_in_turns_and_the_answer_is_of_its_purpose(world, api):
    wanted(world)
    (asked,) = run(world, "ask")
    assert asked.state == "CONFIRMED"
    assert api.calls == ["POST /token", "POST /match", "GET /details/first", "GET /claims/second-first"]
    (item,) = results(world)
    assert (item.data["purpose"], item.reference) == ("housing", "E1")
    assert accesses(world, "E1") == [None]
    assert looked(world, lambda look: look.broken_move(ACCESS, "E1")) is None


def test_a_file_may_be_asked_at_once_with_one_more_fact_for_who_is_not_clear(world, api):
    more = "E2,olive,SAMPLETON,1991-11-05,ZZ99 8ZZ\nE3,olive,NOBODY,1990-01-01,ZZ99 7ZZ\n"
    asked = hears(world, "direct", ONE + more)
    assert asked.state == "CONFIRMED"
    assert api.calls.count("POST /match") == 4, "the second is asked closer"
    said = looked(world, lambda look: look.objections(asked.id))
    assert [(one.reference, one.reason) for one in said] == [("E3", "NO_MATCH")]


def test_what_is_no_answer_of_theirs_is_asked_again_and_each_attempt_recorded(world, department):
    wanted(world)
    department.troubles += TROUBLES
    for _ in TROUBLES:
        assert run(world, "ask")[0].state != "CONFIRMED"
        world.clock.turn(hours=1)
    assert run(world, "ask")[0].state == "CONFIRMED"
    assert accesses(world, "E1") == [None] * (len(TROUBLES) + 1)


def test_nothing_is_asked_that_may_not_be(world, api):
    """It was allowed when it was gathered, or never."""
    wanted(world, ONE.replace("olive", "uma"))
    for number, change in enumerate(({"most": 0}, {"policy": "ENDED"}), start=2):
        agree(world, most=number)
        wanted(world, ONE.replace("E1", f"E{number}"))

        def boundary(point, change=change):
            if point == "before_intent":
                agree(world, **change)

        run(world, "ask", boundary=boundary)
    refused = looked(world, lambda look: look.items_that_are([ItemState.REJECTED]))
    assert {one.reference: one.reason.partition(": ")[2] or one.reason for one in refused} == {
        "E1": "the officer uma is not trained",
        "E2": "no more is asked today for this purpose",
        "E3": "the purpose housing is not agreed",
    }
    assert api.calls == []


def test_two_of_one_night_do_not_both_pass_where_one_may(world, api):
    agree(world, most=1)
    wanted(world, ONE + "E2,olive,TESTERSON,1980-02-29,ZZ99 9ZZ\n")
    states = [one.state for one in run(world, "ask")]
    assert states.count("CONFIRMED") == 1
    assert api.calls.count("POST /match") == 1


def test_what_came_back_is_sealed_and_goes_when_its_purpose_ends(world, tmp_path):
    wanted(world)
    run(world, "ask")
    (item,) = results(world)
    assert item.personal == {"award": "917.43 for second-first"}
    stored = [path for path in (tmp_path / "config/state").rglob("*") if path.is_file()]
    assert all(b"917.43" not in path.read_bytes() for path in stored)
    world.clock.turn(days=15)
    with world.hub(viewer=OLIVE, **connectors()) as hub:
        purge(hub.services)
    (item,) = results(world)
    assert item.personal == {}
    assert accesses(world, "E1") == [None], "that somebody asked is known for longer"
    assert looked(world, lambda look: (look.transfers(), look.worklist()), SID) == ([], []), "not to others"


def test_an_officer_may_ask_by_hand_on_the_same_route(world, api, tmp_path):
    configure(world, "screens, endpoint: screens")
    wanted(world)
    run(world, "ask")
    (entry,) = looked(world, lambda look: look.worklist())
    (tmp_path / "desk").mkdir()
    with world.hub(viewer=OLIVE, **connectors()) as hub:
        assert not hub.worklist.take(entry.id, tmp_path / "desk").stopped
    assert (accesses(world, "E1"), api.calls) == (["olive"], [])
