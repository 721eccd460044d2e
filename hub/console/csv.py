"""Tables as CSV, which a spreadsheet opens without taking a text for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """As a file to keep, with a mark by which Excel knows UTF-8."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + written.getvalue(), 200, headers, "text/csv; charset=utf-8")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    is_number = text.replace(".", "", 1).removeprefix("-").isdigit()
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text
