"""Suspended money as a table for people: out with what waits, in with where it belongs. Pure.

One row an item. A first person fills in `new_payment_ref`, a second one says in `agreed` whether it is so;
what else stands there must stay as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from hub.errors import DataError
from hub.formats.layout import Layout, column
from hub.formats.table import Table
from hub.formats.types import Day, Digits, Matching, Pounds, Text
from hub.model import Item, Row, Taken, Unreadable, format_pounds

TEXT, DAY, POUNDS = Text(), Day("%Y-%m-%d"), Pounds()
YES_NO = Matching("(?:[Yy][Ee][Ss]|[Nn][Oo]) *", "yes or no")
BOOK = Layout(
    "suspense",
    (
        column("item", TEXT),
        column("original_payment_ref", TEXT, required=False),
        column("payment_date", DAY),
        column("amount", POUNDS, note="below zero = the customer paid"),
        column("new_payment_ref", TEXT, required=False, note="the rent account that it belongs to"),
        column("agreed", YES_NO, required=False, note="by somebody else than who proposed it"),
        column("proposed_by", TEXT, required=False),
        column("feed", TEXT, required=False),
        column("days", Digits(), required=False),
        column("reason", TEXT, required=False),
        column("candidates", TEXT, required=False),
    ),
)
KEPT = ("original_payment_ref", "payment_date", "amount")
"""What nobody may change."""


class Line(NamedTuple):
    """A row as it came back. `account`: None = nothing is said of it; `agreed`: None = nor that."""

    line: int
    item: str
    reference: str
    on: date
    amount: int
    account: str | None
    agreed: bool | None


def book_row(
    one: Taken, feed: str, days: int, account: str | None, proposed_by: str | None
) -> dict[str, Any]:
    """A suspended item as a row of the table, with the account that is proposed for it."""
    item, disposition = one.item, one.disposition
    return {
        "item": one.id,
        "original_payment_ref": item.reference or None,
        "payment_date": item.on,
        "amount": item.amount,
        "new_payment_ref": account,
        "agreed": None,
        "proposed_by": proposed_by,
        "feed": feed,
        "days": str(days),
        "reason": disposition.reason,
        "candidates": ", ".join(disposition.candidates) or None,
    }


def read_book(stream: BinaryIO) -> list[Line]:
    """The rows of a workbook or CSV file. Raises DataError with a sentence for each that cannot be read, and
    for an item that stands there twice."""
    lines: list[Line] = []
    mistakes: list[str] = []
    for part in Table(BOOK).decode(stream):
        if isinstance(part, Unreadable):
            mistakes.append(part.message)
            continue
        found = BOOK.field_findings(part)
        mistakes += [f"line {finding.line}: {finding.message}" for _, finding in found]
        unsound = {number for number, _ in found}
        lines += [_line(row) for number, row in enumerate(part.rows()) if number not in unsound]
    mistakes += _twice(lines)
    if mistakes:
        raise DataError("\n".join(mistakes))
    return lines


def _line(row: Row) -> Line:
    return Line(
        row.line,
        row["item"].strip(),
        row["original_payment_ref"].strip(),
        DAY.read(row["payment_date"]),
        POUNDS.read(row["amount"]),
        row["new_payment_ref"].strip() or None,
        _yes(row["agreed"]),
    )


def _yes(text: str) -> bool | None:
    return text.strip().lower() == "yes" if text.strip() else None


def _twice(lines: Sequence[Line]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for line in lines:
        if line.item in seen:
            yield f"line {line.line}: item {line.item} stands on line {seen[line.item]} already"
        seen.setdefault(line.item, line.line)


def changed(line: Line, item: Item) -> str | None:
    """What of a row is no longer as it was exported, in words; None where all is."""
    told = (line.reference, line.on.isoformat(), format_pounds(line.amount))
    is_so = (item.reference.strip(), item.on.isoformat(), format_pounds(item.amount))
    for name, there, here in zip(KEPT, told, is_so, strict=True):
        if there != here:
            return f"{name} is “{there}” there and “{here}” here; only new_payment_ref and agreed may change"
    return None
