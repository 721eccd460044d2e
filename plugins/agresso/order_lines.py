"""What an order and a receipt say line by line, whichever way they are written.

An order of amounts is one unit at its total, so that a part receipt is a fraction. Source: formats page
agresso.md, sections 6.3 and 10.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hub.api import CannotRender, Context, Record, Taken
from plugins.agresso.orders import ORDER_KIND
from plugins.agresso.settings import OrderOptions

ORDER, RECEIPT = "PURCHASE_ORDER", "RECEIPT"
SHARE = Decimal("0.000001")
Options = Context[OrderOptions]
OrderLine = Mapping[str, Any]


def order_of(one: Taken, ctx: Options) -> Record | None:
    """The order as it is remembered: the item's own, or that of a receipt."""
    number = str(one.item.data["order_no"]) if one.item.kind == RECEIPT else one.item.reference
    return ctx.facts.records.get(ORDER_KIND, number) if ctx.facts.records else None


def ordered_line(one: Taken, ctx: Options) -> OrderLine | None:
    """The line that a receipt is of."""
    order = order_of(one, ctx)
    return order.data.get("lines", {}).get(str(one.item.data["order_line"])) if order else None


def quantity_of(line: OrderLine, ctx: Options) -> int:
    return 1 if ctx.options.amount_based else int(line["quantity"])


def received_quantity(one: Taken, ctx: Options) -> Decimal:
    """How much of its line was received. Raises CannotRender for a line that is not known."""
    line = ordered_line(one, ctx)
    if line is None:
        raise CannotRender(f"{one.item.reference}: order {one.item.data['order_no']} is not known (AGR21)")
    share = (Decimal(one.item.amount) / Decimal(int(line["ordered"]))).quantize(SHARE, ROUND_HALF_UP)
    return share if ctx.options.amount_based else share * Decimal(str(line["ordered_qty"]))


def order_tax_code(line: OrderLine, one: Taken, ctx: Context[Any]) -> str:
    """Raises CannotRender when nobody has said what the ledger calls it."""
    name, codes = ctx.options.tax_codes, ctx.facts.codes
    told = codes.value(name, str(line["tax"]), one.item.on) if name and codes else None
    if told is None:
        raise CannotRender(f"{one.item.reference}: the ledger has no tax code for {line['tax']} (AGR16)")
    return told
