"""What finance and rents compare: line by line what was sent and what was posted, and both as sums.

Source: formats page agresso.md, sections 9.4 and 10.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hub.api import (
    Day,
    Digits,
    Item,
    ItemState,
    Layout,
    Pounds,
    Report,
    Reported,
    ReportedItem,
    Side,
    Text,
    column,
)
from plugins.agresso.documents import TOWARDS
from plugins.agresso.feedback import LEDGER_POSTING, PARTY_LINES
from plugins.agresso.feedback_layout import POSTED
from plugins.agresso.names import LEDGER_LINE, line_name

TEXT, MONEY, COUNT, DAY = Text(), Pounds(), Digits(), Day("%Y-%m-%d")
UNKNOWN, AMENDED = "UNKNOWN", "AMENDED"
SOURCES = (
    "rent.debit",
    "rent.invoices",
    "rent.credit_notes",
    "rent.supplier_invoices",
    "rent.recharges",
    "rent.write_offs",
    "finance.bookings",
    "rent.transfers",
    "agresso.ledger_file",
)
"""Whose items leave for the ledger."""

RENT_DEBTS = ("WRITE_OFF", "WRITE_ON")
LEFT = (ItemState.SENT, ItemState.ANSWERED, ItemState.UNANSWERED)
Row = Mapping[str, Any]

LINES = Layout(
    "lines",
    (
        column("item", TEXT),
        column("kind", TEXT),
        column("reference", TEXT),
        column("voucher", TEXT),
        column("date", DAY),
        column("outcome", TEXT),
        column("sent", MONEY),
        column("posted", MONEY, required=False),
        column("difference", MONEY),
        column("sent_account", TEXT, required=False),
        column("number", TEXT, required=False),
        column("period", TEXT, required=False),
        column("error", TEXT, required=False),
    ),
)
TOTALS = Layout(
    "totals",
    (
        column("kind", TEXT),
        column("outcome", TEXT),
        column("lines", COUNT),
        column("sent", MONEY),
        column("posted", MONEY),
        column("difference", MONEY),
    ),
)


def lines(reported: Reported) -> Iterator[Row]:
    """One row for each item that left, beside what the last feedback says of it; without any, unknown."""
    sent, told = _parted(reported)
    for one in sent:
        named = (told[name] for name in _names(one) if name in told)
        yield _line(one, next(named, None))


def _names(one: ReportedItem) -> Iterator[tuple[str, str]]:
    """What feedback answers, or calls it: the key of its line or, of a party's line, the number of the
    document."""
    yield "answers", one.id
    yield "ext_ref", str(one.data.get("ext_ref") or one.id)
    if one.kind in TOWARDS or one.data.get("trans_type") in PARTY_LINES:
        yield "ext_inv_ref", str(one.data.get("ext_inv_ref") or one.reference)


def _parted(reported: Reported) -> tuple[list[ReportedItem], dict[tuple[str, str], ReportedItem]]:
    """What left within the period, and what the latest feedback says, by what it calls a line."""
    sent, told = [], dict[tuple[str, str], ReportedItem]()
    for one in reported.items:
        if one.kind == LEDGER_POSTING:
            told["answers", str(one.answers)] = one
            told["ext_ref", str(one.data["ext_ref"])] = one
            if one.data["trans_type"] in PARTY_LINES and not one.data["ext_ref"]:
                told["ext_inv_ref", str(one.data["ext_inv_ref"])] = one
        elif one.state in LEFT and reported.first <= one.on <= reported.last:
            sent.append(one)
    return sent, told


def _line(one: ReportedItem, told: ReportedItem | None) -> Row:
    meant = TOWARDS.get(one.kind, 1) * abs(one.amount) if one.kind in TOWARDS else one.amount
    posted = told.amount if told and told.data["status"] == POSTED else None
    return {
        "item": one.id,
        "kind": one.kind,
        "reference": one.reference,
        "voucher": voucher_of(one),
        "date": one.on,
        "outcome": _outcome(meant, posted, told),
        "sent": meant,
        "posted": posted,
        "difference": (posted or 0) - meant,
        "sent_account": source_account(one),
        "number": told.data["agresso_voucher_no"] if told else None,
        "period": told.data["period"] if told else None,
        "error": told.data["error_text"] if told else None,
    }


def voucher_of(one: ReportedItem | Item) -> str:
    """What its lines have in common: the number of a journal or document; of a ready-made file's line, batch,
    voucher type and number."""
    if one.kind == LEDGER_LINE:
        return line_name(*(one.data[name] for name in ("batch_id", "voucher_type", "voucher_no")))
    return one.reference


def source_account(one: ReportedItem | Item) -> str | None:
    """The account, as the source names it, or the side of an entry that the hub has booked (`BANK:20000023`).
    Of a rent account's debt that is written off it is the debtors'; of documents none."""
    data = one.data
    if data.get("side"):
        return ":".join(str(data[name]) for name in ("side", "which") if data.get(name))
    if one.kind in RENT_DEBTS and not data.get("invoice_no"):
        return Side.DEBTORS
    return str(data["account"]) if data.get("account") else None


def _outcome(meant: int, posted: int | None, told: ReportedItem | None) -> str:
    """A line that no feedback is about is unknown: neither posted nor refused."""
    if told is None:
        return UNKNOWN
    return AMENDED if posted not in (None, meant) else str(told.data["status"])


def totals(reported: Reported) -> Iterator[Row]:
    """For each kind, lines and pounds by what became of them: together they are all that was sent."""
    counts, sent, posted = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in lines(reported):
        key = (row["kind"], row["outcome"])
        counts[key] += 1
        sent[key] += row["sent"]
        posted[key] += row["posted"] or 0
    for (kind, outcome), count in sorted(counts.items()):
        key = (kind, outcome)
        yield {
            "kind": kind,
            "outcome": outcome,
            "lines": str(count),
            "sent": sent[key],
            "posted": posted[key],
            "difference": posted[key] - sent[key],
        }


REPORTS = (
    Report(
        name="agresso.lines",
        title="Line by line: what was sent to the ledger, and what was posted",
        layout=LINES,
        rows=lines,
        feeds=(*SOURCES, "agresso.feedback"),
        dated=False,
    ),
    Report(
        name="agresso.totals",
        title="What became of all that was sent to the ledger, in sums",
        layout=TOTALS,
        rows=totals,
        feeds=(*SOURCES, "agresso.feedback"),
        dated=False,
    ),
)
