"""`bank-lines-csv1`: statement lines as a comma-separated file with a header row.

This is the project's own layout, and no bank's: of a file as a bank's web site gives it, the route's
options name the columns (`columns: {booked: Date, text: Narrative}`), how days are written, and whether the
newest line comes first. Needed are an account, the day of booking, and an amount or credits and debits in
columns of their own. Where no column numbers the statement, each day of an account is one. With a running
balance the days foot.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from hub.bank.layouts import DAY, FINAL, LINE, PAGE, Said, chunks, one_line
from hub.bank.mt940 import STRUCTURE
from hub.formats.delimited import Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Day, Text
from hub.model import Chunk, Row, Unreadable, format_pounds

LONGEST = 64 * 1024
NAMES = (
    *("account", "statement", "booked", "valued", "amount", "credit", "debit", "currency"),
    *("reference", "bank_reference", "kind", "payer", "text", "balance"),
)
"""The columns that there may be, in this project's own names."""
_MONEY = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?")


class CsvOptions(Protocol):
    """What the format asks of a route's options."""

    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def day_format(self) -> str: ...
    @property
    def newest_first(self) -> bool: ...
    @property
    def one_account(self) -> str | None: ...


class LinesCsv:
    """The format. Without options it knows its own names of columns only."""

    def recognises(self, head: bytes) -> bool:
        return {"account", "booked"} <= set(_names(head.partition(b"\n")[0]))

    def decode(self, stream: BinaryIO, options: CsvOptions) -> Iterator[Chunk | Unreadable]:
        head = stream.readline(LONGEST)
        names = _names(head)
        problem = _problem(names, options)
        if problem is not None:
            yield Unreadable(
                1, b"", STRUCTURE, f"the header row {problem}", "a row with the names of the columns"
            )
            return
        layout = Layout("raw", tuple(column(name, Text(), required=False) for name in names))
        reading = _Reading(options)
        reader = Delimited([layout], header=True, skip_blank=True, structure=STRUCTURE)
        for part in reader.decode(cast("BinaryIO", _Again(head, stream))):
            if isinstance(part, Unreadable):
                yield part
            else:
                yield from chunks(said for row in part.rows() for said in reading.take(row))
        yield from chunks(reading.end())


@dataclass(slots=True)
class _Again:
    """The stream, with what was read of it before."""

    head: bytes
    rest: BinaryIO

    def read(self, size: int) -> bytes:
        head, self.head = self.head, b""
        return head or self.rest.read(size)


def _names(line: bytes) -> list[str]:
    """The names of the columns, as they count: small letters, no outer blanks."""
    text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip("\r\n")
    try:
        return [cell.strip().lower() for cell in next(csv.reader([text]), [])]
    except csv.Error:
        return []


def _problem(names: Sequence[str], options: CsvOptions) -> str | None:
    if len(set(names)) < len(names):
        return "names a column twice"
    needed = [] if options.one_account else ["account"]
    money = [("amount",)] if _named("amount", options) in names else [("credit", "debit")]
    wanted = [*needed, "booked", *money[0]]
    missing = [_named(name, options) for name in wanted if _named(name, options) not in names]
    return f"has no column {', '.join(missing)}" if missing else None


def _named(name: str, options: CsvOptions) -> str:
    return options.columns.get(name, name).strip().lower()


@dataclass(slots=True)
class _Group:
    """The lines of one statement, as far as they were read."""

    place: Mapping[str, str]
    currency: str
    first: Mapping[str, str]
    last: Mapping[str, str]
    count: int = 1


@dataclass(slots=True)
class _Reading:
    options: CsvOptions
    group: _Group | None = None

    def take(self, row: Row) -> Iterator[Said]:
        values = self._values(row)
        place = {name: values.pop(name) for name in ("account", "statement")}
        place |= {"year": values["booked"][:4], "page": "1"}
        if self.group is None or self.group.place != place:
            yield from self.end()
            self.group = _Group(place, values["currency"], values, values, 0)
        self.group.last = values
        self.group.count += 1
        number = str(self.group.count)
        yield LINE, row.line, {**place, **values, "number": number, "entry": number, "is_booked": "Y"}

    def end(self) -> Iterator[Said]:
        group, self.group = self.group, None
        if group is None:
            return
        told = {"currency": group.currency}
        oldest, newest = (group.last, group.first) if self.options.newest_first else (group.first, group.last)
        if oldest["balance"] and newest["balance"]:
            told |= {"opened": FINAL, "opening_day": oldest["booked"], "opening": _before(oldest)}
            told |= {"closed": FINAL, "closing_day": newest["booked"], "closing": newest["balance"]}
        yield PAGE, 1, {**group.place, **told}

    def _values(self, row: Row) -> dict[str, str]:
        has_balance = _named("balance", self.options) in row.values
        cells = {name: row.values.get(_named(name, self.options), "").strip() for name in NAMES}
        day = {name: self._day(cells[name]) for name in ("booked", "valued")}
        texts = {
            name: one_line(cells[name]) for name in ("reference", "bank_reference", "kind", "payer", "text")
        }
        return {
            "account": cells["account"] or self.options.one_account or "",
            "statement": cells["statement"] or day["booked"],
            **day,
            **texts,
            "amount": _amount(cells),
            "currency": cells["currency"] or "GBP",
            "balance": _pounds(cells["balance"] or ("?" if has_balance else "")),
        }

    def _day(self, text: str) -> str:
        """As YYYY-MM-DD; what is no such day stays as it is, to be refused."""
        written = Day(self.options.day_format)
        return DAY.write(written.read(text)) if written.fits(text) else text


def _amount(cells: Mapping[str, str]) -> str:
    if cells["amount"] or not (cells["credit"] or cells["debit"]):
        return _pounds(cells["amount"])
    if cells["credit"] and cells["debit"]:
        return f"{cells['credit']} {cells['debit']}"  # both: no amount, to be refused
    taken = _pounds(cells["debit"])
    return _pounds(cells["credit"]) if cells["credit"] else taken if taken.startswith("-") else f"-{taken}"


def _pounds(text: str) -> str:
    found = _MONEY.fullmatch(text)
    if found is None:
        return text
    minus, whole, part = found[1], found[2].replace(",", ""), (found[3] or "").ljust(2, "0")
    return f"{minus if int(whole) or int(part) else ''}{int(whole)}.{part}"


def _before(values: Mapping[str, str]) -> str:
    """The balance before a line; nothing where the line's own amounts cannot be read."""
    texts = [values[name] for name in ("balance", "amount")]
    if not all(_MONEY.fullmatch(text) for text in texts):
        return ""
    balance, amount = (int(text.replace(".", "")) for text in texts)
    return format_pounds(balance - amount)
