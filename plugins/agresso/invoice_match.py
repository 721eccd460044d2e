"""Suppliers' invoices beside what was ordered and received: an invoice is paid for what came, and once.

    three-way (`match: receipt`): all that is billed of an order is no more than was received of it
    two-way (`match: order`): no more than was ordered

An invoice reserves what it bills of its order when it is gathered; one that the ledger refused gives it back.
Amounts are net. Source: formats page agresso.md, section 10.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.api import (
    SUPPLIER_INVOICE,
    Found,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.agresso.documents import Options, document_key, document_lines
from plugins.agresso.orders import FINISHED, ORDER_KIND


def net_of_invoice(one: Taken, ctx: Options) -> int:
    return sum(int(line["net"]) for line in document_lines(one, ctx))


def _order_of(one: Taken, ctx: Options) -> Record | None:
    number = one.item.data.get("order_no")
    return ctx.facts.records.get(ORDER_KIND, str(number)) if ctx.facts.records and number else None


@check("MATCH-01", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def invoices_match_their_order(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A supplier's invoice that names an order is of one that is known, not finished and the supplier's;
    with all that was billed of the order it comes to no more than was received (`match: receipt`) or ordered
    (`match: order`), to `match_tolerance`."""
    here: dict[str, int] = {}
    for one in taken if ctx.options.match != "none" else ():
        if not one.item.data.get("order_no"):
            continue
        order = _order_of(one, ctx)
        if why := _is_not_of(one, order):
            yield Found(f"{one.item.reference}: {why}", one.item.line, "order_no")
        elif order is not None:
            billed = here.setdefault(order.key, _others(order, taken)) + net_of_invoice(one, ctx)
            what, most = _most(order, ctx)
            if billed > most + int(ctx.options.match_tolerance * 100):
                limit = f"{format_pounds(most)} was {what}"
                told = f"{format_pounds(billed)} is billed of order {order.key}, {limit}"
                yield Found(f"{one.item.reference}: {told}", one.item.line, "net")
            else:
                here[order.key] = billed


def _is_not_of(one: Taken, order: Record | None) -> str | None:
    number, supplier = one.item.data["order_no"], str(one.item.data["supplier_ref"])
    if order is None:
        return f"order {number} is not known here"
    if order.state == FINISHED:
        return f"order {number} is finished"
    if order.data.get("supplier") not in (None, supplier):
        return f"order {number} is another supplier's"
    return None


def _most(order: Record, ctx: Options) -> tuple[str, int]:
    """What may be billed of an order, pence, with the word for it."""
    lines = order.data.get("lines", {})
    if ctx.options.match == "order":
        return "ordered", sum(int(line["ordered"]) for line in lines.values())
    return "received", sum(received_of(order, number, line) for number, line in lines.items())


def received_of(order: Record, number: str, line: Any) -> int:
    """What the hub's receipts say, or the financial system if that is more: some are entered there."""
    own = sum(int(each["net"]) for each in order.data.get("receipts", {}).values() if each["line"] == number)
    try:
        share = Decimal(str(line.get("received_qty") or 0)) / Decimal(str(line["ordered_qty"]))
    except (InvalidOperation, ZeroDivisionError):
        return own
    return max(own, int(share * int(line["ordered"])))


def _others(order: Record, taken: Sequence[Taken]) -> int:
    """What is billed by invoices not in hand, or what the financial system says if that is more."""
    in_hand = {document_key(one.item) for one in taken}
    own = sum(int(net) for key, net in order.data.get("invoices", {}).items() if key not in in_hand)
    return max(own, sum(int(line.get("invoiced") or 0) for line in order.data.get("lines", {}).values()))


def bills(one: Taken, ctx: Options) -> Iterator[Move]:
    """An invoice that is taken along, on its order; given back if it is taken back."""
    order = _order_of(one, ctx)
    if order is not None and one.disposition.state is ItemState.TAKEN:
        invoices = {**order.data.get("invoices", {}), document_key(one.item): net_of_invoice(one, ctx)}
        yield Move(kind=ORDER_KIND, key=order.key, data={"invoices": invoices})


def _order_no(item: Any) -> list[str]:
    told = item.kind == SUPPLIER_INVOICE and item.data.get("order_no")
    return [str(told)] if told else []


LOOKS_UP = (Lookup(ORDER_KIND, keys=_order_no),)
