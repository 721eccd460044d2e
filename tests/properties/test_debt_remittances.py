"""Commission, tax and what an agency passes on, beside a few lines of arithmetic that know nothing of the
hub: fractions of a penny, rounded by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.debt_agency.commission import Basis, TxnType, amounts_of, commission_on, settle
from plugins.debt_agency.plans import Placed, Plan, overlaps, plan_for, rate_for

PENCE = st.integers(1, 5_000_000)
RATES = st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-4))
VAT = st.sampled_from([Decimal(20), Decimal("17.5"), Decimal(5), Decimal(0)])
TYPES = st.sampled_from(TxnType)


def away_from_zero(exact):
    """A fraction of pence as whole pence, halves away from zero."""
    whole, rest = divmod(abs(exact), 1)
    return (int(whole) + (rest >= Fraction(1, 2))) * (1 if exact >= 0 else -1)


def signed(kind, pence):
    return -pence if kind in ("PAR", "DPR") else pence


@st.composite
def lines(draw):
    kind = draw(TYPES)
    return kind, signed(kind, draw(PENCE)), draw(RATES), draw(VAT)


@given(lines())
def test_every_penny_of_a_line_is_the_exact_one_rounded_half_away_from_zero(line):
    kind, gross, rate, vat = line
    made = amounts_of(kind, gross, rate, vat, Basis.NET)
    assert made.commission == away_from_zero(gross * Fraction(rate))
    assert made.vat == away_from_zero(made.commission * Fraction(vat) / 100)
    assert made.cash == (0 if kind in ("DP", "DPR") else gross)
    assert made.net == made.cash - made.commission - made.vat


@given(lines(), st.sampled_from(Basis))
def test_what_is_taken_back_whole_takes_back_all_of_its_commission_and_tax(line, basis):
    kind, gross, rate, vat = line
    back = {"PA": "PAR", "CST": "PAR", "DP": "DPR"}.get(kind)
    if back is None:
        return
    there, again = (
        amounts_of(kind, gross, rate, vat, basis),
        amounts_of(TxnType(back), -gross, rate, vat, basis),
    )
    sums = settle([there, again], basis)
    assert (sums.gross, sums.cash, sums.commission, sums.vat, sums.bank) == (0, 0, 0, 0, 0)


@given(st.lists(lines(), max_size=12), st.sampled_from(Basis))
def test_the_control_account_comes_to_nothing(some, basis):
    """Cash in hand = what the bank shows, and what was kept back; commission and tax = what was kept back,
    and what is still owed."""
    sums = settle([amounts_of(*line, basis) for line in some], basis)
    assert sums.cash - sums.bank - sums.deducted == 0
    assert sums.charged == sums.deducted + sums.owed
    assert sums.bank >= 0
    if basis is Basis.GROSS and sums.cash >= 0:
        assert (sums.bank, sums.deducted) == (sums.cash, 0)
    if basis is Basis.NET and sums.bank:
        assert sums.owed == 0


@given(PENCE, RATES, st.integers(0, 10_000))
def test_a_minimum_fee_is_never_more_than_the_receipt_and_mirrors(pence, rate, minimum):
    fee = commission_on(pence, rate, minimum)
    assert fee == (max(away_from_zero(pence * Fraction(rate)), min(minimum, pence)) if rate else 0)
    assert commission_on(-pence, rate, minimum) == -fee


def test_half_a_penny_is_rounded_away_from_zero_and_not_to_the_even_one():
    assert commission_on(-2500, Decimal("0.1250")) == -313
    assert commission_on(20, Decimal("0.1250")) == 3  # 2.5: the banker's way gives 2


DAY = date(2026, 3, 2)
BASE = {"plan": "P1", "valid_from": DAY, "rate": "0.1250"}


def placed(**changes):
    told = {
        "plan": "P1",
        "stage": 1,
        "debt_type": "FTA",
        "debt_from": DAY - timedelta(100),
        "placed_on": DAY,
    }
    return Placed(**{**told, **changes})


@pytest.mark.parametrize(
    ("row", "of", "days", "counts"),
    [
        ({}, {}, 0, True),
        ({}, {}, -1, False),
        ({"valid_to": DAY}, {}, 0, True),
        ({"valid_to": DAY}, {}, 1, False),
        ({"stage": 2}, {}, 0, False),
        ({"stage": 2}, {"stage": 2}, 0, True),
        ({"debt_types": ["RCG"]}, {}, 0, False),
        ({"debt_types": ["RCG", "FTA"]}, {}, 0, True),
        ({"age_to": 100}, {}, 0, True),
        ({"age_to": 99}, {}, 0, False),
        ({"age_from": 101}, {}, 0, False),
        ({}, {"plan": "P2"}, 0, False),
    ],
)
def test_a_row_of_the_table_counts_only_within_its_own_limits(row, of, days, counts):
    plan = Plan.model_validate({**BASE, **row})
    assert (plan_for([plan], placed(**of), DAY + timedelta(days)) is plan) is counts


@pytest.mark.parametrize(
    ("terms", "days", "rate"),
    [
        ({}, 0, "0.1250"),
        ({"direct": False}, 90, "0"),
        ({"direct_grace_days": 14}, 14, "0"),
        ({"direct_grace_days": 14}, 15, "0.1250"),
    ],
)
def test_a_direct_payment_is_free_where_the_contract_says_so(terms, days, rate):
    plan, on = Plan.model_validate({**BASE, **terms}), DAY + timedelta(days)
    assert rate_for(plan, TxnType.DP, placed(), on) == Decimal(rate)
    assert rate_for(plan, TxnType.PA, placed(), on) == Decimal("0.1250")


def test_a_rate_is_read_as_it_was_written():
    """YAML has 0.1450 as a float, whose exact value is no four decimals."""
    assert Plan.model_validate({**BASE, "rate": 0.1450}).rate == Decimal("0.145")


@pytest.mark.parametrize(
    ("other", "meet"),
    [
        ({}, True),
        ({"plan": "P2"}, False),
        ({"stage": 2}, True),
        ({"valid_from": "2026-01-01", "valid_to": "2026-03-01"}, False),
        ({"valid_from": "2026-01-01", "valid_to": "2026-03-02"}, True),
    ],
)
def test_rows_that_could_both_count_are_found(other, meet):
    rows = [Plan.model_validate(row) for row in (BASE, {**BASE, **other})]
    assert bool(overlaps(rows)) is meet
    apart = [Plan.model_validate({**BASE, **band}) for band in ({"age_to": 364}, {"age_from": 365})]
    assert overlaps(apart) == []
