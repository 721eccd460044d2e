"""What an administrator may set, and that it is all written down."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pydantic import ValidationError

from plugins.bacs.codes import reasons
from plugins.bacs.feeds import FEEDS
from plugins.bacs.settings import BacsSettings, SubmissionOptions
from plugins.bacs.text import bacs_safe, fitted
from tests.unit.bacs.bacs_files import OPTIONS, ROOT

README = (ROOT / "plugins/bacs/README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_user_number", "65432"),
        ("bureau_number", "C12345"),
        ("user_name", "Example Council"),
        ("user_name", "A NAME OF NINETEEN."),
        ("allowed_codes", ["97"]),
        ("lead_time", 1),
        ("item_limit", "0.001"),
        ("file_name", "{sun}_{batch}.txt"),
        ("originating_accounts", [{"sort_code": "00-01-99", "account_number": "20000015"}]),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        SubmissionOptions(**{**OPTIONS, name: value})


def test_settings_are_taken_as_the_text_that_was_written() -> None:
    options = SubmissionOptions.model_validate(
        {**OPTIONS, "allowed_codes": ["01", "17"], "allow_final": "true", "item_limit": "500.00"}
    )
    assert options.codes == {"01", "17", "19"}


def test_files_of_bacs_are_kept_for_thirteen_months_where_nobody_says_otherwise() -> None:
    for feed in FEEDS:
        assert callable(feed.keep)
        assert feed.keep(BacsSettings()).until(date(2026, 11, 30)) == date(2027, 12, 31)
        assert feed.keep(BacsSettings(keep_months=24)).until(date(2026, 11, 30)) == date(2028, 11, 30)


def test_a_final_collection_needs_its_own_setting() -> None:
    assert "19" not in SubmissionOptions(allowed_codes=frozenset({"17", "19"})).codes


@pytest.mark.parametrize("feed", FEEDS, ids=[feed.name for feed in FEEDS])
def test_every_option_and_check_stands_in_the_readme(feed: object) -> None:
    options = feed.options.model_fields  # type: ignore[attr-defined]
    checks = {check.id for check in feed.checks}  # type: ignore[attr-defined]
    missing = [name for name in (*options, *checks) if f"`{name}`" not in README]
    assert missing == []


def test_the_readme_names_no_check_that_is_not_there() -> None:
    declared = {check.id for feed in FEEDS for check in feed.checks}
    told = set(re.findall(r"`((?:S18|[A-Z]{4,7})-\d\d+)`", README))
    # of lines, of fields, and the hub's own
    of_fields = {"INPUT-03", "ADDACS-03", "AUDDIS-03", "AWACS-03"}
    structural = {check for check in told if check.endswith("-00")}
    assert told - structural - of_fields - {"S18-010", "S18-022"} <= declared


@pytest.mark.parametrize(
    ("text", "safe"),
    [("Renée", "RENEE"), ("O’Hara", "O HARA"), ("Ødegård & Søn", "ODEGARD & SON"), ("a_b\tc", "A B C")],
)
def test_text_is_made_safe_as_bacs_would_but_readable(text: str, safe: str) -> None:
    assert bacs_safe(text) == safe


def test_a_name_is_cut_to_its_field_without_a_blank_at_the_end() -> None:
    assert fitted(" Ada Augusta Byron-King-Noel ") == "ADA AUGUSTA BYRON-"
    assert fitted("A B C D E F G H I J K") == "A B C D E F G H I"


@pytest.mark.parametrize(("report", "number"), [("ARUDD", 12), ("ADDACS", 9), ("DDIC", 8)])
def test_each_report_has_its_own_reasons(report: str, number: int) -> None:
    assert len(reasons(report)) == number
