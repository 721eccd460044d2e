"""The same lines as a CSV file, this project's own layout for sites whose import program takes one.

The first row names fields of GL07, in any order; a name that is none is an error, a field that is not named
is blank. Amounts are pence, or pounds with two decimals. Source: formats page agresso.md, section 3.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, BinaryIO, Literal, cast

from hub.api import (
    CannotRender,
    Chunk,
    Delimited,
    Field,
    Layout,
    Pounds,
    Unreadable,
    column,
)
from plugins.agresso.gl07_layout import FIELDS, SUNDRY, kind_of
from plugins.agresso.types import Record, Words

GL07_CSV, ROWS = "gl07-csv", 4096
Unit = Literal["pence", "pounds"]
MONEY = frozenset({
    "cur_amount", "amount", "value_2", "value_3", "discount", "base_amount", "base_curr",
})  # fmt: skip
FORMULA = "=+-@"
WRITTEN = (
    "batch_id", "interface", "voucher_type", "trans_type", "client", "account",
    *(f"dim_{number}" for number in range(1, 8)),
    "tax_code", "currency", "cur_amount", "amount", "description", "trans_date", "voucher_date", "voucher_no",
    "period", "ext_inv_ref", "ext_ref", "due_date", "order_id", "apar_type", "apar_id", "voucher_ref",
    "sequence_ref", "responsible", "pay_method", "account2", "base_amount", "base_curr",
)  # fmt: skip
"""The columns that the hub writes: all that it ever fills."""

TEXTS = frozenset(name for name, _, _, kind in FIELDS if isinstance(kind_of(name, kind, "left")[0], Words))


class NoFormula(Words):
    """Text that no spreadsheet takes for a formula."""

    joined = False

    def sound(self, text: str) -> bool:
        return text[:1] not in FORMULA or not text


@lru_cache
def layout_of(unit: Unit, names: tuple[str, ...] = tuple(name for name, *_ in FIELDS)) -> Layout:
    kinds = {name: kind for name, _, _, kind in FIELDS}
    return Layout(GL07_CSV, tuple(_field(name, kinds[name], unit) for name in names))


def _field(name: str, kind: str, unit: Unit) -> Field:
    type, check = kind_of(name, kind, "left")
    if name in MONEY and unit == "pounds":
        type, check = Pounds(), "AGR04"
    elif name in TEXTS:
        type = NoFormula()
    return column(name, type, required=False, check=check, personal=name in SUNDRY)


class Gl07Csv:
    """A format of lines below a header row."""

    def __init__(self) -> None:
        self.layouts = (layout_of("pence"),)
        self._csv = Delimited([layout_of("pence")], structure="AGR01", skip_blank=True)
        self._names = {field.name for field in self.layouts[0].fields}

    def recognises(self, head: bytes) -> bool:
        """Whether the first row names what every line has."""
        return {"voucher_type", "trans_type", "account", "amount"} <= set(self._csv.first_cells(head))

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout. Options say whether amounts are pence or pounds (`amount_unit`)."""
        rows, layout = self._csv.rows(stream), layout_of(getattr(options, "amount_unit", "pence"))
        first = next(rows, (1, list[str]()))
        wrong = first if isinstance(first, Unreadable) else self._wrong_names(*first)
        if wrong is not None or isinstance(first, Unreadable):
            yield cast("Unreadable", wrong)
            return
        places = {name: place for place, name in enumerate(first[1])}
        for fits, group in groupby(rows, lambda row: _fits(row, len(places))):
            if not fits:
                yield from (_misfit(row, len(places)) for row in group)
                continue
            sound = cast("Iterator[tuple[int, list[str]]]", group)
            while batch := list(islice(sound, ROWS)):
                yield _chunk(layout, places, batch)

    def _wrong_names(self, line: int, names: Sequence[str]) -> Unreadable | None:
        unknown = sorted(set(names) - self._names)
        if unknown or len(set(names)) < len(names):
            told = (
                f"names columns that GL07 has not ({', '.join(unknown[:5])})"
                if unknown
                else "names a column twice"
            )
            return Unreadable(
                line, b"", "AGR01", f"the header row {told}", "names of GL07's fields, each once"
            )
        return None


def _fits(row: Any, count: int) -> bool:
    return not isinstance(row, Unreadable) and len(row[1]) == count


def _misfit(row: Any, count: int) -> Unreadable:
    if isinstance(row, Unreadable):
        return row
    line, cells = row
    told = f"line {line} has {len(cells)} columns: expected {count}"
    return Unreadable(line, b"", "AGR01", told, f"{count} columns")


def _chunk(layout: Layout, places: Mapping[str, int], rows: Sequence[tuple[int, list[str]]]) -> Chunk:
    columns = {
        field.name: [cells[places[field.name]] for _, cells in rows]
        if field.name in places
        else [""] * len(rows)
        for field in layout.fields
    }
    return Chunk(layout, [line for line, _ in rows], columns)


def written(records: Iterable[Record], unit: Unit, formulas: Literal["refuse", "prefix"]) -> bytes:
    """The file. Raises CannotRender for a text that a spreadsheet would take for a formula, where those are
    refused; else it is led by an apostrophe."""
    layout = layout_of(unit, WRITTEN)
    out = Delimited([layout], header=True)
    lines = []
    for line, record in enumerate(records, start=2):
        told = {name: record.get(name) for name in WRITTEN}
        for name in TEXTS & told.keys():
            told[name] = _safe(told[name], name, line, formulas)
        lines.append(out.write_row(layout, told))
    return out.encode(lines)


def _safe(value: object, name: str, line: int, formulas: str) -> object:
    if not isinstance(value, str) or NoFormula().sound(value):
        return value
    if formulas == "prefix":
        return f"'{value}"
    told = f"{name} begins with one of {' '.join(FORMULA)}, which a spreadsheet takes for a formula"
    raise CannotRender(f"line {line}: {told}; correct it at its source, or set `formulas: prefix`")
