"""A hold on a rent account: the item waits, or the file is stopped where it cannot leave it behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.checks.run import failing_at_send
from hub.model import Facts, ItemState, Record
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import SUBMISSION
from tests.unit.bacs.bacs_files import DAILY, FACTS, TODAY, call, ddcall, submission, unpaid_record
from tests.unit.bacs.test_bacs_collections import OTHER, TENANT

HELD_ACCOUNT = "1900000029"  # of the mandate RENT0010000456, the second payment of the daily file
SECOND = 6


def facts(kind: str = "DECEASED", until: date | None = None, account: str = HELD_ACCOUNT) -> Facts:
    data = {"kind": kind, "until": until and until.isoformat()}
    hold = Record(kind="hold", key="H1", state="ACTIVE", account=account, data=data)
    return replace(FACTS, records=Snapshot([hold, unpaid_record()]))


def test_in_a_file_that_the_hub_writes_only_the_item_on_hold_waits() -> None:
    outcome = call(ddcall(TENANT, OTHER), facts(account="1900000011"))
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    assert outcome.reasons == ["the account is on hold for DECEASED (ON_HOLD)", None]
    assert outcome.told == []


def test_a_file_that_goes_as_it_came_is_refused() -> None:
    outcome = submission(DAILY, facts())
    assert outcome.told == [("S18-025", SECOND)]
    assert f"account {HELD_ACCOUNT} is on hold (DECEASED)" in outcome.messages


@pytest.mark.parametrize(
    ("kind", "stopping", "stops"),
    [
        ("DECEASED", None, True),
        ("DISPUTE", None, True),
        ("BREATHING_SPACE", None, False),
        ("VULNERABLE", None, False),
        ("BREATHING_SPACE", {"BREATHING_SPACE"}, True),
        ("DECEASED", {"BREATHING_SPACE"}, False),
    ],
)
def test_the_council_says_which_holds_stop_a_collection(
    kind: str, stopping: set[str] | None, stops: bool
) -> None:
    options = {"stopping_holds": stopping} if stopping else {}
    assert ("S18-025" in submission(DAILY, facts(kind), **options).checks) is stops


def test_a_hold_that_is_over_stops_nothing() -> None:
    assert submission(DAILY, facts(until=TODAY)).told == [("S18-025", SECOND)]
    assert submission(DAILY, facts(until=TODAY - timedelta(days=1))).told == []


def test_a_hold_that_comes_before_sending_stops_the_file_at_the_door() -> None:
    outcome = call(ddcall(TENANT))
    at_the_door = replace(outcome.ctx, facts=facts(account="1900000011"))
    findings = failing_at_send(SUBMISSION.checks, outcome.carried, at_the_door, lambda finding: finding)
    assert [finding.check for finding in findings] == ["S18-025"]


def test_where_records_are_not_known_it_is_not_checked() -> None:
    outcome = submission(DAILY, replace(FACTS, records=None))
    assert outcome.told == []
    assert "S18-025" in outcome.examined.reading.not_checked
