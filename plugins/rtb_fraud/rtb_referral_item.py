"""What waits once a person has decided to refer a case: the referral, made of what the case knew then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import Facts, Item, Record, Waiting, canonical_json
from plugins.rtb_fraud.rtb_application import Application
from plugins.rtb_fraud.rtb_evidence import APPLICATION, Input
from plugins.rtb_fraud.settings import settings_of

FEED, WAITS_AS, KIND = "rtb_fraud.referral", "RTB_REFERRAL", "REFERRAL"
SAFEGUARDING = "F24"
"""Goes to adult safeguarding, apart from the case; it is no part of a referral."""
ALLEGATIONS: Mapping[str, str] = {
    "F01": "NUMPH", "F02": "SUBLET", "F03": "FALSE_FAMILY", "F04": "BENEFIT", "F05": "FUNDS",
    "F06": "FUNDS", "F07": "FUNDS", "F08": "THIRD_PARTY", "F09": "THIRD_PARTY", "F10": "FALSE_TENANCY",
    "F11": "FALSE_TENANCY", "F12": "FALSE_TENANCY", "F13": "FALSE_FAMILY", "F14": "OTHER_PROPERTY",
    "F15": "SECOND_TENANCY",
    "F16": "IDENTITY", "F17": "PRIOR_DISCOUNT", "F18": "NUMPH", "F19": "THIRD_PARTY", "F20": "NUMPH",
    "F21": "NUMPH", "F23": "IMMIGRATION", "F26": "FUNDS",
}  # fmt: skip
"""What each rule makes one ask (formats page rtb_fraud.md, 7.1); others, such as a match, allege nothing by
themselves."""


def referral(case: Record, inputs: Mapping[str, Input], facts: Facts) -> Waiting:
    """Waits for the route that gathers it. The subjects are sealed."""
    on = facts.today
    assert on is not None  # noqa: S101 - a life cycle is always asked on a day
    application: Application = inputs[APPLICATION].value(APPLICATION)
    data = {
        name: case.data.get(name)
        for name in ("tenancy_ref", "score", "band", "ruleset_version", "assessment", "value_at_risk")
    }
    clock = case.data.get("clock") or {}
    fired = [text for text in case.data.get("fired", ()) if not text.startswith(SAFEGUARDING)]
    told = {
        **data,
        "uprn": application.property.uprn,
        "rtb2_due": clock.get("rtb2_due"),
        "s125_due": clock.get("s125_due"),
        "fired": [_rule(text) for text in fired],
        "allegations": allegations(fired),
        "gateway": settings_of(facts).rtb.legal_gateway,
    }
    item = Item(KIND, 0, case.key, 0, on, told, {"subjects": canonical_json(_subjects(application))})
    return Waiting(FEED, WAITS_AS, item)


def allegations(fired: Any) -> list[str]:
    """The codes of the rules that fired, each once, in their order."""
    return list(dict.fromkeys(ALLEGATIONS[id] for text in fired if (id := text[:3]) in ALLEGATIONS))


def _rule(text: str) -> dict[str, str]:
    """“F04 (25): reason” as it stands on the case."""
    head, _, reason = text.partition(": ")
    return {"id": head.partition(" ")[0], "reason": reason}


def _subjects(application: Application) -> list[dict[str, Any]]:
    return [
        {
            "role": one.role,
            "surname": one.surname,
            "forename": one.forename,
            "dob": one.date_of_birth.isoformat(),
            "nino": one.nino,
            "addresses": list(one.addresses),
        }
        for one in application.applicants
    ]
