"""What is known beside the application: the inputs by name, each with its own shape, source, day and quality.

Source: formats page rtb_fraud.md, 6.2 [project layout]. Missing is a value of its own: an input that did not
come, or came as `missing` with the reason, evaluates no rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from plugins.rtb_fraud.rtb_application import Application
from plugins.rtb_fraud.rtb_types import Money, Reference, Shape

Count = Annotated[int, Field(ge=0, le=1000)]
APPLICATION = "application"


class Change(Shape):
    on: date
    kind: Literal["joint_added", "joint_removed", "succession", "assignment", "exchange"]


class Member(Shape):
    """Somebody on the household record; `applicant`: the number of the applicant who they are, from 1."""

    applicant: Annotated[int, Field(ge=1, le=10)] | None = None
    recorded_from: date
    recorded_to: date | None = None


class TenancyRecord(Shape):
    """The rent system's tenancy. `schedule_5`: the exception that the property record shows, if any; `home`:
    what that says the home is."""

    starts: date
    secure: bool
    home: Literal["house", "flat"] | None = None
    schedule_5: Literal["none", "sheltered", "employment", "temporary", "demolition", "other"] = "none"
    changes: tuple[Change, ...] = ()
    household: tuple[Member, ...] = ()


class Order(Shape):
    kind: Literal["possession", "suspension", "demotion"]
    made_on: date
    in_force: bool
    until: date | None = None


class Orders(Shape):
    orders: tuple[Order, ...]


class Payment(Shape):
    """One that cleared the arrears; of the payer only what they are to the tenants."""

    on: date
    amount: Money
    payer: Literal["tenant", "related", "unrelated", "unknown"]
    cleared_arrears: bool = False


class RentAccount(Shape):
    """`least_credit`: the smallest credit of the last twelve months, 0 when it was ever in debt."""

    weekly_rent: Money
    least_credit: Money = 0
    payments: tuple[Payment, ...] = ()


class Visit(Shape):
    on: date
    access: bool


class Contact(Shape):
    """Tenancy audit visits, the last contact of any kind and the last repair; None = there was none."""

    visits: tuple[Visit, ...] = ()
    last_contact: date | None = None
    last_repair: date | None = None


class Stay(Shape):
    """Being liable or registered at another address; without an end it goes on."""

    starts: date
    ends: date | None = None


class CouncilTax(Shape):
    elsewhere: tuple[Stay, ...] = ()
    single_person_discount: bool
    other_adults: Count = 0


class Electoral(Shape):
    """The register of the home: is it the current one, who is on it, who of the applicants elsewhere."""

    current: bool
    at_home: Count
    other_adults: Count = 0
    elsewhere: tuple[Stay, ...] = ()


class Award(Shape):
    kind: Literal["HB", "UC_HOUSING"]
    starts: date
    ends: date | None = None


class Benefits(Shape):
    awards: tuple[Award, ...]


class Insolvency(Shape):
    status: Literal["none", "petition", "undischarged", "arrangement", "debt_relief_moratorium"]


class Title(Shape):
    """What HM Land Registry shows of other property of the applicants."""

    other_properties: Count


class Credit(Shape):
    """Verified yearly income of the applicants together, of the credit or NAFN response."""

    verified_income: Money


class Identity(Shape):
    documents: Literal["passed", "failed"]
    deceased: bool
    nino_of_another: bool


class Sanctions(Shape):
    hit: bool


class Shared(Shape):
    """Something that other applications of the last twelve months have, too."""

    what: Literal["funder", "adviser", "telephone", "email", "bank_account"]
    applications: Count


class Earlier(Shape):
    """The index of earlier applications."""

    shared: tuple[Shared, ...] = ()
    prior_discount: bool


class Index(Shape):
    """What the hub's own index of applications says (`rtb_index.py`)."""

    shared: tuple[Shared, ...]
    prior_discount: bool = False


class Match(Shape):
    """A match of the National Fraud Initiative: an inconsistency to be looked into, never proof."""

    match_id: Reference
    risk: Literal["H", "M", "L", "N"]
    open: bool


class NfiMatches(Shape):
    matches: tuple[Match, ...]


class OtherTenancies(Shape):
    live: Count


class Immigration(Shape):
    affects_entitlement: bool


INPUTS: Mapping[str, type[Shape]] = {
    APPLICATION: Application,
    "tenancy": TenancyRecord,
    "orders": Orders,
    "rent_account": RentAccount,
    "contact": Contact,
    "council_tax": CouncilTax,
    "electoral": Electoral,
    "benefits": Benefits,
    "insolvency": Insolvency,
    "title": Title,
    "credit": Credit,
    "identity": Identity,
    "sanctions": Sanctions,
    "earlier": Earlier,
    "index": Index,
    "nfi": NfiMatches,
    "other_tenancies": OtherTenancies,
    "immigration": Immigration,
}
"""Every input that rules may look at, by the name under which it comes in."""

Quality = Literal["verified", "declared", "missing"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was snapshotted. `raw`: as JSON; `why`: of a missing one, the reason."""

    source: str
    as_of: date
    quality: Quality
    raw: Any = None
    why: str | None = None

    def value(self, name: str) -> Any:
        """In its own shape; None when it is missing."""
        return None if self.quality == "missing" else INPUTS[name].model_validate(self.raw)

    def as_json(self) -> dict[str, Any]:
        told = {"source": self.source, "as_of": self.as_of.isoformat(), "quality": self.quality}
        return {**told, "value": self.raw, "why": self.why}

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Input:
        return cls(
            told["source"], date.fromisoformat(told["as_of"]), told["quality"], told["value"], told["why"]
        )
