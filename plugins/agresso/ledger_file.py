"""A ledger file that another system made: checked, then sent on byte for byte.

Source: formats page agresso.md, sections 3, 6.2 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import (
    Called,
    Chunk,
    Context,
    DeliveryState,
    Disposition,
    Item,
    ItemState,
    Left,
    Move,
    SentItem,
    Taken,
    Waiting,
)
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
