"""The score: only the largest rule of a group counts; bands; what is recommended; the page's worked one."""

from __future__ import annotations

import pytest

from plugins.rtb_fraud.rtb_rules import RuleSet
from tests.unit.rtb_fraud.assessing import assessed
from tests.unit.rtb_fraud.rule_cases import CASES, Given, both, change, home, of, paid_by, without
from tests.unit.rtb_fraud.test_rulesets import own

WORKED = both(
    both(
        both(
            of("benefits", awards=[{"kind": "HB", "starts": "2020-01-01"}]),
            paid_by(("savings", "161000.00", "self", "none")),
        ),
        change("succession", "2024-05-01"),
    ),
    both(of("electoral", at_home=0), of("nfi", matches=[{"match_id": "M1", "risk": "M", "open": True}])),
)
"""Formats page rtb_fraud.md, 6.5: 25 + 10 + 10 + 15 = 60, F14 not evaluated."""


def test_the_worked_score():
    found = assessed(Given(WORKED.application, WORKED.evidence, ("title",)))
    told = {one.rule.id: (one.outcome, one.points) for one in found.results if one.outcome != "CLEAR"}
    assert told == {
        "F04": ("FIRED", 25),
        "F06": ("SUPPRESSED", 0),
        "F12": ("FIRED", 10),
        "F14": ("NOT_EVALUATED", 0),
        "F21": ("FIRED", 10),
        "F22": ("FIRED", 15),
    }
    assert (found.score, found.band, found.coverage, found.recommendation) == (60, "HIGH", 96, "REFER")
    assert found.consider == ["MLRO"]
    limits = {one.rule.id: one.threshold for one in found.results}
    assert (limits["F06"], limits["F10"], limits["F14"]) == ("10 %", "90", None)


@pytest.mark.parametrize(("risk", "points"), [("H", 30), ("M", 15), ("L", 5), ("N", 0)])
def test_a_match_counts_by_its_risk(risk, points):
    assert assessed(of("nfi", matches=[{"match_id": "M1", "risk": risk, "open": True}])).score == points


@pytest.mark.parametrize(
    ("given", "recommended"),
    [
        (CASES["F15"].fires, "REFER"),
        (CASES["E03"].fires, "ELIGIBILITY_REVIEW"),
        (both(CASES["E03"].fires, CASES["F27"].fires), "REFER"),
        (CASES["F14"].fires, "MORE_EVIDENCE"),
        (CASES["F23"].fires, "PROCEED"),
        (CASES["F24"].fires, "PROCEED"),
        (without("tenancy", "council_tax", "electoral"), "PROCEED"),
        (without("tenancy", "council_tax", "electoral", "contact", "rent_account"), "MORE_EVIDENCE"),
        (without("title", "credit"), "PROCEED"),
    ],
)
def test_what_is_recommended(given, recommended):
    assert assessed(given).recommendation == recommended


def test_bands_are_the_versions_own():
    severe = RuleSet.model_validate(own(bands={"medium": "10", "high": "20"}))
    assert (assessed(CASES["F23"].fires, severe).band, assessed(CASES["F23"].fires).band) == ("HIGH", "LOW")


def test_no_name_number_or_address_stands_in_a_result():
    everything = "".join(assessed(case.fires).as_text() for case in CASES.values())
    for word in ("TESTERMAN", "ADA", "AB123457C", "1979-06-18", "Sham and Co", "100099990001"):
        assert word not in everything


def test_the_same_is_the_same_to_the_byte():
    given = home(district="Leeds")
    assert assessed(given).as_text() == assessed(given).as_text()
