"""Allpay's file as the hub writes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.model import Facts, RentTransaction
from hub.rent.allpay import ALLPAY_PAYMENTS, AllpayOptions
from hub.rent.codes import CodeMaps, parse_codes
from tests.unit.rent.cash_files import MOMENT, read
from tests.unit.rent.test_rent_profiles import CREDIT, UNPAID

CODES = CodeMaps({"allpay_out": parse_codes("method,channel\nPPT,T\nDDN,Q\n", "allpay_out.csv")})


def written(*postings: RentTransaction) -> bytes:
    return ALLPAY_PAYMENTS.write(postings, Context(AllpayOptions(), Facts(codes=CODES), "", MOMENT)).data


def test_what_is_written_is_read_with_its_totals() -> None:
    outcome = read(written(CREDIT, UNPAID), format="allpay")
    assert outcome.told == []
    assert outcome.examined.tally.totals() == {"count": 2, "value": "14.15"}
    assert [one.item.amount for one in outcome.taken] == [-11235, 9820]


REFUSED = {
    "another kind": (replace(CREDIT, kind="BENEFIT"), "RECEIPT and REVERSAL only"),
    "a method without channel": (
        replace(CREDIT, method_code="CRD"),
        r"no channel for the method CRD \(E16\)",
    ),
    "no method": (replace(CREDIT, method_code=None), r"\(none\)"),
    "a reference of 17": (replace(CREDIT, payment_ref="1" * 17), "reference"),
    "a million": (replace(CREDIT, amount=-100_000_000), "amount"),
}


@pytest.mark.parametrize(("posting", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_line_cannot_carry_is_not_written(posting: RentTransaction, told: str) -> None:
    with pytest.raises(CannotRender, match=told):
        written(CREDIT, posting)
