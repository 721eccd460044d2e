"""Invoices that the financial system is to number, price and print: sales orders, as LG04 or ABWOrder.

Each has an order number from the range that finance has given. The invoicing run there decides the period: an
invoice that must count in a certain one goes as GL07. Source: formats page agresso.md, sections 2, 4 and 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from textwrap import wrap
from typing import Any

from hub.api import (
    CannotRender,
    Context,
    Found,
    Level,
    Need,
    Node,
    Number,
    Rendered,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.agresso import lg04
from plugins.agresso.documents import DocumentLine, document_lines, party_number
from plugins.agresso.order_lines import order_tax_code
from plugins.agresso.order_settings import SalesOrderOptions
from plugins.agresso.periods import period_of
from plugins.agresso.writing import batch_id, imports
from plugins.agresso.xml_nodes import node, of_2007, said, text

SALES = "42"
Options = Context[Any]


def order_counter(taken: Sequence[Taken], ctx: Options) -> str:
    return f"agresso.sales_order:{ctx.options.client}/{_how(ctx).first_order}"


ORDER_NUMBER = Number("order", order_counter, last=999_999_999, each=True)


def write_sales_lg04(taken: Sequence[Taken], ctx: Options) -> Rendered:
    way = _way(ctx)
    batch = lg04.batch_of(way, ctx)
    orders = [_as_lg04(one, order_number(one, ctx), ctx) for one in taken]
    data = lg04.written(orders, batch, way)
    return _rendered(f"{batch}.dat", data, batch, taken, ctx)


def _way(ctx: Options) -> lg04.Way:
    """Raises CannotRender where the route names no layout, or one that is not there."""
    how = _how(ctx)
    if how.layout is None:
        raise CannotRender("the route sets no `layout` among its `sales_orders`")
    return lg04.way(how.layout, how.date_style, ctx)


def write_sales_xml(taken: Sequence[Taken], ctx: Options) -> Rendered:
    batch = batch_id(ctx)
    data = of_2007(node("ABWOrder", *(_as_xml(one, ctx) for one in taken)))
    return _rendered(f"{batch}.xml", data, batch, taken, ctx)


def write_sales_import(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """What SOAP imports; the orders are there under their numbers."""
    first = str(order_number(taken[0], ctx))
    return imports(write_sales_xml, "LG04", lambda _: first)(taken, ctx)


def _rendered(name: str, data: bytes, batch: str, taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Feedback may call an invoice by the number of its order."""
    total = sum(one.item.amount for one in taken)
    told: dict[str, str | int] = {"count": len(taken), "value": format_pounds(total)}
    called = {one.id: {"order_no": str(order_number(one, ctx))} for one in taken}
    return Rendered(name, data, told, f"{ctx.options.client}/{batch}", called=called)


def _how(ctx: Options) -> SalesOrderOptions:
    how: SalesOrderOptions | None = ctx.options.sales_orders
    if how is None:
        raise CannotRender("the route sets no `sales_orders: {…}` among its options")
    return how


def order_number(one: Taken, ctx: Options) -> int:
    """Raises CannotRender when the range that finance has given is used up (AGR21)."""
    first, last = _how(ctx).first_order, _how(ctx).last_order
    if ctx.moment is None:
        raise CannotRender("the number of the order is not known here")
    number = first + ctx.moment.number_of(one, ORDER_NUMBER.name) - 1
    if number > last:
        raise CannotRender(
            f"AGR21: the order numbers {first} to {last} are used up; ask finance for another range"
        )
    return number


def article_of(line: DocumentLine, one: Taken, ctx: Options) -> str | None:
    """The product there, which carries the coding; None when nobody has said which."""
    name, codes = _how(ctx).articles, ctx.facts.codes
    return codes.value(name, str(line["account"]), one.item.on) if codes else None


@check(
    "AGR09", level=Level.CROSS, severity=Severity.HOLD_ITEM, options=("sales_orders",), needs=(Need.CODES,)
)
def lines_have_a_product(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Of a route that sends sales orders: each line has a product there (code map `articles`)."""
    for one in taken:
        for line in document_lines(one, ctx):
            if article_of(line, one, ctx) is None:
                told = f"{one.item.reference}: account {line['account']} has no product in the code map"
                yield Found(told, one.item.line, "account")


@check(
    "AGR02", level=Level.CROSS, severity=Severity.HOLD_ITEM, options=("sales_orders",), needs=(Need.CODES,)
)
def sales_orders_fit_lg04(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Of a route that sends LG04: numbers, products and codings of an order fit into the layout."""
    how = ctx.options.sales_orders
    for one in taken if how is not None and how.layout else ():
        if party_number(one, ctx) is not None:
            yield from lg04.misfits(partial(_as_lg04, one, 0, ctx), partial(_way, ctx), one)


SALES_CHECKS = (lines_have_a_product, sales_orders_fit_lg04)


def _article(line: DocumentLine, one: Taken, ctx: Options) -> str:
    found = article_of(line, one, ctx)
    if found is None:
        raise CannotRender(f"AGR09: account {line['account']} has no product in the code map")
    return found


def _party(one: Taken, ctx: Options) -> str:
    number = party_number(one, ctx)
    if number is None:
        raise CannotRender(f"AGR09: the customer of {one.item.reference} has no number there yet")
    return number


def _as_lg04(one: Taken, number: int, ctx: Options) -> lg04.Order:
    how = _how(ctx)
    return lg04.Order(
        number=str(number),
        trans_type=lg04.SALES,
        voucher_type=str(ctx.options.voucher_type(one.item.kind)),
        order_type=how.order_type,
        dated=one.item.on,
        heading=str(document_lines(one, ctx)[0]["text"]),
        party=_party(one, ctx),
        responsible=how.responsible,
        pay_method=ctx.options.pay_method or "",
        reference=one.item.reference,
        period=period_of(one.item.on, ctx),
        lines=[
            lg04.OrderLine(
                number=place,
                text=str(line["text"]),
                article=_article(line, one, ctx),
                net=int(line["net"]),
                quantity=100,
                tax_code=order_tax_code(line, one, ctx),
                coding={field: str(line[name]) for name, field in how.coding.items() if line.get(name)},
            )
            for place, line in enumerate(document_lines(one, ctx), start=1)
        ],
    )


def _as_xml(one: Taken, ctx: Options) -> Node:
    how = _how(ctx)
    return node(
        "Order",
        text("l:OrderNo", order_number(one, ctx)),
        text("l:VoucherType", ctx.options.voucher_type(one.item.kind)),
        text("TransType", SALES),
        said("l:Period", period_of(one.item.on, ctx)),
        node(
            "Header",
            text("OrderType", how.order_type),
            text("OrderDate", one.item.on.isoformat()),
            text("l:Currency", "GBP"),
            node("Seller", node("SellerReferences", text("Responsible", how.responsible))),
            node(
                "Buyer",
                text("l:BuyerNo", _party(one, ctx)),
                node("BuyerReferences", text("Responsible", how.responsible)),
            ),
        ),
        node(
            "Details",
            *(
                _detail(number, line, one, ctx)
                for number, line in enumerate(document_lines(one, ctx), start=1)
            ),
        ),
    )


def _detail(number: int, line: DocumentLine, one: Taken, ctx: Options) -> Node:
    """One unit at the net of the line, which counts as it is (`UseLineTotal`)."""
    net = format_pounds(int(line["net"]))
    codings = ctx.options.attributes.items()
    return node(
        "Detail",
        text("LineNo", number),
        text("BuyerProductCode", _article(line, one, ctx)),
        text("UnitCode", "EA"),
        text("Quantity", 1),
        text("Price", net),
        text("LineTotal", net),
        node(
            "DetailInfo",
            text("l:UseLineTotal", 1),
            *(
                node("l:ReferenceCode", text("l:Code", code), text("l:Value", line[name]))
                for name, code in codings
                if line.get(name)
            ),
        ),
        *(
            node("l:ProductSpecification", text("l:SeqNo", place), text("l:Info", piece))
            for place, piece in enumerate(wrap(str(line["text"]), 60), start=1)
        ),
    )
