"""Workbooks: the sheets of an .xlsx or .ods file as rows of cells, and tables as an .xlsx file.

Cells are read as the values that are stored: what a formula came to, not the formula. A workbook with macros
is refused, and so is one in the old binary format, of which nobody can tell whether it has some.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from hub.formats.layout import Field, Layout
from hub.formats.types import Day, FieldType, Pounds, filled

# The libraries are imported where they are used: most commands meet no workbook.
if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LARGEST = 256 << 20
"""Bytes that a workbook may hold once unpacked."""
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"xl/", b"application/vnd.oasis.opendocument.spreadsheet", b"[Content_Types].xml")
_NARROWEST, _WIDEST = 8, 48
"""Characters that a column is shown wide."""

Cell = str | int | float | bool | date | datetime | time | timedelta


class Unfit(Exception):
    """Why a workbook cannot be read, as a sentence's end: "is no workbook …"."""


def is_workbook(head: bytes) -> bool:
    """Whether content that starts so is a workbook, be it one that is refused."""
    return head.startswith(_OLD) or (head.startswith(_ZIP) and any(mark in head for mark in _MARKS))


def cells(stream: BinaryIO, sheet: str | None = None) -> Sequence[Sequence[Cell]]:
    """The rows of a sheet from its first line on; without a name, of the first sheet. Raises Unfit."""
    from python_calamine import CalamineError, CalamineWorkbook

    data = stream.read()
    _refuse_unfit(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if not names or (sheet is not None and sheet not in names):
            known = ", ".join(f"“{name}”" for name in names) or "none"
            raise Unfit(f"has no sheet “{sheet}”; it has {known}")
        return book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Unfit("cannot be read as a workbook") from error


def text_of(cell: Cell, kind: FieldType) -> str:
    """A cell as the text that its column's type reads: days and amounts as the type writes them."""
    kind = filled(kind)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _number(cell, kind)
    day = cell.date() if isinstance(cell, datetime) and cell.time() == time() else cell
    return kind.write(day) if isinstance(kind, Day) and type(day) is date else str(day)


def _number(value: float, kind: FieldType) -> str:
    """Without the noise of binary fractions; a whole number has no point. Pounds of whole pence have two
    decimals, others stay as they are, for the column's type to refuse."""
    told = Decimal(repr(value)).normalize()
    if isinstance(kind, Pounds) and told == (cents := told.quantize(Decimal("0.01"))):
        return f"{cents:f}"
    return f"{told:f}"


def _refuse_unfit(data: bytes) -> None:
    if data.startswith(_OLD):
        raise Unfit("is a workbook in the old binary format; save it as .xlsx")
    try:
        with ZipFile(io.BytesIO(data)) as members:
            entries = members.infolist()
    except BadZipFile as error:
        raise Unfit("cannot be read as a workbook") from error
    if any("vbaproject" in entry.filename.lower() or "Basic/" in entry.filename for entry in entries):
        raise Unfit("holds macros; save it without them, as .xlsx")
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise Unfit(f"holds more than {LARGEST >> 20} MB once it is unpacked")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook that is written: the layout's fields are its columns.

    rows: pence for amounts, dates for days
    """

    name: str
    layout: Layout
    rows: Sequence[Mapping[str, Any]]


def write(sheets: Iterable[Sheet], made: datetime) -> bytes:
    """An .xlsx file; equal tables made at one moment are equal bytes. Text stays text, whatever it begins
    with."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": made.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        pounds = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, head, pounds, day)
    return out.getvalue()


def _write_sheet(page: Worksheet, sheet: Sheet, head: Format, pounds: Format, day: Format) -> None:
    fields = sheet.layout.fields
    for column, field in enumerate(fields):
        page.write_string(0, column, field.name, head)
        page.set_column(column, column, _width(field, sheet.rows))
    for number, row in enumerate(sheet.rows, start=1):
        for column, field in enumerate(fields):
            _write_cell(page, number, column, row.get(field.name), field.kind, pounds, day)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(fields) - 1)


def _write_cell(
    page: Worksheet, row: int, column: int, value: Any, kind: FieldType, pounds: Format, day: Format
) -> None:
    kind = filled(kind)
    if value is None:
        return
    if isinstance(kind, Pounds):
        page.write_number(row, column, Decimal(value) / 100, pounds)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), day)
    elif isinstance(value, int):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value))


def _width(field: Field, rows: Sequence[Mapping[str, Any]]) -> int:
    longest = max((len(str(row.get(field.name) or "")) for row in rows), default=0)
    return max(_NARROWEST, min(_WIDEST, max(longest, len(field.name)) + 2))
