"""Suppliers' invoices as ABWInvoice, which are matched to their order there. Observed elements only; no
schema was seen. Source: formats page agresso.md, section 6.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import Context, Node, Rendered, Taken, format_pounds
from plugins.agresso.documents import document_lines
from plugins.agresso.order_lines import order_tax_code
from plugins.agresso.writing import batch_id
from plugins.agresso.xml_nodes import node, of_2007, said, text

Options = Context[Any]


def write_invoices(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One document; an `Invoice` each, under the supplier's own number."""
    batch, total = batch_id(ctx), sum(one.item.amount for one in taken)
    data = of_2007(node("ABWInvoice", *(_invoice(one, ctx) for one in taken)))
    told: dict[str, str | int] = {"count": len(taken), "value": format_pounds(total)}
    return Rendered(f"{batch}.xml", data, told, f"{ctx.options.client}/{batch}")


def _invoice(one: Taken, ctx: Options) -> Node:
    item, lines = one.item, document_lines(one, ctx)
    net, tax = (sum(int(line[name]) for line in lines) for name in ("net", "vat"))
    return node(
        "Invoice",
        text("InvoiceNo", item.reference),
        node(
            "Header",
            text("l:InvoiceDate", item.on.isoformat()),
            text("l:DueDate", date.fromisoformat(str(item.data["due_date"])).isoformat()),
            said("OrderRef", item.data.get("order_no")),
            text("Currency", "GBP"),
            node("Seller", text("l:SellerNo", item.data["supplier_ref"])),
        ),
        node("Details", *(_detail(place, line, one, ctx) for place, line in enumerate(lines, start=1))),
        node(
            "Summary",
            text("TotalExclTax", format_pounds(net)),
            text("TotalTax", format_pounds(tax)),
            text("TotalInclTax", format_pounds(net + tax)),
        ),
    )


def _detail(place: int, line: Mapping[str, Any], one: Taken, ctx: Options) -> Node:
    net, tax = int(line["net"]), int(line["vat"])
    codings = ctx.options.attributes.items()
    return node(
        "Detail",
        text("LineNo", place),
        text("LineTotExclTax", format_pounds(net)),
        text("TaxAmount", format_pounds(tax)),
        text("LineTotInclTax", format_pounds(net + tax)),
        text("l:TaxCode", order_tax_code(line, one, ctx)),
        node(
            "Products",
            text("SellerProductDescr", line["text"]),
            text("l:UnitCode", "EA"),
            text("l:Quantity", 1),
            text("Price", format_pounds(net)),
        ),
        node(
            "DetailInfo",
            *(
                node("l:ReferenceCode", text("l:Code", code), text("l:Value", line[name]))
                for name, code in codings
                if line.get(name)
            ),
        ),
    )
