"""The financial system Agresso (Unit4 ERP): ledger, sales and purchases. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Feed, Lifecycle, Options, Report, Scene, hookimpl
from plugins.agresso.demo import SCENES
from plugins.agresso.feeds import FEEDS, LIFECYCLES
from plugins.agresso.month_end import REPORTS as OF_THE_MONTH
from plugins.agresso.rent_control import REPORTS as OF_RENTS
from plugins.agresso.reports import REPORTS
from plugins.agresso.site_layouts import AgressoSettings


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return FEEDS


@hookimpl
def feedhub_settings() -> type[Options]:
    return AgressoSettings


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return LIFECYCLES


@hookimpl
def feedhub_reports() -> Sequence[Report]:
    return (*REPORTS, *OF_THE_MONTH, *OF_RENTS)


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
