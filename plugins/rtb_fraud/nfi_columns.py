"""The columns of the NFI's data sets: what is written under which header, from which field of an export.

Source: formats page rtb_fraud.md, 3.1 to 3.5. The defaults lie in `data/nfi_columns.csv` and are this
project's own; a route's options change them to the year's specification. A column without a header is looked
at by the checks and never leaves.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hub.api import Options

Kind = Literal["text", "date", "digits", "phone", "money", "code", "nino", "sort_code", "account"]
Presence = Literal["M", "D", "C"]
Header = Annotated[str, StringConstraints(pattern=r"^[^|\"\r\n]*$", max_length=60)]


class Column(Options):
    """A column of a data set.

    field:    what it means to the checks, and what the export calls it unless `sources` says otherwise
    header:   what the NFI's specification calls it; blank = it never leaves
    format:   what may stand in it; length: characters at most
    presence: M must be there, D is desirable, C on a condition
    filled:   of a column that must be there: in how many of a hundred rows, at least
    zero:     of money: whether nothing is an amount there (VAT), and not what is unknown
    """

    field: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    header: Header = ""
    format: Kind = "text"
    length: int = Field(default=60, ge=1)
    presence: Presence = "D"
    filled: int = Field(default=99, ge=0, le=100)
    zero: bool = False

    @property
    def label(self) -> str:
        """What findings call it."""
        return self.header or self.field


@cache
def default_columns(dataset: str) -> tuple[Column, ...]:
    """The columns of a data set as they are without configuration, in their order."""
    return tuple(column for name, column in _table() if name == dataset)


def all_columns() -> tuple[Column, ...]:
    """Those of all data sets: whatever fields checks know."""
    return tuple(column for _, column in _table())


@cache
def _table() -> tuple[tuple[str, Column], ...]:
    table = resources.files(__package__).joinpath("data/nfi_columns.csv").read_text("utf-8")
    rows = [{name: text for name, text in row.items() if text} for row in csv.DictReader(table.splitlines())]
    return tuple((row.pop("dataset"), Column.model_validate(row)) for row in rows)
