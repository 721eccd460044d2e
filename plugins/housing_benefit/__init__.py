"""Housing Benefit: what the benefits system credits to rent accounts. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Feed, Lifecycle, Scene, hookimpl
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.demo import SCENES
from plugins.housing_benefit.feeds import POSTINGS


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return (POSTINGS,)


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return (CLAIM_LIFE,)


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
