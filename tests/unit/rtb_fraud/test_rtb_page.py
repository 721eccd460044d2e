"""The page about the Right to Buy tells every layout, measure, rule, setting and check as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import plugins.rtb_fraud
from plugins.rtb_fraud import rtb_applications, rtb_claims, rtb_disclosures, rtb_inputs, rtb_updates
from plugins.rtb_fraud.rtb_conditions import _HOLDS
from plugins.rtb_fraud.rtb_evidence import INPUTS
from plugins.rtb_fraud.rtb_feeds import RTB_FEEDS, RTB_LIVES
from plugins.rtb_fraud.rtb_measures import MEASURES
from plugins.rtb_fraud.rtb_referrals import ReferralOptions
from plugins.rtb_fraud.rtb_rules import Rule, shipped
from plugins.rtb_fraud.rtb_settings import RtbSettings

FOLDER = Path(plugins.rtb_fraud.__file__).parent
PAGE = (FOLDER / "RIGHT_TO_BUY.md").read_text("utf-8")
LAYOUTS = (
    rtb_applications.LAYOUT,
    rtb_inputs.LAYOUT,
    rtb_claims.STEP,
    rtb_updates.LAYOUT,
    rtb_disclosures.LAYOUT,
)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_is_on_the_page(layout):
    assert layout.documentation() in PAGE


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("measures", MEASURES),
        ("inputs", INPUTS),
        ("settings", RtbSettings.model_fields),
        ("options", ReferralOptions.model_fields),
        ("keys of a rule", Rule.model_fields),
        ("functions", _HOLDS),
        ("checks", [check.id for feed in RTB_FEEDS for check in feed.checks]),
        ("feeds", [feed.name for feed in RTB_FEEDS]),
        ("records", [life.kind for life in RTB_LIVES]),
        ("outputs", [output.name for feed in RTB_FEEDS for output in feed.outputs]),
    ],
)
def test_every_name_is_on_the_page(what, names):
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_rule_is_on_the_page_as_it_is():
    for rule in shipped().rules:
        points = "" if rule.of_eligibility else rule.weight
        stop = "hard stop, " if rule.hard_stop else ""
        assert f"| {rule.id} | {rule.title} | {rule.group or ''} | {stop}{points} |" in PAGE


def test_the_readme_leads_there():
    assert "RIGHT_TO_BUY.md" in (FOLDER / "README.md").read_text("utf-8")
