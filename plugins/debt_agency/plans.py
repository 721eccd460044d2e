"""What the contracts with agencies say: commission plans, each a table of rates.

Source: formats page debt_agency.md, section 6.3. Rates are the contract's own; those that are usual are an
assumption of that page, so that none is set here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hub.api import Tax
from plugins.debt_agency.commission import Basis, TxnType

DEBT_TYPES = ("FTA", "RCG", "CTC", "GAR", "UOC", "HBO", "LHC", "SUN")
DebtType = Literal["FTA", "RCG", "CTC", "GAR", "UOC", "HBO", "LHC", "SUN"]
T = TypeVar("T", int, date)
Pounds = Annotated[Decimal, Field(ge=0, decimal_places=2)]
Rate = Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]


class Plan(BaseModel):
    """One row of the contract table.

    plan:          the key, as a placement names it
    stage:         1, 2 or 3; none = every stage. debt_types: none = every type
    age_from, age_to: the band of the debt's age when it was placed, in days since its oldest charge, both
                   included [assumed]; none = no limit
    valid_from, valid_to: the days of receipt that it counts for, both included
    rate:          four decimals, `0.1250`
    minimum_fee:   pounds that a receipt costs at least, never more than the receipt
    direct:        whether commission is due on what the debtor pays to the council; direct_grace_days: not on
                   what is paid so soon after the placement
    vat:           what the service is for tax; per cent come from the code map `vat_rates`
    basis:         N, the agency passes on what is left of the cash; G, all of it, and bills its commission
    term_days:     how long a debt stays with the agency before it is planned to be taken back; none = as the
                   route of placements says
    settlement_percent: the part of a debt that the agency may forgo without asking
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,6}$")]
    stage: Annotated[int, Field(ge=1, le=3)] | None = None
    debt_types: tuple[DebtType, ...] = ()
    age_from: Annotated[int, Field(ge=0)] = 0
    age_to: Annotated[int, Field(ge=0)] | None = None
    valid_from: date
    valid_to: date | None = None
    rate: Rate
    minimum_fee: Pounds = Decimal("0.00")
    direct: bool = True
    direct_grace_days: Annotated[int, Field(ge=0)] = 0
    vat: Tax = Tax.STANDARD
    basis: Basis = Basis.NET
    term_days: Annotated[int, Field(ge=1)] | None = None
    settlement_percent: Annotated[int, Field(ge=0, le=100)] = 0

    @field_validator("rate", mode="before")
    @classmethod
    def _as_written(cls, value: object) -> object:
        """YAML reads 0.1250 as a float; its shortest text is what was written."""
        return str(value) if isinstance(value, float) else value

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"plan {self.plan}: valid_to lies before valid_from")
        if self.age_to is not None and self.age_to < self.age_from:
            raise ValueError(f"plan {self.plan}: age_to is less than age_from")
        return self

    @property
    def minimum(self) -> int:
        """The minimum fee in pence."""
        return int(self.minimum_fee * 100)


@dataclass(frozen=True, slots=True)
class Placed:
    """What a rate depends on, of one placement. `debt_from`: its oldest unpaid charge."""

    plan: str
    stage: int
    debt_type: str
    debt_from: date
    placed_on: date

    @classmethod
    def of(cls, told: Mapping[str, Any], placed_on: date) -> Placed:
        """By the facts of a placement's record."""
        oldest = told.get("debt_from")
        return cls(
            plan=str(told.get("plan") or ""),
            stage=int(told["stage"]),
            debt_type=str(told["debt_type"]),
            debt_from=date.fromisoformat(str(oldest)) if oldest else placed_on,
            placed_on=placed_on,
        )

    @property
    def age_days(self) -> int:
        return (self.placed_on - self.debt_from).days


def plan_for(plans: Sequence[Plan], placed: Placed, on: date) -> Plan | None:
    """The row that counts for a receipt of that day; None when none does, and nobody guesses."""
    return next((plan for plan in plans if _fits(plan, placed, on)), None)


def _fits(plan: Plan, placed: Placed, on: date) -> bool:
    return (
        plan.plan == placed.plan
        and plan.stage in (None, placed.stage)
        and (not plan.debt_types or placed.debt_type in plan.debt_types)
        and plan.age_from <= placed.age_days
        and (plan.age_to is None or placed.age_days <= plan.age_to)
        and plan.valid_from <= on
        and (plan.valid_to is None or on <= plan.valid_to)
    )


def rate_for(plan: Plan, kind: TxnType, placed: Placed, on: date) -> Decimal:
    """The rate of a receipt: none on a direct payment that the contract leaves free."""
    return Decimal(0) if kind.is_direct and _is_free(plan, placed, on) else plan.rate


def _is_free(plan: Plan, placed: Placed, on: date) -> bool:
    """Whether a direct payment of that day bears no commission. The grace days count from the day after the
    placement; without any, even a payment of that day bears it."""
    if not plan.direct:
        return True
    return bool(plan.direct_grace_days) and (on - placed.placed_on).days <= plan.direct_grace_days


def overlaps(plans: Sequence[Plan]) -> list[tuple[Plan, Plan]]:
    """Rows of which two could count for one receipt: then nobody could say which is meant."""
    return [(one, other) for n, one in enumerate(plans) for other in plans[n + 1 :] if _meet(one, other)]


def _meet(one: Plan, other: Plan) -> bool:
    return (
        one.plan == other.plan
        and (one.stage is None or other.stage is None or one.stage == other.stage)
        and (not one.debt_types or not other.debt_types or bool({*one.debt_types} & {*other.debt_types}))
        and _ranges_meet(one.age_from, one.age_to, other.age_from, other.age_to)
        and _ranges_meet(one.valid_from, one.valid_to, other.valid_from, other.valid_to)
    )


def _ranges_meet(first: T, last: T | None, other_first: T, other_last: T | None) -> bool:
    return (last is None or other_first <= last) and (other_last is None or first <= other_last)
