"""For what DWP may be asked, which scopes each purpose covers, and what an answer may say.

Source: formats page dwp_cis.md, sections 3.1 and 6.3. Purposes and scopes are this project's own words, not
the DWP's; which of them the DWP would ever agree to is between the council and the DWP.
"""

from __future__ import annotations

from collections.abc import Mapping

IDENTITY, BENEFITS, UC_APA = "IDENTITY", "BENEFITS", "UC_APA"
ADDRESS, RELATIONSHIPS = "ADDRESS", "RELATIONSHIPS"
SCOPES = (IDENTITY, BENEFITS, UC_APA, ADDRESS, RELATIONSHIPS)

PURPOSES: Mapping[str, frozenset[str]] = {
    "HB_ADMIN": frozenset({IDENTITY, BENEFITS, ADDRESS, RELATIONSHIPS}),
    "CTR_ADMIN": frozenset({IDENTITY, BENEFITS, ADDRESS, RELATIONSHIPS}),
    "NINO_VERIFY": frozenset({IDENTITY}),
    "UC_HOUSING_VERIFY": frozenset({IDENTITY, UC_APA}),
    "UC_APA_STATUS": frozenset({IDENTITY, UC_APA}),
    "HB_DEBT": frozenset({IDENTITY, BENEFITS, ADDRESS}),
    "FRAUD_REFERRAL": frozenset({IDENTITY, BENEFITS, ADDRESS, RELATIONSHIPS}),
}
"""By purpose, the scopes that it may ask for at most; a policy may allow fewer."""

MATCHED, NAME_VARIES = "MATCHED", "MATCHED_NAME_VARIES"
NO_MATCH, AMBIGUOUS, NOT_RUN = "NO_MATCH", "AMBIGUOUS", "NOT_RUN"
DECEASED, RESTRICTED, REJECTED = "DECEASED", "RESTRICTED", "REJECTED"
OUTCOMES = (MATCHED, NAME_VARIES, NO_MATCH, AMBIGUOUS, DECEASED, RESTRICTED, REJECTED, NOT_RUN)
FOUND = (MATCHED, NAME_VARIES)
"""The outcomes with which facts about the person may come."""

FACTS: Mapping[str, str] = {
    "benefits": BENEFITS,
    "housing_element": UC_APA,
    "managed_payment": UC_APA,
    "payee_is_landlord": UC_APA,
    "arrears_deduction": UC_APA,
    "next_payment_date": UC_APA,
}
"""By fact of an answer, the scope without which nobody may have it."""


def beyond(scopes: frozenset[str], facts: Mapping[str, str]) -> list[str]:
    """The facts with a value that none of the scopes covers."""
    return sorted(name for name, value in facts.items() if value and FACTS.get(name, IDENTITY) not in scopes)


def returned(outcome: str, facts: Mapping[str, str]) -> list[str]:
    """The scopes of which an answer told something."""
    scopes = {FACTS[name] for name, value in facts.items() if value and name in FACTS}
    return sorted(scopes | ({IDENTITY} if outcome in FOUND else set()))
