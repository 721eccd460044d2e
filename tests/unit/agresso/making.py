"""What a writer is handed, without a hub: items, the day, the numbers that were drawn, and a few codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from hub.api import Context, Disposition, Facts, Item, ItemState, Moment, Options, Record, Taken
from tests.unit.agresso.kept import Kept

DAY = date(2026, 11, 2)
MEANT = {"STANDARD": "S1", "OUTSIDE": "SO", "I3100": "LSC1"}


class Codes:
    """Tax codes and products, and the rates of taxes."""

    def value(self, name: str, code: str, on: date) -> str | None:
        rates = {"STANDARD": "20", "OUTSIDE": "0"}
        return rates.get(code) if name == "vat_rates" else MEANT.get(code)


def taken(*items: Item) -> list[Taken]:
    return [
        Taken(f"id{place}", one, Disposition(ItemState.TAKEN)) for place, one in enumerate(items, start=1)
    ]


def context(
    options: type[Options], *records: Record, settings: Any = None, day: date = DAY, **told: Any
) -> Context[Any]:
    each: Mapping[str, Mapping[str, int]] = {"order": {"id1": 1, "id2": 2}}
    facts = Facts(today=day, codes=Codes(), records=Kept(*records), settings=settings)
    moment = Moment(datetime(2026, 11, 2, 9, tzinfo=UTC), day, "T1", {"run": 1}, each)
    return Context(options.model_validate({"client": "ZZ", **told}), facts, "", moment=moment)


def order(number: str = "45000017", net: int = 184000) -> Item:
    line = {
        "order_line": 1, "product": "UN-72151900", "text": "Roof repair & <felt>", "unit": "EA",
        "quantity": 1, "net": net, "tax": "STANDARD", "account": "R4100", "cost_centre": "HRA",
    }  # fmt: skip
    data = {"supplier_ref": "700123", "heading": "Roof repair job 4471903", "lines": [line]}
    return Item("PURCHASE_ORDER", 1, number, net, DAY, data)


def customer(reference: str = "RL0004471") -> Item:
    address = {
        "name": "EXAMPLE LEASEHOLDER LTD",
        "address1": "FLAT 3",
        "town": "EXAMPLETOWN",
        "postcode": "ZZ1 1ZZ",
    }
    return Item("CUSTOMER", 1, reference, 0, DAY, {}, personal=address)


def invoice(number: str = "LSC2600000017", net: int = 128436) -> Item:
    line = {"text": "Service charge Q1", "account": "I3100", "tax": "OUTSIDE", "net": net, "vat": 0}
    return Item("INVOICE", 1, number, net, DAY, {"customer_ref": "900017", "lines": [line]})
