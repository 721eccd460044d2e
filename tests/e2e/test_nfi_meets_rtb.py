"""A match of the NFI about the home of a Right to Buy case is an input of its assessment from that day on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.rtb_ground import Ground, all_clean, application, lines
from tests.unit.rtb_fraud.match_files import ADA, BEN, listed, worked

ROUTES = """
partner: NFI
routes:
  matches: {feed: rtb_fraud.nfi_matches, from: {endpoint: desk, folder: m}, mode: live, owner: fraud-team}
  work: {feed: rtb_fraud.nfi_work, from: {endpoint: desk, folder: work}, mode: live, owner: fraud-team}
"""
FOUND = {**ADA, "released_at": "2026-03-11"}


@pytest.fixture
def ground(tmp_path):
    made = Ground(tmp_path)
    made.write("routes/nfi.yaml", ROUTES)
    made.clock.at = datetime(2026, 3, 11, 9, tzinfo=UTC)
    made.put("applications", lines(application()))
    made.put("evidence", all_clean())
    return made


def fired(ground):
    return [told.split(" ")[0] for told in ground.record("RTB-1").data["fired"]]


def test_a_match_is_known_to_the_case_at_once_and_no_more_once_it_is_closed(ground):
    assert "F22" not in fired(ground)
    ground.put("matches", listed(FOUND, {**BEN, "released_at": "2026-03-11"}).decode())
    assert "F22" in fired(ground)
    case = ground.record("RTB-1")
    assert case.data["inputs"]["nfi"]["source"] == "nfi"
    assert [one.name for one in ground.tasks() if one.name.startswith("nfi meets")] == ["nfi meets rtb RTB-1"]
    for status, outcome in (("OPENED", ""), ("CLOSED_NO_ISSUE", "NONE")):
        ground.put("work", worked({**FOUND, "status": status, "outcome": outcome}).decode())
    assert "F22" not in fired(ground)
