"""What the pretend benefits system writes and reads, in a few lines of its own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

WEEKS = 2


class Posting(NamedTuple):
    """One row of a posting file, with what its totals need."""

    text: str
    gross: int
    recovered: int
    claim: str


def weekly(number: int) -> int:
    """Pence a week of the claim with that number."""
    return 8_000 + number * 53 % 4_000


def posting(number: int, claim: str, account: str, kind: str, monday: date) -> Posting:
    gross, recovered = weekly(number) * WEEKS, 2 * 1_155 if number % 20 == 0 else 0
    text = (
        f"D{claim:9}01{account:24}{monday:%Y%m%d}{kind}{weekly(number):+010d}{gross:+010d}"
        f"{recovered:+010d}{gross - recovered:+010d}{monday:%Y%m%d}"
        f"{last_day(monday):%Y%m%d}00{'':15}"
    )
    return Posting(text, gross, recovered, claim)


def last_day(monday: date) -> date:
    return monday + timedelta(weeks=WEEKS) - timedelta(days=1)


def posting_file(day: date, sequence: int, rows: Sequence[Posting], monday: date) -> bytes:
    gross, recovered = sum(row.gross for row in rows), sum(row.recovered for row in rows)
    claims = sum(int(row.claim[:8]) for row in rows) % 10**9
    head = (
        f"HHBPOST019999ACAD{day:%Y%m%d}{monday:%Y%m%d}{last_day(monday):%Y%m%d}"
        f"{WEEKS:02d}{sequence:06d}L{'':70}"
    )
    tail = f"T{len(rows):07d}{gross:+013d}{recovered:+013d}{gross - recovered:+013d}{claims:09d}{'':64}"
    return _lines([head, *(row.text for row in rows), tail])


def damaged(content: bytes) -> bytes:
    """A posting file with a fault in five places."""
    lines = content.decode("latin-1").splitlines()
    lines[3] = lines[3][:36] + "20261131" + lines[3][44:]  # 31 November
    lines[5] = lines[5][:77] + "+00000000l" + lines[5][87:]  # a letter in the amount
    lines[8] = lines[8][:-1]  # a character short
    lines[11] = lines[11][:77] + "+000099999" + lines[11][87:]  # posted is not gross less recovered
    lines[-1] = lines[-1][:7] + "9" + lines[-1][8:]  # the trailer's count
    return _lines(lines)


def extract(awards: Iterable[tuple[str, str, int]], paid_to: date) -> bytes:
    """The monthly extract: claim, status and weekly pence of each award, and what else stands in a D record,
    which is nobody's business here."""
    return _lines(_d_record(*award, paid_to) for award in awards)


def _d_record(claim: str, status: str, pence: int, paid_to: date) -> str:
    cells = ["D", *["0"] * 284]
    told = {2: claim, 6: "1", 29: status, 39: str(pence), 275: f"{paid_to:%d/%m/%Y}"}
    for place, text in told.items():
        cells[place - 1] = text
    return ",".join(cells)


def replies(events: Path, rejected: Mapping[str, str]) -> bytes:
    """What benefits makes of a file of events: it takes each, but for accounts that are `rejected`, for the
    reason beside them."""
    with events.open(encoding="utf-8-sig", newline="") as file:
        told = [(row["event_id"], rejected.get(row["rent_ref"])) for row in csv.DictReader(file)]
    rows = [f"{event},{'REJECTED' if why else 'ACCEPTED'},{why or ''}," for event, why in told]
    return _lines(["event_id,status,reason_code,claim_ref", *rows])


def fill_in(workbook: Path, cell: str, beside: str, text: str) -> None:
    """As somebody types into an empty cell and saves; `beside`: the cell to the left of it."""
    with ZipFile(workbook) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    typed = rf'\1<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'
    parts[sheet] = re.sub(rf'(<c r="{beside}".*?</c>)', typed, parts[sheet].decode(), count=1).encode()
    with ZipFile(workbook, "w", ZIP_DEFLATED) as saved:
        for name, content in parts.items():
            saved.writestr(name, content)


def compared(report: Path) -> Sequence[tuple[str, int, int]]:
    """The report of what was posted against what was awarded: how many agree, and each claim that does
    not."""
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    differing = [row for row in rows if row["difference"] != "0.00"]
    agree = sum(_pence(row["awarded"]) for row in rows if row not in differing)
    return [
        ("claims that agree", len(rows) - len(differing), agree),
        *((_why(row), 1, _pence(row["difference"])) for row in differing),
    ]


def _why(row: Mapping[str, str]) -> str:
    return f"{row['claim']}: {row['why'] or 'awarded is not what was posted'}"


def _pence(pounds: str) -> int:
    return int(pounds.replace(".", ""))


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("latin-1")
