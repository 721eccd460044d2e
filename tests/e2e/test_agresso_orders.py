"""Purchase orders, receipts, customers and refund requests as finance gets them."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from hub.rent.accounts import RENTACC
from hub.rent.exports.documents import CUSTOMER, PORDER
from hub.rent.exports.documents import RECEIPT as RECEIPTS
from hub.rent.exports.refunds import REFUND
from tests.e2e import test_records
from tests.e2e.test_agresso_journal import at_finance, finance
from tests.unit.cli.council import ACCOUNT

town = test_records.town  # the fixture
__all__ = ["finance", "town"]

DAY = date(2026, 11, 2)
ORDERS, REQUESTS, PARTIES = "/import_orders", "/refunds", "/import_customers"


@pytest.fixture(autouse=True)
def folders(town):
    for folder in (ORDERS, REQUESTS, PARTIES):
        town.council.folder("finance", folder)


def route_says(town, *changes):
    """Each change once: what the routes of finance say, and what instead."""
    path = town.council.config / "routes/agresso.yaml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def order(town, number="45000017", net=184000):
    row = {
        "order_no": number, "supplier_ref": "700123", "order_date": DAY, "heading": "Roof repair job 4471903",
        "order_line": 1, "product": "UN-72151900", "text": "Roof repair", "unit": "EA", "quantity": 1,
        "net": net, "tax": "STANDARD", "account": "R4100", "cost_centre": "HRA",
    }  # fmt: skip
    town.export(PORDER.csv, "/export/purchase_orders", [row])
    town.run("rent.purchase_orders")
    return town.run("agresso.purchase_orders")


def receipt(town, number, net, order_no="45000017"):
    row = {"receipt_no": number, "order_no": order_no, "order_line": 1, "net": net, "received_on": DAY}
    town.export(RECEIPTS.csv, "/export/receipts", [row])
    town.run("rent.receipts")
    return town.run("agresso.receipts")


def told(path):
    """The texts of a document by element, read without the hub's code."""
    return [(one.tag, one.text.strip()) for one in etree.parse(path).iter() if (one.text or "").strip()]


def test_an_order_is_the_worked_example(town):
    order(town)
    (path,) = at_finance(town, ORDERS)
    assert told(path) == [
        ("OrderNo", "45000017"), ("VoucherType", "P3"), ("TransType", "41"), ("AcceptFlag", "1"),
        ("Status", "N"), ("OrderDate", "2026-11-02"), ("HeaderText", "Roof repair job 4471903"),
        ("Currency", "GBP"), ("SellerNo", "700123"), ("LineNo", "1"), ("Status", "N"),
        ("BuyerProductCode", "UN-72151900"), ("BuyerProductDescr", "Roof repair"), ("UnitCode", "EA"),
        ("Quantity", "1"), ("Price", "1840.00"), ("LineTotal", "1840.00"), ("TaxCode", "S1"), ("Code", "A0"),
        ("Value", "R4100"), ("Code", "C1"), ("Value", "HRA"),
    ]  # fmt: skip
    assert etree.parse(path).getroot().attrib["Version"] == "542"


def test_a_part_receipt_is_a_fraction(town):
    order(town)
    receipt(town, "GR1", 46000)
    path = at_finance(town, ORDERS)[-1]
    assert dict(told(path)) == {
        "OrderNo": "45000017", "VoucherType": "V3", "TransType": "51", "LineNo": "1", "Status": "N",
        "UnitCode": "EA", "Quantity": "0.25",
    }  # fmt: skip


def test_lg04_receives_whole_hundredths_only(town):
    """A third of an order cannot be told in them: it waits, and the rest goes."""
    route_says(town, ("&orders {client: ZZ,", "&orders {client: ZZ, lg04: {layout: lg04-52},"))
    route_says(town, *[("- {output: orders, endpoint", "- {output: lg04, endpoint")] * 2)
    order(town)
    receipt(town, "GR1", 46000)
    _, path = at_finance(town, ORDERS)
    head, line = path.read_text("latin-1").splitlines()
    assert {(len(one), one[1525:1534], one[1803:1805]) for one in (head, line)} == {(1905, "045000017", "51")}
    assert (line[1052:1056], int(line[1858:1875]), line[191:209].strip()) == ("0001", 25, "")
    receipt(town, "GR2", 61333)
    assert len(at_finance(town, ORDERS)) == 2


def test_no_more_is_received_than_was_ordered(town):
    order(town)
    receipt(town, "GR1", 100000)
    receipt(town, "GR2", 84001)
    assert len(at_finance(town, ORDERS)) == 2
    receipt(town, "GR3", 84000)
    assert len(at_finance(town, ORDERS)) == 3


def test_a_receipt_of_an_unknown_order_waits(town):
    receipt(town, "GR1", 100, order_no="45000099")
    assert at_finance(town, ORDERS) == []


def test_an_order_outside_its_range_waits(town):
    order(town, number="38000001")
    assert at_finance(town, ORDERS) == []


def test_a_customer_is_asked_for_without_bank_details(town):
    path = town.council.config / "routes/agresso.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace('"18:10", days: working}\n    mode: off', '"18:10", days: working}\n    mode: live')
    )
    row = {
        "customer_ref": "RL0004471", "name": "EXAMPLE LEASEHOLDER LTD", "address1": "FLAT 3 EXAMPLE COURT",
        "town": "EXAMPLETOWN", "postcode": "ZZ1 1ZZ",
    }  # fmt: skip
    nowhere = {**row, "customer_ref": "RL0004472", "postcode": None}
    town.export(CUSTOMER.csv, "/export/customers", [row, nowhere])
    town.run("rent.customers")
    town.run("agresso.customers")
    (path,) = at_finance(town, PARTIES)
    (line,) = path.read_text("latin-1").splitlines()
    assert (len(line), line[185:200].strip(), line[4:13].strip()) == (1608, "RL0004471", "1")
    assert line[73:108].strip() == ""
    assert town.record("finance_party", "RL0004471")["state"] == "ASKED"


def accounts(town, pence):
    town.clock.turn(days=1)
    rows = [{**ACCOUNT, "payment_ref": ref, "balance": pence} for ref in test_records.TENANTS]
    town.export(RENTACC, "/export/accounts", rows)
    town.run("rent.accounts")


def test_a_refund_is_asked_for_without_a_bank_account_and_only_while_the_credit_is_there(town):
    accounts(town, -5000)
    for number, ref in enumerate(test_records.TENANTS[:2], start=1):
        row = {
            "refund_ref": f"RF{number}", "payment_ref": ref, "payee_name": "A TENANT", "amount": 5000,
            "method": "CHEQUE", "requested_by": "one", "approved_by": "two", "approved_on": DAY,
            "hb_clearance": "NOT_NEEDED",
        }  # fmt: skip
        town.export(REFUND.csv, "/export/refunds", [row])
        town.run("rent.refunds")
        if number == 1:
            town.run("agresso.refund_requests")
            accounts_now = at_finance(town, REQUESTS)
    (path,) = accounts_now
    assert path.read_text("utf-8").splitlines() == [
        "refund_ref,payment_ref,amount,method,approved_on",
        "RF1,91000010,50.00,CHEQUE,2026-11-02",
    ]
    accounts(town, 0)
    town.run("agresso.refund_requests")
    assert at_finance(town, REQUESTS) == accounts_now
