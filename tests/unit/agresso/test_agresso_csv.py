"""GL07 as CSV, this project's own layout: columns in any order, none that is unknown, no formula."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from hub.api import CannotRender, Context, Facts, Severity
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07_csv import GL07_CSV, written
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.worked import invoices, journal


def found(text: str, **options: Any) -> list[tuple[str, str]]:
    ctx = Context(LedgerFileOptions(**options), Facts(), GL07_CSV)
    kept = examine(LEDGER_FILE, BytesIO(text.encode()), ctx).reading.findings.kept
    return [(one.check, one.message) for one in kept if one.severity is Severity.ERROR]


def rows(unit: Any = "pence") -> list[list[str]]:
    return [line.split(",") for line in written(invoices(), unit, "refuse").decode().splitlines()]


def joined(table: list[list[str]]) -> str:
    return "\n".join(map(",".join, table)) + "\n"


@pytest.mark.parametrize("unit", ["pence", "pounds"])
def test_columns_may_stand_in_any_order(unit: Any) -> None:
    assert found(joined([row[::-1] for row in rows(unit)]), amount_unit=unit) == []


def test_pounds_are_not_taken_for_pence() -> None:
    told = found(joined(rows("pounds")))
    assert {check for check, _ in told} >= {"AGR04"}


@pytest.mark.parametrize(
    ("old", "new", "check", "says"),
    [
        ("tax_code", "vat_code", "AGR01", "names columns that GL07 has not (vat_code)"),
        ("dim_7", "dim_1", "AGR01", "names a column twice"),
        ("128436", "1284.36", "AGR04", "whole number"),
        ("128436", "128437", "AGR05", "sums to 0.01"),
        ("Service charge Q1", "=1+1", "AGR01", "text"),
        ("Service charge Q1", "Service charge, Q1", "AGR01", "has 36 columns"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, check: str, says: str) -> None:
    text = joined(rows())
    assert old in text
    told = found(text.replace(old, new))
    assert check in {one for one, _ in told}
    assert says in " ".join(message for _, message in told)


def test_a_text_that_a_spreadsheet_takes_for_a_formula_does_not_leave() -> None:
    records = [{**record, "description": "=HYPERLINK(1)"} for record in journal()]
    with pytest.raises(CannotRender, match=r"line 2: description begins with one of = \+ - @"):
        written(records, "pence", "refuse")
    assert b",'=HYPERLINK(1)," in written(records, "pence", "prefix")
