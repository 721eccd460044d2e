"""The walk of a Right-to-Buy application: assessed anew as inputs come, replayed, decided and referred."""

from __future__ import annotations

import json

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.errors import UsageError
from tests.loopback import Loopback
from tests.talking import connectors
from tests.walks.fraud import CASE, FEEDS, LIFE, NOT_EVALUATED, Params, assess
from tests.world import HUB, World

ENDPOINTS = """
endpoints:
  in: {{type: folder, path: ../in}}
  team: {{type: https, url: "{url}", timeout: 5s}}
"""
ROUTES = """
partner: Fraud team
routes:
  applications:
    feed: walk.applications
    from: {endpoint: in, pattern: "app*", then: "archive:done"}
    mode: live
    owner: fraud-team
  inputs:
    feeds: [walk.inputs, walk.updates]
    from: {endpoint: in, pattern: "inp*", then: "archive:done"}
    mode: live
    owner: fraud-team
  referral:
    feed: walk.referral
    from: {items: WALK_REFERRAL, each: true}
    to: [{output: referral, endpoint: team}]
    mode: live
    owner: fraud-team
"""
FRED = Viewer("fred", "Fred Example", frozenset({Role.FRAUD, Role.OPERATOR, Role.CLERK}))
OTHER = Viewer("otto", "Otto Example", frozenset({Role.OPERATOR, Role.CLERK, Role.APPROVER}))
APPLICATION = "case,tenant,applied\nRTB-1,A PRETEND TENANT,2026-11-02\n"
INPUT = "case,source,value,as_of\nRTB-1,{0},{1},{2}\n"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=list(FEEDS), lifecycles=[LIFE], settings=Params)
    made.write("config/endpoints.yaml", ENDPOINTS.format(url="http://127.0.0.1:9"))
    made.write("config/routes/little.yaml", ROUTES)
    return made


def hub(world, viewer=FRED):
    return world.hub(viewer=viewer, **connectors())


def run(world, route):
    with hub(world) as opened:
        return opened.run(f"little.{route}").transfers


def applied(world):
    world.arrive("app.csv", APPLICATION.encode())
    (outcome,) = run(world, "applications")
    assert outcome.state == "APPLIED", outcome


def hears(world, source, value, as_of="2026-11-03"):
    world.arrive(f"inp-{source}-{value}.csv", INPUT.format(source, value, as_of).encode())
    (outcome,) = run(world, "inputs")
    assert outcome.state == "APPLIED", outcome


def case(world):
    with hub(world) as opened, opened.look() as look:
        return look.record(CASE, "RTB-1")


def assessments(world):
    with hub(world) as opened, opened.look() as look:
        assert look.broken_move(CASE, "RTB-1") is None
        return [move.data["assessment"] for move in look.moves(CASE, "RTB-1") if "assessment" in move.data]


def work(world, viewer=FRED):
    with hub(world, viewer) as opened, opened.look() as look:
        return look.worklist()


def test_it_is_assessed_anew_with_each_input_and_what_was_not_heard_is_said(world):
    applied(world)
    assert set(assess({}, {"least_years": 3}).values()) == {NOT_EVALUATED}
    hears(world, "tenancy_years", "12")
    hears(world, "council_tax", "OTHER")
    found = [one["rules"] for one in assessments(world)]
    assert found == [
        {"R1": NOT_EVALUATED, "R2": NOT_EVALUATED, "R3": NOT_EVALUATED},
        {"R1": "PASS", "R2": NOT_EVALUATED, "R3": NOT_EVALUATED},
        {"R1": "PASS", "R2": NOT_EVALUATED, "R3": "FAIL"},
    ]
    assert [entry.title for entry in work(world)] == ["RTB-1: refer it, or clear it?"]


def test_an_input_that_says_nothing_new_or_is_older_assesses_nothing(world):
    applied(world)
    hears(world, "tenancy_years", "12")
    hears(world, "tenancy_years", "1", as_of="2026-10-01")
    assert len(assessments(world)) == 2


def test_every_assessment_can_be_replayed_from_what_was_kept_of_it(world):
    applied(world)
    hears(world, "tenancy_years", "2")
    world.write("config/hub.yaml", f"{HUB}settings: {{little: {{least_years: 1}}}}\n")
    hears(world, "elsewhere", "NONE")
    kept = assessments(world)
    assert [assess(one["snapshot"], one["params"]) for one in kept] == [one["rules"] for one in kept]
    assert [one["rules"]["R1"] for one in kept] == [NOT_EVALUATED, "FAIL", "PASS"]
    assert len({one["config"] for one in kept}) == 2, "the version of the settings is kept with it"


def test_a_person_decides_and_the_referral_says_what_they_saw(world):
    applied(world)
    hears(world, "council_tax", "OTHER")
    (entry,) = work(world)
    with hub(world) as opened:
        opened.worklist.answer(entry.id, "refer")
    came = []

    def answer(method, path, body, headers):
        came.append((headers["Idempotency-Key"], json.loads(body)))
        return (201, {"receipt": "R-77"}) if len(came) > 1 else None  # the first answer is lost

    with Loopback(answer) as api:
        world.write("config/endpoints.yaml", ENDPOINTS.format(url=api.url))
        run(world, "referral")
        world.clock.turn(hours=1)
        (outcome,) = run(world, "referral")
    assert outcome.state == "CONFIRMED"
    assert came[0] == came[1], "the same, under the same key"
    assert came[0][1][0]["assessment"] == assessments(world)[-1]
    found = case(world)
    assert (found.state, found.data["receipt"], found.data["hold_sale"]) == ("TAKEN_UP", "R-77", True)
    world.arrive("inp-update.csv", b"case,state\nRTB-1,CLEARED\n")
    run(world, "inputs")
    assert (case(world).state, case(world).data["hold_sale"]) == ("CLEARED", False)


def test_its_notice_is_promised_and_a_hold_of_the_sale_moves_it_not(world):
    applied(world)
    hears(world, "council_tax", "OTHER")
    with hub(world) as opened, opened.look() as look:
        due = {promise.name: promise.due_at.isoformat() for promise in look.promises()}
    assert due == {
        "rtb2": "2026-12-01T00:00:00+00:00",  # all of 30 November, four weeks on
        "s125": "2027-01-26T00:00:00+00:00",
    }


def test_nobody_else_knows_of_it(world):
    applied(world)
    hears(world, "council_tax", "OTHER")
    with hub(world, OTHER) as opened, opened.look() as look:
        assert (look.transfers(), look.promises()) == ([], [])
        with pytest.raises(UsageError, match="There is no walk_case RTB-1"):
            look.record(CASE, "RTB-1")
    assert work(world, OTHER) == []
