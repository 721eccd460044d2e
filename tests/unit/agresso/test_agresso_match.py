"""Suppliers' invoices beside what was ordered and received, and beside what was billed before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, Item, ItemState, Record, Taken
from plugins.agresso.document_checks import bill_is_new
from plugins.agresso.document_life import sent_supplier_invoices
from plugins.agresso.invoice_match import invoices_match_their_order
from plugins.agresso.settings import DocumentOptions
from tests.unit.agresso.kept import Kept

DAY = date(2026, 11, 2)
LINE = {"ordered": 184000, "ordered_qty": "1", "received_qty": "0", "invoiced": 0}


def order(line: dict[str, Any] | None = None, state: str = "OPEN", **data: Any) -> Record:
    told = {"supplier": "700123", "lines": {"1": {**LINE, **(line or {})}}, **data}
    return Record(kind="agresso_order", key="45000017", state=state, data=told)


def bill(
    number: str, net: int, supplier: str = "700123", order_no: str | None = "45000017", **data: Any
) -> Taken:
    line = {"net": net, "vat": 0, "tax": "OUTSIDE", "account": "R4100"}
    told = {"supplier_ref": supplier, "order_no": order_no, "lines": [line], **data}
    item = Item("SUPPLIER_INVOICE", int(number[1:]), number, net, DAY, told)
    return Taken(number, item, Disposition(ItemState.TAKEN))


def context(kept: Kept, **options: Any) -> Context[Any]:
    return Context(DocumentOptions.model_validate(options), Facts(records=kept, today=DAY), "")


def found(*taken: Taken, order: Record, **options: Any) -> list[str]:
    check = invoices_match_their_order
    return [one.message for one in check.run(taken, context(Kept(order), **options))]


TOO_MUCH = "{} is billed of order 45000017, {} was received"
RECEIPTS = {"receipts": {"GR1": {"line": "1", "net": 46000}}}


@pytest.mark.parametrize(
    ("of", "net", "told"),
    [
        (order(**RECEIPTS), 46000, []),
        (order(**RECEIPTS), 46001, [TOO_MUCH.format("460.01", "460.00")]),
        (order({"received_qty": "0.5"}), 92000, []),
        (order({"received_qty": "0.5"}, **RECEIPTS), 92001, [TOO_MUCH.format("920.01", "920.00")]),
        (order({"invoiced": 30000}, **RECEIPTS), 16001, [TOO_MUCH.format("460.01", "460.00")]),
        (order(**RECEIPTS, invoices={"700123/A9": 46000}), 1, [TOO_MUCH.format("460.01", "460.00")]),
        (order(**RECEIPTS, invoices={"700123/A1": 46000}), 46000, []),
        (order(state="FINISHED", **RECEIPTS), 1, ["order 45000017 is finished"]),
    ],
)  # fmt: skip
def test_all_that_is_billed_was_received(of: Record, net: int, told: list[str]) -> None:
    assert found(bill("A1", net), order=of) == [f"A1: {one}" for one in told]


def test_two_invoices_of_one_night_cannot_both_pass() -> None:
    told = found(bill("A1", 30000), bill("A2", 30000), bill("A3", 16000), order=order(**RECEIPTS))
    assert told == ["A2: 600.00 is billed of order 45000017, 460.00 was received"]


@pytest.mark.parametrize(
    ("options", "net", "passes"),
    [
        ({"match": "order"}, 184000, True),
        ({"match": "order"}, 184001, False),
        ({"match": "none"}, 999999, True),
        ({"match_tolerance": "0.05"}, 5, True),
        ({"match_tolerance": "0.05"}, 6, False),
    ],
)
def test_a_route_may_match_otherwise(options: dict[str, Any], net: int, passes: bool) -> None:
    assert (found(bill("A1", net), order=order(), **options) == []) is passes


def test_an_invoice_is_of_its_own_order() -> None:
    told = found(bill("A1", 1, order_no="45000099"), bill("A2", 1, supplier="7"), order=order(**RECEIPTS))
    assert told == ["A1: order 45000099 is not known here", "A2: order 45000017 is another supplier's"]


def test_the_same_bill_under_another_number_is_told() -> None:
    october = {"order_no": None, "period_from": "2026-10-01", "period_to": "2026-10-31"}
    ctx = context(kept := Kept())
    for move in sent_supplier_invoices([bill("E1", 120000, **october)], ctx):
        kept.move(move)  # type: ignore[arg-type]
    later = [bill("E1", 120000, **october), bill("E2", 120000, **october), bill("E3", 120001, **october)]
    told = [one.message for one in bill_is_new.run(later, ctx)]
    assert told == ["E2: the same sum for the same period came as E1"]
