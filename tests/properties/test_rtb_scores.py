"""The score under generated evidence: whatever comes in whatever order, and what more may do to it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.rtb_fraud.rtb_rules import RuleSet, shipped
from plugins.rtb_fraud.rtb_scoring import Assessment, Outcome, assess
from tests.rtb_ground import APPLICATION
from tests.unit.rtb_fraud.assessing import ON, inputs
from tests.unit.rtb_fraud.rule_cases import CASES, Given, both
from tests.unit.rtb_fraud.test_rulesets import own

FIRING = [CASES[id].fires for id in sorted(CASES)]
givens = st.lists(st.sampled_from(FIRING), max_size=6, unique_by=id)
missing = st.sets(st.sampled_from(sorted(inputs())), max_size=8)
RULES = {rule.id: rule for rule in shipped().rules}


def together(some: list[Given], without: set[str] = frozenset()) -> Given:
    """What all of them say; where two speak of one input, the last does."""
    found = Given()
    for one in some:
        found = both(found, one)
    return Given(found.application, found.evidence, tuple(sorted(without)))


def scored(what: Given, ruleset: RuleSet | None = None) -> Assessment:
    return assess(inputs(what), ruleset or shipped(), ON)


@given(givens, missing, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_the_order_of_inputs_nor_of_rules_changes_a_byte(some, without, draw):
    known = list(inputs(together(some, without)).items())
    found = assess(dict(known), shipped(), ON).as_json()
    draw.shuffle(known)
    rules = list(shipped().rules)
    draw.shuffle(rules)
    shuffled = shipped().model_copy(update={"rules": tuple(rules)})
    assert assess(dict(known), shuffled, ON).as_json() == found


@given(givens, missing)
@settings(max_examples=60, deadline=None)
def test_of_each_group_the_largest_counts_and_no_other(some, without):
    """Reckoned anew from what fired, with a few lines of its own."""
    found = scored(together(some, without))
    groups: dict[str, list[int]] = {}
    for one in found.results:
        if one.outcome in (Outcome.FIRED, Outcome.SUPPRESSED):
            weight = 5 if one.rule.id == "F22" else one.weight  # the case's match is of risk L
            groups.setdefault(one.rule.group or one.rule.id, []).append(weight)
    assert found.score == min(100, sum(map(max, groups.values())))
    counted = [one for one in found.results if one.points]
    assert len({one.rule.group or one.rule.id for one in counted}) == len(counted)


@given(givens, missing)
@settings(max_examples=40, deadline=None)
def test_losing_an_input_never_raises_the_score_nor_the_coverage(some, without):
    whole, part = scored(together(some)), scored(together(some, without))
    assert part.score <= whole.score
    assert part.coverage <= whole.coverage
    passed = {one.rule.id for one in part.results if one.outcome is Outcome.CLEAR}
    fired = {one.rule.id for one in whole.results if one.outcome in (Outcome.FIRED, Outcome.SUPPRESSED)}
    assert not passed & fired


@given(
    st.sampled_from([id for id in CASES if RULES[id].weight]),
    st.integers(0, 100),
    st.integers(0, 100),
    givens,
)
@settings(max_examples=40, deadline=None)
def test_a_larger_weight_never_lowers_the_score(id, one, other, some):
    less, more = sorted((one, other))
    found = [
        scored(
            together([*some, CASES[id].fires]),
            RuleSet.model_validate(own(rules=[{"id": id, "weight": weight}])),
        )
        for weight in (less, more)
    ]
    assert found[0].score <= found[1].score


@given(givens, st.integers(18, 100), st.booleans())
@settings(max_examples=40, deadline=None)
def test_age_and_vulnerability_never_move_the_score(some, years, vulnerable):
    """They serve F24 alone, which has no points."""
    what = together(some)
    people = what.application.get("applicants") or APPLICATION["applicants"]
    other = [{**people[0], "date_of_birth": f"{2026 - years}-01-01", "vulnerable": vulnerable}, *people[1:]]
    changed = Given({**what.application, "applicants": other}, what.evidence, what.missing)
    assert scored(changed).score == scored(what).score
