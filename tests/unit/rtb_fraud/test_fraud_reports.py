"""What the teams ask of all cases and matches: the clock beside each case, the worth of what was found."""

from __future__ import annotations

from datetime import date

import pytest

from hub.door.report import Reported
from hub.formats.table import write_csv
from hub.model import Compartment, Record
from plugins.rtb_fraud.reports import CASES, OUTCOMES, REPORTS, cases, outcomes
from plugins.rtb_fraud.rtb_cases import running_due

TODAY = date(2026, 3, 20)
CLOCK = {"rtb2_due": "2026-03-30", "s125_due": "2026-05-19"}


def asked(**records):
    made = {kind: [Record(kind=kind, key=key, state=state, data=data) for key, state, data in some]
            for kind, some in records.items()}  # fmt: skip
    return Reported(TODAY, TODAY, TODAY, (), made)


def test_open_cases_are_listed_the_nearest_day_first():
    scored = {"score": 60, "band": "HIGH", "fired": ["F04 (25): x", "F12 (10): y"], "coverage_pct": 96}
    referred = {"hold": {"until": "2026-05-01"}, "referral_id": "RFR-2026-000001"}
    told = asked(
        rtb_case=[
            ("RTB-1", "ASSESSED", {"clock": CLOCK, "claim": "ADMITTED", **scored}),
            ("RTB-2", "REFERRED", {"clock": CLOCK, **referred}),
            ("RTB-3", "ENDED", {"clock": CLOCK}),
            ("RTB-4", "RECEIVED", {"clock": {"rtb2_due": None}}),
        ]
    )
    assert write_csv(CASES, cases(told)).decode().splitlines()[1:] == [
        "RTB-2,REFERRED,2026-03-30,10,,,,,,RFR-2026-000001,,2026-05-01",
        "RTB-1,ASSESSED,2026-05-19,60,60,HIGH,96,,F04 F12,,,",
        "RTB-4,RECEIVED,,,,,,,,,,",
    ]


@pytest.mark.parametrize(
    ("claim", "due"),
    [
        (None, "2026-03-30"),
        ("APPLIED", "2026-03-30"),
        ("ADMITTED", "2026-05-19"),
        ("OFFERED", "None"),
        ("DENIED", "None"),
    ],
)
def test_the_day_that_runs_is_the_next_that_the_landlord_owes(claim, due):
    assert str(running_due({"clock": CLOCK, "claim": claim})) == due


def test_matches_are_counted_with_what_they_are_worth():
    fraud = {
        "cycle": "2026/27",
        "report_no": "101",
        "outcome": "FRAUD_RTB_STOPPED",
        "value_prevented": 1_000_050,
    }
    told = asked(
        nfi_match=[
            ("a", "CLOSED_FRAUD", {**fraud, "value_estimated": 6_500_000}),
            ("b", "CLOSED_FRAUD", fraud),
            ("c", "NEW", {"cycle": "2026/27", "report_no": "102"}),
        ]
    )
    assert write_csv(OUTCOMES, outcomes(told)).decode().splitlines()[1:] == [
        "2026/27,101,CLOSED_FRAUD,FRAUD_RTB_STOPPED,2,0.00,20001.00,65000.00",
        "2026/27,102,NEW,,1,0.00,0.00,0.00",
    ]


def test_none_of_them_is_for_who_has_not_the_role():
    assert {one.compartment for one in REPORTS} == {Compartment.FRAUD}
