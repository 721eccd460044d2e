"""File names, so that a transfer is found by any part of its name.

SQLite: an index of trigrams beside the transfers. A run that ends takes into it what came since the last one
did, so that a thousand files cost its log one entry and not one each. Names that no run has taken up are
read. PostgreSQL has no such table here: its names are read."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    literal_column,
    select,
    table,
    text,
    true,
)

from hub.store.schema import transfer

LEAST = 3
"""Letters that a part must have for the index to know of it."""

FITS = true().label("fits")
"""Beside an id that is known to fit."""

_names = table("transfer_name", column("id"), column("name"))
_NEWEST = "SELECT id FROM transfer_name ORDER BY rowid DESC LIMIT 1"
_SINCE = f"transfer.rowid > coalesce((SELECT rowid FROM transfer WHERE id = ({_NEWEST})), 0)"  # noqa: S608 no value
_INDEX = text(f"INSERT INTO transfer_name (id, name) SELECT id, name FROM transfer WHERE {_SINCE}")  # noqa: S608


def index_names(conn: Connection) -> None:
    """Take up the names of the transfers that came since this was last called."""
    if conn.dialect.name == "sqlite":
        conn.execute(_INDEX)


def has_part(part: str) -> ColumnElement[bool]:
    """Of a transfer: whether its name has the part; capital or small is the same."""
    return transfer.c.name.icontains(part, autoescape=True)


def named(conn: Connection, part: str) -> list[Select[str]]:
    """Of the transfers whose names may have a part, by an index, together: the id, and whether it `fits`;
    none: by no index."""
    if conn.dialect.name != "sqlite" or len(part) < LEAST or "\0" in part:
        return []
    match = literal_column("transfer_name").op("MATCH")(_trigrams(part))
    fits = has_part(part).label("fits")
    indexed = select(transfer.c.id, fits).join(_names, _names.c.id == transfer.c.id).where(match)
    return [indexed, select(transfer.c.id, FITS).where(literal_column(_SINCE), has_part(part))]


def _trigrams(part: str) -> str:
    """Of every letter of a part one trigram at least: the fewer there are, the quicker they are intersected.

    >>> _trigrams("arudd.xml")
    '"aru" "dd." "xml"'
    >>> _trigrams("arudd")
    '"aru" "udd"'
    """
    starts = sorted({*range(0, len(part) - LEAST + 1, LEAST), len(part) - LEAST})
    return " ".join('"' + part[start : start + LEAST].replace('"', '""') + '"' for start in starts)
