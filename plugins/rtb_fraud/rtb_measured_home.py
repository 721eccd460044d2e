"""What rules measure of people, tenancy, occupancy and property. Each is named as its function
(`rtb_measure.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from plugins.rtb_fraud import rtb_evidence as known
from plugins.rtb_fraud.rtb_application import Applicant, Application
from plugins.rtb_fraud.rtb_measure import (
    COUNT,
    DAY,
    ROWS,
    WORD,
    YES_NO,
    Asked,
    Measures,
    Unknown,
    age,
    any_declared,
    declaring,
    months_ago,
    told,
)
from plugins.rtb_fraud.rtb_params import months_between, qualifying_years

HOME: Measures = {}
measure = declaring(HOME)


def _is_family(one: Applicant) -> bool:
    return one.relationship not in ("self", "friend", "employer", "company", "other")


def _family(application: Application) -> list[tuple[int, Applicant]]:
    return [(n, one) for n, one in enumerate(application.applicants, start=1) if one.role == "family"]


@measure(COUNT, "application")
def years_qualifying(asked: Asked) -> int:
    history = told(asked.application.landlord_history, "who the landlords were")
    return qualifying_years(history, asked.received)


@measure(ROWS, "orders", kind=WORD, made_on=DAY, stands=YES_NO, until=DAY)
def orders(asked: Asked) -> list[dict[str, Any]]:
    """Orders with whether they stand on the day of the assessment."""
    return [
        {
            "kind": one.kind,
            "made_on": one.made_on,
            "stands": one.in_force and (one.until is None or one.until >= asked.on),
            "until": one.until or one.made_on,
        }
        for one in asked.get("orders").orders
    ]


@measure(WORD, "insolvency")
def insolvency(asked: Asked) -> str:
    return str(asked.get("insolvency").status)


@measure(YES_NO, "tenancy")
def is_secure(asked: Asked) -> bool:
    return asked.tenancy().secure


@measure(WORD, "tenancy")
def schedule_5(asked: Asked) -> str:
    return str(asked.tenancy().schedule_5)


@measure(ROWS, "application", who=WORD, spouse=YES_NO, days=COUNT)
def sharers(asked: Asked) -> list[dict[str, Any]]:
    """Family members who share, with how many days they had lived there."""
    return [
        {
            "who": f"applicant {number}",
            "spouse": one.relationship in ("spouse", "civil_partner"),
            "days": (asked.received - told(one.resident_since, "since when a sharer is resident")).days
            if one.relationship not in ("spouse", "civil_partner")
            else 0,
        }
        for number, one in _family(asked.application)
    ]


@measure(ROWS, "application", who=WORD, entitled=YES_NO)
def applicants(asked: Asked) -> list[dict[str, Any]]:
    """Whether each is a tenant or one of at most three family members."""
    family = [number for number, one in _family(asked.application) if _is_family(one)][:3]
    return [
        {"who": f"applicant {number}", "entitled": one.role == "tenant" or number in family}
        for number, one in enumerate(asked.application.applicants, start=1)
    ]


@measure(ROWS, "council_tax", months_ago=COUNT)
def liable_elsewhere(asked: Asked) -> list[dict[str, Any]]:
    return months_ago(asked.get("council_tax").elsewhere, asked.received)


@measure(ROWS, "electoral", months_ago=COUNT)
def registered_elsewhere(asked: Asked) -> list[dict[str, Any]]:
    return months_ago(asked.get("electoral").elsewhere, asked.received)


@measure(COUNT, "council_tax", "electoral")
def other_adults(asked: Asked) -> int:
    """Adults at the home who are no household members, as either record has it."""
    return max(int(asked.get(name).other_adults) for name in ("council_tax", "electoral"))


@measure(YES_NO, "council_tax")
def single_person_discount(asked: Asked) -> bool:
    return bool(asked.get("council_tax").single_person_discount)


@measure(COUNT, "application")
def adult_applicants(asked: Asked) -> int:
    return sum(age(one, asked.received) >= 18 for one in asked.application.applicants)


@measure(COUNT, "title")
def other_properties(asked: Asked) -> int:
    return int(asked.get("title").other_properties)


@measure(YES_NO, "application")
def declared_other_property(asked: Asked) -> bool:
    return any_declared(asked, "declared_other_property", "whether they own other property")


@measure(COUNT, "application", "tenancy")
def tenancy_start_gap(asked: Asked) -> int:
    """Days between the declared and the recorded start of the tenancy."""
    declared = told(asked.application.declared_tenancy_start, "when the tenancy began")
    return int(abs((declared - asked.tenancy().starts).days))


@measure(ROWS, "application", "tenancy", kind=WORD, months_before=COUNT)
def tenancy_changes(asked: Asked) -> list[dict[str, Any]]:
    """Joint tenants, successions and the like before the RTB1, with whole months since."""
    return [
        {"kind": one.kind, "months_before": months_between(one.on, asked.received)}
        for one in asked.tenancy().changes
        if one.on <= asked.received
    ]


@measure(ROWS, "application", "tenancy", who=WORD, a_year_before=YES_NO)
def sharers_on_record(asked: Asked) -> list[dict[str, Any]]:
    """Whether each sharer stood on the household record twelve months before the RTB1."""
    members = asked.tenancy().household
    return [
        {"who": f"applicant {number}", "a_year_before": _recorded(members, number, asked.received)}
        for number, _ in _family(asked.application)
    ]


def _recorded(members: Iterable[known.Member], number: int, received: date) -> bool:
    own = [one for one in members if one.applicant == number]
    return any(
        months_between(one.recorded_from, received) >= 12
        and (one.recorded_to is None or one.recorded_to >= received)
        for one in own
    )


@measure(COUNT, "other_tenancies")
def other_tenancies(asked: Asked) -> int:
    return int(asked.get("other_tenancies").live)


@measure(WORD, "identity")
def documents(asked: Asked) -> str:
    return str(asked.get("identity").documents)


@measure(YES_NO, "identity")
def is_deceased(asked: Asked) -> bool:
    return bool(asked.get("identity").deceased)


@measure(YES_NO, "identity")
def nino_of_another(asked: Asked) -> bool:
    return bool(asked.get("identity").nino_of_another)


@measure(ROWS, "contact", access=YES_NO)
def visits(asked: Asked) -> list[dict[str, Any]]:
    return [{"access": one.access} for one in asked.get("contact").visits]


@measure(COUNT, "contact", "tenancy")
def months_since_access(asked: Asked) -> int:
    """Since the last audit visit with access; without any, since the tenancy began."""
    seen = [one.on for one in asked.get("contact").visits if one.access]
    return months_between(max(seen) if seen else asked.tenancy().starts, asked.on)


@measure(COUNT, "contact", "tenancy")
def months_since_contact(asked: Asked) -> int:
    return months_between(asked.get("contact").last_contact or asked.tenancy().starts, asked.on)


@measure(COUNT, "contact", "tenancy")
def months_since_repair(asked: Asked) -> int:
    return months_between(asked.get("contact").last_repair or asked.tenancy().starts, asked.on)


@measure(COUNT, "electoral")
def registered_at_home(asked: Asked) -> int:
    register = asked.get("electoral")
    if not register.current:
        raise Unknown("the electoral register that was looked at is not the current one")
    return int(register.at_home)


@measure(WORD, "nfi")
def nfi_risk(asked: Asked) -> str:
    """The highest risk among open matches; none without one."""
    found = {one.risk for one in asked.get("nfi").matches if one.open}
    return next((risk for risk in "HML" if risk in found), "none")


@measure(YES_NO, "immigration")
def affects_entitlement(asked: Asked) -> bool:
    return bool(asked.get("immigration").affects_entitlement)


@measure(COUNT, "application")
def oldest_applicant(asked: Asked) -> int:
    return max(age(one, asked.received) for one in asked.application.applicants)


@measure(YES_NO, "application")
def is_vulnerable(asked: Asked) -> bool:
    return any(one.vulnerable for one in asked.application.applicants)
