"""Purchase orders, and receipts of them, as LG04. Receipts were not seen in public: they are this project's
own reading of the layout, an order whose lines say how much was received.

Source: formats page agresso.md, sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from hub.api import (
    CannotRender,
    Found,
    Level,
    Need,
    Rendered,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.agresso import lg04
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
from plugins.agresso.order_settings import Lg04Options


def write_lg04(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Orders and receipts as LG04 records. Raises CannotRender where the route names no layout."""
    how = ctx.options.lg04
    if how is None:
        raise CannotRender("the route sets no `lg04: {layout: …}` among its options")
    way = lg04.way(how.layout, how.date_style, ctx)
    batch, total = lg04.batch_of(way, ctx), sum(one.item.amount for one in taken)
    orders = [(_order if one.item.kind == ORDER else _receipt)(one, how, ctx) for one in taken]
    data = lg04.written(orders, batch, way)
    told: dict[str, str | int] = {"count": len(orders), "value": format_pounds(total)}
    return Rendered(f"{batch}.dat", data, told, f"{ctx.options.client}/{batch}")


def _order(one: Taken, how: Lg04Options, ctx: Options) -> lg04.Order:
    item = one.item
    return lg04.Order(
        number=item.reference,
        trans_type=lg04.PURCHASE,
        voucher_type=ctx.options.order_type,
        order_type=how.order_type,
        dated=item.on,
        heading=str(item.data["heading"]),
        party=str(item.data["supplier_ref"]),
        responsible=how.responsible,
        pay_method=how.pay_method,
        lines=[
            lg04.OrderLine(
                number=int(line["order_line"]),
                text=str(line["text"]),
                article=str(line["product"]),
                net=int(line["net"]),
                quantity=100 * quantity_of(line, ctx),
                tax_code=order_tax_code(line, one, ctx),
                coding={field: str(line[name]) for name, field in how.coding.items() if line.get(name)},
            )
            for line in item.data["lines"]
        ],
    )


def _receipt(one: Taken, how: Lg04Options, ctx: Options) -> lg04.Order:
    item, order, line = one.item, order_of(one, ctx), ordered_line(one, ctx)
    return lg04.Order(
        number=str(item.data["order_no"]),
        trans_type=lg04.RECEIVED,
        voucher_type=ctx.options.receipt_type,
        dated=item.on,
        party=str(order.data["supplier"]) if order else "",
        responsible=how.responsible,
        reference=item.reference,
        lines=[
            lg04.OrderLine(
                number=int(item.data["order_line"]),
                quantity=_hundredths(one, ctx),
                unit=str((line or {}).get("unit") or "EA"),
            )
        ],
    )


def _hundredths(one: Taken, ctx: Options) -> int:
    """Raises CannotRender for a part that is no whole number of them: rounding would receive other money."""
    told = received_quantity(one, ctx) * 100
    if told != int(told):
        raise CannotRender(_not_whole(one))
    return int(told)


def _not_whole(one: Taken) -> str:
    return (
        f"{one.item.reference}: {format_pounds(one.item.amount)} is no whole number of hundredths of what "
        "was ordered, and LG04 says no more; send it as ABWOrder (output orders)"
    )


@check("AGR02", level=Level.CROSS, severity=Severity.HOLD_ITEM, options=("lg04",), needs=(Need.CODES,))
def orders_fit_lg04(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Of a route that sends LG04: numbers, products and codings of an order fit into the layout."""
    how = ctx.options.lg04
    for one in taken if how is not None else ():
        if one.item.kind == ORDER and how is not None:
            way = partial(lg04.way, how.layout, how.date_style, ctx)
            yield from lg04.misfits(partial(_order, one, how, ctx), way, one)


@check("AGR21", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), options=("lg04",))
def receipts_are_whole_hundredths(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Of a route that sends LG04: what was received is a whole number of hundredths of what was ordered."""
    for one in taken:
        if one.item.kind == RECEIPT and ordered_line(one, ctx) and received_quantity(one, ctx) * 100 % 1:
            yield Found(_not_whole(one), one.item.line, "net")


CHECKS = (orders_fit_lg04, receipts_are_whole_hundredths)
