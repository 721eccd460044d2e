"""Years, discounts, caps and dates, as the formats page works them (section 5)."""

from __future__ import annotations

from datetime import date

import pytest

from plugins.rtb_fraud.rtb_application import Application, Landlord
from plugins.rtb_fraud.rtb_params import (
    Clock,
    discount,
    in_force,
    months_between,
    qualifying_years,
    rtb2_due,
    s125_due,
)
from plugins.rtb_fraud.rtb_rules import shipped
from plugins.rtb_fraud.rtb_tables import cap_of
from tests.rtb_ground import application

RECEIVED = date(2026, 3, 2)
LAW = in_force(shipped().parameters, RECEIVED)


def of(kind, region, years, value, **changes):
    starts = f"{2026 - years}-03-02"
    told = application(
        landlord_history=[{"landlord": "X", "starts": starts, "public_sector": True, "this_landlord": True}],
        property={"type": kind, "region": region, **changes},
        valuation=value,
    )
    return Application.model_validate(told)


@pytest.mark.parametrize(
    ("kind", "region", "years", "value", "pounds"),
    [
        ("house", "Yorkshire and the Humber", 12, "185000", 24_000),
        ("flat", "London", 20, "310000", 16_000),
        ("house", "North East", 3, "60000", 21_000),
        ("house", "North East", 6, "60000", 21_600),
        ("house", "North East", 45, "30000", 21_000),
        ("house", "North East", 2, "60000", 0),
    ],
)
def test_the_worked_discounts(kind, region, years, value, pounds):
    assert discount(of(kind, region, years, value), LAW, kind).pence == pounds * 100


def test_the_cost_floor_takes_from_the_discount_and_never_adds():
    assert (
        discount(of("house", "North East", 3, "60000", cost_floor="50000.01"), LAW, "house").pence == 9_999_99
    )
    assert discount(of("house", "North East", 3, "60000", cost_floor="70000"), LAW, "house").pence == 0
    assert discount(of("house", "North East", 3, "60000", cost_floor="1"), LAW, "house").pence == 21_000_00


@pytest.mark.parametrize(
    ("received", "region", "district", "pounds"),
    [
        ("2024-11-20", "South East", "Hart", 102_400),
        ("2024-11-20", "London", None, 136_400),
        ("2024-11-21", "South East", "hart ", 16_000),
        ("2024-11-21", "South East", "Dover", 38_000),
        ("2024-11-21", "London", "Havering", 38_000),
        ("2024-11-21", "South East", "Chiltern", None),
        ("2024-04-05", "London", None, None),
        ("2026-03-02", "Nowhere", None, None),
        ("2026-03-02", None, None, None),
    ],
)
def test_the_cap_is_of_the_day_the_rtb1_was_served(received, region, district, pounds):
    found = cap_of(date.fromisoformat(received), region, district)
    assert found.pence == (pounds and pounds * 100)
    assert (found.why is None) == (pounds is not None)


def stay(starts, ends=None, public=True, here=False):
    return Landlord(landlord="X", starts=starts, ends=ends, public_sector=public, this_landlord=here)


@pytest.mark.parametrize(
    ("stays", "years"),
    [
        ([stay("2023-03-02")], 3),
        ([stay("2023-03-03")], 2),
        ([stay("2020-02-29", "2022-02-27"), stay("2025-03-03")], 2),
        ([stay("2010-01-01", "2011-12-31"), stay("2025-03-02")], 3),
        ([stay("2010-01-01", "2011-12-31"), stay("2012-01-01", "2012-12-31")], 3),
        ([stay("2010-01-01", "2012-12-31"), stay("2011-01-01", "2012-12-31")], 3),
        ([stay("2010-01-01", public=False)], 0),
        ([stay("2027-01-01")], 0),
        ([], 0),
    ],
)
def test_years_count_in_total_and_no_day_twice(stays, years):
    assert qualifying_years(stays, RECEIVED) == years


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [("2025-03-02", "2026-03-02", 12), ("2025-03-03", "2026-03-02", 11), ("2026-01-31", "2026-02-28", 0)],
)
def test_months_are_whole(earlier, later, months):
    assert months_between(date.fromisoformat(earlier), date.fromisoformat(later)) == months


def test_the_worked_dates():
    """RTB1 on 2 March: RTB2 by 30 March, or 27 April; admitted on 24 March: 19 May or 16 June."""
    here = Application.model_validate(application())
    other = [{"landlord": "X", "starts": "2010-01-01", "ends": "2025-01-01", "public_sector": True},
             {"landlord": "Y", "starts": "2025-01-02", "public_sector": True,
              "this_landlord": True}]  # fmt: skip
    elsewhere = Application.model_validate(application(landlord_history=other))
    assert (rtb2_due(here, LAW), rtb2_due(elsewhere, LAW)) == (date(2026, 3, 30), date(2026, 4, 27))
    admitted, clock = date(2026, 3, 24), Clock()
    due = [s125_due(kind, RECEIVED, admitted, clock) for kind in ("house", "flat")]
    assert due == [date(2026, 5, 19), date(2026, 6, 16)]
    assert s125_due("house", RECEIVED, None, clock) is None
    assert s125_due("house", RECEIVED, None, Clock(s125_from="applied")) == date(2026, 4, 27)


def test_an_unsigned_notice_starts_no_clock():
    assert rtb2_due(Application.model_validate(application(signed=False)), LAW) is None
