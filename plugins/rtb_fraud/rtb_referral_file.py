"""The referral file RFR: one document a referral, as JSON and as XML. Source: formats page rtb_fraud.md, 7.1
[project layout]; the schemas `referral-1.schema.json` and `referral-1.xsd` are this project's own.

Nothing leaves that either schema refuses: `Referral` is what the JSON schema is made of.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from hub.api import CannotRender, Element, Node, canonical_json, document, schema_faults
from plugins.rtb_fraud.rtb_shapes import faults
from plugins.rtb_fraud.rtb_types import Shape

SCHEMA = "rfr-1.0"
PREFIX = "r"
NAMESPACE = "urn:feedhub:rtb:referral:1"
XSD = Path(__file__).with_name("referral-1.xsd")
JSON_SCHEMA = Path(__file__).with_name("referral-1.schema.json")
ID = r"^RFR-[0-9]{4}-[0-9]{6}$"
Text60 = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text300 = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Allegation = Literal[
    "NUMPH",
    "SUBLET",
    "FALSE_TENANCY",
    "FALSE_FAMILY",
    "OTHER_PROPERTY",
    "SECOND_TENANCY",
    "FUNDS",
    "THIRD_PARTY",
    "IDENTITY",
    "BENEFIT",
    "PRIOR_DISCOUNT",
    "IMMIGRATION",
]
Action = Literal["TRIAGE", "INVESTIGATE", "ADVISE"]


class Subject(Shape):
    """Somebody whom it is about; the number only where the gateway allows it."""

    role: Literal["tenant", "family", "other"]
    surname: Text60
    forename: Text60
    dob: date
    nino: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{6}[A-D]$")] | None = None
    addresses: tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...] = ()


class FiredRule(Shape):
    """`evidence`: references of it, never a document."""

    id: Annotated[str, StringConstraints(pattern=r"^[EF][0-9]{2,3}$")]
    reason: Text300
    evidence: Text60


class ReferralClock(Shape):
    rtb2_due: date | None = None
    s125_due: date | None = None


class Referral(Shape):
    """One referral; `value_at_risk`: the discount claimed, in pence."""

    schema_: Literal["rfr-1.0"] = Field(alias="schema")
    referral_id: Annotated[str, StringConstraints(pattern=ID)]
    created_at: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")]
    source: Literal["feedhub"]
    sensitivity: Literal["OFFICIAL-SENSITIVE"]
    legal_gateway: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    recipient: Text60
    rtb_ref: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{0,19}$")]
    tenancy_ref: Text60 | None = None
    uprn: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")] | None = None
    subjects: Annotated[tuple[Subject, ...], Field(min_length=1)]
    allegation_codes: tuple[Allegation, ...]
    score: Annotated[int, Field(ge=0, le=100)]
    band: Literal["LOW", "MEDIUM", "HIGH"]
    ruleset_version: Text60
    fired_rules: tuple[FiredRule, ...]
    clock: ReferralClock
    value_at_risk: Annotated[int, Field(ge=0)] | None = None
    requested_action: Action
    handling: Text60


def read_referral(told: dict[str, Any]) -> Referral:
    """Raises CannotRender, without a value, for what the JSON schema refuses."""
    try:
        return Referral.model_validate(told)
    except ValidationError:
        where, why = next(iter(faults(Referral, told)))
        raise CannotRender(f"the schema {SCHEMA} refuses the referral: {where}: {why}") from None


def json_schema() -> dict[str, Any]:
    """What `referral-1.schema.json` says; a test holds the two together."""
    made = Referral.model_json_schema(by_alias=True)
    title = "Referral of a Right to Buy case to a fraud team, version 1: Feed hub's own schema, no supplier's"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": title}


def as_json(referral: Referral) -> bytes:
    return canonical_json(referral.model_dump(mode="json", by_alias=True, exclude_none=True)).encode()


def as_xml(referral: Referral) -> bytes:
    """Raises CannotRender, without a value, for what the XSD refuses."""
    told = referral.model_dump(mode="json", by_alias=True, exclude_none=True)
    written = document(_node("Referral", told), {PREFIX: PREFIX}, {PREFIX: NAMESPACE})
    if found := schema_faults(written, XSD):
        raise CannotRender(f"the schema {XSD.name} refuses the referral: {found[0]}")
    return written


_MANY = {
    "subjects": "Subject",
    "fired_rules": "FiredRule",
    "allegation_codes": "Code",
    "addresses": "Address",
}


def _node(name: str, value: Any) -> Node:
    if isinstance(value, dict):
        return Node(Element(name, PREFIX), children=[_child(key, one) for key, one in value.items()])
    return Node(Element(name, PREFIX), str(value))


def _child(key: str, value: Any) -> Node:
    return _list(key, value) if key in _MANY else _node(_titled(key), value)


def _list(key: str, values: Any) -> Node:
    return Node(Element(_titled(key), PREFIX), children=[_node(_MANY[key], one) for one in values])


def _titled(key: str) -> str:
    """referral_id becomes ReferralId."""
    return "".join(part.title() for part in key.split("_"))
