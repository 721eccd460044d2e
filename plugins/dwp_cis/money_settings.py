"""What an administrator sets for the money of Universal Credit, per route. README.md says what for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hub.api import Context, Options

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_\-]{1,12}$")]


class MoneyOptions(Options):
    """Options of `dwp_cis.uc_payments` and `dwp_cis.deductions`."""

    a_route_sets = ("creditor_refs",)

    creditor_refs: tuple[str, ...] = ()
    housing_code: Code = "RUC"
    arrears_code: Code = "RDP"
    columns: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    nino_suffix_optional: bool = False
    names: Literal["required", "when_known"] = "required"
    allow_learned_pairs: bool = True
    control: Literal["required", "bank"] = "bank"
    weeks_a_year: int = Field(default=52, ge=40, le=53)
    over_rent_percent: Annotated[int, Field(ge=100, le=1000)] = 125
    most_a_line: Annotated[Decimal, Field(gt=0, decimal_places=2)] = Decimal("5000.00")


Money = Context[MoneyOptions]


def in_pence(pounds: Decimal) -> int:
    return int(pounds * 100)
