"""LG04: the worked example of the formats page, byte for byte; nothing that does not fit is cut."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from hub.api import CannotRender
from plugins.agresso.lg04 import SALES, Order, OrderLine, written

LINE = OrderLine(
    number=1,
    text="Service charge Q1",
    article="LSC1",
    net=128436,
    quantity=100,
    tax_code="SO",
    coding={"dim_1": "LEASE", "dim_2": "BLK0042"},
    texts=("Flat 3 Example Court 01/04/2026-30/06/2026",),
)
ORDER = Order(
    number="39500001",
    trans_type=SALES,
    voucher_type="LI",
    order_type="FS",
    dated=date(2026, 6, 8),
    heading="Leaseholder service charge estimate 2026/27 Q1",
    party="900017",
    responsible="FEEDHUB",
    pay_method="IP",
    reference="LSC2600000017",
    period="202603",
    lines=[LINE],
)
SHA256 = [
    "90b5dd9ca8229884fab4ea8fb6fa122282e9589a334144098abb89dda6c06716",
    "ff02833c2f3caa0ffbcc51017b3ca1412139a5a039f92a0e7f051bd3a031b222",
    "747b96d0b2913f83313fbc983a68024a37beebec315360984b1b62a3d94ee60a",
]
"""Of header, line and text, as the page gives them (section 11.3)."""


def lines(*orders: Order) -> list[bytes]:
    return written(orders, "FHL260608001", "ZZ", "\n").splitlines()


def test_the_worked_example_is_written_byte_for_byte() -> None:
    found = lines(ORDER)
    assert [len(line) for line in found] == [1905] * 3
    assert [hashlib.sha256(line).hexdigest() for line in found] == SHA256


def test_a_credit_line_has_its_minus_first() -> None:
    assert lines(replace(ORDER, lines=[replace(LINE, net=-128436)]))[1][191:208] == b"-0000000000128436"


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, reference="x" * 16),
        replace(ORDER, party="123456789"),
        replace(ORDER, lines=[replace(LINE, coding={"dim_6": "LEASE"})]),
        replace(ORDER, heading="Résumé ☃"),
    ],
)
def test_what_does_not_fit_is_refused(order: Order) -> None:
    with pytest.raises(CannotRender):
        lines(order)
