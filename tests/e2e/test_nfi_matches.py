"""Matches of the NFI: taken in, worked to an outcome, told back; what is decided here is never undone by a
list, and nobody without the role learns that there are any."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from hub.errors import ConfigError, UsageError
from hub.model import Move, PromiseState, Severity, Urgency
from hub.transfer.effects import apply_moves
from plugins.rtb_fraud.nfi_settings import MatchOptions, NfiSettings
from tests.nfi_ground import EVE, FAY, UMA, nfi_world, works
from tests.unit.rtb_fraud.match_files import ADA, BEN, CARA, listed, workbook, worked

KEY = "2026/27:101:M0001"


@pytest.fixture
def world(tmp_path):
    made = nfi_world(tmp_path)
    made.clock.at = datetime(2026, 12, 14, 9, tzinfo=UTC)
    return made


def take(world, route, name, data):
    world.arrive(name, data)
    with world.hub(viewer=FAY) as hub:
        (outcome,) = hub.run(route).transfers
        with hub.look() as look:
            return outcome, look.findings(outcome.id)


def matches(world):
    with world.hub(viewer=FAY) as hub, hub.look() as look:
        return {record.key: record for record in look.records("nfi_match")}


def state(world, key=KEY):
    return matches(world)[key].state


def promised(world):
    with world.hub(viewer=FAY) as hub, hub.look() as look:
        return {(one.name, one.subject_id, str(one.due_at)[:10]) for one in look.promises()}


@pytest.mark.parametrize(("name", "made"), [("matches.csv", listed), ("matches.xlsx", workbook)])
def test_a_list_makes_records_whichever_way_it_is_written(world, name, made):
    outcome, found = take(world, "matches", name, made(ADA, BEN, CARA))
    assert (outcome.state, found) == ("APPLIED", [])
    known = matches(world)
    assert {key: record.state for key, record in known.items()} == dict.fromkeys(
        (KEY, "2026/27:101:M0002", "2026/27:102:M0003"), "NEW"
    )
    assert known[KEY].data["match_fields"] == "NAME+DOB"
    assert "TESTERMAN" not in str(known[KEY].data)
    assert known[KEY].personal["other_address"] == "1 Elsewhere Road"


def test_a_match_is_worked_to_an_outcome_and_told_back_until_a_list_says_the_same(world):
    take(world, "matches", "matches.csv", listed(ADA))
    with world.hub(viewer=FAY) as hub:
        (sift,) = works(hub, "nfi match")
        hub.worklist.answer(sift.id, "open")
    assert state(world) == "OPENED"
    line = {**ADA, "status": "CLOSED_FRAUD", "outcome": "FRAUD_TENANCY_RECOVERED", "recovering": "N"}
    line["value_prevented"] = "9300000"
    _, found = take(world, "work", "work.csv", worked({**line, "note": "keys handed back"}))
    record = matches(world)[KEY]
    assert (found, record.state) == ([], "CLOSED_FRAUD")
    assert (record.data["outcome"], record.data["value_prevented"]) == ("FRAUD_TENANCY_RECOVERED", 9300000)
    assert (record.data["pending"], record.personal["note"]) == ("CLOSED_FRAUD", "keys handed back")
    assert (record.data["closed_at"], record.data["value_estimated"]) == ("2026-12-14", 9300000)
    assert str(record.expires) == "2030-12-14"
    header, row = sheet(world)
    assert dict(zip(header, row, strict=True)) == {
        "cycle": "2026/27",
        "report_no": "101",
        "match_id": "M0001",
        "status": "CLOSED_FRAUD",
        "outcome": "FRAUD_TENANCY_RECOVERED",
        "value_detected": "",
        "value_prevented": "9300000",
        "recovering": "N",
        "closed_at": "2026-12-14",
    }
    assert matches(world)[KEY].data["pending"] == "CLOSED_FRAUD"
    take(world, "matches", "matches_2.csv", listed({**ADA, **line}))
    assert matches(world)[KEY].data["pending"] is None


def sheet(world):
    """The rows of the status sheet, handed over."""
    with world.hub(viewer=UMA) as hub:
        hub.run("status")
        (entry,) = works(hub, "hand_over")
        taken = hub.worklist.take(entry.id, world.folder / "desk")
        hub.worklist.handed_over(entry.id, "keyed on 14 December")
    text = (world.folder / "desk" / taken.delivery.name).read_text("utf-8")
    return list(csv.reader(io.StringIO(text)))


def test_a_list_never_takes_back_what_was_decided_here(world):
    take(world, "matches", "matches.csv", listed({**ADA, "status": "OPENED"}))
    closed = {**ADA, "status": "CLOSED_NO_ISSUE", "outcome": "NONE"}
    take(world, "work", "work.csv", worked(closed))
    _, found = take(world, "matches", "matches_2.csv", listed({**ADA, "our_role": "joint tenant"}))
    assert [(one.check, one.severity, one.line) for one in found] == [("NFI-CONFLICT", Severity.WARNING, 2)]
    assert state(world) == "CLOSED_NO_ISSUE"
    with world.hub(viewer=FAY) as hub:
        (asks,) = works(hub, "nfi conflict")
    assert "CLOSED_NO_ISSUE here, and the application says NEW" in asks.title


def test_a_list_that_is_further_along_moves_the_match_by_legal_steps(world):
    take(world, "matches", "matches.csv", listed(ADA))
    take(
        world,
        "matches",
        "matches_2.csv",
        listed({**ADA, "status": "CLOSED_ERROR", "outcome": "ERROR_CORRECTED"}),
    )
    with world.hub(viewer=FAY) as hub, hub.look() as look:
        assert [move.to_state for move in look.moves("nfi_match", KEY)][-2:] == ["OPENED", "CLOSED_ERROR"]
        assert works(hub, "nfi conflict") == []


def test_what_a_new_list_leaves_out_is_withdrawn_not_deleted(world):
    take(world, "matches", "matches.csv", listed(ADA, BEN, CARA))
    take(world, "matches", "matches_2.csv", listed(BEN))
    assert {key: record.state for key, record in matches(world).items()} == {
        KEY: "WITHDRAWN",
        "2026/27:101:M0002": "NEW",
        "2026/27:102:M0003": "NEW",
    }


def test_what_was_withdrawn_and_comes_again_is_as_the_list_has_it(world):
    take(world, "matches", "matches.csv", listed(ADA, BEN))
    take(world, "matches", "matches_2.csv", listed(BEN))
    gone = matches(world)[KEY]
    assert (gone.state, str(gone.expires)) == ("WITHDRAWN", "2030-12-14")
    _, found = take(world, "matches", "matches_3.csv", listed({**ADA, "status": "OPENED"}, BEN))
    assert (found, state(world)) == ([], "OPENED")
    take(world, "matches", "matches_4.csv", listed({**BEN, "our_role": "tenant"}, CARA))
    assert state(world) == "WITHDRAWN"


@pytest.mark.parametrize(
    ("score", "risk"), [("100", "H"), ("80", "H"), ("79", "M"), ("20", "L"), ("19", "N")]
)
def test_a_risk_that_is_a_number_is_read_as_the_route_says(score, risk):
    options = MatchOptions(scores={"H": 80, "M": 50, "L": 20}, risks={"M": {"medium"}})
    assert (options.risk(score), options.risk("medium"), options.risk("?")) == (risk, "M", None)


@pytest.mark.parametrize(
    ("cycle", "outcome", "pence"),
    [
        ("2026/27", "FRAUD_TENANCY_RECOVERED", 9_300_000),
        ("RECHECK", "FRAUD_RTB_STOPPED", 6_500_000),
        ("2016/17", "FRAUD_TENANCY_RECOVERED", None),
        ("2026/27", "WL_REMOVED", None),
        ("2026/27", None, None),
    ],
)
def test_an_outcome_is_worth_what_its_cycle_reckons(cycle, outcome, pence):
    assert NfiSettings().worth(cycle, outcome) == pence


def test_our_record_that_changed_since_is_told_and_kept(world):
    take(world, "matches", "matches.csv", listed(ADA))
    _, found = take(world, "matches", "matches_2.csv", listed({**ADA, "our_postcode": "ZZ1 2CD"}))
    assert [(one.check, one.field) for one in found] == [("NFI-CHANGED", "our_postcode")]
    assert matches(world)[KEY].data["changed"] == ["our_postcode"]


@pytest.mark.parametrize(
    ("spoiled", "check", "field"),
    [
        ({"cycle": "2019/20"}, "NFI-CYCLE", "cycle"),
        ({"risk": "95"}, "NFI-WORDS", "risk"),
        ({"status": "DONE"}, "NFI-WORDS", "status"),
        ({"status": "CLOSED_FRAUD"}, "NFI-WORDS", "outcome"),
        ({"outcome": "NONE"}, "NFI-WORDS", "outcome"),
        ({"match_id": "M0001", "our_forename": "EVE"}, "NFI-CLASH", "match_id"),
        ({"comment_shared": "consent asked of the NCA"}, "NFI-WORDING", "comment_shared"),
        ({"released_at": "14/12/2026"}, "FIELD", "released_at"),
        ({"value_detected": "93,000.00"}, "FIELD", "value_detected"),
    ],
)
def test_a_list_that_is_wrong_is_refused_whole_with_line_and_column(world, spoiled, check, field):
    outcome, found = take(world, "matches", "matches.csv", listed(ADA, {**BEN, **spoiled}))
    assert outcome.state == "REJECTED"
    assert [(one.check, one.line, one.field) for one in found] == [(check, 3, field)]
    assert matches(world) == {}


def test_a_list_with_reports_of_others_is_kept_from_everybody_and_an_administrator_is_asked(world):
    outcome, found = take(world, "matches", "matches.csv", listed(ADA, {**BEN, "report_no": "990"}))
    assert (outcome.state, [one.check for one in found]) == ("REJECTED", ["NFI-REPORT"])
    assert matches(world) == {}
    with world.hub(viewer=FAY) as hub:
        (asks,) = works(hub, "somebody else's file")
    assert "tell data protection" in asks.title


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ({"status": "CLOSED_FRAUD", "outcome": "FRAUD_RTB_STOPPED"}, "NFI-OUTCOME"),
        ({"status": "NOT_SELECTED"}, "NFI-OUTCOME"),
        ({"status": "CLOSED_NO_ISSUE"}, "NFI-OUTCOME"),
        ({"match_id": "M0009", "status": "OPENED"}, "NFI-UNKNOWN"),
        ({"status": "OPENED", "note": "a SAR was made"}, "NFI-WORDING"),
    ],
)
def test_what_staff_say_is_refused_when_it_cannot_be(world, line, check):
    take(world, "matches", "matches.csv", listed(ADA))
    outcome, found = take(world, "work", "work.csv", worked({**ADA, **line}))
    assert (outcome.state, [one.check for one in found], state(world)) == ("REJECTED", [check], "NEW")


def test_no_match_is_closed_that_nobody_opened(world):
    take(world, "matches", "matches.csv", listed(ADA))
    _, found = take(
        world, "work", "work.csv", worked({**ADA, "status": "CLOSED_NO_ISSUE", "outcome": "NONE"})
    )
    assert [(one.check, one.severity) for one in found] == [("MOVE", Severity.HOLD_ITEM)]
    assert state(world) == "NEW"


def test_high_risk_is_promised_and_escalated(world):
    take(world, "matches", "matches.csv", listed(ADA, BEN))
    about = f"nfi_match:{KEY}"
    assert promised(world) == {("nfi look", about, "2026-12-22"), ("nfi open", about, "2026-12-30")}
    world.clock.turn(days=9)
    with world.hub(viewer=FAY) as hub:
        hub.run("status")
        with hub.look() as look:
            (broken,) = look.promises(states=[PromiseState.BROKEN])
            assert {one.urgency for one in look.alerts() if one.about == f"promise:{broken.id}"} == {
                Urgency.RED
            }
    assert broken.says.endswith("nobody has opened it yet")
    take(world, "work", "work.csv", worked({**ADA, "status": "OPENED"}))
    assert promised(world) == {("nfi close", about, "2027-06-15")}


def begin_case(world, **data):
    move = Move(kind="rtb_case", key="RTB-2026-0001", to="RECEIVED", data=data)
    with world.hub(viewer=FAY) as hub:
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, [move], who="fay"))


@pytest.mark.parametrize("first", ["case", "match"])
def test_a_match_that_meets_an_open_right_to_buy_case_alerts_the_same_day(world, first):
    if first == "case":
        begin_case(world, tenancy_ref="T0004711")
    take(world, "matches", "matches.csv", listed(ADA, BEN))
    if first == "match":
        begin_case(world, tenancy_ref="T0004711")
    assert matches(world)[KEY].data["rtb"] == "RTB-2026-0001"
    assert ("nfi open", f"nfi_match:{KEY}", "2026-12-15") in promised(world)
    with world.hub(viewer=FAY) as hub:
        (asks,) = works(hub, "nfi meets rtb RTB-2026-0001")
        with hub.look() as look:
            assert f"work:{asks.id}" in {one.about for one in look.alerts()}
    assert "is about the open Right to Buy case RTB-2026-0001: look today" in asks.title


def test_who_has_not_the_role_sees_no_trace(world):
    take(world, "matches", "matches.csv", listed(ADA, BEN))
    begin_case(world, tenancy_ref="T0004711")
    with world.hub(viewer=EVE) as hub, hub.look() as look:
        assert (look.transfers(limit=9), look.worklist(), look.records(), look.promises()) == ([], [], [], [])
        assert (look.alerts(), look.find("T0004711"), look.groups_that_are(())) == ([], [], [])
        with pytest.raises(UsageError, match="There is no"):
            look.record("nfi_match", KEY)
    with pytest.raises(ConfigError, match="There is no route"), world.hub(viewer=EVE) as hub:
        hub.run("matches")
