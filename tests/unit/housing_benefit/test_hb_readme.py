"""The plug-in's page tells every layout, option and check as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plugins.housing_benefit
from plugins.housing_benefit.feeds import POSTINGS
from plugins.housing_benefit.layouts import CSV, FIXED, nine
from plugins.housing_benefit.settings import PostingOptions

PAGE = (Path(plugins.housing_benefit.__file__).parent / "README.md").read_text("utf-8")
LAYOUTS = (*FIXED.layouts, *CSV.layouts, *nine(",", "%d/%m/%Y").layouts)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_is_on_the_page(layout) -> None:
    assert layout.documentation() in PAGE


def test_every_option_is_on_the_page_and_no_other() -> None:
    options = PAGE[PAGE.index("## Options") : PAGE.index("## Awards and reports")]
    cells = re.findall(r"^\| (`.+?`) \|", options, re.MULTILINE)
    told = {name for cell in cells for name in re.findall("`(.+?)`", cell)}
    assert told == set(PostingOptions.model_fields)


def test_every_check_is_on_the_page_and_no_other() -> None:
    told = set(re.findall(r"^\| `(HB-.+?)` \|", PAGE, re.MULTILINE))
    fields = {field.check for layout in LAYOUTS for field in layout.fields} - {"FIELD"}
    assert told == {check.id for check in POSTINGS.checks} | fields
