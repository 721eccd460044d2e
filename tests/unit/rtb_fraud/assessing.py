"""Assessments for tests, without a hub."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from plugins.rtb_fraud.rtb_evidence import Input
from plugins.rtb_fraud.rtb_rules import RuleSet, shipped
from plugins.rtb_fraud.rtb_scoring import Assessment, Result, assess
from tests.rtb_ground import APPLICATION, CLEAN
from tests.unit.rtb_fraud.rule_cases import Given

ON = date(2026, 3, 11)


def inputs(given: Given | None = None) -> dict[str, Input]:
    """All inputs of a case, as they are snapshotted."""
    given = given or Given()
    values: Mapping[str, Any] = {
        "application": {**APPLICATION, **given.application},
        **CLEAN,
        **given.evidence,
    }
    known = {name: Input("test", ON, "verified", value) for name, value in values.items()}
    return known | {name: Input("test", ON, "missing", None, "no search was made") for name in given.missing}


def assessed(given: Given | None = None, ruleset: RuleSet | None = None, on: date = ON) -> Assessment:
    return assess(inputs(given), ruleset or shipped(), on)


def result_of(id: str, given: Given) -> Result:
    return next(one for one in assessed(given).results if one.rule.id == id)
