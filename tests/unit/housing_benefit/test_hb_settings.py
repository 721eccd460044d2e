"""What an administrator may set; a mistake is told before any file is read."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from plugins.housing_benefit.settings import ACADEMY, PostingOptions


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"codes": {"DHP": "RHB"}}, "DHP must not have a code of Housing Benefit"),
        ({"codes": {"HBE": "XYZ", "DHR": "XYZ"}}, "DHR must not have a code of Housing Benefit"),
        ({"codes": {"HBX": "RHB"}}, "codes"),
        ({"codes": {"HBE": "too long a code"}}, "codes"),
        ({"posted_value_column": "value3"}, "three different value columns"),
        ({"posted_value_column": "value6"}, "value5"),
        ({"claim_reference": "[0-9"}, "not a regular expression"),
        ({"date_format": "%d/%m/%y"}, "a date format holds"),
        ({"allowed_weeks": []}, "allowed_weeks"),
        ({"max_weekly": "0"}, "max_weekly"),
        ({"max_weekly": "1.234"}, "max_weekly"),
        ({"posted_column": "value2"}, "posted_column"),
    ],
)
def test_a_mistake_is_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        PostingOptions.model_validate(options)


def test_a_route_of_nine_columns_must_say_which_is_posted() -> None:
    assert PostingOptions.required_for == {ACADEMY: ("posted_value_column",)}
    assert PostingOptions().posted_value_column is None


def test_discretionary_payments_have_no_code_until_the_council_gives_one() -> None:
    options = PostingOptions.model_validate({"codes": {"DHP": "RDH"}})
    assert [options.code_of(entry) for entry in ("HBE", "HBA", "OPD", "OPR", "DHP", "DHR")] == [
        "RHB",
        "RHA",
        "RHA",
        "RHA",
        "RDH",
        None,
    ]
