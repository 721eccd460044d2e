"""A ledger file that another system made: checked, then sent on byte for byte.

Source: formats page agresso.md, sections 3, 6.2 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    DOCUMENT,
    Called,
    Chunk,
    Context,
    DeliveryState,
    Disposition,
    Found,
    Item,
    ItemState,
    Left,
    Level,
    Lookup,
    Move,
    Need,
    SentItem,
    Taken,
    Waiting,
    check,
)
from plugins.agresso.gl07_layout import AP, AR
from plugins.agresso.ledger_tally import LedgerTally, day_of, pence
from plugins.agresso.names import line_name
from plugins.agresso.settings import LedgerFileOptions

LEDGER_LINE = "LEDGER_LINE"
Options = Context[LedgerFileOptions]
_TOLD = (
    "batch_id", "voucher_type", "voucher_no", "trans_type", "account", "period", "ext_ref",
    "ext_inv_ref", "apar_id",
)  # fmt: skip


def ledger_items(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Item]:
    """One item a line. Its amount is that of the ledger: debit positive."""
    if "trans_type" not in chunk.columns:
        return
    amounts = pence(chunk, "amount")
    for row, line in enumerate(chunk.lines):
        told = {name: chunk.columns[name][row].strip() for name in _TOLD}
        reference = told["ext_ref"] or told["ext_inv_ref"] or f"{told['batch_id']}/{line}"
        on = day_of(chunk.columns["voucher_date"][row].strip())
        yield Item(LEDGER_LINE, line, reference, amounts[row], on, told)


def match_line(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.TAKEN)


def forwarded_name(tally: LedgerTally, received: str, ctx: Options) -> str:
    """GL07 is told its batch by the name of the file, so the one that the file came with stays."""
    return received


def document_keys(item: Any) -> list[str]:
    """The invoice of a party's line, as it is remembered; a supplier's number is the supplier's own."""
    number, party, kind = (str(item.data[name]) for name in ("ext_inv_ref", "apar_id", "trans_type"))
    if not number or kind not in (AR, AP):
        return []
    return [f"{party}/{number}" if kind == AP else number]


@check("AGR13", level=Level.CROSS, needs=(Need.RECORDS,))
def invoices_are_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No invoice of the file was sent before, in whichever way, unless the ledger refused it."""
    records, own = ctx.facts.records, {one.id for one in taken}
    for one in taken:
        for key in document_keys(one.item):
            before = records.get(DOCUMENT, key) if records else None
            sent = before is not None and before.state not in ("WAITING", "REFUSED")
            if sent and before is not None and before.data.get("item") not in own:
                told = f"invoice {one.item.data['ext_inv_ref']} was sent before"
                yield Found(told, one.item.line, "ext_inv_ref")


def sent_invoices(carried: Sequence[Taken], ctx: Options) -> Iterator[Move | Waiting]:
    """Each invoice with its party, from the moment of sending on."""
    gross: dict[str, int] = {}
    first: dict[str, Taken] = {}
    for one in carried:
        for key in document_keys(one.item):
            gross[key] = gross.get(key, 0) + one.item.amount
            first.setdefault(key, one)
    for key, one in first.items():
        told = {"kind": LEDGER_LINE, "customer": one.item.data["apar_id"], "gross": abs(gross[key])}
        yield Move(kind=DOCUMENT, key=key, to="SENT", data={**told, "item": one.id})


LOOKS_UP = (Lookup(DOCUMENT, keys=document_keys),)


def lines_left(carried: Sequence[Taken], left: Left, ctx: Options) -> Iterator[Move | Waiting | Called]:
    """What feedback will call each line, once the file is there."""
    if left.state is not DeliveryState.SENT:
        return
    places: dict[str, int] = {}
    for one in carried:
        data = one.item.data
        voucher = line_name(data["batch_id"], data["voucher_type"], data["voucher_no"])
        places[voucher] = places.get(voucher, 0) + 1
        names = {"line": f"{voucher}/{places[voucher]}"}
        yield Called(one.id, names | ({"ext_ref": str(data["ext_ref"])} if data["ext_ref"] else {}))
