"""What routes wait for: answers that some feed gives, milestones and routes that can be reached."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.config.load import load
from hub.config.routes import RouteSettings
from hub.config.waiting import after_mistakes, milestones_of, reach_mistakes
from hub.door.manager import Catalogue
from hub.model import Compartment
from tests.little import little

BACS, HUB = "routes/bacs.yaml", "hub.yaml"
EXPECT = 'expect: {bacs.input_report: {by: "08:00"}}'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("expect: {bacs.arud: {within: 2h}}", "there is no feed “bacs.arud”; did you mean “bacs.arudd”?"),
        ("expect: {rent.accounts: {within: 2h}}", "rent.accounts does not answer bacs.submission; "),
        ("expect: {bacs.arudd: {within: 2h, by: 08:00}}", "needs either by (a time of day) or within"),
        ("expect: {bacs.arudd: {by: 8am}}", "“8am” is not a time of day; write hours and minutes"),
        ("after: ledger_agreed", "or route “ledger_agreed”; there is "),
        (
            "after: [rent.account]",
            "or route “rent.account”; did you mean “rent.accounts”?",
        ),
        ("after: bacs.submission", "“bacs.submission” can never be reached: the routes that lead to it wait"),
        ("reaches: Debit Raised", "a name is made of small letters, digits and _"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_near_word(rewrite, mistakes, folder, lines, said):
    rewrite(BACS, EXPECT, lines)
    (mistake,) = mistakes()
    assert said in mistake
    line = (folder / BACS).read_text("utf-8").splitlines().index(f"    {lines}") + 1
    assert mistake.startswith(f"config/routes/bacs.yaml line {line}: ")


def test_what_can_be_reached_and_answered_is_no_mistake(rewrite, folder, catalogue):
    known = "expect: {bacs.arudd: {by: 08:00, days: 3}}\n    after: [month_closed, rent.accounts]"
    rewrite(BACS, EXPECT, f"{known}\n    reaches: collected")
    rewrite(HUB, "state_folder:", "milestones: [month_closed]\nstate_folder:")
    config = load(folder, catalogue)
    assert config.milestones == {"month_closed", "collected", "debit_raised"}
    assert config.routes["bacs.submission"].expect["bacs.arudd"].days == 3


def test_a_feed_whose_plug_in_is_off_is_no_mistake_of_the_route(rewrite, folder, catalogue):
    off = replace(catalogue, failures={"late": "The plug-in late is switched off."})
    rewrite(BACS, EXPECT, "expect: {late.answers: {within: 2h}}")
    assert load(folder, off).routes["bacs.submission"].expect


def route(**keys):
    return RouteSettings.model_construct(feeds=("little.payments",), **keys)


def test_a_closed_feed_reaches_no_milestone_that_everybody_sees():
    feeds = {"little.payments": little(compartment=Compartment.FRAUD)}
    found = list(reach_mistakes(route(reaches="paid"), Catalogue(feeds=feeds)))
    assert [path for path, _ in found] == [("reaches",)]
    assert list(reach_mistakes(route(reaches=None), Catalogue(feeds=feeds))) == []


def test_routes_in_a_ring_and_those_behind_it_can_never_be_reached():
    routes = {
        "a.one": route(after=("two_done",), reaches="one_done"),
        "a.two": route(after=("a.one",), reaches="two_done"),
        "a.behind": route(after=("one_done",)),
        "a.free": route(after=("set_by_hand",)),
    }
    found = {(id, path) for id, path, _ in after_mistakes(routes, ["set_by_hand"])}
    assert found == {("a.one", ("after", 0)), ("a.two", ("after", 0)), ("a.behind", ("after", 0))}


def test_a_ring_that_a_person_opens_is_none():
    routes = {"a.one": route(after=("two_done",)), "a.two": route(after=("a.one",), reaches="two_done")}
    assert list(after_mistakes(routes, ["two_done"])) == []
    assert milestones_of(routes, []) == {"two_done"}
