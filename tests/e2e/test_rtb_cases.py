"""A case from its application to what became of it, as a hub over a real store works it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.errors import UsageError
from hub.model import PromiseState
from hub.testing.certificates import Authority
from hub.testing.fraud_team import LOSE, FraudTeam
from tests.rtb_ground import OFFICER, Ground, all_clean, application, evidence, lines, steps, update, updates


@pytest.fixture
def team(tmp_path):
    with FraudTeam(Authority(tmp_path / "authority")) as running:
        yield running


@pytest.fixture
def ground(tmp_path, team):
    return Ground(tmp_path, team)


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
    ground = Ground(tmp_path, team, output)
    team.troubles = [LOSE]
    ground.referred()
    assert ground.record("RTB-1").data.get("referral_id") is None
    ground.run(times=2)
    assert [key for _, key in team.posts] == ["RFR-2026-000001"] * 2
    (told,) = team.taken.values()
    assert (told["referral_id"], told["rtb_ref"]) == ("RFR-2026-000001", "RTB-1")
    assert ground.record("RFR-2026-000001", "rtb_referral").data["receipt"] == "FT-1"
    assert ground.record("RTB-1").state == "REFERRED"


def test_a_fraud_team_that_is_not_the_one_we_trust_is_told_nothing(tmp_path, team):
    other = Authority(tmp_path / "other")
    with FraudTeam(other) as impostor:
        impostor.authority = team.authority
        ground = Ground(tmp_path, impostor)
        ground.referred()
        assert (impostor.posts, impostor.taken) == ([], {})
    assert ground.records("rtb_referral") == []


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


def promises(ground, *states):
    """By name the last day of each."""
    with ground.hub() as hub, hub.look() as look:
        told = look.promises(states=states)
    return {row.name: (row.due_at - timedelta(seconds=1)).date().isoformat() for row in told}


def test_the_statutory_clock_runs_beside_a_case_whatever_becomes_of_it(ground):
    ground.referred()
    open_ = promises(ground, PromiseState.OPEN)
    assert open_ == {"rtb2": "2026-03-30", "rtb2_soon": "2026-03-23", "received": "2026-03-12"}
    ground.clock.turn(days=20)
    ground.run()
    assert sorted(promises(ground, PromiseState.BROKEN)) == ["received", "rtb2", "rtb2_soon"]
    ground.put("steps", steps("S1,RTB-1,ADMITTED,2026-03-31,"))
    assert promises(ground, PromiseState.OPEN)["s125"] == "2026-05-26"
    assert ground.record("RTB-1").data["clock"]["s125_due"] == "2026-05-26"


def test_an_application_without_its_day_runs_no_clock_until_it_is_known(ground):
    told = application(received_at=None, price="160000.00")
    assert ground.put("applications", lines(told)).state == "APPLIED"
    case, claim = ground.record("RTB-1"), ground.record("RTB-1", "rtb_claim")
    assert (claim.state, case.data["clock"]["rtb2_due"]) == ("INCOMPLETE", None)
    assert "received_at" in case.data["incomplete"]
    assert promises(ground, PromiseState.OPEN) == {}
    (asks,) = [one.title for one in ground.tasks() if one.name == "price"]
    assert "the price is not the valuation less the discount" in asks
    ground.put("applications", lines(application()), name="complete.txt")
    assert ground.record("RTB-1", "rtb_claim").state == "APPLIED"
    assert promises(ground, PromiseState.OPEN)["rtb2"] == "2026-03-30"
    assert ground.record("RTB-1/2", "rtb_assessment").data["clock"]["rtb2_due"] == "2026-03-30"


def test_every_statutory_day_of_the_process_is_promised(ground):
    ground.put("applications", lines(application()))
    ground.put("steps", steps("S1,RTB-1,RTB6,2026-03-31,", "S0,RTB-1,VALUER,2026-03-31,"), name="delay.txt")
    assert promises(ground, PromiseState.OPEN)["rtb6"] == "2026-04-30"
    ground.put("steps", steps("S2,RTB-1,RTB7,2026-04-01,", "S3,RTB-1,RTB8,2026-04-02,"), name="answer.txt")
    assert "rtb6" not in promises(ground, PromiseState.OPEN)
    assert "comes off the price" in next(one.title for one in ground.tasks() if one.name == "delay")
    ground.put(
        "steps", steps("S4,RTB-1,ADMITTED,2026-04-03,", "S5,RTB-1,OFFERED,2026-04-10,"), name="offer.txt"
    )
    clock = ground.record("RTB-1", "rtb_claim").data["clock"]
    assert (clock["tenant_due"], clock["valuer_until"]) == ("2026-07-02", "2026-07-10")
    ground.put("steps", steps("S6,RTB-1,VALUER,2026-04-20,"), name="asked.txt")
    assert "tenant" not in promises(ground, PromiseState.OPEN)
    ground.put("steps", steps("S7,RTB-1,VALUED,2026-06-01,"), name="valued.txt")
    assert promises(ground, PromiseState.OPEN)["tenant"] == "2026-08-23"
    ground.put("steps", steps("S8,RTB-1,REMINDED,2026-08-24,"), name="reminded.txt")
    assert promises(ground, PromiseState.OPEN)["reminded"] == "2026-09-21"
    claim = ground.record("RTB-1", "rtb_claim")
    assert (claim.state, claim.data["rtb8_on"], "valuer_on" in claim.data) == ("OFFERED", "2026-04-02", True)


def test_a_denial_tells_until_when_the_tribunal_may_be_asked(ground):
    ground.put("applications", lines(application()))
    ground.put("steps", steps("S1,RTB-1,DENIED,2026-03-12,an exception of Schedule 5"))
    claim = ground.record("RTB-1", "rtb_claim")
    assert (claim.state, claim.data["clock"]["appeal_until"]) == ("DENIED", "2026-05-07")


def test_no_reason_may_tip_somebody_off(ground):
    ground.put("applications", lines(application()))
    for reason in ("the NCA was told", "money laundering"):
        with pytest.raises(UsageError, match=r"could tip somebody off.*MLRO"):
            ground.decide("REFER", reason=reason)
    assert ground.record("RTB-1").state == "ASSESSED"
    ground.decide("REFER", reason="the funder is a company that nobody knows")
    assert ground.record("RTB-1").state == "REFERRED"


def test_a_withdrawn_claim_ends_its_case_and_is_kept_a_year(ground):
    ground.put("applications", lines(application()))
    ground.put("steps", steps("S1,RTB-1,WITHDRAWN,2026-03-12,"))
    case, first = ground.record("RTB-1"), ground.record("RTB-1/1", "rtb_assessment")
    assert (case.state, str(case.expires), str(first.expires)) == ("ENDED", "2027-03-11", "2027-03-11")
    assert ground.tasks() == []
    ground.put("applications", lines(application(price="160000.00")), name="late.txt")
    assert ground.record("RTB-1").state == "ENDED"


def test_an_applicant_who_withdraws_stops_no_enquiry(ground):
    ground.referred()
    ground.put("steps", steps("S1,RTB-1,WITHDRAWN,2026-03-12,"))
    assert ground.record("RTB-1").state == "REFERRED"
    told = update("E1", "2026-03-13T12:00:00Z", "CONCLUDED", outcome="WITHDRAWN_BY_APPLICANT")
    ground.put("updates", updates(told))
    assert ground.record("RTB-1").state == "ENDED"


def test_the_fraud_team_may_reopen_and_may_not_go_back(ground):
    ground.referred()
    ended = update("E1", "2026-03-12T12:00:00Z", "CONCLUDED", outcome="UNPROVEN")
    back = update("E2", "2026-03-13T12:00:00Z", "TRIAGE")
    again = update("E3", "2026-03-14T12:00:00Z", "REOPENED", text="new statements came")
    unknown = update("E4", "2026-03-14T12:00:00Z", "TRIAGE", referral="RFR-2026-000099")
    silent = update("E5", "2026-03-15T12:00:00Z", "REOPENED")
    odd = update("E6", "2026-03-16T12:00:00Z", "TRIAGE", outcome="NO_FRAUD")
    ground.put("updates", updates(ended, back, again, unknown, silent, odd))
    referral = ground.record("RFR-2026-000001", "rtb_referral")
    assert (referral.state, sorted(referral.data["events"])) == ("REOPENED", ["E1", "E3"])
    assert ground.record("RTB-1").state == "ENQUIRIES"


def test_what_is_older_than_what_is_known_replaces_nothing(ground):
    ground.put("applications", lines(application()))
    ground.put(
        "evidence", lines(evidence("nfi", {"matches": [{"match_id": "M", "risk": "H", "open": True}]}))
    )
    ground.put("evidence", lines(evidence("nfi", as_of="2026-03-09")), name="older.txt")
    assert ground.record("RTB-1").data["score"] == 30
    ground.put("evidence", lines(evidence("nfi", ref="RTB-9")), name="unknown.txt")
    assert len(ground.records("rtb_case")) == 1
