"""The assessment: rules over inputs → what fired, the score, the band, a recommendation. Pure.

The same inputs, rule-set and day give the same result, byte for byte. It is an assessment, not a decision.
Source: formats page rtb_fraud.md, 6.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hub.api import canonical_json
from plugins.rtb_fraud.rtb_conditions import Told, written
from plugins.rtb_fraud.rtb_evidence import APPLICATION, Input
from plugins.rtb_fraud.rtb_measure import Asked, Unknown
from plugins.rtb_fraud.rtb_measures import MEASURES
from plugins.rtb_fraud.rtb_params import in_force
from plugins.rtb_fraud.rtb_rules import Rule, RuleSet

HIGHEST = 100


class Outcome(StrEnum):
    """SUPPRESSED: it fired, and a larger one of its group counts."""

    FIRED = "FIRED"
    CLEAR = "CLEAR"
    NOT_EVALUATED = "NOT_EVALUATED"
    SUPPRESSED = "SUPPRESSED"


class Recommendation(StrEnum):
    PROCEED = "PROCEED"
    MORE_EVIDENCE = "MORE_EVIDENCE"
    REFER = "REFER"
    ELIGIBILITY_REVIEW = "ELIGIBILITY_REVIEW"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one rule. `weight`: points if it counts; `reason`: why it fired, or was not evaluated;
    `threshold`: beside what it was measured, where that is one value."""

    rule: Rule
    outcome: Outcome
    weight: int
    points: int
    reason: str | None
    used: Sequence[Mapping[str, Any]]
    threshold: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    ruleset: RuleSet
    on: date
    results: Sequence[Result]

    @property
    def score(self) -> int:
        return min(HIGHEST, sum(result.points for result in self.results))

    @property
    def band(self) -> str:
        bands = self.ruleset.bands
        return "HIGH" if self.score >= bands.high else "MEDIUM" if self.score >= bands.medium else "LOW"

    @property
    def hard_stops(self) -> list[str]:
        return [one.rule.id for one in self.results if one.rule.hard_stop and _fired(one)]

    @property
    def coverage(self) -> int:
        """Percent of the F rules that could be evaluated, rounded down."""
        asked = [one for one in self.results if not one.rule.of_eligibility]
        evaluated = sum(one.outcome is not Outcome.NOT_EVALUATED for one in asked)
        return 100 * evaluated // len(asked) if asked else 0

    @property
    def recommendation(self) -> Recommendation:
        """What a person is advised to decide: the gravest of what applies."""
        if self.band == "HIGH" or self.hard_stops:
            return Recommendation.REFER
        if any(one.rule.of_eligibility and _fired(one) for one in self.results):
            return Recommendation.ELIGIBILITY_REVIEW
        if self.band == "MEDIUM" or self.coverage < self.ruleset.coverage_least:
            return Recommendation.MORE_EVIDENCE
        return Recommendation.PROCEED

    @property
    def consider(self) -> list[str]:
        """Who else the policy may want to be told, of the rules that fired."""
        return sorted({one.rule.consider for one in self.results if one.rule.consider and _fired(one)})

    def as_json(self) -> dict[str, Any]:
        """All of it, without personal data."""
        return {
            "ruleset_version": self.ruleset.version,
            "ruleset_digest": self.ruleset.digest,
            "run_on": self.on.isoformat(),
            "score": self.score,
            "band": self.band,
            "hard_stops": self.hard_stops,
            "coverage_pct": self.coverage,
            "recommendation": self.recommendation.value,
            "results": [_result_json(one) for one in self.results],
        }

    def as_text(self) -> str:
        return canonical_json(self.as_json())


def assess(inputs: Mapping[str, Input], ruleset: RuleSet, on: date) -> Assessment:
    """Raises ValueError when an input is not of its shape: those were refused when they came in."""
    asked = asked_about(inputs, ruleset, on)
    rules = sorted((rule for rule in ruleset.rules if rule.is_asked(on)), key=lambda rule: rule.id)
    told = [(rule, _told(rule, asked)) for rule in rules]
    counting = _largest([(rule, _weight(rule, one)) for rule, one in told if one.holds])
    results = [_result(rule, one, rule.id in counting, asked, inputs) for rule, one in told]
    return Assessment(ruleset, on, results)


def asked_about(inputs: Mapping[str, Input], ruleset: RuleSet, on: date) -> Asked:
    """What the measures may look at."""
    shaped = {name: one.value(name) for name, one in inputs.items()}
    why = {name: one.why or "no reason was given" for name, one in inputs.items() if shaped[name] is None}
    application = shaped.get(APPLICATION)
    received = application.received_at if application is not None else None
    law = in_force(ruleset.parameters, received) if received is not None else None
    return Asked(shaped, why, law, on)


def _told(rule: Rule, asked: Asked) -> Told:
    """What its condition comes to, once all that it requires is there."""
    try:
        for name in rule.requires:
            asked.get(name)
    except Unknown as unknown:
        return Told(None, str(unknown))
    return rule.when.ask(asked)


def _weight(rule: Rule, told: Told) -> int:
    return rule.weights.get(told.shown.get("v", ""), rule.weight)


def _largest(fired: Sequence[tuple[Rule, int]]) -> set[str]:
    """Of each group the rule with the most points, the first by id among equals; those in none all count."""
    best: dict[str, tuple[int, str]] = {}
    for rule, weight in fired:
        group = f"group {rule.group}" if rule.group else rule.id
        if group not in best or weight > best[group][0]:
            best[group] = (weight, rule.id)
    return {id for _, id in best.values()}


def _result(rule: Rule, told: Told, counts: bool, asked: Asked, inputs: Mapping[str, Input]) -> Result:
    used = _used(rule, asked, inputs)
    if told.holds is None:
        return Result(rule, Outcome.NOT_EVALUATED, rule.weight, 0, told.why, used)
    if not told.holds:
        return Result(rule, Outcome.CLEAR, rule.weight, 0, None, used, told.shown.get("t"))
    weight = _weight(rule, told)
    outcome = Outcome.FIRED if counts else Outcome.SUPPRESSED
    reason = _reason(rule, told, asked)
    return Result(rule, outcome, weight, weight if counts else 0, reason, used, told.shown.get("t"))


def _fired(result: Result) -> bool:
    """Whether the rule's condition holds, counted or not."""
    return result.outcome in (Outcome.FIRED, Outcome.SUPPRESSED)


def _reason(rule: Rule, told: Told, asked: Asked) -> str:
    """What is not known of a rule that fired all the same is shown as a question mark."""
    shown = {name: _shown(name, asked) for name in rule.when.names()}
    shown |= dict.fromkeys(set(rule.when.shows()) - told.shown.keys(), "?")
    return rule.reason.format_map({**shown, **told.shown})


def _shown(name: str, asked: Asked) -> str:
    try:
        return written(MEASURES[name].of(asked), MEASURES[name].kind)
    except Unknown:
        return "?"


def _used(rule: Rule, asked: Asked, inputs: Mapping[str, Input]) -> list[dict[str, Any]]:
    """Each measure with its value, and where its inputs come from."""
    return [
        {
            "name": name,
            "value": _shown(name, asked),
            "inputs": [
                {"input": one, "source": inputs[one].source, "as_of": inputs[one].as_of.isoformat()}
                for one in MEASURES[name].inputs
                if one in inputs
            ],
        }
        for name in dict.fromkeys(rule.when.names())
    ]


def _result_json(one: Result) -> dict[str, Any]:
    return {
        "rule_id": one.rule.id,
        "outcome": one.outcome.value,
        "weight": one.weight,
        "points": one.points,
        "inputs_used": list(one.used),
        "threshold": one.threshold,
        "reason": one.reason,
    }
