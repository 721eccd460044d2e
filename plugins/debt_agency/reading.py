"""A file of a kind as a feed reads it: what all feeds of agencies have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from hub.api import Chunk, Context, Field, Item, Row
from plugins.debt_agency.canonical import Kind
from plugins.debt_agency.tally import AgencyTally

Value = str | int | None


def tally_of(kind: Kind) -> partial[AgencyTally]:
    return partial(AgencyTally, kind=kind)


def personal_of(kind: Kind) -> tuple[str, ...]:
    """The names of the kind's personal values."""
    fields = (field for layout in kind.records for field in layout.fields)
    return tuple(sorted({field.name for field in fields if field.personal}))


def main_items(kind: Kind, name: str, on: str) -> Any:
    """Items of the main lines of a file. `on`: the column of the day that a line is about.

    `data` holds the line by the names of its columns, amounts in pence, days and moments as ISO text, what is
    blank as None, and of the header `sender`, `file_seq` and `made_at`. The reference is the placement's."""

    def items(chunk: Chunk, tally: AgencyTally, ctx: Context[Any]) -> Iterator[Item]:
        if chunk.layout.name != kind.main.name:
            return
        told, otherwise = header_of(tally), tally.business_date() or ctx.facts.today
        for row in chunk.rows():
            day = kind.main.field(on).kind.read(row[on]) if row[on].strip() else otherwise
            if day is None:
                continue  # a file without a day, looked at without one
            yield Item(
                name,
                row.line,
                row["placement_ref"],
                0,
                day.date() if isinstance(day, datetime) else day,
                {**told, **open_values(row)},
                personal_values(row),
            )

    return items


def header_of(tally: AgencyTally) -> dict[str, Value]:
    """Of a file without header, the route knows whose it is, and the day on which it is read is its own."""
    options, number, today = tally.ctx.options, tally.told("file_seq"), tally.ctx.facts.today
    return {
        "sender": tally.told("sender_id") or options.agency_id or None,
        "file_seq": int(number) if number else None,
        "made_at": tally.told("created_at") or (f"{today}T00:00:00+00:00" if today else None),
    }


def open_values(row: Row) -> dict[str, Value]:
    """By column, what may be told. Those that an item has a place of its own for keep their names here."""
    return {field.name: _plain(field, row) for field in row.layout.fields if _is_told(field, personal=False)}


def personal_values(row: Row) -> Mapping[str, str]:
    told = (field for field in row.layout.fields if _is_told(field, personal=True))
    return {field.name: row[field.name] for field in told if row[field.name].strip()}


def _is_told(field: Field, *, personal: bool) -> bool:
    return field.name not in ("rec_type", "placement_ref") and field.personal is personal


def _plain(field: Field, row: Row) -> Value:
    text = row[field.name]
    value = field.kind.read(text) if text.strip() else None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value if isinstance(value, int) else (value or None)
