"""What is open, part paid or closed in the sales and purchase ledgers (agr-open): a picture of documents.

Source: formats page agresso.md, section 10.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.api import DOCUMENT, Chunk, Context, Found, Item, Level, Lookup, Move, Options, Taken, check
from plugins.agresso.feedback_layout import MONEY, OPEN, FeedbackTally
from plugins.agresso.ledger_credits import numbered

FEED, OPEN_ITEM = "agresso.open_items", "OPEN_ITEM"
_OPEN_STILL = ("OPEN", "PART", "DISPUTED")


def open_items(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Item]:
    for row in chunk.rows() if chunk.layout is OPEN else ():
        data: dict[str, Any] = {name: row[name] or None for name in chunk.columns}
        data |= {name: MONEY.read(row[name]) for name in ("amount", "rest_amount")}
        on = date.fromisoformat(row["as_at"])
        yield Item(
            OPEN_ITEM, row.line, row["ext_inv_ref"] or row["voucher_no"], data["rest_amount"], on, data
        )


@check("AGR-OPEN", level=Level.RECORD, layouts=("agr-open",))
def rest_fits_its_state(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Found]:
    """OPEN when all of it is, PART when some of it is, nothing once it is closed."""
    for row in chunk.rows():
        amount, rest = MONEY.read(row["amount"]), MONEY.read(row["rest_amount"])
        fits = {"OPEN": rest == amount, "PART": 0 < abs(rest) < abs(amount), "DISPUTED": rest != 0}
        if not fits.get(row["status"], rest == 0):
            message = f"{row['status']} does not fit {row['rest_amount']} open of {row['amount']}"
            yield Found(message, row.line, "rest_amount")


def keys(item: Any) -> list[str]:
    """The document, as the hub knows it."""
    number = item.data["ext_inv_ref"]
    if not number:
        return []
    return [f"{item.data['apar_id']}/{number}" if item.data["apar_type"] == "P" else str(number)]


def moves(one: Taken, ctx: Context[Options]) -> Iterator[Move]:
    """The document with its number and what is open of it. One that the hub did not send is known from
    now on, so that it can be credited."""
    data = one.item.data
    for key in keys(one.item):
        yield Move(
            kind=DOCUMENT,
            key=key,
            to="POSTED" if data["status"] in _OPEN_STILL else "CLOSED" if _known(key, ctx) else "POSTED",
            data={
                "number": data["voucher_no"],
                "customer": data["apar_id"],
                "line": data["sequence_no"] or "1",
                "gross": abs(data["amount"]),
                "rest": data["rest_amount"],
                "status": data["status"],
                "last_payment": data["last_payment_date"],
                "as_at": data["as_at"],
            },
        )
        yield numbered(data["client"], data["voucher_no"], key)


def _known(key: str, ctx: Context[Options]) -> bool:
    known = ctx.facts.records.get(DOCUMENT, key) if ctx.facts.records else None
    return known is not None and known.state in ("POSTED", "CLOSED")


LOOKS_UP = (Lookup(DOCUMENT, keys=keys),)
