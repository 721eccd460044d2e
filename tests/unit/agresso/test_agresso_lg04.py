"""LG04: the worked example of the formats page, byte for byte; nothing that does not fit is cut."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from hub.api import CannotRender
from plugins.agresso.lg04 import PURCHASE, SALES, Order, OrderLine, batch_of, way, written
from plugins.agresso.lg04_layout import FIELDS, DateStyle
from plugins.agresso.settings import OrderOptions
from plugins.agresso.site_layouts import AgressoSettings, SiteLayout
from tests.unit.agresso.making import context

# A site's own layout: the batch is 25 wide, so that all after it stands further on; blanks at its end.
WIDER = {name: (at, to) if to < 347 else (at + 13 * (at > 347), to + 13) for name, at, to in FIELDS}
OWN = AgressoSettings.model_validate(
    {"layouts": {"lg04-ours": {"of": "lg04", "fields": WIDER, "width": 2000}}}
)
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


def lines(*orders: Order, dates: DateStyle = "right8") -> list[bytes]:
    return written(
        orders, "FHL260608001", way("lg04-52", dates, context(OrderOptions, settings=OWN))
    ).splitlines()


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


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("right8", b"         20260608"),
        ("left8", b"20260608         "),
        ("left6", b"260608           "),
        ("blank6", b" 260608          "),
    ],
)
def test_dates_stand_as_the_site_has_them(dates: DateStyle, told: bytes) -> None:
    assert lines(ORDER, dates=dates)[0][362:379] == told


def test_a_sites_own_layout_is_written_by_its_positions() -> None:
    ctx = context(OrderOptions, settings=OWN)
    how = way("lg04-ours", "right8", ctx)
    written_so = written([replace(ORDER, trans_type=PURCHASE)], batch_of(how, ctx), how)
    head, line, text = written_so.decode("latin-1").splitlines()
    assert {len(one) for one in (head, line, text)} == {2000}
    assert (head[346:371].rstrip(), head[371:373]) == ("FHPORD261102001", "ZZ")
    assert (head[1816:1818], line[191:208]) == ("41", "00000000000128436")


def test_a_layout_that_is_not_there_and_a_value_without_a_field_are_told() -> None:
    with pytest.raises(CannotRender, match=r"settings/agresso/layouts/lg04-other\.yaml"):
        way("lg04-other", "right8", context(OrderOptions, settings=OWN))
    few = {"layouts": {"few": {"of": "lg04", "fields": {"batch_id": (1, 12), "client": (13, 14)}}}}
    how = way("few", "right8", context(OrderOptions, settings=AgressoSettings.model_validate(few)))
    with pytest.raises(CannotRender, match="layout few has no field"):
        written([ORDER], "FHL260608001", how)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"fields": {"a": (1, 5), "b": (5, 9)}}, "b begins at 5, before a ends at 5"),
        ({"fields": {"a": (5, 1)}}, "a ends at 1, before it begins at 5"),
        ({"fields": {"a": (1, 5)}, "width": 4}, "beyond 4"),
    ],
)
def test_a_layout_whose_fields_do_not_fit_is_refused(told: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SiteLayout.model_validate({"of": "cs15", **told})
