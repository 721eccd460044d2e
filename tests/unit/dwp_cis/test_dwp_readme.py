"""The plug-in's page tells every layout, option and check as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plugins.dwp_cis
from plugins.dwp_cis import breaches, enquiries, money_layouts, policy, results, staff
from plugins.dwp_cis.feeds import ENQUIRIES
from plugins.dwp_cis.money_settings import MoneyOptions
from plugins.dwp_cis.payments import THIRD_PARTY, UC
from plugins.dwp_cis.settings import DwpSettings, EnquiryOptions, all_purposes_are_named

PAGE = (Path(plugins.dwp_cis.__file__).parent / "README.md").read_text("utf-8")
LAYOUTS = (
    *(policy.MEMORANDUM, policy.PURPOSE, policy.OFFICER, staff.ROW, policy.TOTAL),
    *(enquiries.ENQUIRY, results.RESULT, breaches.BREACH),
    *(money_layouts.PAYMENT, money_layouts.PAYMENT_TOTAL),
    *(money_layouts.DEDUCTION, money_layouts.DEDUCTION_TOTAL),
)
FEEDS = (policy.POLICY, ENQUIRIES, results.RESULTS, breaches.BREACHES, UC, THIRD_PARTY)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_is_on_the_page(layout) -> None:
    assert layout.documentation() in PAGE


def test_every_option_is_on_the_page_and_no_other() -> None:
    options = PAGE[PAGE.index("## Options") : PAGE.index("## How a line of money")]
    cells = re.findall(r"^\| (`.+?`) \|", options, re.MULTILINE)
    told = {name for cell in cells for name in re.findall("`(.+?)`", cell)}
    models = (DwpSettings, EnquiryOptions, MoneyOptions)
    assert told == {name for model in models for name in model.model_fields}


def test_every_check_is_on_the_page_and_no_other() -> None:
    told = set(re.findall(r"^\| `(DWP-.+?)` \|", PAGE, re.MULTILINE))
    assert told == {check.id for feed in FEEDS for check in feed.checks}


def test_every_purpose_may_have_days_of_its_own() -> None:
    assert all_purposes_are_named()
