"""Exports for the NFI, evidently fake, and what the pre-flight makes of them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from hub.checks.base import Context
from hub.door.feed import Feed
from hub.model import Facts, Finding, Severity
from hub.transfer.examine import Examined, examine
from plugins.rtb_fraud.nfi_extracts import FORMAT, TENANTS

TODAY = date(2026, 10, 5)
TENANT_HEADER = (
    "Tenancy reference|Tenant status flag|Title|Surname|Forename|Middle name(s)|Date of birth|"
    "National Insurance number|Address line 1|Address line 2|Address line 3|Address line 4|Postcode|UPRN|"
    "Home telephone number|Mobile telephone number|Email address|Tenancy start date|"
    "Housing Benefit reference|tenancy_end|asset_type|suppressed"
)
ADA = (
    "T0004711|F|Mrs|TESTERMAN|ADA|MAY|18061979||Flat 2|14 Sample Court|Fakeley||ZZ1 1AB|100099990001|"
    "01632960001||ada@example.org|08042019|||FLAT|"
)
BEN = (
    "T0004711|F|Mr|TESTERMAN|BEN||02021981||Flat 2|14 Sample Court|Fakeley||ZZ1 1AB|100099990001|"
    "|07700900001||08042019|||FLAT|"
)
CARA = (
    "T0004712|F|Ms|SPECIMEN|CARA||29021976|AB123457C|3 Sample Court||Fakeley||ZZ1 1AB|100099990002|"
    "||cara@example.org|01041998|HB0012|||"
)


def file(*rows: str, header: str = TENANT_HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def changed(row: str, **fields: str) -> str:
    """A row with other values, by the name of the column's header with _ for a blank."""
    names = [name.lower().replace(" ", "_") for name in TENANT_HEADER.split("|")]
    cells = row.split("|")
    for name, value in fields.items():
        cells[names.index(name)] = value
    return "|".join(cells)


def preflight(
    data: bytes, feed: Feed = TENANTS, today: date | None = TODAY, facts: Facts | None = None, **options: Any
) -> Examined:
    ctx = Context(feed.options.model_validate(options), facts or Facts(today=today), FORMAT)
    return examine(feed, BytesIO(data), ctx)


def findings(data: bytes, feed: Feed = TENANTS, **how: Any) -> list[Finding]:
    return list(preflight(data, feed, **how).reading.findings.kept)


def told(data: bytes, feed: Feed = TENANTS, **how: Any) -> set[tuple[str, int | None, str | None]]:
    """(check, line, column) of everything that was found."""
    return {(one.check, one.line, one.field) for one in findings(data, feed, **how)}


def refused(examined: Examined) -> bool:
    return examined.reading.findings.has(Severity.ERROR)
