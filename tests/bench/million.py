"""A state folder as a busy council has it after two years: transfers with items, findings, deliveries,
history, evidently made up. Rows go in by bulk, without the store's own statements: only what comes after is
measured."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.clock.now import make_id
from hub.store import Store
from hub.store.keys import DATABASE
from tests.world import TestClock

START = datetime(2028, 6, 1, tzinfo=UTC)
END = datetime(2030, 6, 1, tzinfo=UTC)
ROUTES = 40
PARTNERS = ("Bacs bureau", "Housing Benefit", "DWP", "Agresso", "An agency", "Mailing house", "Bank", "NFI")
CHECKS = tuple(f"CHECK-{number:02d}" for number in range(30))
ITEMS = 3
ACCOUNTS = 20_000
RARE = 5_000
"""One of so many transfers is HELD, one FAILED, one REJECTED, one is from a partner that left long ago."""
_STATES = {0: "HELD", 1: "FAILED", 2: "REJECTED", 3: "WITHDRAWN"}

_TRANSFERS = """
INSERT INTO transfer (id, route, partner, state, name, blob, value, records, found_at, updated_at, moment,
    business_date, compartment, feed, source_path, source_mtime, identity, reason, format, direction, version,
    source_endpoint, size, summary, attempts, tidied, bytes_gone,
    values_gone, mode)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'csv', 'in', 5, 'place', 2000,
    '{"totals": {"count": 61, "value": "100.00"}}', 1, 1, 0, 0, 'live')
"""
_DELIVERIES = """
INSERT INTO delivery (id, transfer_id, output, endpoint, folder, name, blob, size, state, version, attempts,
    remote, summary, updated_at)
SELECT substr(id, 1, 24) || '01', id, 'postings', 'rent', '/import', 'out_' || rowid || '.csv',
    lower(hex(randomblob(32))), 2000,
    CASE rowid % 5000 WHEN 5 THEN 'IN_DOUBT' ELSE 'SENT' END, 3, 1, '{}', '{}',
    updated_at
FROM transfer
"""
_ITEMS = """
INSERT INTO item (id, transfer_id, feed, kind, line, reference, amount, on_date, data, state, account,
    candidates, compartment)
SELECT substr(id, 1, 24) || printf('%02d', 10 + :line), id, feed, 'PAYMENT', :line,
    printf('%08d', (rowid * 3 + :line) * 7907 % 20000),
    -((rowid * 3 + :line) * 7907 % 20000 % 300 * 50 + 4000),
    business_date, '{"method": "card"}', CASE rowid % 5000 WHEN 6 THEN 'SUSPENDED' ELSE 'POSTED' END,
    printf('%08d', (rowid * 3 + :line) * 7907 % 20000), '[]', compartment
FROM transfer
"""
_FINDINGS = """
INSERT INTO finding (transfer_id, number, "check", severity, message, line, field)
SELECT id, 1, CASE rowid % 5000 WHEN 0 THEN 'CHECK-29' ELSE printf('CHECK-%02d', rowid / 4 % 29) END,
    CASE rowid % 5000 WHEN 0 THEN 'hold' ELSE 'note' END,
    'line 3: the amount is ' || (rowid % 977) || ' pence above what was expected.', 3, 'amount'
FROM transfer WHERE rowid % 4 = 0
"""
_EVENTS = """
INSERT INTO event (subject, subject_id, number, at, kind, who, data, previous, hash, compartment)
SELECT 'transfer', id, 1, found_at, 'found', 'hub', '{}', '', blob, compartment FROM transfer
"""
_TOTALS = """
INSERT INTO day_total (day, route, partner, compartment, transfers, records, value, bad)
SELECT business_date, route, partner, compartment, count(*), sum(records), sum(value),
    sum(state IN ('REJECTED', 'FAILED'))
FROM transfer GROUP BY 1, 2, 3, 4
"""
_NAMES = "INSERT INTO transfer_name (id, name) SELECT id, name FROM transfer"

Row = tuple[Any, ...]


class Clock(TestClock):
    """Stands at the end of the two years; its ids are new in a folder that was used before, too."""

    def __init__(self) -> None:
        super().__init__(END)

    def new_id(self) -> str:
        return make_id(END, secrets.randbits(79))


def make_hub(folder: Path, transfers: int) -> None:
    """Make a state folder that holds so many transfers, with `ITEMS` items each."""
    Store.open(folder, clock=Clock()).close()
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "foreign_keys=OFF",
            "ignore_check_constraints=ON",
            "cache_size=-200000",
        ):
            database.execute(f"PRAGMA {pragma}")
        with database:
            indexes = _drop_indexes(database)
            database.executemany(_TRANSFERS, _transfers(transfers))
            for line in range(1, ITEMS + 1):
                database.execute(_ITEMS, {"line": line})
            for made in (_DELIVERIES, _FINDINGS, _EVENTS, _NAMES, _TOTALS, *indexes):
                database.execute(made)


def _drop_indexes(database: sqlite3.Connection) -> list[str]:
    """Rows are indexed quicker when all are there."""
    found = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
    ).fetchall()
    for name, _ in found:
        database.execute(f"DROP INDEX {name}")
    return [made for _, made in found]


def instant(number: int, of: int) -> datetime:
    return START + (END - START) * number / of


def id_of(number: int, of: int) -> str:
    """Ids ascend with their numbers."""
    return f"{make_id(instant(number, of), 0)[:10]}{number:014d}00"


def item_of(number: int, of: int) -> str:
    """The first item of a transfer."""
    return f"{id_of(number, of)[:24]}11"


def route_of(number: int) -> str:
    """Some routes bring far more than others: the first a quarter, the last less than one in a hundred."""
    return f"route_{int(ROUTES * (number * 7919 % 1_009 / 1_009) ** 3):02d}"


def partner_of(number: int) -> str:
    if number % RARE == 4:
        return "A partner that left"
    return PARTNERS[int(route_of(number)[-2:]) % len(PARTNERS)]


def name_of(number: int, of: int) -> str:
    return f"{route_of(number)}_{instant(number, of):%Y%m%d_%H%M%S}_{number:07d}.csv"


def sha_of(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def pence_of(number: int) -> int:
    return number * 7919 % 5_000_000 + 1


def _transfers(of: int) -> Iterator[Row]:
    for number in range(1, of + 1):
        at, route, name = instant(number, of), route_of(number), name_of(number, of)
        found, state = at.isoformat(timespec="microseconds"), _STATES.get(number % RARE, "ACCEPTED")
        yield (
            id_of(number, of),
            route,
            partner_of(number),
            state,
            name,
            sha_of(number),
            pence_of(number),
            number % 400 + 1,
            found,
            found,
            found,
            (at - timedelta(hours=12)).date().isoformat(),
            "dwp" if number % 50 == 7 else "open",
            f"tests.{route}",
            f"/outbound/{name}",
            found,
            f"{route}/{number}",
            "The total is out by £1.00." if state == "REJECTED" else None,
        )
