"""Orders as LG04 records: a header, then each line followed by its texts.

Source: formats page agresso.md, sections 4 and 11.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from textwrap import wrap

from hub.api import CannotRender, Found, Taken
from plugins.agresso.lg04_layout import RECORD

PURCHASE, SALES, RECEIVED = "41", "42", "51"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """number: its place in the order; net: pence, negative for a credit, None = the quantity alone counts;
    quantity: hundredths; coding: by the names of the layout's fields; texts: printed under the line"""

    number: int
    quantity: int
    net: int | None = None
    text: str = ""
    article: str = ""
    tax_code: str = ""
    unit: str = ""
    coding: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """number: from the range that finance has given; party: its number there; period: YYYYPP, None where
    the ledger takes none from an order"""

    number: str
    trans_type: str
    voucher_type: str
    dated: date
    party: str
    responsible: str
    lines: Sequence[OrderLine]
    order_type: str = ""
    heading: str = ""
    pay_method: str = ""
    reference: str = ""
    period: str | None = None


def records(order: Order, batch: str, client: str) -> Iterator[dict[str, object]]:
    """What each record says, by the names of its fields."""
    everywhere: dict[str, object] = {
        "batch_id": batch,
        "client": client,
        "order_id": order.number.zfill(9),
        "trans_type": order.trans_type,
        "voucher_type": order.voucher_type,
    }
    orders = everywhere | {"status": "N", "period": f"00{order.period}" if order.period else None}
    yield orders | _header(order)
    for line in order.lines:
        place = {"accept_flag": "0", "line_no": f"{line.number:04}"}
        yield orders | place | _line(line)
        for count, text in enumerate([*_pieces(line.text)[1:], *line.texts], start=1):
            yield everywhere | place | {"sequence_no": f"{count:08}", "short_info": text}


def _header(order: Order) -> dict[str, object]:
    day = f"{order.dated:%Y%m%d}"
    return {
        "accept_flag": "1",
        "apar_id": order.party.zfill(8),
        "confirm_date": day,
        "currency": "GBP",
        "deliv_date": day,
        "ext_ord_ref": order.reference,
        "line_no": "0000",
        **dict(zip(("long_info1", "long_info2"), wrap(order.heading, 120) or [""], strict=False)),
        "order_type": order.order_type,
        "pay_method": order.pay_method,
        "responsible": order.responsible,
        "responsible2": order.responsible,
    }


def _line(line: OrderLine) -> dict[str, object]:
    return {
        **({"amount": f"{line.net:017}", "amount_set": "1"} if line.net is not None else {}),
        "art_descr": _pieces(line.text)[0],
        "article": line.article,
        "sequence_no": "00000000",
        "tax_code": line.tax_code,
        "unit_code": line.unit,
        "value_1": f"{line.quantity:017}",
        **line.coding,
    }


def _pieces(text: str) -> list[str]:
    """What of a text stands in its line; the rest, as texts printed under it."""
    first = (wrap(text, 35) or [""])[0]
    return [first, *wrap(text[len(first) :], 60)]


def misfits(order: Callable[[], Order], one: Taken) -> Iterator[Found]:
    """Why an order cannot be written; nothing when it can."""
    try:
        written([order()], "", "", "")
    except CannotRender as error:
        yield Found(f"{one.item.reference}: {error}", one.item.line)


def written(orders: Iterable[Order], batch: str, client: str, end: str) -> bytes:
    """The records, one a line. Raises CannotRender for what does not fit: nothing is cut."""
    lines = (RECORD.write(record) for order in orders for record in records(order, batch, client))
    try:
        return "".join(line + end for line in lines).encode("latin-1")
    except UnicodeEncodeError:
        raise CannotRender("an order holds a character that latin-1 cannot hold") from None
