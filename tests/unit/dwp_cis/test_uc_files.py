"""What of a file of Universal Credit money is refused, held or told."""

from __future__ import annotations

import pytest

from hub.model import Record, Verdict
from tests.unit.dwp_cis.uc_files import ALEX, SAM, deduction, deductions, facts, line, payments, read


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (payments(line(creditor_ref="ANOTHER01")), "DWP-CREDITOR"),
        (payments(line(total_amount="513.34")), "DWP-AMOUNTS"),
        (payments(line(payment_type="BOTH")), "DWP-AMOUNTS"),
        (payments(line(housing_amount="0.00", total_amount="0.00")), "DWP-AMOUNTS"),
        (payments(line(housing_amount="-1.00", arrears_amount="2.00", total_amount="1.00")), "DWP-AMOUNTS"),
        (payments(line(), total="#TOTAL,2,513.33,0.00,513.33"), "DWP-TOTAL"),
        (payments(line(), total="#TOTAL,1,513.33,0.00,513.34"), "DWP-TOTAL"),
        (payments(line(payment_date="17/04/2026")), "FIELD"),
        (payments(line(housing_amount="5.1E+02")), "FIELD"),
        (deductions(deduction(amount="-39.33")), "DWP-RECALL"),
        (deductions(deduction(line_type="RECALL")), "DWP-RECALL"),
    ],
)
def test_a_wrong_file_is_refused_whole(text, check):
    outcome = read(text)
    assert outcome.verdict is Verdict.REJECTED
    assert check in [found for found, _ in outcome.told]


def test_without_totals_the_bank_is_the_control_unless_the_route_wants_both():
    assert read(payments(line())).verdict is Verdict.ACCEPTED
    assert read(payments(line()), control="required").told == [("DWP-TOTAL", None)]


def test_columns_may_be_called_and_stand_as_a_council_has_them():
    text = payments(line()).decode().replace("tenancy_ref", "Customer reference")
    outcome = read(text.encode(), columns={"tenancy_ref": ["Customer Reference"]})
    assert outcome.placed == [("TAKEN", -51333, "1900000001")]


def test_housing_far_above_the_rent_is_told():
    charge = Record(
        kind="charge",
        key="c",
        state="CURRENT",
        account="1900000001",
        data={"amount": 9000, "frequency": "WEEKLY"},
    )
    known = facts(records=(ALEX, SAM, charge))
    assert read(payments(line()), known).warned == ["DWP-RENT"]
    assert read(payments(line()), known, over_rent_percent=200).warned == []


def test_a_number_that_is_none_is_told_and_not_shown():
    outcome = read(payments(line(nino="AB1234S6C")))
    assert outcome.warned == ["DWP-MONEY-NINO"]
    assert "AB1234S6C" not in str(outcome.findings)


def test_a_very_large_line_waits():
    text = line(housing_amount="5000.01", total_amount="5000.01")
    assert read(payments(text)).told == [("DWP-LARGE", 2)]
