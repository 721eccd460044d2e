"""An application as the assessment reads it. Source: formats page rtb_fraud.md, 6.2 [project layout]."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from plugins.rtb_fraud.rtb_types import Money, Name, Nino, Reference, Shape, Words

Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+() ]{6,20}$")]
Account = Annotated[
    str,
    StringConstraints(
        pattern=r"^([0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ /-]?[0-9]{8}|[A-Z]{2}[0-9]{2}( ?[A-Z0-9]){11,30})$"
    ),
]
Relationship = Literal[
    "self",
    "spouse",
    "civil_partner",
    "parent",
    "child",
    "grandparent",
    "grandchild",
    "sibling",
    "aunt_uncle",
    "niece_nephew",
    "friend",
    "employer",
    "company",
    "other",
]


class Landlord(Shape):
    """One tenancy that counts, or does not, towards the qualifying years."""

    landlord: Name
    starts: date
    ends: date | None = None
    public_sector: bool
    this_landlord: bool = False


class Home(Shape):
    """The home that is being bought. `cost_floor`: as finance decides it, None = none applies."""

    uprn: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")] | None = None
    type: Literal["house", "flat"]
    bedrooms: Annotated[int, Field(ge=0, le=20)] | None = None
    la_code: Annotated[str, StringConstraints(pattern=r"^E0[6-9][0-9]{6}$")] | None = None
    district: Name | None = None
    region: Name | None = None
    cost_floor: Money | None = None


class Applicant(Shape):
    """Somebody who would buy. `family`: a family member who shares the right (s.123).

    `vulnerable` and the date of birth serve F24 alone, which carries no points."""

    role: Literal["tenant", "family", "other"]
    surname: Name
    forename: Name
    date_of_birth: date
    nino: Nino | None = None
    relationship: Relationship = "self"
    resident_since: date | None = None
    declared_other_property: bool | None = None
    declared_previous_discount: bool | None = None
    vulnerable: bool | None = None
    telephone: Phone | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$")] | None = None
    addresses: Annotated[tuple[Words, ...], Field(max_length=5)] = ()


class Funding(Shape):
    """Where a part of the price comes from. `account`: from which it is paid, its sort code and number or its
    IBAN; only the index reads it."""

    type: Literal["mortgage", "savings", "gift", "loan", "sale", "other"]
    amount: Money
    source_name: Name | None = None
    source_relationship: Relationship = "self"
    account: Account | None = None
    account_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "GB"
    evidence_status: Literal["none", "partial", "verified"] = "none"
    is_cash: bool = False


class Adviser(Shape):
    """Who acts for the applicants."""

    solicitor: Name | None = None
    broker: Name | None = None
    telephone: Phone | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$")] | None = None


class Application(Shape):
    """One claim to the Right to Buy. `received_at`: the day stamped on the RTB1, without which no time runs;
    amounts in pence."""

    rtb_ref: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{0,19}$")]
    received_at: date | None = None
    signed: bool = True
    tenancy_ref: Reference | None = None
    payment_ref: Reference | None = None
    declared_tenancy_start: date | None = None
    claimed_tenancy_years: Annotated[int, Field(ge=0, le=100)] | None = None
    landlord_history: tuple[Landlord, ...] | None = None
    property: Home
    applicants: Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=10)]
    valuation: Money | None = None
    discount_claimed: Money | None = None
    price: Money | None = None
    funding: tuple[Funding, ...] | None = None
    adviser: Adviser | None = None

    @model_validator(mode="after")
    def _days_follow(self) -> Self:
        """What cannot be true of any application."""
        for number, one in enumerate(self.applicants, start=1):
            if self.received_at is not None and one.date_of_birth >= self.received_at:
                raise ValueError(f"applicant {number} is born after the day on which the RTB1 was received")
        for number, past in enumerate(self.landlord_history or (), start=1):
            if past.ends is not None and past.ends < past.starts:
                raise ValueError(f"landlord {number} ends before it starts")
        return self


PERSONAL = ("application",)
