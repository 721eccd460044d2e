"""What `hub.yaml` may set for the Right to Buy; rule-sets lie in `settings/rtb_fraud/rtb/rulesets/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from hub.api import Options
from plugins.rtb_fraud.rtb_rules import RuleSet, overlapping, shipped
from plugins.rtb_fraud.rtb_types import Words

Days = Annotated[int, Field(ge=0, le=365)]


def _approved(ruleset: RuleSet) -> RuleSet:
    if wrong := ruleset.unapproved():
        raise ValueError(wrong)
    return ruleset


Approved = Annotated[RuleSet, AfterValidator(_approved)]
"""A version that a second person has approved as it is."""


class RtbSettings(Options):
    """`settings: {rtb_fraud: {rtb: …}}` of hub.yaml. All defaults are this project's own.

    rulesets:       versions of the council's own; without one for a day, the one that is shipped is used
    rtb2_warning:   working days before the RTB2 is due on which its team is told; s125_warning: likewise
    received_within: working days in which the fraud team says that it has a referral
    legal_gateway:  under which law a referral tells what it tells
    nino_in_referral: whether that lets it tell National Insurance numbers
    keep_days, keep_withdrawn_days: after a case has ended, days for which what it holds of people is kept; of
                    one that was withdrawn
    blocked_words:  words that no shared text may hold, since they could tip somebody off
    """

    rulesets: Mapping[str, Approved] = Field(default_factory=dict)
    rtb2_warning: Days = 5
    s125_warning: Days = 10
    received_within: Days = 1
    legal_gateway: Words = "DPA 2018 Sch.2 para.2 (prevention or detection of crime)"
    nino_in_referral: bool = False
    keep_days: int = Field(default=6 * 365 + 2, ge=1)
    keep_withdrawn_days: int = Field(default=365, ge=1)
    blocked_words: tuple[str, ...] = ("SAR", "NCA", "money laundering", "consent")

    @model_validator(mode="after")
    def _may_be_used(self) -> Self:
        """On a day one version is in force."""
        if wrong := overlapping(list(self.rulesets.values())):
            raise ValueError(f"{wrong}; end one the day before the other starts")
        return self

    def ruleset_on(self, day: date) -> RuleSet:
        """The version in force on a day."""
        return next((one for one in self.rulesets.values() if one.holds(day)), shipped())

    def blocked_in(self, text: str) -> bool:
        """Whether a text holds a blocked word, as a word of its own; those in capitals only as they are."""
        return any(_stands_in(word, text) for word in self.blocked_words)

    def ruleset(self, version: str) -> RuleSet | None:
        """A version by its name; None when it is not there any more."""
        known = {one.version: one for one in (shipped(), *self.rulesets.values())}
        return known.get(version)


def unsayable(text: str, settings: Any) -> str | None:
    """Why a text may not stand where others read it; `settings`: of the plug-in."""
    rtb = getattr(settings, "rtb", None) or RtbSettings()
    if not rtb.blocked_in(text):
        return None
    return (
        "It holds a word that no shared text may hold, since it could tip somebody off: tell the MLRO alone."
    )


def _stands_in(word: str, text: str) -> bool:
    how = re.NOFLAG if word.isupper() else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, how) is not None
