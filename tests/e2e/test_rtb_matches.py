"""A match of the NFI and a Right to Buy case: whichever comes first, the case knows of it the same day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.rtb_ground import Ground, application, lines
from tests.unit.rtb_fraud.match_files import ADA, BEN, listed, worked

ROUTES = """
partner: NFI
routes:
  matches:
    feed: rtb_fraud.nfi_matches
    from: {endpoint: desk, folder: matches, then: remove}
    mode: live
    owner: fraud-team
  work:
    feed: rtb_fraud.nfi_work
    from: {endpoint: desk, folder: work, then: remove}
    mode: live
    owner: fraud-team
"""


@pytest.fixture
def ground(tmp_path):
    made = Ground(tmp_path)
    made.write("routes/nfi.yaml", ROUTES)
    made.clock.at = datetime(2026, 12, 14, 9, tzinfo=UTC)
    return made


def take(ground, route, data, name="list.csv"):
    return ground.put(route, data.decode(), name=name)


def told(ground):
    case = ground.record("RTB-1")
    return case.state, case.data["score"], [text[:3] for text in case.data["fired"]]


def test_a_match_that_arrives_assesses_the_case_again_and_closing_it_once_more(ground):
    ground.put("applications", lines(application()))
    assert told(ground) == ("ASSESSED", 0, [])
    take(ground, "matches", listed(ADA, BEN))
    assert told(ground) == ("ASSESSED", 30, ["F22"])
    with ground.hub() as hub:
        (entry,) = [one for one in ground.tasks() if one.name == "nfi match" and "M0001" in one.title]
        hub.worklist.answer(entry.id, "open")
    closed = {**ADA, "status": "CLOSED_NO_ISSUE", "outcome": "NONE", "recovering": "N"}
    take(ground, "work", worked({**closed, "note": "another person"}), "work.csv")
    assert ground.record("2026/27:101:M0001", "nfi_match").state == "CLOSED_NO_ISSUE"
    assert told(ground) == ("ASSESSED", 0, [])
    scores = [one.data["score"] for one in ground.records("rtb_assessment")]
    assert scores == [0, 30, 0]


def test_a_case_that_begins_knows_the_matches_that_are_there(ground):
    take(ground, "matches", listed(ADA))
    ground.put("applications", lines(application()))
    assert told(ground) == ("ASSESSED", 30, ["F22"])
    assert ground.record("RTB-1").data["inputs"]["nfi"]["source"] == "nfi"
    assert len(ground.records("rtb_assessment")) == 1
    assert [one.name for one in ground.tasks() if "RTB-1" in one.title and one.name != "decide"]


def test_a_cleared_case_is_to_be_decided_again_when_a_match_arrives(ground):
    ground.put("applications", lines(application()))
    ground.decide("PROCEED")
    take(ground, "matches", listed(ADA))
    assert told(ground) == ("ASSESSED", 30, ["F22"])
    assert [one for one in ground.tasks() if one.name == "decide"]
