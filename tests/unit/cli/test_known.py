"""What the command line names to whom: nothing closed, and to who is limited to some routes nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran

PEOPLE = """
people:
  - {login: pat, name: Pat, roles: [operator]}
  - {login: dot, name: Dot, roles: [operator, dwp]}
  - {login: lim, name: Lim, roles: [operator], routes: [bacs.submission]}
"""
CLOSED, MINE = "dwp_cis.ask", "bacs.submission"
As = Callable[..., Ran]


@pytest.fixture
def at(feedhub: Feedhub, council: Council, monkeypatch: pytest.MonkeyPatch) -> As:
    hub = council.config / "hub.yaml"
    hub.write_text(f"{hub.read_text('utf-8')}{PEOPLE}", "utf-8")

    def run(login: str, *arguments: object) -> Ran:
        monkeypatch.setattr("hub.config.login.system_login", lambda: login)
        return feedhub("--config", council.config, *arguments)

    return run


def names(ran: Ran, key: str) -> set[str]:
    return {row[key] for row in ran.json}


def test_routes_of_a_closed_compartment_are_named_to_nobody_without_its_role(at: As) -> None:
    told = names(at("pat", "routes", "--json"), "route")
    closed = names(at("dot", "routes", "--json"), "route") - told
    assert MINE in told and CLOSED in closed
    for words in (("routes", "show", CLOSED), ("timetable", "--route", CLOSED)):
        refused = at("pat", *words)
        assert refused.code == 2
        assert not [one for one in closed if one in refused.err.replace(CLOSED, "")]


def test_who_is_limited_to_a_route_is_told_of_no_other_and_of_no_endpoint_beyond_it(at: As) -> None:
    assert names(at("lim", "routes", "--json"), "route") == {MINE}
    told = at("lim", "timetable", "--json").json
    assert {one["route"] for one in told["runs"]} | told["never"].keys() == {MINE}
    endpoints = names(at("lim", "endpoints", "--json"), "name")
    assert "bureau" in endpoints and "benefits" not in endpoints


def test_who_is_limited_to_a_route_pauses_no_endpoint_beyond_it(at: As) -> None:
    for verb, *until in (("pause", "--until", "2090-01-31T18:00"), ("resume",)):
        ran = at("lim", verb, "endpoint", "benefits", *until, "--reason", "why not")
        assert (ran.code, "There is no endpoint “benefits”" in ran.err) == (2, True)
    ran = at("lim", "pause", "endpoint", "bureau", "--until", "2090-01-31T18:00", "--reason", "it moves")
    assert ran.code == 0
