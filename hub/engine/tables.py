"""Loading published tables: who may, what is refused, what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hub.config.people import Right
from hub.door.commands import ReferenceTables
from hub.engine.rights import demand
from hub.errors import DataError, UsageError
from hub.store.tables import Shelf, Version, text_of
from hub.transfer.services import Services


def load_tables(
    services: Services,
    tables: ReferenceTables,
    paths: Sequence[Path],
    valid_from: date,
    version: str,
    least: int,
) -> Version:
    """Keep the files as the tables that are valid from a day; that they were loaded is an event.

    Raises UsageError for whoever may not, DataError with every finding for tables that are wrong."""
    demand(services, Right.TABLES)
    if len({path.name for path in paths}) < len(paths):
        raise UsageError("Two of the files have one name. Name each file once.")
    rows = _rows(tables, paths, least)
    held = Shelf(services.config.hub.state_folder, tables.name).add(
        {path.name: path.read_bytes() for path in paths},
        valid_from=valid_from,
        version=version,
        rows=rows,
        at=services.clock.now(),
        by=services.who,
    )
    told = {"version": version, "rows": rows, "sha256": held.sha256, "valid_from": valid_from.isoformat()}
    services.note("tables", tables.name, "loaded", told)
    return held


def _rows(tables: ReferenceTables, paths: Sequence[Path], least: int) -> int:
    try:
        rows = tables.read({path.name: text_of(path) for path in paths})
    except DataError as error:
        raise DataError(f"These are not {tables.title}. Nothing was loaded.\n{error}") from None
    if rows < least:
        raise DataError(
            f"These {tables.title} hold {rows} rows, expected at least {least}: they may be cut short. "
            "Nothing was loaded. If there are so few, say so with --min-rows."
        )
    return rows
