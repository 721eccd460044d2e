"""What an administrator sets for the postings of Housing Benefit, per route.

Councils differ in nearly all of it; README.md says what each option is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from hub.api import Day, Options, days

ACADEMY = "academy-nine"
FW1 = "hb-posting-fw1"
CSV1 = "hb-posting-csv1"

RAW = days(90)
"""How long files are kept as they came [assumed]; totals and history stay."""

EntryType = Literal["HBE", "HBA", "OPD", "OPR", "DHP", "DHR"]
HB_TYPES: tuple[EntryType, ...] = ("HBE", "HBA", "OPD", "OPR")
DHP_TYPES: tuple[EntryType, ...] = ("DHP", "DHR")
DEFAULT_CODES: Mapping[str, str] = {"HBE": "RHB", "HBA": "RHA", "OPD": "RHA", "OPR": "RHA"}

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_\-]{1,12}$")]
Pounds = Annotated[Decimal, Field(gt=0, decimal_places=2)]
Percent = Annotated[int, Field(ge=0)]
Value = Literal["value1", "value2", "value3", "value4", "value5"]


RECOVERY_RATES: Mapping[date, Decimal] = {date(2022, 4, 1): Decimal("19.25")}
"""The most a week that may be taken from ongoing benefit, from that day on: the rate in cases of fraud.
Published by two councils (somersetwestandtaunton.gov.uk, milton-keynes.gov.uk). A later rate, 21.25, is
published without its day (medway.gov.uk)."""


class MatchOptions(Options):
    """How benefit finds its rent account and under which code it is posted, whatever file it comes in."""

    codes: Mapping[EntryType, Code] = Field(default_factory=dict)
    claim_reference: str = "[0-9]{1,8}[A-Z0-9]?"
    strip_before_bar: bool = False
    remove_spaces: bool = False
    allow_claim_match: bool = False
    allow_learned_pairs: bool = False
    rent_groups: frozenset[str] = frozenset()
    gross_tolerance: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal("0.01")
    max_weekly: Pounds = Decimal("600.00")

    @field_validator("claim_reference")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from error
        return pattern

    @model_validator(mode="after")
    def _payments_stay_apart(self) -> Self:
        """Discretionary payments are another grant: never under a code of Housing Benefit."""
        benefit = {self.code_of(entry) for entry in HB_TYPES}
        for entry in DHP_TYPES:
            if self.code_of(entry) in benefit:
                raise ValueError(f"codes: {entry} must not have a code of Housing Benefit")
        return self

    def code_of(self, entry: str) -> str | None:
        """The rent system's transaction code of an entry type; None = none is set."""
        own = (code for known, code in self.codes.items() if known == entry)
        return next(own, DEFAULT_CODES.get(entry))


class PostingOptions(MatchOptions):
    """Options of `housing_benefit.postings`."""

    a_route_sets = ("authority_code",)
    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {ACADEMY: ("posted_value_column",)}

    authority_code: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,4}$")
    source_systems: frozenset[str] = frozenset({"ACAD", "NECI", "CIVI", "OTHR"})
    live_or_test: Literal["L", "T"] = "L"
    allowed_weeks: frozenset[Annotated[int, Field(ge=1, le=99)]] = Field(
        default=frozenset({1, 2, 4}), min_length=1
    )
    ha_codes: tuple[str, ...] = ()
    credit_sign: Literal["positive", "negative"] = "positive"

    hold_opd_over: Pounds | None = None
    originals_from: int = Field(default=1, ge=1, le=1_000_000)
    recovery_rates: Mapping[date, Pounds] = Field(default=RECOVERY_RATES)
    uc_accounts: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,31}$")
    uc_exempt_groups: frozenset[str] = frozenset()
    drift_total_percent: Percent = 10
    drift_count_percent: Percent = 5

    delimiter: Literal[",", ";", "|", "\t"] = ","
    date_format: str = "%d/%m/%Y"
    posted_value_column: Value | None = None
    recovered_value_column: Value | None = "value3"
    adjustment_value_column: Value | None = "value4"
    control: Literal["manual", "sidecar", "none"] = "manual"
    totals_from: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,12}$")
    expected_count: int | None = Field(default=None, ge=0)
    expected_total: Annotated[Decimal, Field(decimal_places=2)] | None = None

    def code_maps(self) -> Iterable[str]:
        return () if self.uc_accounts is None else (self.uc_accounts,)

    def recovery_rate(self, day: date) -> Decimal | None:
        """Pounds a week; None where no rate is known for the day."""
        known = [since for since in self.recovery_rates if since <= day]
        return self.recovery_rates[max(known)] if known else None

    @field_validator("date_format")
    @classmethod
    def _is_a_date_format(cls, format: str) -> str:
        Day(format)
        return format

    @model_validator(mode="after")
    def _knows_its_sidecar(self) -> Self:
        if (self.control == "sidecar") != (self.totals_from is not None):
            raise ValueError(
                "control: sidecar and totals_from, which names who tells the totals, go together"
            )
        return self

    @model_validator(mode="after")
    def _columns_stay_apart(self) -> Self:
        named = [self.posted_value_column, self.recovered_value_column, self.adjustment_value_column]
        used = [name for name in named if name is not None]
        if len(set(used)) < len(used):
            raise ValueError("posted, recovered and adjustment must be three different value columns")
        return self

    @property
    def sign(self) -> int:
        """What turns the file's amounts into credits above zero."""
        return 1 if self.credit_sign == "positive" else -1


class ScheduleOptions(MatchOptions):
    """Options of `housing_benefit.schedules`."""

    a_route_sets = ("creditor_refs",)

    creditor_refs: tuple[str, ...] = ()
    days_between: int = Field(default=28, ge=0, le=366)


def in_pence(pounds: Decimal) -> int:
    """Whole pence of an option that is written in pounds."""
    return int(pounds * 100)
