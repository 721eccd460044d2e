"""Rule-sets as data: what a version may say, who must have approved it, and which is in force."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from pydantic import ValidationError

from hub.errors import DataError
from plugins.rtb_fraud.rtb_rules import RuleSet, shipped
from plugins.rtb_fraud.rtb_settings import RtbSettings
from plugins.rtb_fraud.rtb_trials import read_ruleset
from tests.unit.rtb_fraud.assessing import assessed, result_of
from tests.unit.rtb_fraud.rule_cases import CASES, both, without

OWN = {
    "version": "council-1",
    "based_on": "default-2026",
    "starts": "2026-04-01",
    "owner": "fraud-team",
    "dpia_ref": "DPIA-2",
    "changed_by": "anna",
    "rules": [{"id": "F07", "weight": 12}],
}


NEW = {
    "id": "F99",
    "title": "new",
    "when": {"fn": "gt", "value": "price", "threshold": "1"},
    "weight": "1",
    "reason": "{v}",
    "owner": "fraud-team",
    "dpia_ref": "DPIA-2",
}


def own(**changes):
    return {**copy.deepcopy(OWN), **changes}


def approved(told, by="bob"):
    digest = RuleSet.model_validate(told).digest
    return {**told, "approved": {"by": by, "on": "2026-03-01", "digest": digest}}


def refused(*versions):
    with pytest.raises(ValidationError) as wrong:
        RtbSettings(rulesets={str(n): one for n, one in enumerate(versions)})
    return str(wrong.value)


def test_a_version_says_only_what_differs():
    read = RuleSet.model_validate(own())
    assert (read.rules[0].id, read.rules[0].weight, len(read.rules)) == ("F07", 12, len(shipped().rules))
    assert read.rules[0].reason == next(one.reason for one in shipped().rules if one.id == "F07")


def test_a_version_in_force_was_approved_by_a_second_person():
    settings = RtbSettings(rulesets={"one": approved(own())})
    assert settings.ruleset_on(date(2026, 4, 1)).version == "council-1"
    assert settings.ruleset_on(date(2026, 3, 31)).version == "default-2026"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (own(), "is not approved: a second person enters approved"),
        (approved(own(), by="Anna"), "changed and approved by anna; that takes two people"),
        ({**approved(own()), "rules": [{"id": "F07", "weight": 13}]}, "is not what bob approved"),
        ({**approved(own()), "bands": {"medium": 31, "high": 60}}, "is not what bob approved"),
    ],
)
def test_what_one_person_alone_changed_is_refused(told, said):
    assert said in refused(told)


def test_two_versions_on_one_day_are_refused():
    later = approved(own(version="council-2", starts="2026-06-01"))
    assert "both in force on 2026-06-01" in refused(approved(own()), later)
    first = approved(own(ends="2026-05-31"))
    both = RtbSettings(rulesets={"one": first, "two": later})
    assert [both.ruleset_on(date(2026, month, 1)).version for month in (5, 6)] == ["council-1", "council-2"]
    assert "the same version" in refused(first, approved(own(starts="2026-06-01")))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"id": "F07", "when": {"fn": "exec", "value": "price"}}, "exec"),
        ({"id": "F07", "when": {"fn": "gt", "value": "no_such", "threshold": "1"}}, "there is no measure"),
        (
            {"id": "F07", "when": {"fn": "gt", "value": "price", "threshold": "a lot"}},
            "is not an amount in pounds",
        ),
        ({"id": "F07", "when": {"fn": "gt", "value": "documents", "threshold": "x"}}, "has no order"),
        ({"id": "F07", "when": {"fn": "gt", "value": "funders", "threshold": "1"}}, "is a list"),
        ({"id": "F07", "when": {"fn": "in", "value": "nfi_risk", "threshold": "H"}}, "needs a list"),
        ({"id": "F07", "when": {"fn": "any_match", "value": "price"}}, "is no list"),
        (
            {"id": "F07", "when": {"fn": "any_match", "value": "visits", "where": {"x": {"eq": "1"}}}},
            "has no “x”",
        ),
        ({"id": "F07", "when": {"fn": "lt", "value": "price", "parameter": "x"}}, "no parameter"),
        ({"id": "F07", "when": {"fn": "lt", "value": "price"}}, "needs one of"),
        ({"id": "F07", "reason": "{v.__class__}"}, "is none of"),
        ({"id": "F07", "reason": "{nobody}"}, "is none of"),
        ({"id": "F07", "reason": "{v"}, "reason of F07"),
        ({"id": "F07", "weight": "101"}, "less than or equal to 100"),
        ({"id": "E01", "weight": "5"}, "has no points"),
        ({"id": "F99", "title": "new"}, "when"),
        ({**NEW, "weight": None}, "weight"),
        ({**NEW, "owner": None}, "owner"),
        ({"id": "X1"}, "id"),
        ({"id": "F07", "requires": ["horoscope"]}, "which is no input"),
        ({"id": "F07", "colour": "red"}, "colour"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, said):
    with pytest.raises(ValidationError) as wrong:
        RuleSet.model_validate(own(rules=[rule]))
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"based_on": "another"}, "only default-2026"),
        ({"rules": [{"id": "F07"}, {"id": "F07"}]}, "two rules F07"),
        ({"ends": "2026-03-31"}, "ends before it starts"),
        ({"digest": "0123456789abcdef"}, "belongs below approved"),
        ({"bands": {"medium": 60, "high": 30}}, "medium begins below high"),
    ],
)
def test_a_version_that_cannot_be_is_refused(changes, said):
    with pytest.raises(ValidationError) as wrong:
        RuleSet.model_validate(own(**changes))
    assert said in str(wrong.value)


def test_a_rule_may_be_off_or_end():
    off = RuleSet.model_validate(
        own(rules=[{"id": "F07", "enabled": "false"}, {"id": "F06", "effective": ["null", "2026-03-10"]}])
    )
    found = assessed(CASES["F07"].fires, off)
    assert {one.rule.id for one in found.results}.isdisjoint({"F06", "F07"})
    assert result_of("F07", CASES["F07"].fires).outcome == "FIRED"


def test_a_rule_may_require_more_than_it_measures_and_begin_later():
    told = own(
        rules=[{"id": "F07", "requires": ["credit"]}, {"id": "F06", "effective": ["2026-03-12", "null"]}]
    )
    version = RuleSet.model_validate(told)
    results = {
        one.rule.id: one for one in assessed(both(CASES["F07"].fires, without("credit")), version).results
    }
    assert (results["F07"].outcome, results["F07"].reason) == (
        "NOT_EVALUATED",
        "credit is missing: no search was made",
    )
    assert "F06" not in results
    assert {one.rule.id for one in assessed(CASES["F07"].fires, version, date(2026, 3, 12)).results} >= {
        "F06"
    }


def test_text_and_truth_are_one_to_the_digest():
    told, spelled = (
        own(rules=[{"id": "F07", "enabled": False}]),
        own(rules=[{"id": "F07", "enabled": "false"}]),
    )
    assert RuleSet.model_validate(told).digest == RuleSet.model_validate(spelled).digest


@pytest.mark.parametrize(("text", "said"), [("a: [", "line 1"), ("version: x\n", "starts: is missing")])
def test_a_file_that_is_none_says_where(text, said):
    with pytest.raises(DataError, match=said):
        read_ruleset(text)
