"""The published modulus tables, as the council keeps them: two text files in a folder of its own.

What each file is, its content decides: weights have seventeen or eighteen columns, substitutions two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from hub.errors import ConfigError, DataError
from hub.fields.modulus import Tables, parse_substitutions, parse_weights

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadedTables:
    """`files` are the names of what was read, the weights first; `sha256` is over their contents."""

    tables: Tables
    files: tuple[str, ...]
    sha256: str


def read_folder(folder: Path) -> LoadedTables:
    """Raises ConfigError when there are no weights, two files of one kind, or a line that is not right."""
    texts = {path.name: _text(path) for path in _text_files(folder)}
    weights = _one(folder, "weight", [name for name, text in texts.items() if _columns(text) in (17, 18)])
    pairs = _one(folder, "substitution", [name for name, text in texts.items() if _columns(text) == 2])
    if weights is None:
        raise ConfigError(
            f"{folder} holds no weight table (valacdos.txt). Download both tables from their publisher and "
            "put them there as they are."
        )
    rows = _parsed(folder / weights, texts[weights], parse_weights)
    substitutions = _parsed(folder / pairs, texts[pairs], parse_substitutions) if pairs else {}
    files = tuple(name for name in (weights, pairs) if name)
    return LoadedTables(
        Tables(rows, substitutions),
        files,
        sha256("".join(texts[name] for name in files).encode()).hexdigest(),
    )


def _text_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError(f"{folder} is no folder. Name the one that the modulus tables lie in.")
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt")


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace")


def _columns(text: str) -> int:
    """How many columns the first line has that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first.split())


def _one(folder: Path, kind: str, names: list[str]) -> str | None:
    if len(names) > 1:
        raise ConfigError(f"{folder} holds more than one {kind} table: {', '.join(names)}. Keep one of them.")
    return names[0] if names else None


def _parsed(path: Path, text: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(text)
    except DataError as error:
        raise ConfigError(f"{path}: {error}. Download it again; nothing was taken from it.") from None
