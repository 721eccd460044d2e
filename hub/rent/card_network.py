"""The card network's file of payments at Post Offices and PayPoints (rent system interface, 3.4). Read only:
what its trailer holds is not known, so nobody could write one.

A CSV of 32 columns with a header line and trailer lines. How many trailer lines there are is configurable
[assumed two, as the published reader skips]; one of 32 columns among them is a payment: the file was cut.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO

from hub.formats.delimited import Delimited, Row
from hub.formats.layout import Field, Layout, column
from hub.formats.types import Day, FieldType, Matching, Pounds, Text
from hub.model import Chunk, Unreadable
from hub.rent.receipts import Receipt, reader

TRAILERS = 2


class Moment(Matching):
    """A real day and time as `ddMMyyyy HHmmss`; reads as the day."""

    def __init__(self) -> None:
        super().__init__(
            "[0-9]{8} (?:[01][0-9]|2[0-3])(?:[0-5][0-9]){2}",
            expected="a date and time as DDMMYYYY HHMMSS",
        )
        self._day = Day("%d%m%Y")

    def sound(self, text: str) -> bool:
        return self._day.sound(text[:8])

    def read(self, text: str) -> Any:
        return self._day.read(text[:8])


_TEXTS = (
    *("status", "type", "paid_at", "audit_number", "group", "client_id", "line_id", "reference"),
    *("amount", "vat_amount", "partial_bank_account", "sort_code", "bacs_reference", "partial_card"),
    *("description", "cardholder", "psp_reference", "payment_source", "payment_method", "fund", "crn"),
    *("external_transaction", "external_terminal", "external_location", "location_name"),
    *("location_address_1", "location_address_2", "location_address_3", "location_address_4"),
    *("postcode", "reference_2", "reference_3"),
)
_PERSONAL = {"partial_bank_account", "sort_code", "partial_card", "cardholder"}
_KINDS: dict[str, tuple[FieldType, str]] = {
    "paid_at": (Moment(), "E11"),
    "amount": (Pounds(), "E12"),
    "payment_method": (Text(), "E16"),
}
"""Whatever stands as reference is read: money with a wrong one goes to suspense."""


def _column(name: str) -> Field:
    kind, check = _KINDS.get(name, (Text(), "E10"))
    return column(name, kind, required=name in _KINDS, check=check, personal=name in _PERSONAL)


PAYMENT = Layout("card payment", tuple(map(_column, _TEXTS)))
_amount, _paid_at = reader(PAYMENT, "amount"), reader(PAYMENT, "paid_at")


class CardNetwork(Delimited):
    """The payments between the header line and so many trailer lines (the option `trailer_lines`)."""

    def __init__(self, trailers: int = TRAILERS) -> None:
        super().__init__((PAYMENT,), encoding="cp1252", structure="E10")
        self._trailers = trailers

    def recognises(self, head: bytes) -> bool:
        """Whether the second line is a payment; the first names columns, in words that are not known."""
        _, _, rest = head.partition(b"\n")
        return bool(rest) and super().recognises(rest)

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """A few rows are held back until it is known that they are no trailer; memory stays flat."""
        reading = CardNetwork(getattr(options, "trailer_lines", TRAILERS))
        return super(CardNetwork, reading).decode(stream, options)

    def rows(self, stream: BinaryIO) -> Iterator[Row | Unreadable]:
        rows = super().rows(stream)
        first = next(rows, None)
        if first is None or _is_payment(first):
            yield self._unreadable(1, "is not the header line: expected the names of the 32 columns")
        if isinstance(first, Unreadable) or (first is not None and _is_payment(first)):
            yield first
        held: deque[Row | Unreadable] = deque()
        for row in rows:
            held.append(row)
            if len(held) > self._trailers:
                yield held.popleft()
        yield from self._not_trailers(held)

    def _not_trailers(self, held: deque[Row | Unreadable]) -> Iterator[Unreadable]:
        if len(held) < self._trailers:
            yield self._cut(1, "has too few lines")
        for row in held:
            if isinstance(row, Unreadable):
                yield row
            elif len(row[1]) == len(PAYMENT.fields):
                yield self._cut(row[0], "is a payment where a trailer line must stand")

    def _cut(self, line: int, what: str) -> Unreadable:
        expected = f"{self._trailers} trailer lines at the end"
        message = f"line {line} {what}; the file may have been cut short: ask the sender for it again"
        return Unreadable(line, b"", "E01", message, expected)


def _is_payment(row: Row | Unreadable) -> bool:
    if isinstance(row, Unreadable) or len(row[1]) != len(PAYMENT.fields):
        return False
    cells = dict(zip(_TEXTS, row[1], strict=True))
    return PAYMENT.field("amount").kind.fits(cells["amount"])


CARD_NETWORK = CardNetwork()


def receipts(chunk: Chunk) -> Iterator[Receipt]:
    """The payment provider's own reference tells a payment from every other."""
    for row in chunk.rows():
        yield Receipt(
            row.line,
            row["reference"].strip(),
            _amount(row["amount"]),
            _paid_at(row["paid_at"]),
            row["payment_method"].strip(),
            row["payment_source"].strip(),
            row["psp_reference"].strip() or None,
        )
