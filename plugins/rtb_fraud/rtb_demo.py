"""A pretend applicant for the Right to Buy, and what comes to be known. All of it is invented."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hub.api import Act, Desk, Meanwhile, Scene, nothing_new

REF, DAY = "RTB-DEMO-1", date(2026, 12, 18)
APPLICATION: dict[str, Any] = {
    "rtb_ref": REF,
    "received_at": "2026-12-14",
    "declared_tenancy_start": "2019-04-01",
    "landlord_history": [
        {"landlord": "Fakeshire", "starts": "2019-04-01", "public_sector": True, "this_landlord": True}
    ],
    "property": {
        "type": "house",
        "bedrooms": 3,
        "la_code": "E08000035",
        "district": "Leeds",
        "region": "Yorkshire and the Humber",
    },
    "applicants": [
        {
            "role": "tenant",
            "surname": "PRETENDER",
            "forename": "PAT",
            "date_of_birth": "1980-02-29",
            "declared_other_property": False,
            "declared_previous_discount": False,
        }
    ],
    "valuation": "185000.00",
    "discount_claimed": "24000.00",
    "price": "161000.00",
    "funding": [
        {"type": "savings", "amount": "1000.00", "evidence_status": "verified"},
        {
            "type": "gift",
            "amount": "160000.00",
            "source_name": "Nowhere Homes Ltd",
            "source_relationship": "company",
        },
    ],
}
KNOWN: dict[str, Any] = {
    "tenancy": {"starts": "2019-04-01", "secure": True},
    "orders": {"orders": []},
    "benefits": {"awards": [{"kind": "HB", "starts": "2021-05-03"}]},
}
MATCH = {"nfi": {"matches": [{"match_id": "DEMO-77", "risk": "M", "open": True}]}}
UPDATE = (
    "referral_id,event_id,event_at,status,outcome,hold_sale,value_prevented,value_recovered,next_review,"
    "officer_ref,text\n"
    "RFR-2026-000001,DEMO-E1,2026-12-18T12:00:00Z,INVESTIGATING,,Y,,,2027-03-31,FO-1,statements asked for\n"
)
WHY = ("--reason", "a company pays nearly all of it, and the tenant has Housing Benefit")


def _hand_in(desk: Desk, route: str, name: str, text: str) -> None:
    path = desk.folder / name
    path.write_text(text, "utf-8")
    desk.feedhub("put", f"right_to_buy.{route}", path)


def _evidence(values: dict[str, Any]) -> str:
    about = {"rtb_ref": REF, "source": "demo", "as_of": DAY.isoformat(), "quality": "verified"}
    return "".join(
        json.dumps({**about, "input": name, "value": told}) + "\n" for name, told in values.items()
    )


def _apply(desk: Desk) -> None:
    _hand_in(desk, "applications", "application.jsonl", json.dumps(APPLICATION) + "\n")


def _more(desk: Desk) -> None:
    _hand_in(desk, "evidence", "evidence.jsonl", _evidence(KNOWN))
    desk.feedhub("records", "show", "rtb_case", REF)


def _match(desk: Desk) -> None:
    _hand_in(desk, "evidence", "match.jsonl", _evidence(MATCH))
    desk.feedhub("records", "list", "--kind", "rtb_assessment")


def _decide(desk: Desk) -> None:
    (entry,) = [one for one in desk.look("worklist", "list") if one["title"].startswith(f"{REF}: decide")]
    desk.feedhub("worklist", "answer", entry["id"], "--answer", "REFER", *WHY)


def _answered(desk: Desk) -> None:
    _hand_in(desk, "updates", "updates.csv", UPDATE)
    desk.feedhub("rtb_fraud", "replay")


def _nothing_to_see(desk: Desk) -> None:
    desk.feedhub("records", "show", "rtb_case", REF)


RTB_SCENES = (
    Scene(
        DAY,
        "An application for the Right to Buy is assessed, and again when a match arrives. A person decides, "
        "with a reason; the referral reaches the fraud team once, although an answer is lost. Who has not "
        "the role sees no trace of it.",
        nothing_new,
        (
            Act("demo-investigator", _apply),
            Act("demo-investigator", _more),
            Act("demo-investigator", _match),
            Act("demo-investigator", _decide),
            Meanwhile(
                "The fraud team's system takes the next referral and cuts the line before it answers.",
                lambda partners: partners.lose_answer("referral"),
            ),
            "right_to_buy.referral",
            "right_to_buy.referral",
            Act("demo-investigator", _answered),
            Act("demo-clerk", _nothing_to_see),
        ),
    ),
)
