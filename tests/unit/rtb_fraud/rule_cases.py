"""For each rule that is shipped: what makes it fire, what just does not, and what leaves it not evaluated.

Money, days and counts stand at their limits, so that a rule whose threshold moves by one fails here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.rtb_ground import APPLICATION, CLEAN

FAMILY = {"role": "family", "surname": "TESTERMAN", "forename": "CAI", "date_of_birth": "1999-01-01",
          "relationship": "child", "resident_since": "2020-01-01", "declared_other_property": False,
          "declared_previous_discount": False}  # fmt: skip
TENANT = APPLICATION["applicants"][0]


@dataclass(frozen=True)
class Given:
    """What differs from a clean case: of the application, of evidence; and evidence that is missing."""

    application: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleCase:
    fires: Given
    clear: Given
    not_evaluated: Given
    reason: str = ""


def of(name: str, **changes: Any) -> Given:
    """Evidence that differs from that of a clean case."""
    return Given(evidence={name: {**CLEAN[name], **changes}})


def applied(**changes: Any) -> Given:
    return Given(application=changes)


def without(*names: str) -> Given:
    return Given(missing=names)


def home(**changes: Any) -> Given:
    return applied(property={**APPLICATION["property"], **changes})


def family(**changes: Any) -> Given:
    return applied(applicants=[TENANT, {**FAMILY, **changes}])


def funded(*parts: tuple[str, str, str, str]) -> list[dict[str, Any]]:
    """Type, pounds, relationship, evidence."""
    return [
        {"type": kind, "amount": amount, "source_relationship": who, "evidence_status": evidence}
        for kind, amount, who, evidence in parts
    ]


MORTGAGE = ("mortgage", "150000.00", "self", "verified")
REST = ("savings", "11000.00", "self", "verified")


def paid_by(*parts: tuple[str, str, str, str]) -> Given:
    return applied(funding=funded(*parts))


def both(one: Given, other: Given) -> Given:
    told = {**one.evidence, **other.evidence}
    return Given({**one.application, **other.application}, told, (*one.missing, *other.missing))


def history(starts: str) -> Given:
    return applied(landlord_history=[{"landlord": "Fakeshire", "starts": starts, "public_sector": True}])


def change(kind: str, on: str) -> Given:
    return of("tenancy", changes=[{"on": on, "kind": kind}])


def payment(amount: str, on: str, payer: str = "unrelated") -> Given:
    return of(
        "rent_account", payments=[{"on": on, "amount": amount, "payer": payer, "cleared_arrears": True}]
    )


def order(kind: str, **changes: Any) -> Given:
    return of("orders", orders=[{"kind": kind, "made_on": "2025-05-06", "in_force": True, **changes}])


CASES: Mapping[str, RuleCase] = {
    "E01": RuleCase(
        history("2023-03-03"),
        history("2023-03-02"),
        applied(landlord_history=None),
        "Records show 2 qualifying years; 3 needed.",
    ),
    "E02": RuleCase(
        order("possession"),
        order("possession", in_force=False),
        without("orders"),
        "Possession order dated 2025-05-06: right cannot be exercised (s.121).",
    ),
    "E03": RuleCase(
        of("insolvency", status="debt_relief_moratorium"),
        of("insolvency", status="none"),
        without("insolvency"),
        "Insolvency register shows debt_relief_moratorium (s.121).",
    ),
    "E04": RuleCase(of("tenancy", schedule_5="sheltered"), Given(), without("tenancy")),
    "E05": RuleCase(
        family(resident_since="2025-03-03"),
        family(resident_since="2025-03-02"),
        family(resident_since=None),
        "applicant 2 resident 364 days; 12 months needed (s.123).",
    ),
    "E06": RuleCase(family(role="other"), family(), without("application")),
    "E07": RuleCase(
        applied(discount_claimed="24000.01"),
        applied(discount_claimed="24000.00"),
        home(region=None),
        "Claimed £24,000.01, computed £24,000.00.",
    ),
    "E08": RuleCase(
        order("suspension", until="2026-03-11"),
        order("suspension", until="2026-03-10"),
        without("orders"),
        "Suspension order until 2026-03-11: right cannot be exercised (s.121A).",
    ),
    "F01": RuleCase(
        of("electoral", elsewhere=[{"starts": "2020-01-01", "ends": "2025-03-03"}]),
        of("electoral", elsewhere=[{"starts": "2020-01-01", "ends": "2025-03-02"}]),
        without("electoral"),
    ),
    "F02": RuleCase(of("council_tax", other_adults=1), Given(), without("electoral")),
    "F03": RuleCase(
        both(of("council_tax", single_person_discount=True), family()),
        of("council_tax", single_person_discount=True),
        Given(family().application, {}, ("council_tax",)),
    ),
    "F04": RuleCase(
        both(
            of("benefits", awards=[{"kind": "HB", "starts": "2020-01-01", "ends": "2025-03-03"}]),
            paid_by(("savings", "161000.00", "self", "verified")),
        ),
        of("benefits", awards=[{"kind": "HB", "starts": "2020-01-01"}]),
        Given(paid_by(("savings", "161000.00", "self", "verified")).application, {}, ("benefits",)),
    ),
    "F05": RuleCase(
        of("credit", verified_income="33333.33"),
        of("credit", verified_income="33333.34"),
        without("credit"),
        "The mortgage is 4.5 times the verified yearly income; limit 4.5.",
    ),
    "F06": RuleCase(
        paid_by(("mortgage", "144899.99", "self", "verified"), ("savings", "16100.01", "self", "partial")),
        paid_by(("mortgage", "144900.00", "self", "verified"), ("savings", "16100.00", "self", "none")),
        applied(funding=None),
        "10 % of the price (£16,100.01) has no verified evidence; limit 10 %.",
    ),
    "F07": RuleCase(
        applied(funding=[*funded(MORTGAGE), {"type": "savings", "amount": "10000.01", "is_cash": True}]),
        applied(funding=[*funded(MORTGAGE), {"type": "savings", "amount": "10000.00", "is_cash": True}]),
        applied(funding=None),
        "£10,000.01 of the funding is cash; limit £10,000.00.",
    ),
    "F08": RuleCase(
        paid_by(MORTGAGE, ("gift", "11000.00", "company", "verified")),
        paid_by(MORTGAGE, ("gift", "11000.00", "sibling", "verified")),
        applied(funding=None),
        "£11,000.00 comes from a funder who is “company” to the applicants.",
    ),
    "F09": RuleCase(
        of(
            "earlier",
            shared=[{"what": "funder", "applications": 2}, {"what": "telephone", "applications": 3}],
        ),
        of("earlier", shared=[{"what": "telephone", "applications": 2}]),
        without("earlier"),
        "The same telephone stands on 3 other applications of 12 months.",
    ),
    "F10": RuleCase(
        applied(declared_tenancy_start="2013-12-02"),
        applied(declared_tenancy_start="2013-12-03"),
        applied(declared_tenancy_start=None),
        "The declared and the recorded tenancy start are 91 days apart; limit 90.",
    ),
    "F11": RuleCase(
        change("joint_added", "2024-03-03"), change("joint_added", "2024-03-02"), without("tenancy")
    ),
    "F12": RuleCase(
        change("exchange", "2023-03-03"),
        change("exchange", "2023-03-02"),
        without("tenancy"),
        "exchange: 35 months before the RTB1.",
    ),
    "F13": RuleCase(
        both(family(), of("tenancy", household=[{"applicant": 2, "recorded_from": "2025-03-03"}])),
        both(family(), of("tenancy", household=[{"applicant": 2, "recorded_from": "2025-03-02"}])),
        Given(family().application, {}, ("tenancy",)),
    ),
    "F14": RuleCase(
        of("title", other_properties=1),
        both(
            of("title", other_properties=1), applied(applicants=[{**TENANT, "declared_other_property": True}])
        ),
        without("title"),
    ),
    "F15": RuleCase(of("other_tenancies", live=1), Given(), without("other_tenancies")),
    "F16": RuleCase(of("identity", nino_of_another=True), Given(), without("identity")),
    "F17": RuleCase(
        of("earlier", prior_discount=True),
        both(
            of("earlier", prior_discount=True),
            applied(applicants=[{**TENANT, "declared_previous_discount": True}]),
        ),
        without("earlier"),
    ),
    "F18": RuleCase(
        of("contact", visits=[{"on": "2024-03-11", "access": True}], last_contact="2025-03-11"),
        of("contact", visits=[{"on": "2024-03-12", "access": True}], last_contact="2025-03-11"),
        without("contact"),
        "Last access 24 months ago, last contact 12; or two visits in vain.",
    ),
    "F19": RuleCase(
        payment("500.00", "2025-12-02"),
        payment("499.99", "2025-12-02"),
        without("rent_account"),
        "£500.00 from an unrelated payer cleared the arrears 90 days before the RTB1.",
    ),
    "F20": RuleCase(
        both(of("rent_account", least_credit="800.00"), of("contact", last_repair="2024-03-11")),
        both(of("rent_account", least_credit="799.99"), of("contact", last_repair="2024-03-11")),
        Given({}, of("contact", last_repair="2024-03-11").evidence, ("rent_account",)),
    ),
    "F21": RuleCase(of("electoral", at_home=0), Given(), of("electoral", at_home=0, current=False)),
    "F22": RuleCase(
        of("nfi", matches=[{"match_id": "M1", "risk": "L", "open": True}]),
        of("nfi", matches=[{"match_id": "M1", "risk": "H", "open": False}]),
        without("nfi"),
    ),
    "F23": RuleCase(of("immigration", affects_entitlement=True), Given(), without("immigration")),
    "F24": RuleCase(
        both(
            applied(applicants=[{**TENANT, "date_of_birth": "1956-03-02"}]),
            paid_by(MORTGAGE, ("gift", "11000.00", "child", "verified")),
        ),
        both(
            applied(applicants=[{**TENANT, "date_of_birth": "1956-03-03"}]),
            paid_by(MORTGAGE, ("gift", "11000.00", "child", "verified")),
        ),
        applied(applicants=[{**TENANT, "date_of_birth": "1956-03-02"}], funding=None),
    ),
    "F25": RuleCase(applied(valuation="99999999.00"), Given(), home(la_code=None)),
    "F26": RuleCase(
        paid_by(MORTGAGE, ("savings", "10814.99", "self", "verified")),
        paid_by(MORTGAGE, ("savings", "10815.00", "self", "verified")),
        applied(valuation=None),
        "All funding together is £185.01 from the price: 0.1 % of the value, limit 0.1 %.",
    ),
    "F27": RuleCase(of("sanctions", hit=True), Given(), without("sanctions")),
    "F28": RuleCase(
        applied(received_at="2024-11-07"), applied(received_at="2024-11-06"), without("application")
    ),
}
FLAT = {
    "property": {"type": "flat", "region": "Yorkshire and the Humber"},
    "valuation": "40000.00",
    "discount_claimed": "24000.00",
}
"""A flat of twelve years: 64 % is £25,600.00, and the cap £24,000.00; of a house 42 % would be £16,800.00."""
MORE: tuple[tuple[str, Given, str], ...] = (
    ("F18", of("contact", visits=[{"on": f"2026-01-0{n}", "access": False} for n in (1, 2)]), "FIRED"),
    ("F18", of("contact", visits=[{"on": "2026-01-01", "access": False}]), "CLEAR"),
    ("F18", of("contact", visits=[{"on": "2024-03-11", "access": True}], last_contact="2025-03-12"), "CLEAR"),
    ("F18", of("contact", visits=[], last_contact=None), "FIRED"),
    ("F19", payment("500.00", "2025-12-01"), "CLEAR"),
    ("F19", payment("500.00", "2025-12-02", "related"), "CLEAR"),
    (
        "F20",
        both(of("rent_account", least_credit="800.00"), of("contact", last_repair="2024-03-12")),
        "CLEAR",
    ),
    ("F16", of("identity", documents="failed"), "FIRED"),
    ("F16", of("identity", deceased=True), "FIRED"),
    ("F01", of("council_tax", elsewhere=[{"starts": "2024-01-01"}]), "FIRED"),
    ("F24", applied(applicants=[{**TENANT, "vulnerable": True}]), "CLEAR"),
    ("E04", of("tenancy", secure=False), "FIRED"),
    ("E07", home(type="flat"), "CLEAR"),
    ("E07", home(district="Chiltern", region="South East"), "NOT_EVALUATED"),
    ("E07", home(district="Hart", region="South East"), "FIRED"),
    ("E07", home(cost_floor="170000.00"), "FIRED"),
    ("E07", both(applied(**FLAT), of("tenancy", home="flat")), "CLEAR"),
    ("E07", both(applied(**FLAT), of("tenancy", home="house")), "FIRED"),
    ("E01", applied(received_at=None), "NOT_EVALUATED"),
    ("E07", applied(received_at=None), "NOT_EVALUATED"),
    ("F28", applied(received_at=None), "NOT_EVALUATED"),
    ("F25", applied(valuation="1.00"), "FIRED"),
    ("F25", home(bedrooms=9), "CLEAR"),
)
"""Legs of rules that have several, and limits on their other side."""
