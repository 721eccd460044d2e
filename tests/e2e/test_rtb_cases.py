"""A case from its application to what became of it, as a hub over a real store works it."""

from __future__ import annotations

import pytest

from hub.errors import UsageError
from tests.rtb_ground import Ground, all_clean, application, evidence, lines


@pytest.fixture
def ground(tmp_path):
    return Ground(tmp_path)


def test_an_application_is_assessed_at_once_with_what_is_known(ground):
    assert ground.put("applications", lines(application())).state == "APPLIED"
    case = ground.record("RTB-1")
    assert (case.state, case.data["score"], case.data["recommendation"]) == ("ASSESSED", 0, "MORE_EVIDENCE")
    assert case.data["clock"] == {"rtb2_due": "2026-03-30", "s125_due": None, "days_left": 19}


def test_evidence_assesses_the_case_again(ground):
    ground.put("applications", lines(application()))
    assert ground.put("evidence", all_clean()).state == "APPLIED"
    case = ground.record("RTB-1")
    told = {name: case.data[name] for name in ("score", "band", "coverage_pct", "recommendation")}
    assert told == {"score": 0, "band": "LOW", "coverage_pct": 100, "recommendation": "PROCEED"}


def test_a_person_decides_with_a_reason(ground):
    ground.put("applications", lines(application()))
    with pytest.raises(UsageError, match="needs a reason"):
        ground.decide("PROCEED", reason=None)
    ground.decide("PROCEED")
    assert ground.record("RTB-1").state == "CLEARED"
    ground.put("evidence", lines(evidence("sanctions", {"hit": True})))
    case = ground.record("RTB-1")
    assert (case.state, case.data["recommendation"], case.data["hard_stops"]) == (
        "ASSESSED",
        "REFER",
        ["F27"],
    )
