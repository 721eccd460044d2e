"""The plug-in's page tells every layout, option and check as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plugins.housing_benefit
from plugins.housing_benefit.layouts import CSV, FIXED, nine
from plugins.housing_benefit.rent_layouts import EVENT, RENT_CHANGE, REPLY
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.schedule_rows import SCHEDULE, TOTAL
from plugins.housing_benefit.settings import MatchOptions, PostingOptions, ScheduleOptions

PAGE = (Path(plugins.housing_benefit.__file__).parent / "README.md").read_text("utf-8")
LAYOUTS = (
    *FIXED.layouts,
    *CSV.layouts,
    *nine(",", "%d/%m/%Y").layouts,
    SCHEDULE,
    TOTAL,
    RENT_CHANGE,
    EVENT,
    REPLY,
)
SECTIONS = {
    "## Options": PostingOptions,
    "## What benefits is told": RentChangeOptions,
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_is_on_the_page(layout) -> None:
    assert layout.documentation() in PAGE


@pytest.mark.parametrize("section", SECTIONS)
def test_every_option_is_on_the_page_and_no_other(section: str) -> None:
    text = PAGE[PAGE.index(section) :].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[a-z].+?`) \|", text, re.MULTILINE)
    told = {name for cell in cells for name in re.findall("`(.+?)`", cell)}
    assert told == set(SECTIONS[section].model_fields)


def test_every_check_is_on_the_page_and_no_other() -> None:
    told = set(re.findall(r"^\| `((?:HB|SHBE)-.+?)` \|", PAGE, re.MULTILINE))
    fields = {field.check for layout in LAYOUTS for field in layout.fields} - {"FIELD"}
    feeds = plugins.housing_benefit.feedhub_feeds()
    assert told == {check.id for feed in feeds for check in feed.checks} | fields | {"SHBE-00", "SHBE-03"}


def test_the_schedules_own_options_are_on_the_page() -> None:
    text = PAGE[PAGE.index("## Schedules") :].partition("\n## ")[0]
    own = set(ScheduleOptions.model_fields) - set(MatchOptions.model_fields)
    assert own == {"creditor_refs", "days_between"}
    assert all(f"`{name}`" in text for name in own)
