"""Ledger files: GL07 lines written to disk and validated from it, beside a first program that does the same.

`python -m tests.bench.bench_ledger COUNT` does it once and prints the most memory that it held, in megabytes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from hub.checks.base import Context
from hub.checks.run import Reading
from hub.model import Facts
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.gl07_layout import FIELDS
from plugins.agresso.settings import LedgerFileOptions
from tests.bench.measure import Measure
from tests.bench.memory import peak
from tests.unit.agresso.worked import DAY, journal

COUNT, NAIVE, TARGET, MEMORY = 200_000, 20_000, 30_000, 250
Record = Mapping[str, Any]


def records(count: int) -> Iterator[Record]:
    """Vouchers of two lines."""
    base = journal()[0]
    for number in range(count // 2):
        for sign in (1, -1):
            pence = sign * (number + 100)
            told = {"account": f"I{number % 40:04}", "ext_ref": f"RENTWK10/{number}/{sign}"}
            yield {**base, **told, "voucher_no": number + 1, "amount": pence, "cur_amount": pence}


def write(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for piece in written(records(count)):
            file.write(piece)


def validate(path: Path) -> Reading:
    """All checks that need nothing but the file and the day."""
    ctx = Context(LedgerFileOptions(), Facts(today=DAY), "gl07")
    reading = Reading(LEDGER_FILE, ctx)
    with path.open("rb") as file:
        for _ in reading.chunks(LEDGER_FILE.formats["gl07"].decode(file, ctx.options)):
            pass
    reading.finish()
    reading.history(ctx)
    return reading


def both(folder: Path, count: int) -> Reading:
    write(folder / "a.dat", count)
    return validate(folder / "a.dat")


def naive(folder: Path, count: int) -> None:
    """Each field of each line filled, then cut and summed."""
    with (folder / "b.dat").open("w", encoding="cp1252") as file:
        file.writelines(f"{_plain(record)}\n" for record in records(count))
    with (folder / "b.dat").open(encoding="cp1252") as file:
        for _, voucher in groupby(map(_cut, file), key=lambda cut: cut["voucher_no"]):
            if sum(int(cut["amount"]) for cut in voucher):
                raise ValueError("a voucher does not balance")


def _plain(record: Record) -> str:
    cells = []
    for name, first, last, _ in FIELDS:
        value = record.get(name)
        text = value.strftime("%Y%m%d") if isinstance(value, date) else str("" if value is None else value)
        cells.append(text.ljust(last - first + 1))
    return "".join(cells)


def _cut(line: str) -> dict[str, str]:
    return {name: line[first - 1 : last].strip() for name, first, last, _ in FIELDS}


def measures(count: int = COUNT) -> Iterator[Measure]:
    with TemporaryDirectory() as folder:
        start = process_time()
        reading = both(Path(folder), count)
        speed = count / (process_time() - start)
        if reading.findings.kept or reading.tally.records != count:
            raise ValueError("the lines were not all sound")
        plain, start = min(count, NAIVE), process_time()
        naive(Path(folder), plain)
        beside = plain / (process_time() - start)
    yield Measure("agresso: lines written and validated", "lines/s", speed, beside, TARGET)
    yield Measure("agresso: memory", "MB", memory(count), None, MEMORY, most=True)


def memory(count: int) -> float:
    command = [sys.executable, "-m", "tests.bench.bench_ledger", str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        both(Path(place), int(sys.argv[1]))
    sys.stdout.write(f"{peak():.1f}\n")
