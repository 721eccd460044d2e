"""Which golden file shows each format, output and profile of the catalogue. What is not named here is looked
for by content; a name may stand for a format that content does not tell (a route names it)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hub.door.feed import Feed, Format
from hub.door.manager import Door

HERE = Path(__file__).parent
FEEDS: dict[str, Feed] = dict(Door.load(None).feeds())
FORMATS = [(feed.name, name) for feed in FEEDS.values() for name in feed.formats]
"""Every feed with each of its formats."""

OWN_COLUMNS = {
    "columns": [
        *("reference", "-", "day", "amount", "transaction_code"),
        *("account_name", "sort_code", "account_number"),
    ],
    "titles": ["Tenant", "Note", "Due", "Pence", "Type", "Payer", "Sort", "Account"],
    "date": "YYYY-MM-DD",
    "amounts": "pence",
    "delimiter": ";",
}
OPTIONS: dict[tuple[str, str], dict[str, Any]] = {("bacs.submission", "csv"): {"csv": OWN_COLUMNS}}
"""Without which a format cannot be read."""

BY_NAME = {
    ("bacs.submission", "csv"): "bacs/submission/csv.csv",
    ("agresso.ledger_file", "gl07-csv"): "agresso/ledger/FHRENT260608001.csv",
    ("bacs.advance_notice", "rent.generic.ddcall"): "bacs/submission/DDCALL_FAKESHIRE_20261124_000001.csv",
}
"""Formats that only a route names."""

NO_BUSINESS_FILES = {".py", ".md", ".json", ".pyc"}


@cache
def files() -> tuple[Path, ...]:
    """All that a partner or the rent system could have sent."""
    found = (path for path in HERE.rglob("*") if path.is_file() and path.suffix not in NO_BUSINESS_FILES)
    return tuple(sorted(found))


def format_of(feed: str, name: str) -> Format:
    return FEEDS[feed].formats[name]


@cache
def golden_of(feed: str, name: str) -> tuple[Path, ...]:
    """The golden files of a format: by its name, else by their content."""
    if (feed, name) in BY_NAME:
        return (HERE / BY_NAME[feed, name],)
    format = format_of(feed, name)
    return tuple(path for path in files() if format.recognises(path.read_bytes()[:65_536]))


def options_of(feed: str, name: str) -> Any:
    return FEEDS[feed].options.model_validate(OPTIONS.get((feed, name), {}))
