"""Of spoiled inventories and placements every one that tells of another debt or another balance is refused.

One byte or line of the golden files is spoiled by the seed (`tests/mutator.py`); a judge of a few lines says
whether that changes whose debt it is or how much.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import pytest

from hub.api import Context, Facts, Finding, Reading, Severity
from hub.transfer.examine import examine
from plugins.debt_agency.canonical import PLC
from plugins.debt_agency.feeds import RECONCILIATION
from plugins.debt_agency.placing import PROOF
from plugins.debt_agency.settings import PlacementOptions
from tests.golden.catalogue import HERE
from tests.mutator import SEED, plant

FILES, MEANT = 100, 15  # of these at least so many tell of other money, or the test would show little


def inventory(data: bytes) -> Sequence[Finding]:
    ctx = Context(RECONCILIATION.options(), Facts(), "canonical")
    return examine(RECONCILIATION, BytesIO(data), ctx).reading.findings.kept


def placements(data: bytes) -> Sequence[Finding]:
    """As the hub reads its own file back before it leaves."""
    reading = Reading(PROOF, Context(PlacementOptions(), Facts(), ""))
    deque(reading.chunks(PLC.format.decode(BytesIO(data))), maxlen=0)
    reading.finish()
    return reading.findings.kept


def bare(text: str) -> str:
    return re.sub("^(-?)0+(?=[0-9]+[.])", r"\1", text)


@dataclass(frozen=True)
class Case:
    """name: of the golden file; cells: by kind of line, those that say whose debt it is and how much."""

    name: str
    read: Callable[[bytes], Sequence[Finding]]
    cells: dict[str, tuple[int, ...]]

    @property
    def sound(self) -> bytes:
        return (HERE / "debt_agency" / self.name).read_bytes()

    def says(self, data: bytes) -> list[list[str]]:
        """Whatever the order of the lines; 0562.08 says 562.08."""
        rows = csv.reader(data.decode("latin-1").splitlines())
        return sorted(
            [row[0], *(bare(row[cell]) if cell < len(row) else "" for cell in self.cells[row[0]])]
            for row in rows
            if row and row[0] in self.cells
        )


CASES = (
    Case("back/ACMEDCA_INV_MIDBC_20260402_000001.csv", inventory, {"V": (1, 5, 8)}),
    Case("acme/MIDBC_PLC_ACMEDCA_20260302_000041.csv", placements, {"A": (1, 10, 11, 12, 13), "P": (1, 2)}),
)


def each_is_refused(case: Case, seed: int) -> None:
    meant = 0
    for number in range(FILES):
        data, fault = plant(case.sound, seed + number)
        try:
            if case.says(data) == case.says(case.sound):
                continue
        except csv.Error:
            pass  # nobody can read it: it must be refused all the more
        meant += 1
        found = [one for one in case.read(data) if one.severity is Severity.ERROR]
        assert found, (seed + number, fault)
    assert meant > MEANT


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_sound_file_is_taken(case: Case) -> None:
    assert [one for one in case.read(case.sound) if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_fault_of_the_fixed_set_passes(case: Case) -> None:
    each_is_refused(case, SEED)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_fault_of_a_fresh_set_passes(case: Case, run_seed: int) -> None:
    each_is_refused(case, run_seed)
