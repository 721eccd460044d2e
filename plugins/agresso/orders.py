"""Purchase orders as records: what was ordered, received and invoiced, as it stands there (agr-order).

Source: formats page agresso.md, sections 10.4 and 10.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.api import (
    DOCUMENT,
    Chunk,
    Context,
    Facts,
    Follow,
    Item,
    Lifecycle,
    Lookup,
    Move,
    Options,
    Record,
    Taken,
)
from plugins.agresso.feedback_layout import MONEY, ORDER, FeedbackTally

FEED, ORDER_LINE = "agresso.order_feedback", "ORDER_LINE"
ORDER_KIND, SENT, OPEN, FINISHED = "agresso_order", "SENT", "OPEN", "FINISHED"


def _gives_back(old: Record | None, new: Record, facts: Facts) -> Iterator[Move]:
    """What an invoice that the ledger refused has billed of its order."""
    key, records = new.data.get("order"), facts.records
    order = records.get(ORDER_KIND, str(key)) if key and records else None
    if new.state == "REFUSED" and order is not None:
        invoices = {name: net for name, net in order.data.get("invoices", {}).items() if name != new.key}
        yield Move(kind=ORDER_KIND, key=order.key, data={"invoices": invoices})


def _order_of(document: Record) -> list[str]:
    return [str(document.data["order"])] if document.data.get("order") else []


ORDER_LIFE = Lifecycle(
    kind=ORDER_KIND,
    title="Purchase orders in the financial system",
    begins=(SENT, OPEN, FINISHED),
    moves={SENT: (OPEN, FINISHED), OPEN: (FINISHED,), FINISHED: (OPEN,)},
    follows=(Follow(kind=DOCUMENT, when=_gives_back, looks_up=(Lookup(ORDER_KIND, keys=_order_of),)),),
    owner="repairs",
)
"""data: supplier, workflow; lines: by line number, ordered and invoiced (pence) and both quantities; receipts
and invoices: what the hub has sent of each, pence net."""


def order_lines(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Item]:
    for row in chunk.rows() if chunk.layout is ORDER else ():
        data: dict[str, Any] = {name: row[name] or None for name in chunk.columns}
        data |= {name: MONEY.read(row[name]) for name in ("ordered_net", "invoiced_net")}
        yield Item(ORDER_LINE, row.line, row["order_id"], 0, date.fromisoformat(row["as_at"]), data)


def order_moves(one: Taken, ctx: Context[Options]) -> Iterator[Move]:
    """Status O is open, F finished; others are passed through as the workflow's."""
    data, records = one.item.data, ctx.facts.records
    known = records.get(ORDER_KIND, one.item.reference) if records else None
    line = {
        "ordered": data["ordered_net"],
        "invoiced": data["invoiced_net"],
        "ordered_qty": data["ordered_qty"],
        "received_qty": data["received_qty"],
    }
    before = known.data.get("lines", {}) if known else {}
    lines = {**before, str(data["line_no"]): {**before.get(str(data["line_no"]), {}), **line}}
    told = {
        "supplier": data["supplier_id"],
        "workflow": data["workflow_state"] or data["status"],
        "lines": lines,
    }
    state = {"O": OPEN, "F": FINISHED}.get(str(data["status"]), known.state if known else OPEN)
    yield Move(kind=ORDER_KIND, key=one.item.reference, to=state, data=told)


LOOKS_UP = (Lookup(ORDER_KIND, keys=lambda item: [item.reference]),)
