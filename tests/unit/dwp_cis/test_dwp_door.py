"""Each thing that stops an enquiry before any call, by its code; what is said tells nothing of the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.checks.base import Context
from hub.model import Facts, Item, Moment, Record
from hub.transfer.records import Snapshot
from plugins.dwp_cis import staff
from plugins.dwp_cis.door import why_not
from plugins.dwp_cis.settings import DwpSettings, EnquiryOptions

TODAY = date(2026, 11, 2)
OLIVE = {"trained_on": "2026-05-01", "confidentiality_on": "2026-05-01", "suspended": "NO"}
POLICY = {
    "starts": "2026-04-01",
    "ends": "2026-11-02",
    "purposes": {"HB_ADMIN": ["IDENTITY", "BENEFITS"]},
    "officers": {"olive": OLIVE},
}
DATA = {"purpose": "HB_ADMIN", "scopes": "IDENTITY BENEFITS", "officer": "olive"}
PERSON = {
    "nino": "AB123457C",
    "surname": "TESTERSON",
    "date_of_birth": "1980-02-29",
    "justification": "claim notified",
}
COLLEAGUE = {"login": "", "nino": "AB123457D", "surname": "WHOEVER", "postcode": ""}
OVERDUE = Record(kind="dwp_check", key="R0", state="OPEN", data={"purpose": "HB_ADMIN", "due": "2026-11-01"})
STOPPED = Record(kind="dwp_officer", key="olive", state="STOPPED", data={"lately": {}})


def reason(
    data=None, person=None, *, policy=None, officer=None, own_people=(), others=(), recorded=True, **facts
):
    """Why the enquiry may not be asked, with so much changed of one that may."""
    officers = {"olive": {**OLIVE, **(officer or {})}}
    agreed = Record(
        kind="dwp_policy",
        key="MOU",
        state="IN_FORCE",
        data={**POLICY, "officers": officers, **(policy or {})},
        personal=staff.sealed(own_people),
    )
    own = [Record(kind="dwp_enquiry", key="R1", state="WANTED", data={})] if recorded else []
    known = Facts(
        today=TODAY, settings=DwpSettings(), records=Snapshot([agreed, *own, *others]), by_hand="olive"
    )
    moment = Moment(datetime(2026, 11, 2, 9, tzinfo=UTC), TODAY, "t1")
    ctx = Context(EnquiryOptions(), replace(known, **facts), "batch", moment)
    item = Item("ENQUIRY", 1, "R1", 0, TODAY, {**DATA, **(data or {})}, {**PERSON, **(person or {})})
    return why_not(item, ctx)


def test_what_is_as_it_should_be_may_be_asked_on_the_last_day_too():
    assert reason() is None


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("NO_POLICY", {"records": Snapshot([])}),
        ("BREACH", {"others": [Record(kind="dwp_breach", key="BR-1", state="REPORTED")]}),
        ("BREACH", {"others": [Record(kind="dwp_breach", key="BR-1", state="TOLD")]}),
        ("MOU_EXPIRED", {"today": date(2026, 11, 3)}),
        ("MOU_EXPIRED", {"policy": {"starts": "2026-11-03"}}),
        ("PURPOSE_NOT_ALLOWED", {"data": {"purpose": "FRAUD_REFERRAL"}}),
        ("PURPOSE_NOT_ALLOWED", {"data": {"purpose": ""}}),
        ("SCOPE_NOT_ALLOWED", {"policy": {"purposes": {"HB_ADMIN": ["IDENTITY"]}}}),
        (
            "SCOPE_NOT_ALLOWED",
            {
                "policy": {"purposes": {"HB_ADMIN": ["IDENTITY", "BENEFITS", "UC_APA"]}},
                "data": {"scopes": "IDENTITY UC_APA"},
            },
        ),
        ("SCOPE_NOT_ALLOWED", {"data": {"scopes": "BENEFITS"}}),
        ("USER_NOT_KNOWN", {"data": {"officer": "sid"}}),
        ("USER_NOT_KNOWN", {"by_hand": "sid"}),
        ("USER_SUSPENDED", {"officer": {"suspended": "YES"}}),
        ("USER_NOT_TRAINED", {"officer": {"trained_on": "2025-11-01"}}),
        ("USER_NOT_TRAINED", {"officer": {"trained_on": "2026-11-03"}}),
        ("USER_NOT_TRAINED", {"officer": {"confidentiality_on": "2026-11-03"}}),
        ("NETWORK", {"settings": DwpSettings(networks=("10.0.0.0/8",)), "by_hand_at": "203.0.113.9"}),
        ("NETWORK", {"settings": DwpSettings(networks=("10.0.0.0/8",)), "by_hand_at": "nowhere"}),
        ("JUSTIFICATION_MISSING", {"person": {"justification": "why"}}),
        ("JUSTIFICATION_MISSING", {"person": {"justification": "x" * 201}}),
        ("JUSTIFICATION_MISSING", {"person": {"justification": " N/A   "}}),
        ("SUBJECT_MISSING", {"person": {"nino": ""}}),
        ("STAFF", {"own_people": [COLLEAGUE]}),
        ("CHECKS_OVERDUE", {"others": [OVERDUE]}),
        ("USER_STOPPED", {"others": [STOPPED]}),
        ("NO_RECORD", {"recorded": False}),
    ],
)
def test_what_is_not_stops_it_by_its_code(code, changed):
    said = reason(**changed)
    assert said is not None and said.startswith(f"{code}:")
    assert not [value for value in PERSON.values() if value in said]
