"""Two example agencies with nothing in common but what they say: files of comma-separated lines, and
documents of JSON. The layouts are those of `config/routes/`, so that what is shipped is what is tested."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from hub.checks.base import Context
from hub.model import Facts, Severity
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from plugins.debt_agency.feeds import FEEDS
from tests.unit.debt_agency.receipts import DEBTS, Codes, debt, paid_before

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden/debt_agency"
ROUTES = {
    name: yaml.safe_load((ROOT / f"config/routes/debt_agency_{name}.yaml").read_text("utf-8"))["routes"]
    for name in ("acme", "brook")
}
FEED = {feed.name: feed for feed in FEEDS}


def looked_at(agency, route, data, format="layout"):
    told = ROUTES[agency][route]
    feed, called = FEED[told["feed"]], agency.upper()
    before = paid_before("900000" if agency == "brook" else "T-0001", agency=called)
    records = [*(debt(reference, agency=called) for reference in DEBTS), before]
    facts = Facts(date(2026, 4, 6), records=Snapshot(records), codes=Codes())
    ctx = Context(feed.options.model_validate(told["options"]), facts, format)
    examined = examine(feed, BytesIO(data), ctx)
    examined.reading.history(ctx)
    return examined


def errors(examined):
    return [
        (one.check, one.line, one.message)
        for one in examined.reading.findings.kept
        if one.severity is Severity.ERROR
    ]


def brook(name):
    return (GOLDEN / "brook" / name).read_bytes()


def test_both_say_the_same_of_the_same_money():
    canonical = (GOLDEN / "pay/ACMEDCA_PAY_MIDBC_20260405_000012.csv").read_bytes()
    ours, theirs = (
        looked_at("acme", "payments", canonical, "canonical"),
        looked_at("brook", "payments", brook("remittance-BR-26-04.json")),
    )
    assert (errors(ours), errors(theirs)) == ([], [])
    told = [
        [
            (
                one.kind,
                one.reference,
                one.amount,
                one.on,
                *map(one.data.get, ("rate", "commission", "commission_vat", "method")),
            )
            for one in examined.items
            if one.kind != "REMITTANCE"
        ]
        for examined in (ours, theirs)
    ]
    assert told[0] == told[1]
    assert [examined.items[-1].data["bank"] for examined in (ours, theirs)] == [395_99, 508_33]


@pytest.mark.parametrize(
    ("route", "name", "count"), [("returns", "returns-9.json", 2), ("inventory", "inventory-4.json", 2)]
)
def test_what_else_it_says_is_read(route, name, count):
    examined = looked_at("brook", route, brook(name))
    assert errors(examined) == []
    assert len(examined.items) == count
    assert examined.items[0].reference == "0001002013"


def changed(name, change):
    told = json.loads(brook(name))
    change(told)
    return json.dumps(told).encode()


def receipt(**values):
    return lambda told: told["receipts"][0].update(values)


def remittance(**values):
    return lambda told: told["remittance"].update(values)


def fee(percent, pence):
    return {"percent": percent, "amount": pence, "vat": 250}


@pytest.mark.parametrize(
    ("change", "check", "says"),
    [
        (receipt(amount=10001), "DA-01", "the trailer says 55833 where the file has 55834"),
        (receipt(amount=-10000), "DA-07", "-100.00 is no amount of a PA"),
        (receipt(amount="ten"), "FIELD", "amount is not right: expected pence in digits"),
        (receipt(amount=100.5), "FIELD", "amount is not right"),
        (receipt(day="04/31/2026"), "FIELD", "day is not right: expected a date as DD/MM/YYYY"),
        (receipt(day="2026-04-01"), "FIELD", "day is not right"),
        (receipt(what="GIFT"), "FIELD", "what is not right: expected “PAID”"),
        (receipt(ourRef="100201x"), "FIELD", "placement_ref"),
        (receipt(fee=fee(13, 1250)), "DA-08", "the rate is 0.1300: expected 0.1250"),
        (receipt(fee=fee(12.5, 1251)), "DA-08", "commission is 12.51: expected 12.50"),
        (receipt(id=None), "FIELD", "id is not right: expected a value"),
        (receipt(id={"x": 1}), "FIELD", "id is not right: expected one value"),
        (lambda told: told["control"].update(receipts=5), "DA-01", "the trailer says 5 where the file has 4"),
        (remittance(banked=50832), "DA-08", "bank_amount is 508.32, the lines come to 508.33"),
        (remittance(terms="LESS_FEES"), "DA-08", "bank_amount is 508.33, the lines come to 395.99"),
        (lambda told: told.pop("remittance"), "STRUCTURE", "the document has no object “remittance”"),
        (lambda told: told.update(receipts={}), "STRUCTURE", "the document has no list “receipts[]”"),
        (lambda told: told["receipts"].append("x"), "STRUCTURE", "record 5 is no object"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_stand_is_refused_with_its_place(change, check, says):
    found = errors(looked_at("brook", "payments", changed("remittance-BR-26-04.json", change)))
    assert any(id == check and says in message for id, _, message in found), found


@pytest.mark.parametrize("data", [b"<html>log in</html>", b"[]", b"\xff", b'{"receipts": ', b"PK\x03\x04"])
def test_what_is_no_document_is_refused(data):
    assert errors(looked_at("brook", "payments", data))


def aim(*receipts):
    """Records of published positions: APAY, number, amount, day, type, identifier."""
    lines = []
    for number, pounds, kind, identifier in receipts:
        line = list(" " * 222)
        for start, text in (
            (1, "APAY"),
            (5, number),
            (44, pounds.rjust(12)),
            (56, "20260401"),
            (64, kind),
            (67, identifier),
        ):
            line[start - 1 : start - 1 + len(text)] = text
        lines.append("".join(line))
    return "\r\n".join([*lines, ""]).encode()


def test_a_ready_layout_whose_amounts_are_always_positive_tells_by_the_type_what_is_taken_back():
    told = {"council_id": "MIDBC", "agency_id": "BROOK", "layout": "aim-pay"}
    facts = Facts(date(2026, 4, 6), records=Snapshot([debt("0001002013", agency="BROOK")]), codes=Codes())
    feed = FEED["debt_agency.payment"]
    ctx = Context(feed.options.model_validate(told), facts, "layout")
    data = aim(("000100201", "100.00", "PA", "T1"), ("000100201", "25.00", "PAR", "T2"))
    examined = examine(feed, BytesIO(data), ctx)
    assert [(one.kind, one.reference, one.amount) for one in examined.items] == [
        ("RECEIPT", "0001002013", -100_00),
        ("REVERSAL", "0001002013", 25_00),
    ]
    assert errors(examined) == [
        ("DA-07", 2, "a PAR names the receipt that it takes back, and only that does")
    ]


def ygc(*payments):
    """Records 30, by their published positions: return code, amount, day of each."""
    lines = []
    for code, amount, day in payments:
        line = list(" " * 147)
        for start, text in ((1, "30"), (3, "0001002013"), (68, code), (70, day), (78, f"{amount:>14}")):
            line[start - 1 : start - 1 + len(text)] = text
        lines.append("".join(line))
    return "\r\n".join([*lines, ""]).encode()


def test_record_30_tells_payments_by_their_return_code_and_has_a_number_for_each_though_it_holds_none():
    told = {"council_id": "MIDBC", "agency_id": "BROOK", "layout": "ygc-pay"}
    facts = Facts(date(2026, 4, 6), records=Snapshot([debt("0001002013", agency="BROOK")]), codes=Codes())
    feed = FEED["debt_agency.payment"]
    ctx = Context(feed.options.model_validate(told), facts, "layout")

    def read(*payments):
        return examine(feed, BytesIO(ygc(*payments)), ctx)

    day, again = ("01", "10.00", "20260401"), ("03", "10.00", "20260401")
    first = read(day, again, ("06", "5.00", "20260402"), ("34", "7.00", "20260402"))
    assert errors(first) == []
    assert [(one.data["txn_type"], one.amount) for one in first.items] == [
        ("PA", -10_00), ("PA", -10_00), ("DP", -5_00), ("CST", -7_00),
    ]  # fmt: skip
    numbers = [one.data["txn_id"] for one in first.items]
    assert len(set(numbers)) == 4
    assert [one.data["txn_id"] for one in read(day, again).items] == numbers[:2]
    bounced = read(("01", "-10.00", "20260403"))
    assert errors(bounced) == [("DA-07", 1, "a PAR names the receipt that it takes back, and only that does")]
