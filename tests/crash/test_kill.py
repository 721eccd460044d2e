"""Each route of the demo in a process of its own that is killed (SIGKILL) at one point, then carried on by
another over the same state and the same partners: each item is delivered exactly once, or its delivery is in
doubt; never lost, never doubled.

The oracle reads what the council put in and what lies at its partners with a few slices of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.config.load import load
from hub.demo.clock import StoryClock
from hub.demo.council import PASSWORD, Council, council, tenants
from hub.door.demo import Scene, Stage
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.model import DeliveryState
from hub.store import queries
from tests.crash.child import KILLED

ROOT = Path(__file__).parents[2]
TENANTS = tenants(30)
MORNING = 9 * 3600

# The oracle: payments as (tenant's number, pence that they come to owe), one a line.

Payments = Counter[tuple[int, int]]
Reader = Callable[[str], list[tuple[int, int]]]


def pence(pounds: str) -> int:
    return int(pounds.replace(".", ""))


def ddcall(text: str) -> list[tuple[int, int]]:
    rows = [line.split(",") for line in text.splitlines()]
    return [(int(row[3][2:]), pence(row[5])) for row in rows if row[0] == "D"]


def standard18(text: str) -> list[tuple[int, int]]:
    debits = [line for line in text.splitlines() if line[:1].isdigit() and line[64:70] != "CONTRA"]
    debits = [line for line in debits if line[64:76] != f"{'CONTRA':12}" and line[64:68] == "RENT"]
    return [(int(line[68:82]), int(line[35:46])) for line in debits]


def arudd(text: str) -> list[tuple[int, int]]:
    found = re.findall(r'<ReturnedDebitItem ref="RENT(\d+)".*?valueOf="([\d.]+)"', text)
    return [(int(number), pence(pounds)) for number, pounds in found if number != "9999999999"]


def cash_lines(text: str) -> list[tuple[int, int]]:
    return [(int(line[2:10]), -pence(line[33:43])) for line in text.splitlines()]


def hb_posting(text: str) -> list[tuple[int, int]]:
    rows = [line for line in text.splitlines() if line[0] == "D" and line[12:16] != "FAKE"]
    return [(int(line[12:18]), -int(line[77:87])) for line in rows]


def renttran(text: str) -> list[tuple[int, int]]:
    rows = [line.split(",") for line in text.splitlines()]
    return [(int(row[2][2:]), pence(row[9])) for row in rows if row[0] == "D"]


@dataclass(frozen=True)
class Story:
    """What a route takes in and where it goes. `out` says how each partner's folder is read."""

    endpoint: str
    folder: str
    read: Reader
    out: Mapping[tuple[str, str], Reader]
    without: tuple[str, ...] = ()


BUREAU = {("bureau", "inbound/dd_collections"): standard18}
POSTED = {("rent", "import/transactions"): renttran}
STORIES = {
    "bacs.submission": Story("rent", "export/dd", ddcall, BUREAU),
    "bacs.forward": Story("rent", "export/standard18", standard18, BUREAU, ("rents_dd_902.txt",)),
    "housing_benefit.postings": Story(
        "benefits", "outgoing", hb_posting, POSTED, ("rentpost_000042.dat",)
    ),
    "bacs.reports_in": Story(
        "bureau",
        "outbound/reports",
        arudd,
        {("rent", "import/receipts"): cash_lines, **POSTED},
        ("ADDACS161226090002.xml", "ARUDD161226090003.xml"),
    ),
}  # fmt: skip
"""`without`: the files of the scene that are refused or held, which other tests look at."""
