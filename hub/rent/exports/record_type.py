"""One declaration a record type that the rent system exports: 6.2's fields as the generic CSV of 6.3.

From it come the format, what is gathered of a file, the checks, the items and the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from hub.checks.base import Check, Context, Found, check
from hub.formats.layout import Field
from hub.model import Chunk, Item, Level, Row, format_pounds
from hub.rent.envelope import ENVELOPE_CHECKS, GenericTally
from hub.rent.generic_csv import GenericCsv, generic_csv

Value = str | int | bool | None
_AN_ITEM_HAS = frozenset({"kind", "line", "reference", "amount", "date"})
"""What an item tells anyway; another column of such a name is told as its record type's own."""


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One record type.

    name:      as the header names it: REFUND; about: what one row is
    columns:   those after line_no
    reference: the column that an item is known by
    account:   the column that names its rent account; None = a row names none
    kind:      of its items; `kinds`: the column that says it row by row instead
    amount:    the column of the pence that an item moves; None = no money moves
    money:     the column that the trailer sums; by default the amount
    unsummed:  whether a trailer may say 0.00 although that column holds amounts (nothing moves)
    on:        the column of the date that an item is about; None = the file's business date
    key:       columns whose values together come once in a file (E18); () = rows may be alike
    for_ever:  whether they come once in all files: a second one is a DUPLICATE, and not carried again
    balanced:  the column whose rows of one value sum to 0.00 (E20)
    rules:     about single rows
    later:     how many of the last columns a file may lack, because they are the hub's own addition
    """

    name: str
    about: str
    columns: tuple[Field, ...]
    reference: str
    account: str | None = None
    kind: str = ""
    kinds: str | None = None
    amount: str | None = None
    money: str | None = None
    unsummed: bool = False
    on: str | None = None
    key: tuple[str, ...] = ()
    for_ever: bool = False
    balanced: str | None = None
    rules: tuple[Check, ...] = ()
    later: int = 0

    @cached_property
    def csv(self) -> GenericCsv:
        """The hash total is of the payment references; where a row has none, of its own reference."""
        names = {column.name for column in self.columns}
        hashed = "payment_ref" if "payment_ref" in names else self.reference
        money = self.money or self.amount
        return generic_csv(
            self.name,
            self.columns,
            money=money,
            reference=hashed,
            unsummed=self.unsummed,
            later=self.later,
        )

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        once = (_comes_once(self.key),) if self.key else ()
        balanced = (_balances(self.balanced),) if self.balanced else ()
        return (*ENVELOPE_CHECKS, *self.rules, *once, *balanced)

    def tally(self, ctx: Context[Any]) -> ExportTally:
        return ExportTally(ctx, self)

    def items(self, chunk: Chunk, tally: ExportTally, ctx: Context[Any]) -> Iterator[Item]:
        """One a detail row. `data` and `personal` hold its columns by their names, but for what an item tells
        anyway; amounts as pence, dates as ISO text, what is blank as None or not at all."""
        on = tally.business_date()
        if chunk.layout.name == "detail" and on is not None:
            yield from (self.item(row, on) for row in chunk.rows())

    def item_key(self, item: Item) -> str | None:
        """What an item is known by for ever."""
        if not self.for_ever:
            return None
        told = {**item.data, self.reference: item.reference}
        return "/".join(str(told[name]) for name in self.key)

    def documentation(self) -> str:
        """The columns as a Markdown table."""
        rows = (_row(column) for column in self.columns)
        return "\n".join(["| column | content | check |", "|---|---|---|", *rows]) + "\n"

    def item(self, row: Row, business_date: date) -> Item:
        """What a detail row tells."""
        values = {column.name: column.kind.read(row[column.name]) for column in self.columns}
        amount = values[self.amount] if self.amount else 0
        return Item(
            str(values[self.kinds]) if self.kinds else self.kind,
            row.line,
            str(values[self.reference] or ""),
            amount if isinstance(amount, int) else 0,
            values[self.on] or business_date if self.on else business_date,
            self._open(values),
            self._personal(values),
        )

    def _open(self, values: Mapping[str, Any]) -> dict[str, Value]:
        told = {self.reference, self.amount, self.kinds}
        return {
            self._called(column.name): _plain(values[column.name])
            for column in self.columns
            if not column.personal and column.name not in told
        }

    def values_of(self, item: Item) -> dict[str, Value]:
        """What an item's row said, by the names of the columns: pence, ISO days, texts; None = blank, or
        0.00 of the amount that it moves."""
        amount = item.amount or None
        own = {self.reference: item.reference, self.amount: amount, self.kinds: item.kind}
        told: dict[str, Value] = {
            column.name: item.personal.get(column.name) or item.data.get(self._called(column.name))
            for column in self.columns
        }
        return told | {name: value for name, value in own.items() if name is not None}

    def _called(self, name: str) -> str:
        return f"{self.kind.lower()}_{name}" if name in _AN_ITEM_HAS else name

    def _personal(self, values: Mapping[str, Any]) -> dict[str, str]:
        personal = ((column.name, _plain(values[column.name])) for column in self.columns if column.personal)
        return {name: str(value).strip() for name, value in personal if value is not None}


class ExportTally(GenericTally):
    """Also remembers keys, to find those that come twice, and the sums of what must balance.

    repeats: the lines of those keys
    sums:    by the value of `balanced`, the pence of its rows and the first line
    """

    def __init__(self, ctx: Context[Any], record: RecordType) -> None:
        super().__init__(ctx, record.csv)
        self.repeats: list[int] = []
        self.sums: dict[str, tuple[int, int]] = {}
        self._record = record
        self._keys: set[int] = set()

    def add_details(self, chunk: Chunk) -> None:
        super().add_details(chunk)
        if self._record.key:
            self._find_repeats(chunk)
        if self._record.balanced and self._record.amount:
            self._sum(chunk, self._record.balanced, self._record.amount)

    def _find_repeats(self, chunk: Chunk) -> None:
        keys = [self.csv.detail.field(name) for name in self._record.key]
        columns = [list(map(key.kind.read, chunk.columns[key.name])) for key in keys]
        for line, *key in zip(chunk.lines, *columns, strict=True):
            hashed = hash(tuple(key))
            if hashed in self._keys:
                self.repeats.append(line)
            self._keys.add(hashed)

    def _sum(self, chunk: Chunk, balanced: str, amount: str) -> None:
        pence = self.csv.detail.field(amount).kind.read
        same = self.csv.detail.field(balanced).kind.read
        for line, text, value in zip(
            chunk.lines, chunk.columns[balanced], chunk.columns[amount], strict=True
        ):
            summed, first = self.sums.get(same(text), (0, line))
            self.sums[same(text)] = summed + pence(value), first


def _comes_once(columns: Sequence[str]) -> Check:
    listed = " with ".join(columns)

    def run(tally: ExportTally, ctx: Context[Any]) -> Iterator[Found]:
        for line in tally.repeats:
            yield Found(f"{listed} was given on an earlier line already", line, columns[0])

    run.__doc__ = f"No two rows of a file have the same {listed}."
    return check("E18", level=Level.FILE)(run)


def _balances(column: str) -> Check:
    def run(tally: ExportTally, ctx: Context[Any]) -> Iterator[Found]:
        for value, (pence, line) in tally.sums.items():
            if pence:
                message = f"the rows of {column} {value} sum to {format_pounds(pence)}"
                yield Found(message, line, column, "0.00")

    run.__doc__ = f"The amounts of one {column} sum to 0.00: nothing is taken that is not given elsewhere."
    return check("E20", level=Level.FILE, whole=True)(run)


def _plain(value: Any) -> Value:
    """As an item's data holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def _row(column: Field) -> str:
    told = [column.kind.expected, column.note, "personal" if column.personal else ""]
    content = "; ".join(word for word in told if word).replace("|", "\\|")
    return f"| {column.name} | {content} | {column.check} |"
