"""The National Fraud Initiative, and fraud checks of the Right to Buy. Start reading at `feeds.py`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.api import Commands, Feed, Lifecycle, Options, Report, Scene, hookimpl
from plugins.rtb_fraud.demo import SCENES
from plugins.rtb_fraud.feeds import NFI_FEEDS, NFI_LIVES
from plugins.rtb_fraud.reports import REPORTS
from plugins.rtb_fraud.rtb_feeds import RTB_FEEDS, RTB_LIVES
from plugins.rtb_fraud.rtb_trials import TRIALS
from plugins.rtb_fraud.settings import FraudSettings


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return (*NFI_FEEDS, *RTB_FEEDS)


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    return (*NFI_LIVES, *RTB_LIVES)


@hookimpl
def feedhub_reports() -> Sequence[Report]:
    return REPORTS


@hookimpl
def feedhub_settings() -> type[Options]:
    return FraudSettings


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES


@hookimpl
def feedhub_commands(cli: Commands) -> None:
    for trial in TRIALS:
        cli.trial(trial)
