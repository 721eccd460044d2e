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
    Rendered,
    Severity,
    Taken,
    Waiting,
    check,
)
from plugins.agresso.cs15_layout import RECORD
from plugins.agresso.settings import CustomerOptions
from plugins.agresso.writing import batch_id

CUSTOMER = "CUSTOMER"
Options = Context[CustomerOptions]


def write_customers(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One record each, with running numbers from 1 that the financial system replaces by its own."""
    batch, options = batch_id(ctx), ctx.options
    lines = [RECORD.write(record(one, number, options)) for number, one in enumerate(taken, start=1)]
    try:
        data = "".join(line + options.end for line in lines).encode("latin-1")
    except UnicodeEncodeError:
        raise CannotRender("a name or address holds a character that latin-1 cannot hold") from None
    return Rendered(f"{batch}.dat", data, {"count": len(lines)}, f"{options.client}/{batch}")


def record(one: Taken, number: int, options: CustomerOptions) -> dict[str, object]:
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
        try:
            RECORD.write(record(one, 1, ctx.options))
        except CannotRender as error:
            yield Found(f"customer {one.item.reference}: {error}", one.item.line)
        if not one.item.personal.get("postcode"):
            yield Found(f"customer {one.item.reference} has no postcode", one.item.line, "postcode")


def asked(carried: Sequence[Taken], ctx: Options) -> Iterator[Move | Waiting]:
    """Who was sent is asked for, unless the number is known already."""
    for one in carried:
        if ctx.facts.records is None or ctx.facts.records.get(PARTY, one.item.reference) is None:
            yield Move(kind=PARTY, key=one.item.reference, to="ASKED")


def _reference(item: Any) -> list[str]:
    return [item.reference]


LOOKS_UP = (Lookup(PARTY, keys=_reference),)
