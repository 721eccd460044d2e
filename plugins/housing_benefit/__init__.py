"""Housing Benefit: what the benefits system credits to rent accounts. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Feed, Lifecycle, Report, Scene, hookimpl
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.demo import SCENES
from plugins.housing_benefit.event_replies import EVENT_REPLIES
from plugins.housing_benefit.feeds import POSTINGS
from plugins.housing_benefit.rent_changes import RENT_CHANGES
from plugins.housing_benefit.rents_told import RENT_LIFE
from plugins.housing_benefit.reports import REPORTS
from plugins.housing_benefit.schedules import SCHEDULE_FEED
from plugins.housing_benefit.shbe import AWARD_LIFE, SHBE


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return (POSTINGS, SCHEDULE_FEED, SHBE, RENT_CHANGES, EVENT_REPLIES)


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return (CLAIM_LIFE, AWARD_LIFE, RENT_LIFE)


@hookimpl
def feedhub_reports() -> Sequence[Report]:
    return REPORTS


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
