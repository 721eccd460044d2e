"""Purchase orders and receipts as ABWOrder in its plain form, without namespace, as it was observed; what is
checked and remembered of them.

Source: formats page agresso.md, sections 6.3, 10.4 and 11.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.api import (
    CannotRender,
    Element,
    Found,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Node,
    Record,
    Rendered,
    Severity,
    Taken,
    Waiting,
    check,
    document,
    format_pounds,
)
from plugins.agresso.order_lines import (
    ORDER,
    RECEIPT,
    Options,
    order_of,
    order_tax_code,
    ordered_line,
    quantity_of,
    received_quantity,
)
from plugins.agresso.orders import ORDER_KIND
from plugins.agresso.writing import batch_id

ORDERED, RECEIVED = "41", "51"
ROOT = {
    "Version": "542",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:noNamespaceSchemaLocation": "http://services.agresso.com/schema/ABWOrder/2004/07/02/ABWOrder.xsd",
}


def write_orders(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One document; an `Order` each. Raises CannotRender for a receipt of an order that is not known."""
    orders = [_order(one, ctx) if one.item.kind == ORDER else _receipt(one, ctx) for one in taken]
    data = document(_node("ABWOrder", *orders), {}, {}, ROOT)
    batch, total = batch_id(ctx), sum(one.item.amount for one in taken)
    told: dict[str, str | int] = {"count": len(orders), "value": format_pounds(total)}
    return Rendered(f"{batch}.xml", data, told, f"{ctx.options.client}/{batch}")


def known_by(taken: Sequence[Taken]) -> str:
    """An order of the document is there under its number; of a receipt nothing can be told apart."""
    return next((one.item.reference for one in taken if one.item.kind == ORDER), "")


def _node(name: str, *children: Node) -> Node:
    return Node(Element(name), children=children)


def _text(name: str, text: object) -> Node:
    return Node(Element(name), str(text))


def _order(one: Taken, ctx: Options) -> Node:
    item, data = one.item, one.item.data
    return _node(
        "Order",
        _text("OrderNo", item.reference),
        _text("VoucherType", ctx.options.order_type),
        _text("TransType", ORDERED),
        _node(
            "Header",
            _text("AcceptFlag", 1),
            _text("Status", "N"),
            _text("OrderDate", item.on.isoformat()),
            _text("HeaderText", data["heading"]),
            _text("Currency", "GBP"),
            _node("Seller", _text("SellerNo", data["supplier_ref"])),
        ),
        _node("Details", *(_detail(line, one, ctx) for line in data["lines"])),
    )


def _detail(line: Mapping[str, Any], one: Taken, ctx: Options) -> Node:
    net, quantity = int(line["net"]), quantity_of(line, ctx)
    if net % quantity:
        raise CannotRender(
            f"{one.item.reference}: {format_pounds(net)} is no whole number of pence for each of {quantity}"
        )
    return _node(
        "Detail",
        _text("LineNo", line["order_line"]),
        _text("Status", "N"),
        _text("BuyerProductCode", line["product"]),
        _text("BuyerProductDescr", line["text"]),
        _text("UnitCode", line["unit"]),
        _text("Quantity", quantity),
        _text("Price", format_pounds(net // quantity)),
        _text("LineTotal", format_pounds(net)),
        _node("DetailInfo", _text("TaxCode", order_tax_code(line, one, ctx)), *_codings(line, ctx)),
    )


def _codings(line: Mapping[str, Any], ctx: Options) -> Iterator[Node]:
    for name, code in ctx.options.attributes.items():
        if line.get(name):
            yield _node("ReferenceCode", _text("Code", code), _text("Value", line[name]))


def _receipt(one: Taken, ctx: Options) -> Node:
    item, quantity = one.item, received_quantity(one, ctx)
    line = ordered_line(one, ctx) or {}
    return _node(
        "Order",
        _text("OrderNo", item.data["order_no"]),
        _text("VoucherType", ctx.options.receipt_type),
        _text("TransType", RECEIVED),
        _node(
            "Details",
            _node(
                "Detail",
                _text("LineNo", item.data["order_line"]),
                _text("Status", "N"),
                _text("UnitCode", line.get("unit") or "EA"),
                _text("Quantity", f"{quantity.normalize():f}"),
            ),
        ),
    )


@check("AGR21", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def orders_are_in_their_range(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """An order's number is in the range that finance has given, and was not sent before."""
    first, last = ctx.options.first_order, ctx.options.last_order
    for one in taken:
        number, known = one.item.reference, order_of(one, ctx)
        if one.item.kind != ORDER or first is None or last is None:
            continue
        if not number.isdigit() or not first <= int(number) <= last:
            yield Found(f"order {number} is not in {first} to {last}", one.item.line, "order_no")
        elif known is not None and known.data.get("item") not in (None, one.id):
            yield Found(f"order {number} was sent before", one.item.line, "order_no")


@check("AGR21", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def receipts_fit_their_order(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What is received is of a known order that is not finished, and with all that was received of the line
    before no more than was ordered, to `tolerance`."""
    here: dict[tuple[str, str], int] = {}
    for one in taken:
        if one.item.kind != RECEIPT:
            continue
        number, place = str(one.item.data["order_no"]), str(one.item.data["order_line"])
        order, line = order_of(one, ctx), ordered_line(one, ctx)
        if order is None or line is None or order.state == "FINISHED":
            yield Found(f"{one.item.reference}: order {number} is not open here", one.item.line, "order_no")
            continue
        total = here.setdefault((number, place), _others(order, place, taken)) + one.item.amount
        if total > line["ordered"] + int(ctx.options.tolerance * 100):
            told = (
                f"{one.item.reference}: {format_pounds(total)} received of {format_pounds(line['ordered'])}"
            )
            yield Found(told, one.item.line, "net")
        else:
            here[number, place] = total


def _others(order: Record, place: str, taken: Sequence[Taken]) -> int:
    """Pence that receipts not in hand say of a line."""
    in_hand = {one.item.reference for one in taken}
    told = order.data.get("receipts", {}).items()
    return sum(each["net"] for key, each in told if key not in in_hand and each["line"] == place)


def receives(one: Taken, ctx: Options) -> Iterator[Move]:
    """A receipt that is taken along, on its order."""
    order = order_of(one, ctx)
    if one.item.kind != RECEIPT or order is None or one.disposition.state is not ItemState.TAKEN:
        return
    own = {"line": str(one.item.data["order_line"]), "net": one.item.amount}
    receipts = {**order.data.get("receipts", {}), one.item.reference: own}
    yield Move(kind=ORDER_KIND, key=order.key, data={"receipts": receipts})


def sent_orders(carried: Sequence[Taken], ctx: Options) -> Iterator[Move | Waiting]:
    """Each order with its lines, from the moment of sending on."""
    for one in carried:
        if one.item.kind == ORDER:
            lines = {
                str(line["order_line"]): {
                    "ordered": line["net"],
                    "ordered_qty": str(line["quantity"]),
                    "unit": line["unit"],
                    "invoiced": 0,
                }
                for line in one.item.data["lines"]
            }
            data = {"supplier": one.item.data["supplier_ref"], "lines": lines, "item": one.id}
            yield Move(kind=ORDER_KIND, key=one.item.reference, to="SENT", data=data)


def _numbers(item: Any) -> list[str]:
    return [str(item.data["order_no"]) if item.kind == RECEIPT else item.reference]


LOOKS_UP = (Lookup(ORDER_KIND, keys=_numbers),)
CHECKS = (orders_are_in_their_range, receipts_fit_their_order)
