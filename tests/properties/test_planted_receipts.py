"""Of 300 spoiled files of receipts every one that tells of other money is refused, and the line is told.

A file is the worked remittance with another beside it; one byte or line of it is spoiled by the seed
(`tests/mutator.py`), and a judge of a few lines says whether that changes the money: whose, how much, at
which rate, and what the bank should show. `FEEDHUB_SEED` chooses the faults of a run; a fixed set is planted
as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.model import Finding, Severity
from tests.mutator import SEED, Fault, plant
from tests.remitting import WORKED, Paid, Remitted, pay_file
from tests.unit.debt_agency.receipts import read

FILES = 300
MEANT = 120  # of these at least so many tell of other money, or the test would show little
BESIDE = Remitted(
    "REM-2026-05",
    [
        Paid("0001002021", "PA", "12.34", "0.1250", "T-0011"),
        Paid("0001002039", "CST", "60.00", "0.1800", "T-0012", method="CQ"),
        Paid("0001002021", "PAR", "-12.34", "0.1250", "T-0013", reverses="T-0011"),
        Paid("0001002013", "DPR", "-50.00", "0.1250", "T-0014", reverses="T-0003"),
    ],
)
SOUND = pay_file(12, WORKED, BESIDE)
MONEY = {b"Y": (1, 4, 5, 9, 10, 11, 12, 13), b"M": (3, 4, 5, 6, 7, 8)}
"""By kind of line, the cells that say whose money it is and how much."""


def money(data: bytes) -> list[tuple[str, ...]]:
    rows = [line.rstrip(b"\r").split(b",") for line in data.split(b"\n")]
    return sorted(tuple(_cell(row, cell) for cell in (0, *MONEY[row[0]])) for row in rows if row[0] in MONEY)


def _cell(row: Sequence[bytes], cell: int) -> str:
    """What it says; 0100.00 says 100.00."""
    text = row[cell].decode("latin-1").strip(" ") if cell < len(row) else ""
    return re.sub("^(-?)0+(?=[0-9]+[.])", r"\1", text)


def stops(found: Sequence[Finding]) -> list[Finding]:
    return [one for one in found if one.severity in (Severity.ERROR, Severity.HOLD)]


def is_at(finding: Finding, fault: Fault, data: bytes) -> bool:
    """At the line that was spoiled, or beside it where lines were moved; or where what does not add up any
    more is told: the remittance, the trailer."""
    if finding.line is None:
        return False
    line = data.split(b"\n")[min(finding.line, data.count(b"\n") + 1) - 1]
    return abs(finding.line - fault.line) <= 1 or line[:1] in b"MT"


def each_is_stopped(seed: int) -> None:
    meant = 0
    for number in range(FILES):
        data, fault = plant(SOUND, seed + number)
        if money(data) == money(SOUND):
            continue
        meant += 1
        found = stops(read(data))
        assert found, (seed + number, fault)
        assert any(is_at(one, fault, data) for one in found), (seed + number, fault, found)
    assert meant > MEANT


def test_the_sound_file_is_taken() -> None:
    assert stops(read(SOUND)) == []


def test_no_fault_of_the_fixed_set_passes() -> None:
    each_is_stopped(SEED)


def test_no_fault_of_a_fresh_set_passes(run_seed: int) -> None:
    each_is_stopped(run_seed)
