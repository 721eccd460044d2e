"""The NFI pre-flight: half a million tenants from disk, every check that is made of a file, in one process.

`python -m tests.bench.bench_nfi COUNT` reads one such file and prints its peak memory in megabytes and the
seconds of processor time, and so is run as a child."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from hub.checks.base import Context
from hub.model import Facts, History, Verdict
from hub.transfer.examine import examine
from plugins.rtb_fraud.nfi_extracts import FORMAT, TENANTS
from tests.bench.measure import Measure
from tests.bench.memory import peak

COUNT = 500_000
HEADER = (
    "Tenancy reference|Tenant status flag|Title|Surname|Forename|Middle name(s)|Date of birth|"
    "National Insurance number|Address line 1|Address line 2|Address line 3|Address line 4|Postcode|UPRN|"
    "Home telephone number|Mobile telephone number|Email address|Tenancy start date|"
    "Housing Benefit reference|Passport number|tenancy_end|asset_type|suppressed\r\n"
)
FORENAMES = ("ADA", "BEN", "CARA", "DAN", "EVE", "FAY", "GUS")


def tenant_lines(count: int) -> Iterator[str]:
    """A header row, and tenants in twos and ones, each in every column another."""
    yield HEADER
    for number in range(count):
        tenancy = number * 5 // 6
        name = FORENAMES[number % 7]
        letters = "".join(chr(65 + number // 26**place % 26) for place in range(4))
        yield (
            f"T{tenancy:07d}|F|Mx|TEST{letters}|{name}|M|{number % 28 + 1:02d}{number % 12 + 1:02d}"
            f"{1930 + number % 70}|{'AB' if number % 2 else ''}{f'{number:06d}A' if number % 2 else ''}|"
            f"{number % 300 + 1} Sample Court|Sample Estate|Fakeley||ZZ{number % 9 + 1} {number % 9 + 1}AB|"
            f"1000{number:08d}|01632{number % 1000000:06d}|07700{number % 1000000:06d}|"
            f"{name.lower()}{number}@example.org|{number % 28 + 1:02d}04{1990 + number % 30}|"
            f"HB{number:06d}|||HOUSE|\r\n"
        )


def read(count: int) -> float:
    """The seconds of processor time for the whole pre-flight. The file is sound."""
    facts = Facts(date(2026, 10, 5), history=History())
    with TemporaryDirectory(prefix="feedhub-bench-") as folder:
        path = Path(folder) / "tenants.txt"
        with path.open("w", encoding="ascii", newline="") as file:
            file.writelines(tenant_lines(count))
        with path.open("rb") as stream:
            start = process_time()
            examined = examine(TENANTS, stream, Context(TENANTS.options(), facts, FORMAT), keep=0)
            examined.reading.history(Context(TENANTS.options(), facts, FORMAT))
            seconds = process_time() - start
    found = examined.reading.findings.kept
    assert (examined.verdict, found, examined.tally.records) == (Verdict.ACCEPTED, [], count), found[:3]
    return seconds


def naive(count: int) -> float:
    """Seconds to read so many rows with the standard library, one by one, and look at nothing."""
    lines = list(tenant_lines(count))
    start = process_time()
    for row in csv.DictReader(lines, delimiter="|"):
        assert row["Surname"]
    return process_time() - start


def measures(count: int = COUNT) -> Iterator[Measure]:
    command = [sys.executable, "-m", "tests.bench.bench_nfi", str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    memory, seconds = float(told[0]), float(told[1])
    loop = count / naive(min(count, 50_000)) * min(count, 50_000) / count
    yield Measure(f"rtb_fraud.nfi_tenants: pre-flight of {count:,}", "rows/s", count / seconds, loop, 20_000)
    yield Measure("rtb_fraud.nfi_tenants: peak memory of that", "MB", memory, None, 300, most=True)


if __name__ == "__main__":
    taken = read(int(sys.argv[1]))
    sys.stdout.write(f"{peak():.1f} {taken:.3f}\n")
