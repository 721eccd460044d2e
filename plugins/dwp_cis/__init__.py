"""DWP: what it may be asked about a person, and the Universal Credit money that it pays. Start reading at
`feeds.py`, then `payments.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Feed, Lifecycle, Options, Report, Scene, hookimpl
from plugins.dwp_cis.access import ENQUIRY_LIFE
from plugins.dwp_cis.access_reports import REPORTS as ACCESS_REPORTS
from plugins.dwp_cis.breaches import BREACH_LIFE, BREACHES
from plugins.dwp_cis.demo import SCENES
from plugins.dwp_cis.feeds import ENQUIRIES
from plugins.dwp_cis.management import CHECK_LIFE, MONTH_LIFE
from plugins.dwp_cis.money_reports import REPORTS as MONEY_REPORTS
from plugins.dwp_cis.officers import OFFICER_LIFE
from plugins.dwp_cis.payments import THIRD_PARTY, UC
from plugins.dwp_cis.policy import POLICY, POLICY_LIFE
from plugins.dwp_cis.results import RESULTS
from plugins.dwp_cis.settings import DwpSettings


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return (POLICY, ENQUIRIES, RESULTS, BREACHES, UC, THIRD_PARTY)


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return (POLICY_LIFE, ENQUIRY_LIFE, OFFICER_LIFE, CHECK_LIFE, MONTH_LIFE, BREACH_LIFE)


@hookimpl
def feedhub_reports() -> Sequence[Report]:
    return (*ACCESS_REPORTS, *MONEY_REPORTS)


@hookimpl
def feedhub_settings() -> type[Options]:
    return DwpSettings


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
