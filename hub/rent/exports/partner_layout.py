"""A partner's own way of taking a record type: which columns, in which order, under which titles and words.

Which layout an insurer or a contractor takes is agreed with that partner and published by none [project
layout]; so a route says it, column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import BinaryIO, ClassVar, Literal, Self

from pydantic import Field as Setting
from pydantic import model_validator

from hub.door.feed import Options
from hub.formats.delimited import Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Day, Pounds, Text
from hub.model import Chunk, Item, format_pounds
from hub.rent.envelope import GenericOptions
from hub.rent.exports.record_type import RecordType

NOTHING = "-"
"""A column of the partner's that stays empty."""

_DATES = {"YYYY-MM-DD": "%Y-%m-%d", "DD/MM/YYYY": "%d/%m/%Y", "YYYYMMDD": "%Y%m%d"}


class PartnerLayout(Options):
    """columns:   the partner's columns in their order, by the names of the record type's; `-` = an empty one.
               None: the file goes on as it came, envelope and all
    titles:    what the first row says; none = there is no such row
    words:     by column, the partner's word for a value: {event: {JOIN: NEW, LEAVE: CANCEL}}; a value that is
               not named stays as it is
    blanks:    by column, what stands where a row says nothing, for partners that refuse blanks
    last_days: rows of so many days before the file's day and of that day only; none = all
    dates, delimiter: how days are written and columns are parted
    file_name: of the partner's file; {date} and {of}, the record type, are filled in
    """

    columns: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = Setting(default_factory=dict)
    blanks: Mapping[str, str] = Setting(default_factory=dict)
    last_days: int | None = Setting(default=None, ge=0)
    dates: Literal["YYYY-MM-DD", "DD/MM/YYYY", "YYYYMMDD"] = "YYYY-MM-DD"
    delimiter: Literal[",", ";", "|"] = ","
    file_name: str = "{of}_{date:%Y%m%d}.csv"

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if self.titles and len(self.titles) != len(self.columns):
            raise ValueError("titles: there is another number of them than of columns")
        try:
            self.name_of("INSURE", date(2026, 11, 2))
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise ValueError(
                f"file_name cannot be filled ({error}); it may use {{date}} and {{of}}"
            ) from error
        return self

    def name_of(self, record: str, on: date) -> str:
        return self.file_name.format(of=record, date=on)


class PartnerOptions(GenericOptions, PartnerLayout):
    __doc__ = PartnerLayout.__doc__


class ExtractOptions(GenericOptions):
    """extract: by record type, how the output `extract` is written: {BALANCE: {columns: […], …}}"""

    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {"extract": ("extract",)}

    extract: Mapping[str, PartnerLayout] = Setting(default_factory=dict)


def options_for(record: RecordType) -> type[PartnerOptions]:
    """Those that know the columns that there are."""

    class Chosen(PartnerOptions):
        __doc__ = PartnerOptions.__doc__

        @model_validator(mode="after")
        def _knows_its_columns(self) -> Self:
            _refuse_unknown(self, record)
            return self

    return Chosen


def extract_options_for(record: RecordType, base: type[ExtractOptions]) -> type[ExtractOptions]:
    """The same of an extract. One route may read several record types: each is to be named."""

    class Chosen(base):  # type: ignore[valid-type, misc]
        __doc__ = base.__doc__

        @model_validator(mode="after")
        def _knows_its_columns(self) -> Self:
            layout = self.extract.get(record.name)
            if self.extract and (layout is None or not layout.columns):
                raise ValueError(f"extract names no columns of {record.name}, which this route reads")
            if layout is not None:
                _refuse_unknown(layout, record)
            return self

    return Chosen


def _refuse_unknown(layout: PartnerLayout, record: RecordType) -> None:
    known = {field.name for field in record.columns}
    named = {*layout.columns, *layout.words, *layout.blanks} - {NOTHING}
    if unknown := sorted(named - known):
        told = ", ".join(sorted(known))
        raise ValueError(f"{', '.join(unknown)} is no column of {record.name}; it has {told}")


def written(items: Iterable[Item], record: RecordType, options: PartnerLayout) -> bytes:
    """One row an item, as they came."""
    names = [f"column {n}" for n, _ in enumerate(options.columns, start=1)]
    layout = Layout("partner", tuple(column(name, Text(), required=False) for name in names))
    csv = Delimited([layout], delimiter=options.delimiter, header=bool(options.titles), titles=options.titles)
    rows = (dict(zip(names, _row(one, record, options), strict=True)) for one in items)
    return csv.encode((csv.write_row(layout, row) for row in rows), "\r\n")


def extracted(stream: BinaryIO, record: RecordType, layout: PartnerLayout, on: date) -> tuple[bytes, int]:
    """The rows of a file of the record type as its partner takes them, read from it once more; how many."""
    first = date.min if layout.last_days is None else on - timedelta(days=layout.last_days)
    read = (part for part in record.csv.decode(stream, None) if isinstance(part, Chunk))
    items = [
        item
        for chunk in read
        if chunk.layout.name == "detail"
        for item in map(partial(record.item, business_date=on), chunk.rows())
        if item.on >= first
    ]
    return written(items, record, layout), len(items)


def _row(item: Item, record: RecordType, options: PartnerLayout) -> list[str]:
    told = record.values_of(item)
    return ["" if name == NOTHING else _text(told[name], name, record, options) for name in options.columns]


def _text(value: object, name: str, record: RecordType, options: PartnerLayout) -> str:
    """As the partner writes it: pounds with their point, days its way, its own word for a code."""
    if value is None:
        return options.blanks.get(name, "")
    kinds = [kind for kind in _kinds(record, name) if isinstance(kind, Day | Pounds)]
    if kinds and isinstance(kinds[0], Day):
        return date.fromisoformat(str(value)).strftime(_DATES[options.dates])
    if kinds and isinstance(value, int):
        return format_pounds(value)
    return options.words.get(name, {}).get(str(value), str(value))


def _kinds(record: RecordType, name: str) -> Sequence[object]:
    """The type of a column, and what an optional one is made from."""
    [kind] = [field.kind for field in record.columns if field.name == name]
    return (kind, getattr(kind, "kind", None))
