"""Rule-sets: versions of rules with parameters and bands, as data (formats page rtb_fraud.md, 6.4 to 6.6).

The one that is shipped lies in `data/ruleset-default.yaml`; a council's own in
`config/settings/rtb_fraud/rulesets/NAME.yaml`, which may build on it and say only what differs.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from hub.api import canonical_json
from plugins.rtb_fraud.rtb_conditions import AnyCondition
from plugins.rtb_fraud.rtb_evidence import INPUTS
from plugins.rtb_fraud.rtb_params import Parameters
from plugins.rtb_fraud.rtb_types import Reference, Shape, Words

_DEFAULT = Path(__file__).with_name("data") / "ruleset-default.yaml"
_KEPT_APART = ("approved", "digest")
Weight = Annotated[int, Field(ge=0, le=100)]
Day = Annotated[date | None, BeforeValidator(lambda told: None if told in ("null", "~", "") else told)]
"""In YAML that is read as text all through."""


class Rule(Shape):
    """One rule. An id that begins with E is of eligibility and has no points, one with F of fraud and money.

    group:     of the rules of one group only the largest counts
    when:      the condition (`rtb_conditions.py`)
    requires:  inputs without which it is not evaluated, beside those that its condition needs
    effective: from which day to which it is in use; null = no end
    weights:   points by what the condition measures, where they differ
    hard_stop: it is enough by itself for REFER
    reason:    {v} and {t} are what was measured and the threshold; see README.md
    consider:  who else the policy may want to be told ("MLRO", "safeguarding"); never done by the hub
    """

    id: Annotated[str, StringConstraints(pattern=r"^[EF][0-9]{2,3}$")]
    title: Words
    group: Reference | None = None
    when: AnyCondition
    requires: tuple[str, ...] = ()
    weight: Weight
    weights: Mapping[str, Weight] = {}
    hard_stop: bool = False
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    action: Words | None = None
    consider: Words | None = None
    enabled: bool = True
    effective: tuple[Day, Day] = (None, None)
    owner: Reference
    dpia_ref: Reference

    @property
    def of_eligibility(self) -> bool:
        return self.id.startswith("E")

    def is_asked(self, on: date) -> bool:
        """Whether the rule is in use on a day."""
        first, last = self.effective
        return self.enabled and (first is None or first <= on) and (last is None or on <= last)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.of_eligibility and (self.weight or self.weights):
            raise ValueError(f"{self.id} is of eligibility, which has no points: weight is 0")
        if unknown := set(self.requires) - INPUTS.keys():
            raise ValueError(f"{self.id} requires {sorted(unknown)[0]}, which is no input")
        known = {"v", "t", *self.when.shows(), *self.when.names()}
        try:
            fields = [
                (name, spec) for _, name, spec, _ in string.Formatter().parse(self.reason) if name is not None
            ]
        except ValueError as wrong:
            raise ValueError(f"reason of {self.id}: {wrong}") from None
        for name, spec in fields:
            if name not in known or spec:
                raise ValueError(f"reason of {self.id}: {{{name}}} is none of {', '.join(sorted(known))}")
        return self


class Approval(Shape):
    """That a second person looked at the version as it is: its digest is that of the file."""

    by: Reference
    on: date
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class Bands(Shape):
    medium: Annotated[int, Field(ge=1, le=100)] = 30
    high: Annotated[int, Field(ge=1, le=100)] = 60

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.medium >= self.high:
            raise ValueError("medium begins below high")
        return self


class RuleSet(Shape):
    """One version. It is used for assessments from `starts` to `ends`.

    coverage_least: percent of the F rules that must have been evaluated before PROCEED is recommended
    digest:         of all that the version says, but for who approved it; computed
    """

    version: Reference
    based_on: Reference | None = None
    starts: date
    ends: date | None = None
    owner: Reference
    dpia_ref: Reference
    changed_by: Reference
    approved: Approval | None = None
    bands: Bands = Bands()
    coverage_least: Annotated[int, Field(ge=0, le=100)] = 70
    parameters: Annotated[tuple[Parameters, ...], Field(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    digest: str = ""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, told: Any) -> Any:
        """With what it builds on, and its digest."""
        if not isinstance(told, Mapping):
            return told
        if told.get("digest"):
            raise ValueError("digest belongs below approved; the hub computes the version’s own")
        if base := told.get("based_on"):
            shipped = _shipped()
            if base != shipped["version"]:
                raise ValueError(
                    f"based_on names {base}; only {shipped['version']}, which is shipped, can be"
                )
            told = _laid_over(shipped, told)
        kept = {name: value for name, value in told.items() if name not in _KEPT_APART}
        return {**told, "digest": hashlib.sha256(canonical_json(_plain(kept)).encode()).hexdigest()[:16]}

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.ends is not None and self.ends < self.starts:
            raise ValueError("ends before it starts")
        ids = [rule.id for rule in self.rules]
        if twice := sorted({id for id in ids if ids.count(id) > 1}):
            raise ValueError(f"there are two rules {twice[0]}")
        return self

    def holds(self, on: date) -> bool:
        return self.starts <= on and (self.ends is None or on <= self.ends)

    def unapproved(self) -> str | None:
        """Why a council may not use it yet: a change needs two people. None when they agree."""
        if self.approved is None:
            return (
                f"version {self.version} is not approved: a second person enters approved: "
                f"{{by: …, on: …, digest: {self.digest}}}"
            )
        if self.approved.by.casefold() == self.changed_by.casefold():
            return (
                f"version {self.version} was changed and approved by {self.changed_by}; that takes two people"
            )
        if self.approved.digest != self.digest:
            return (
                f"version {self.version} is not what {self.approved.by} approved: its digest is "
                f"{self.digest}, not {self.approved.digest}. Give it a new version, and let a second person "
                "approve that"
            )
        return None


def _laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A version over the one that it builds on: rules by their id, all else by name. Its own rules come
    first, as they stand in its file, so that a mistake is told at its line."""
    there = {rule["id"]: rule for rule in base["rules"]}
    told = [rule for rule in own.get("rules") or () if isinstance(rule, Mapping)]
    rules = [{**there.get(rule.get("id"), {}), **rule} for rule in told]
    named = {rule.get("id") for rule in told}
    others = [rule for id, rule in there.items() if id not in named]
    return {**base, **own, "rules": [*rules, *others]}


def _plain(value: Any) -> Any:
    """As text all through, so that true and "true" are the same."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_rules(text: str) -> Any:
    """YAML whose plain values are all text. Raises yaml.YAMLError."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - makes text, lists and mappings only


@cache
def _shipped() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_rules(_DEFAULT.read_text(encoding="utf-8"))
    return found


@cache
def shipped() -> RuleSet:
    """The rule-set of this project: indicators with their sources, weights that a council must tune."""
    return RuleSet.model_validate(_shipped())


def overlapping(versions: Sequence[RuleSet]) -> str | None:
    """Which two are in force on one day, or have one name; None when none are."""
    names = [one.version for one in versions]
    if len(set(names)) < len(names):
        return "two files have the same version"
    in_order = sorted(versions, key=lambda one: one.starts)
    for one, after in pairwise(in_order):
        if one.ends is None or one.ends >= after.starts:
            return f"versions {one.version} and {after.version} are both in force on {after.starts}"
    return None
