"""A table as a file for people: a workbook or CSV, as the file's name says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.formats.layout import Layout

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


def write_table(
    out: Path, name: str, layout: Layout, rows: Sequence[Mapping[str, Any]], made: datetime
) -> None:
    """Into a new file; `name`: of the sheet, which has at most 31 characters. Raises UsageError."""
    from hub.formats.table import write_csv
    from hub.formats.workbook import Sheet, write

    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise UsageError(f"{out} is neither .csv nor .xlsx. Name a file that ends with one of them.")
    as_csv = out.suffix.lower() == ".csv"
    data = write_csv(layout, rows) if as_csv else write([Sheet(name[:31], layout, rows)], made)
    try:
        with out.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(f"{out} is there already. Name a file that is new.") from None
