"""Debt collection agencies: placements, holds, what comes back. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Feed, Lifecycle, hookimpl
from plugins.debt_agency.feeds import FEEDS, LIFECYCLES


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return FEEDS


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return LIFECYCLES
