"""What an administrator sets: for the whole plug-in in `hub.yaml`, and for each route. README.md tells
more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from hub.api import Context, Facts, Keep, Options, years
from plugins.dwp_cis.purposes import PURPOSES

Days = Annotated[int, Field(ge=1, le=3650)]
Percent = Annotated[int, Field(ge=0, le=100)]
Purpose = Literal[
    "HB_ADMIN",
    "CTR_ADMIN",
    "NINO_VERIFY",
    "UC_HOUSING_VERIFY",
    "UC_APA_STATUS",
    "HB_DEBT",
    "FRAUD_REFERRAL",
]
Path = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/._\-]*$")]
CONTEXT = r"^[a-zA-Z]+[a-zA-Z0-9]*-+(\s?-?[a-zA-Z0-9]+)+$"
USER = re.compile(r"[a-zA-Z]([._-](?![._-])|@(?!@)|[a-zA-Z0-9]){1,38}[a-zA-Z0-9]")
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,35}$")]


class DwpSettings(Options):
    """`settings: {dwp_cis: …}` of hub.yaml. All defaults are this project's own: the council sets them.

    keep_days:     by purpose, how many days what belongs to an enquiry is kept; else `keep_for`
    keep_for:      days, where no purpose of its own is set
    audit_retention_years: so many years the access record is kept, its checks and breaches too
    training_days: how long an officer's training counts
    an_hour, a_day: after so many enquiries for one purpose within an hour, or a day, an officer is stopped
                   until somebody else lets them go on
    blocked_words: justifications that are none
    sample_percent: of the answered enquiries, how many somebody else is asked to look at; 0 = none at all
    sample_at_least: so many of each month's first, whatever the share
    check_days:    after so many days such a check is overdue, and its purpose stops
    networks:      where officers must be who ask, such as 10.0.0.0/8; none = it is not looked at
    breach_days:   within so many days of being found DWP is told of a breach
    """

    keep_days: Mapping[Purpose, Days] = Field(default_factory=dict)
    keep_for: Days = 30
    audit_retention_years: int = Field(default=7, ge=1, le=50)
    training_days: Days = 365
    an_hour: int = Field(default=60, ge=1)
    a_day: int = Field(default=200, ge=1)
    blocked_words: frozenset[str] = frozenset({"test", "asdf", "n/a"})
    sample_percent: Percent = 10
    sample_at_least: int = Field(default=20, ge=0)
    check_days: Days = 14
    breach_days: Days = 1
    networks: tuple[str, ...] = ()

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for one in networks:
            ip_network(one)  # raises ValueError with a sentence
        return networks

    def days_for(self, purpose: str) -> int:
        """How many days what an enquiry brought is kept."""
        own = (days for known, days in self.keep_days.items() if known == purpose)
        return next(own, self.keep_for)


DEFAULTS = DwpSettings()


def audit_kept(settings: DwpSettings | None) -> Keep:
    """How long what the memorandum's audit wants is kept once it is over."""
    return years((settings or DEFAULTS).audit_retention_years)


def settings_of(facts: Facts) -> DwpSettings:
    """What is set, or the defaults where nothing can be: a look at a single file has no hub.yaml."""
    return facts.settings if isinstance(facts.settings, DwpSettings) else DEFAULTS


class EnquiryOptions(Options):
    """Options of `dwp_cis.enquiry` and of `dwp_cis.result` on its routes.

    nino_check:   `warn` only for test gateways, whose people have numbers that nobody has
    columns:      what the columns of a file with answers are called beside their own names
    match_with:   what the first match call names beside surname and birth date
    """

    nino_check: Literal["strict", "warn"] = "strict"
    warn_prefixes: str = "CR,MW,PY,PZ"
    columns: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    la_code: str | None = Field(default=None, pattern=r"^[A-Z0-9]{3,9}$")
    context: str | None = Field(default=None, pattern=CONTEXT)
    policy_id: str | None = Field(default=None, max_length=64)
    instigating_user: str = ""
    access_level: Literal[1] = 1
    match_with: tuple[Literal["firstName", "ninoFragment", "postcode"], ...] = ("ninoFragment", "firstName")
    citizens_path: Path = "/capi/v2/citizens"
    batches_path: Path = "/v1/check-batches"
    benefit_type: str | None = Field(default=None, pattern=r"^[a-z_,]{1,200}$")
    poll_seconds: int = Field(default=30, ge=1, le=3600)
    longest_poll_seconds: int = Field(default=300, ge=1, le=3600)
    poll_for_seconds: int = Field(default=86_400, ge=1)

    @field_validator("instigating_user")
    @classmethod
    def _is_a_user(cls, user: str) -> str:
        """Empty, or as the API's published description has it; it looks at it no more."""
        if user and USER.fullmatch(user) is None:
            raise ValueError("is letters, digits and single . _ - @, a letter first, 3 to 40 of them")
        return user


Enquiring = Context[EnquiryOptions]


def all_purposes_are_named() -> bool:
    """Whether `Purpose` and the table of purposes say the same; a test asks."""
    named: Any = Purpose
    return set(named.__args__) == set(PURPOSES)
