"""A case from its application to what became of it, as a hub over a real store works it."""

from __future__ import annotations

import pytest

from hub.errors import UsageError
from hub.testing.fraud_team import LOSE, FraudTeam
from tests.rtb_ground import OFFICER, Ground, all_clean, application, evidence, lines, steps, update, updates


@pytest.fixture
def team():
    with FraudTeam() as running:
        yield running


@pytest.fixture
def ground(tmp_path, team):
    return Ground(tmp_path, team.url)


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
    ground.decide("PROCEED", reason="every source of funds was shown")
    assert ground.record("RTB-1").state == "CLEARED"
    with ground.hub() as hub, hub.look() as look:
        decided = look.moves("rtb_case", "RTB-1")[-1]
    assert (decided.who, decided.reason) == (OFFICER.login, "every source of funds was shown")
    ground.put("evidence", lines(evidence("sanctions", {"hit": True})))
    case = ground.record("RTB-1")
    assert (case.state, case.data["recommendation"], case.data["hard_stops"]) == (
        "ASSESSED",
        "REFER",
        ["F27"],
    )


@pytest.mark.parametrize("output", ["api_json", "api_xml"])
def test_a_referral_whose_answer_is_lost_is_taken_once(tmp_path, team, output):
    ground = Ground(tmp_path, team.url, output)
    team.troubles = [LOSE]
    ground.referred()
    assert ground.record("RTB-1").data.get("referral_id") is None
    ground.run(times=2)
    assert [key for _, key in team.posts] == ["RFR-2026-000001"] * 2
    (told,) = team.taken.values()
    assert (told["referral_id"], told["rtb_ref"]) == ("RFR-2026-000001", "RTB-1")
    assert ground.record("RFR-2026-000001", "rtb_referral").data["receipt"] == "FT-1"
    assert ground.record("RTB-1").state == "REFERRED"


def test_updates_move_the_case(ground):
    ground.referred()
    first = update("E1", "2026-03-11T12:00:00Z", "RECEIVED")
    hold = update("E3", "2026-03-13T12:00:00Z", "INVESTIGATING", hold_sale="Y", next_review="2026-05-01")
    late = update("E2", "2026-03-12T12:00:00Z", "TRIAGE")
    assert ground.put("updates", updates(first, hold, late)).state == "APPLIED"
    case, referral = ground.record("RTB-1"), ground.record("RFR-2026-000001", "rtb_referral")
    assert (case.state, case.data["referral_status"]) == ("ENQUIRIES", "INVESTIGATING")
    assert sorted(referral.data["events"]) == ["E1", "E2", "E3"]
    ended = update("E4", "2026-04-13T12:00:00Z", "CONCLUDED", outcome="NO_FRAUD", hold_sale="N")
    ground.put("updates", updates(first, ended), name="second.txt")
    case = ground.record("RTB-1")
    assert (case.state, case.data["outcome"], case.data["hold"]) == ("CONCLUDED", "NO_FRAUD", {})
    ground.decide("PROCEED")
    assert ground.record("RTB-1").state == "CLEARED"


def test_a_hold_makes_completion_wait_for_a_person_and_nothing_else(ground):
    ground.referred()
    hold = update("E1", "2026-03-11T12:00:00Z", "INVESTIGATING", hold_sale="Y", next_review="2026-08-01")
    ground.put("updates", updates(hold))
    told = [f"S{n},RTB-1,{step},2026-03-{20 + n},"
            for n, step in enumerate(("ADMITTED", "OFFERED", "ACCEPTED"))]  # fmt: skip
    ground.put("steps", steps(*told))
    claim = ground.record("RTB-1", "rtb_claim")
    assert (claim.state, claim.data["clock"]["s125_due"]) == ("ACCEPTED", "2026-05-15")
    assert "injunction" in next(one.title for one in ground.tasks() if one.name == "hold")
    ground.put("steps", steps("S9,RTB-1,COMPLETED,2026-06-01,"), name="completion.txt")
    assert ground.record("RTB-1", "rtb_claim").state == "ACCEPTED"
    ground.decide("REFUSED", name="hold", reason="no legal ground")
    ground.put("steps", steps("S10,RTB-1,COMPLETED,2026-06-01,"), name="again.txt")
    assert ground.record("RTB-1", "rtb_claim").state == "COMPLETED"
