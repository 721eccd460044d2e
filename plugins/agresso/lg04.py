"""Orders as LG04 records: a header, then each line followed by its texts.

Source: formats page agresso.md, sections 4 and 11.3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from textwrap import wrap
from typing import Any

from hub.api import CannotRender, Context, Found, Layout, Taken
from plugins.agresso.lg04_layout import DateStyle, dated, record_of
from plugins.agresso.types import put, width_of
from plugins.agresso.writing import batch_id, short_batch_id

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


@dataclass(frozen=True, slots=True)
class Way:
    """How records are written: by a layout, in its style of dates."""

    layout: Layout
    dates: DateStyle
    client: str
    end: str

    def whole(self, number: object, name: str) -> str:
        """A number with zeros before it, its minus first, as wide as its field."""
        return str(number).zfill(width_of(self.layout, name, 0))


def way(name: str, dates: DateStyle, ctx: Context[Any]) -> Way:
    """Raises CannotRender when there is no such layout."""
    return Way(record_of(name, dates, ctx), dates, str(ctx.options.client), ctx.options.end)


def batch_of(how: Way, ctx: Context[Any]) -> str:
    """The batch id as it fits: the old layout has twelve characters for it."""
    return batch_id(ctx) if width_of(how.layout, "batch_id", 12) >= WHOLE_BATCH else short_batch_id(ctx)


WHOLE_BATCH = 15


def records(order: Order, batch: str, how: Way) -> Iterator[dict[str, object]]:
    """What each record says, by the names of its fields."""
    everywhere: dict[str, object] = {
        "batch_id": batch,
        "client": how.client,
        "order_id": how.whole(order.number, "order_id"),
        "trans_type": order.trans_type,
        "voucher_type": order.voucher_type,
    }
    period = how.whole(order.period, "period") if order.period else None
    orders = everywhere | {"status": "N", "period": period}
    yield orders | _header(order, how)
    for line in order.lines:
        place = {"accept_flag": "0", "line_no": how.whole(line.number, "line_no")}
        first, rest = _pieces(line.text, how)
        yield orders | place | _line(line, first, how)
        for count, text in enumerate([*rest, *line.texts], start=1):
            yield everywhere | place | {"sequence_no": how.whole(count, "sequence_no"), "short_info": text}


def _header(order: Order, how: Way) -> dict[str, object]:
    day = dated(order.dated, how.dates)
    heading = wrap(order.heading, width_of(how.layout, "long_info1", 120)) or [""]
    return {
        "accept_flag": "1",
        "apar_id": how.whole(order.party, "apar_id"),
        "confirm_date": day,
        "currency": "GBP",
        "deliv_date": day,
        "ext_ord_ref": order.reference,
        "line_no": how.whole(0, "line_no"),
        **dict(zip(("long_info1", "long_info2"), heading, strict=False)),
        "order_type": order.order_type,
        "pay_method": order.pay_method,
        "responsible": order.responsible,
        "responsible2": order.responsible,
    }


def _line(line: OrderLine, text: str, how: Way) -> dict[str, object]:
    amount = {"amount": how.whole(line.net, "amount"), "amount_set": "1"} if line.net is not None else {}
    return {
        **amount,
        "art_descr": text,
        "article": line.article,
        "sequence_no": how.whole(0, "sequence_no"),
        "tax_code": line.tax_code,
        "unit_code": line.unit,
        "value_1": how.whole(line.quantity, "value_1"),
        **line.coding,
    }


def _pieces(text: str, how: Way) -> tuple[str, list[str]]:
    """What of a text stands in its line; the rest, as texts printed under it."""
    first = (wrap(text, width_of(how.layout, "art_descr", 35)) or [""])[0]
    return first, wrap(text[len(first) :], width_of(how.layout, "short_info", 60))


def misfits(order: Callable[[], Order], how: Callable[[], Way], one: Taken) -> Iterator[Found]:
    """Why an order cannot be written; nothing when it can."""
    try:
        written([order()], "", how())
    except CannotRender as error:
        yield Found(f"{one.item.reference}: {error}", one.item.line)


def written(orders: Iterable[Order], batch: str, how: Way) -> bytes:
    """The records, one a line. Raises CannotRender for what does not fit: nothing is cut."""
    lines = (put(how.layout, record) for order in orders for record in records(order, batch, how))
    try:
        return "".join(line + how.end for line in lines).encode("latin-1")
    except UnicodeEncodeError:
        raise CannotRender("an order holds a character that latin-1 cannot hold") from None
