"""What an administrator sets for what benefits is told of rents, per route; README.md says what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from hub.api import Options
from plugins.housing_benefit.rent_layouts import ADDRESS_COLUMNS

Charge = Literal["heating", "hot_water", "lighting", "cooking", "water", "other_ineligible"]
AddressPart = Literal["address1", "address2", "address3", "address4", "postcode", ""]
Heading = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
ServiceCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,12}$")]


class RentChangeOptions(Options):
    """Options of `housing_benefit.rent_changes`."""

    rent_reference: Literal["payment_ref", "tenancy_ref"] = "payment_ref"
    recent_claim_weeks: int = Field(default=8, ge=0, le=104)
    increase_ceiling_percent: Decimal = Field(default=Decimal("7.7"), ge=0, le=100)

    ha_code: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,2}$")
    rent_amount: Literal["gross", "eligible"] = "gross"
    supported_groups: frozenset[str] = frozenset()

    landlord_account: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,12}$")
    thi_address: Mapping[Heading, AddressPart] = Field(default_factory=dict)
    thi_services: Mapping[Charge, ServiceCode] = Field(default_factory=dict)
    thi_service_titles: tuple[Heading, Heading] = ("THI_SERVICE_CODE", "THI_SERVICE_AMOUNT")

    @field_validator("thi_address")
    @classmethod
    def _are_ten(cls, address: Mapping[str, str]) -> Mapping[str, str]:
        if address and len(address) != ADDRESS_COLUMNS:
            raise ValueError(f"names {len(address)} columns; N to W are {ADDRESS_COLUMNS}")
        return address
