"""What became of what was sent: posted under a number, rejected, or staged still (agr-post).

Accepted is not posted, and a line that no row is about is unknown, never refused. What finance changed in
between is told as amended. Source: formats page agresso.md, sections 9.4 and 10.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hub.api import (
    DOCUMENT,
    Answered,
    Answers,
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    On,
    Options,
    SentItem,
    Severity,
    Taken,
    check,
)
from plugins.agresso.feedback_layout import MONEY, POST, POSTED, REJECTED, STAGED, FeedbackTally
from plugins.agresso.ledger_credits import numbered
from plugins.agresso.names import line_name

FEED, LEDGER_POSTING = "agresso.feedback", "LEDGER_POSTING"
PARTY_LINES = ("AR", "AP")
UNKNOWN = "no line that was sent is this one (UNKNOWN_LINE)"
PART = "a line of a document, of which the party's line tells what became (PART)"

SENT_FEEDS = (
    "agresso.journal",
    "agresso.ledger_file",
    "agresso.invoices",
    "agresso.credit_notes",
    "agresso.supplier_invoices",
    "agresso.write_offs",
)


def posting_items(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Item]:
    """One a row. Its amount is that of the ledger: debit positive."""
    for row in chunk.rows() if chunk.layout is POST else ():
        data = {name: row[name] or None for name in chunk.columns if name not in ("amount", "voucher_date")}
        reference = row["ext_ref"] or row["ext_inv_ref"] or row["batch_id"]
        on = date.fromisoformat(row["voucher_date"])
        yield Item(LEDGER_POSTING, row.line, reference, MONEY.read(row["amount"]), on, data)


def _told(item: Item, name: str) -> str | None:
    """What a row says, unless it is staged still: then nothing is answered."""
    value = item.data.get(name)
    return str(value) if value and item.data["status"] != STAGED else None


def _key(item: Item) -> str | None:
    return _told(item, "ext_ref")


def _place(item: Item) -> str | None:
    voucher, line = _told(item, "source_voucher_no"), _told(item, "source_line")
    if not voucher or not line:
        return None
    return f"{line_name(item.data['batch_id'], item.data['voucher_type'], voucher)}/{line}"


def _document(item: Item) -> str | None:
    return _told(item, "ext_inv_ref") if item.data["trans_type"] in PARTY_LINES else None


def _any(item: Item, sent: SentItem) -> bool:
    return True


def _said(item: Item) -> Answered:
    return Answered.ACCEPTED if item.data["status"] == POSTED else Answered.REFUSED


def _why(item: Item) -> str | None:
    told = [str(item.data[name]) for name in ("error_code", "error_text") if item.data[name]]
    return " ".join(told) or None


def _calls(item: Item) -> dict[str, str]:
    number = item.data["agresso_voucher_no"]
    return {"voucher_no": str(number)} if number else {}


ANSWERS = Answers(
    SENT_FEEDS,
    kind="posted",
    rules=(
        On(_any, _key, among="ext_ref"),
        On(_any, _place, among="line"),
        On(_any, _document, alone=True),
    ),
    says=_said,
    why=_why,
    calls=_calls,
)


def match_posting(item: Item, ctx: Context[Options], sent: SentItem | None) -> Disposition:
    """An answer, or noted with its reason; nothing is dropped."""
    if item.data["status"] == STAGED:
        return Disposition(ItemState.NOTED, reason="it waits in batch input still (STAGED)")
    if sent is None:
        return Disposition(ItemState.NOTED, reason=PART if _is_part(item) else UNKNOWN)
    amended = item.data["status"] == POSTED and abs(item.amount) != abs(sent.amount)
    return Disposition(
        ItemState.NOTED,
        sent.account,
        answers=sent.id,
        reason="finance changed the amount (AMENDED)" if amended else None,
        says=Answered.AMENDED if amended else None,
    )


def _is_part(item: Item) -> bool:
    """Lines of documents that are not the party's bear its key with a place behind it, or its number."""
    behind = "/" in str(item.data["ext_ref"] or "")
    return item.data["trans_type"] in ("GL", "TX") and (behind or bool(item.data["ext_inv_ref"]))


@check("UNKNOWN_LINE", level=Level.CROSS, severity=Severity.WARNING)
def lines_are_known(taken: Sequence[Taken], ctx: Context[Options]) -> Iterator[Found]:
    """A row is about a line that the hub sent. One that is not is noted, and told here: somebody else uses
    our interface code, or it is old."""
    for one in taken:
        if one.disposition.reason == UNKNOWN:
            yield Found("the row is about no line that was sent", one.item.line, "ext_ref")


@check("AMENDED", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.SENT,))
def amounts_are_as_sent(taken: Sequence[Taken], ctx: Context[Options]) -> Iterator[Found]:
    """Finance posted what was sent. Where it changed an amount in batch input, both are told
    (`feedhub reports show agresso.lines`)."""
    for one in taken:
        if one.disposition.says is Answered.AMENDED:
            yield Found("finance posted another amount than was sent", one.item.line, "amount")


@check("AGR-NUMBER", level=Level.CROSS, severity=Severity.WARNING)
def numbers_are_of_one_voucher(taken: Sequence[Taken], ctx: Context[Options]) -> Iterator[Found]:
    """A voucher number of the ledger is of one voucher that was sent."""
    sent: dict[tuple[object, ...], tuple[object, ...]] = {}
    for one in taken:
        data = one.item.data
        number, voucher = data["agresso_voucher_no"], data["source_voucher_no"]
        if not number or not voucher:
            continue
        own = (data["batch_id"], data["voucher_type"], voucher)
        if sent.setdefault((data["client"], number), own) != own:
            told = f"voucher number {number} is told of two vouchers that were sent"
            yield Found(told, one.item.line, "agresso_voucher_no")


def document_moves(one: Taken, ctx: Context[Options]) -> Iterator[Move]:
    """A document is posted under its number, or refused."""
    item, data, records = one.item, one.item.data, ctx.facts.records
    key = next(iter(_document_keys(item)), None)
    if key is None or records is None or records.get(DOCUMENT, key) is None:
        return
    if data["status"] == POSTED:
        told = {"number": data["agresso_voucher_no"], "line": data["agresso_sequence_no"]}
        told |= {"customer": data["apar_id"]} if data["apar_id"] else {}
        yield Move(kind=DOCUMENT, key=key, to="POSTED", data=told)
        if data["agresso_voucher_no"]:
            yield numbered(data["client"], data["agresso_voucher_no"], key)
    elif data["status"] == REJECTED:
        yield Move(kind=DOCUMENT, key=key, to="REFUSED", reason=_why(item))


def _document_keys(item: Any) -> list[str]:
    """Of the party's line; a supplier's invoice number is the supplier's own."""
    number, party = item.data["ext_inv_ref"], item.data["apar_id"]
    if not number or item.data["trans_type"] not in PARTY_LINES:
        return []
    return [f"{party}/{number}" if item.data["trans_type"] == "AP" else str(number)]


LOOKS_UP = (Lookup(DOCUMENT, keys=_document_keys),)
CHECKS = (lines_are_known, amounts_are_as_sent, numbers_are_of_one_voucher)
