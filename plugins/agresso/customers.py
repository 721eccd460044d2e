"""Customers that the financial system is to number. The number comes back with the master data.

Bank details are never sent: refunds are set up by finance. Source: formats page agresso.md, 5.2 and 12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    PARTY,
    CannotRender,
    Context,
    Found,
    Level,
    Lookup,
    Move,
    Node,
    Rendered,
    Severity,
    Taken,
    Waiting,
    check,
)
from plugins.agresso.cs15_layout import record_of
from plugins.agresso.gl07_layout import CUSTOMER as CUSTOMER_SIDE
from plugins.agresso.settings import CustomerOptions
from plugins.agresso.types import put
from plugins.agresso.writing import batch_id
from plugins.agresso.xml_nodes import node, of_2007, said, text

CUSTOMER, ABW = "CUSTOMER", "abw-2007"
Options = Context[CustomerOptions]


def write_customers(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One record each, as CS15 or ABWSupplierCustomer."""
    batch, options = batch_id(ctx), ctx.options
    if options.party_layout == ABW:
        return write_abw(taken, ctx)
    layout = record_of(str(options.party_layout), ctx)
    lines = [put(layout, record(one, number, options)) for number, one in enumerate(taken, start=1)]
    try:
        data = "".join(line + options.end for line in lines).encode("latin-1")
    except UnicodeEncodeError:
        raise CannotRender("a name or address holds a character that latin-1 cannot hold") from None
    return Rendered(f"{batch}.dat", data, {"count": len(lines)}, f"{options.client}/{batch}")


def write_abw(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One document, a `MasterFile` each."""
    batch, options = batch_id(ctx), ctx.options
    data = of_2007(node("ABWSupplierCustomer", *(_master_file(one, options) for one in taken)))
    return Rendered(f"{batch}.xml", data, {"count": len(taken)}, f"{options.client}/{batch}")


def known_by(taken: Sequence[Taken]) -> str:
    """A customer is there under the source's reference."""
    return taken[0].item.reference


def _master_file(one: Taken, options: CustomerOptions) -> Node:
    """A new customer, whom the financial system numbers. The published examples leave the namespace out, and
    had to be patched: it is written. Source: section 6.5."""
    item, personal = one.item, one.item.personal
    address = (personal.get(f"address{place}") for place in range(1, 5))
    email = said("l:Email", personal.get("email"))
    return node(
        "MasterFile",
        text("l:CompanyCode", options.client),
        text("l:ApArType", CUSTOMER_SIDE),
        node(
            "SupplierCustomer",
            text("l:UpdateFlag", 0),
            text("l:Name", personal["name"]),
            text("ApArGroup", item.data.get("group") or options.group),
            text("ExternalRef", item.reference),
            text("l:CountryCode", "GB"),
            node("InvoiceInfo", text("Currency", "GBP"), text("Language", options.language)),
            node("PaymentInfo", text("PayMethod", options.pay_method), text("Status", "N")),
        ),
        node(
            "AddressInfo",
            text("l:UpdateFlag", 0),
            text("l:AddressType", 1),
            said("l:Address", ", ".join(filter(None, address))),
            said("l:Place", personal.get("town")),
            said("l:ZipCode", personal.get("postcode")),
            text("l:CountryCode", "GB"),
            node("l:InternetInfo", email) if email else None,
        ),
    )


def record(one: Taken, number: int, options: CustomerOptions) -> dict[str, object]:
    """Of CS15: a running number from 1 stands for the one that the financial system gives."""
    item, personal = one.item, one.item.personal
    return {
        "full_record": "1",
        "change_status": "I",
        "apar_gr_id": item.data.get("group") or options.group,
        "apar_id": str(number),
        "apar_name": personal["name"],
        "apar_type": "R",
        "client": options.client,
        "control": options.control,
        "currency": "GBP",
        "ext_apar_ref": item.reference,
        "language": options.language,
        "pay_method": options.pay_method,
        "status": "N",
        **{f"address{place}": personal.get(f"address{place}") for place in range(1, 5)},
        "address_type": "1",
        "country_code": "GB",
        "place": personal.get("town"),
        "zip_code": personal.get("postcode"),
        "e_mail": personal.get("email"),
    }


@check("CUSTOMER-01", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def customer_fits(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Reference, name and address fit into the layout, and there is a postcode. Nothing is cut."""
    for one in taken:
        if ctx.options.party_layout != ABW:
            yield from _misfits(one, ctx)
        if not one.item.personal.get("postcode"):
            yield Found(f"customer {one.item.reference} has no postcode", one.item.line, "postcode")


def _misfits(one: Taken, ctx: Options) -> Iterator[Found]:
    try:
        put(record_of(str(ctx.options.party_layout), ctx), record(one, 1, ctx.options))
    except CannotRender as error:
        yield Found(f"customer {one.item.reference}: {error}", one.item.line)


def asked(carried: Sequence[Taken], ctx: Options) -> Iterator[Move | Waiting]:
    """Who was sent is asked for, unless the number is known already."""
    for one in carried:
        if ctx.facts.records is None or ctx.facts.records.get(PARTY, one.item.reference) is None:
            yield Move(kind=PARTY, key=one.item.reference, to="ASKED")


def _reference(item: Any) -> list[str]:
    return [item.reference]


LOOKS_UP = (Lookup(PARTY, keys=_reference),)
