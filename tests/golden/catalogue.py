"""Which golden file shows each format, output and profile of the catalogue. What is not named here is looked
for by content; a name may stand for a format that content does not tell (a route names it)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hub.config.example import example_folder
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


def declared_by(agency: str, route: str) -> dict[str, Any]:
    """The layout that the partner file of an example agency declares."""
    declared = yaml.safe_load((example_folder() / f"routes/debt_agency_{agency}.yaml").read_text("utf-8"))
    return {"layout": declared["routes"][route]["options"]["layout"]}


COUNCIL_TAX = {
    "data_set": "council_tax",
    "delimiter": ",",
    "columns": [
        {"field": "reference", "header": "Account", "presence": "M", "filled": 100},
        {"field": "surname", "header": "Surname", "presence": "M"},
        {"field": "forename", "header": "Forename"},
        {"field": "birth_date", "header": "Date of birth", "format": "date"},
        {"field": "discount", "header": "Discount", "format": "code"},
    ],
    "lookups": {"discount": {"SPD": "single, person"}},
}
"""A data set of the NFI of which a route says all."""
OPTIONS: dict[tuple[str, str], dict[str, Any]] = {
    ("bacs.submission", "csv"): {"csv": OWN_COLUMNS},
    ("rtb_fraud.nfi_other", "export"): COUNCIL_TAX,
    ("debt_agency.acknowledgement", "layout"): {"layout": "aim-ack"},
    ("debt_agency.reconciliation", "layout"): {"layout": "aim-inv"},
    ("debt_agency.agency_update", "layout"): declared_by("bravo", "agency_updates"),
    ("debt_agency.return", "layout"): declared_by("bravo", "returns"),
    ("debt_agency.payment", "layout"): declared_by("brook", "payments"),
}
"""Without which a format cannot be read."""

BY_NAME = {
    ("debt_agency.acknowledgement", "layout"): "debt_agency/bravo/BRAVO_LOADED_20260303.txt",
    ("debt_agency.reconciliation", "layout"): "debt_agency/bravo/BRAVO_STOCK_20260401.txt",
    ("debt_agency.agency_update", "layout"): "debt_agency/bravo/BRAVO_NEWS_20260303.txt",
    ("debt_agency.payment", "layout"): "debt_agency/brook/remittance-BR-26-04.json",
    ("debt_agency.return", "layout"): "debt_agency/bravo/BRAVO_BACK_20260401.txt",
    ("rtb_fraud.nfi_other", "export"): "rtb_fraud/nfi_council_tax.txt",
    ("bacs.submission", "csv"): "bacs/submission/csv.csv",
    ("agresso.ledger_file", "gl07-csv"): "agresso/ledger/FHRENT260608001.csv",
    ("bacs.advance_notice", "rent.generic.ddcall"): "bacs/submission/DDCALL_FAKESHIRE_20261124_000001.csv",
}
"""Formats that only a route names."""

NO_BUSINESS_FILES = {".py", ".md", ".json", ".pyc", ".http"}


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
