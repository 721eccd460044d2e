"""Our person of a match, held against the rent system's list of tenants."""

from __future__ import annotations

import pytest

from hub.checks.base import Context
from hub.model import Disposition, Facts, Item, ItemState, Record, Taken
from hub.transfer.records import Snapshot
from plugins.rtb_fraud.match_import import match_moves
from plugins.rtb_fraud.match_layout import DAY, OURS
from plugins.rtb_fraud.nfi_settings import MatchOptions
from tests.unit.rtb_fraud.match_files import ADA

ACCOUNT = "7001234501"
PERSON = {"surname": "Testerman", "forenames": "Ada May", "date_of_birth": "1979-06-18"}
BEN = {"surname": "Testerman", "forenames": "Ben", "date_of_birth": "1981-02-02"}


@pytest.mark.parametrize(
    ("tenants", "changed"),
    [
        ([PERSON], []),
        ([BEN, PERSON], []),
        ([PERSON | {"surname": "O'Tester"}], ["our_surname"]),
        ([BEN], ["our_forename", "our_dob"]),
        ([PERSON | {"date_of_birth": ""}], []),
        ([], []),
    ],
)
def test_what_differs_from_the_tenant_most_alike_is_kept_with_the_match(tenants, changed):
    records = [
        Record(kind="tenant", key=f"T1/P{number}", state="CURRENT", account=ACCOUNT, personal=person)
        for number, person in enumerate(tenants)
    ]
    personal = {name: ADA[name] for name in OURS}
    item = Item("NFI_MATCH", 2, "2026/27:101:M0001", 0, DAY.read(ADA["released_at"]), {**ADA}, personal)
    ctx = Context(MatchOptions(), Facts(records=Snapshot(records)), "nfi-matches")
    (move,) = match_moves(Taken("t.1", item, Disposition(ItemState.NOTED, ACCOUNT)), ctx)
    assert move.data["changed"] == changed
