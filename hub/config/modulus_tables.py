"""The published modulus tables: in a folder that somebody names, or as they were loaded into the hub.

Account numbers are held against those that are in force on the day.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from hub.errors import ConfigError, DataError
from hub.fields.modulus import ReadTables, Tables, read_tables
from hub.store.tables import Shelf, Version, text_of

KIND = "modulus"
"""Under which name these tables are loaded (`hub.door.commands.ReferenceTables`)."""


def read_folder(folder: Path) -> ReadTables:
    """Raises ConfigError when there are no weights, two files of one kind, or a line that is not right."""
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder. Name the one that the modulus tables lie in.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt")
    try:
        return read_tables({path.name: text_of(path) for path in paths})
    except DataError as error:
        said = "\n".join(f"{folder}: {sentence}" for sentence in str(error).splitlines())
        raise ConfigError(f"{said}\nDownload both tables from their publisher again.") from None


def tables_in_force(state_folder: Path, day: date) -> Tables | None:
    """Those that were loaded and are in force on a day; None where none are."""
    version = Shelf(state_folder, KIND).in_force(day)
    return _tables(version) if version else None


@lru_cache(maxsize=4)
def _tables(version: Version) -> Tables:
    return read_folder(version.folder).tables
