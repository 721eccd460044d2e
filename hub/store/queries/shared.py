"""What all statements share: the clock of the store, rows to and from columns, long lists in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

CLOCK = "clock"
"""The execution option under which the store hands its clock to every statement."""

_BATCH = 1000  # values in one IN list: far below the limits of SQLite and PostgreSQL

T = TypeVar("T")


def now(conn: Connection) -> datetime:
    """The instant, by the store's clock."""
    instant: datetime = conn.get_execution_options()[CLOCK].now()
    return instant


def new_id(conn: Connection) -> str:
    """A new id, by the store's clock."""
    made: str = conn.get_execution_options()[CLOCK].new_id()
    return made


def columns_of(row: Any) -> dict[str, Any]:
    """A row's fields as column values."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """A long list in pieces that one statement can take."""
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
