"""Every rule that is shipped fires, does not fire and is not evaluated where it should be."""

from __future__ import annotations

import pytest

from plugins.rtb_fraud.rtb_rules import shipped
from plugins.rtb_fraud.rtb_scoring import Outcome
from tests.unit.rtb_fraud.assessing import assessed, result_of
from tests.unit.rtb_fraud.rule_cases import CASES, MORE

FIRED = (Outcome.FIRED, Outcome.SUPPRESSED)


def test_no_rule_is_without_its_three_cases():
    assert sorted(CASES) == sorted(rule.id for rule in shipped().rules)
    assert [f"E{n:02}" for n in range(1, 9)] + [f"F{n:02}" for n in range(1, 29)] == sorted(CASES)


@pytest.mark.parametrize("id", CASES)
def test_a_rule_fires_with_its_reason(id):
    result = result_of(id, CASES[id].fires)
    assert result.outcome in FIRED
    assert CASES[id].reason in str(result.reason)
    assert "?" not in str(result.reason)


@pytest.mark.parametrize("id", CASES)
def test_a_rule_just_does_not_fire(id):
    result = result_of(id, CASES[id].clear)
    assert (result.outcome, result.points, result.reason) == (Outcome.CLEAR, 0, None)


@pytest.mark.parametrize("id", CASES)
def test_a_rule_that_lacks_an_input_is_not_evaluated_and_says_why(id):
    result = result_of(id, CASES[id].not_evaluated)
    assert (result.outcome, result.points) == (Outcome.NOT_EVALUATED, 0)
    assert result.reason


@pytest.mark.parametrize(("id", "given", "outcome"), MORE)
def test_each_leg_of_a_rule(id, given, outcome):
    found = result_of(id, given).outcome
    assert (found if found not in FIRED else "FIRED") == outcome


def test_nothing_fires_about_a_clean_case():
    found = assessed()
    assert {one.outcome for one in found.results} == {Outcome.CLEAR}
    assert (found.score, found.band, found.coverage, found.recommendation) == (0, "LOW", 100, "PROCEED")
