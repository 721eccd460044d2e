"""`feedhub reports`: tables for people, on the screen, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from hub.formats.layout import Layout, column
from hub.formats.table import write_csv
from hub.formats.types import Pounds, Text
from tests.unit.cli.test_suspense import as_, item

__all__ = ["as_", "item"]
REPORT = "housing_benefit.unmatched"


@pytest.fixture
def hub_of(feedhub, council):
    return lambda *words: feedhub("--config", council.config, *words)


def test_a_report_tells_of_what_the_hub_holds(hub_of, item):
    (row,) = hub_of("reports", "show", REPORT, "--json").json
    assert (row["item"], row["quoted_reference"], row["credit"]) == (item, "FAKE9999/9", "224.68")
    assert row["age"] == "up to a week"
    assert "FAKE9999/9" in hub_of("reports", "show", REPORT).out


def test_the_reports_of_all_plug_ins_are_listed(hub_of):
    listed = hub_of("reports", "list", "--json").json
    assert [one["name"] for one in listed if one["name"].startswith("housing_benefit.")] == [
        "housing_benefit.above_rent", "housing_benefit.awards", "housing_benefit.overpayments",
        "housing_benefit.unmatched", "housing_benefit.untold",
    ]  # fmt: skip


def test_an_unknown_report_is_told_with_where_to_look(hub_of):
    said = hub_of("reports", "show", "nothing.here")
    assert said.code != 0
    assert "There is no report nothing.here. `feedhub reports list` shows" in said.err


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_file_has_the_columns_of_the_report_and_is_never_overwritten(hub_of, tmp_path, ending):
    out = tmp_path / f"report{ending}"
    assert hub_of("reports", "show", REPORT, "--out", out).code == 0
    if ending == ".csv":
        head = next(csv.reader(io.StringIO(out.read_text("utf-8"))))
    else:
        head = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()[0]
    assert head[:3] == ["age", "days", "claim"]
    again = hub_of("reports", "show", REPORT, "--out", out)
    assert (again.code != 0, "is there already" in again.err) == (True, True)


def test_another_ending_is_refused(hub_of, tmp_path):
    assert "neither .csv nor .xlsx" in hub_of("reports", "show", REPORT, "--out", tmp_path / "x.pdf").err


def test_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe_and_amounts_stay_amounts():
    layout = Layout("line", (column("text", Text()), column("pounds", Pounds())))
    rows = [{"text": text, "pounds": -500} for text in ("=HYPERLINK(1)", "@x", "-A", "plain")]
    written = write_csv(layout, rows).decode().splitlines()
    assert written == ["text,pounds", "'=HYPERLINK(1),-5.00", "'@x,-5.00", "'-A,-5.00", "plain,-5.00"]
