"""Decode and validate fixed-width files, beside a naive loop over the same bytes in the same run."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import process_time
from typing import BinaryIO

from hub.checks.base import Context
from hub.clock.calendar import WorkingCalendar, read_days
from hub.config.modulus_tables import read_folder
from hub.door.feed import Feed, Format
from hub.door.manager import Door
from hub.formats.layout import Layout
from hub.model import Chunk, Facts, History
from hub.transfer.examine import Examined, examine
from tests.bench import naive
from tests.bench.made import posting_lines, standard18_lines
from tests.bench.measure import Measure

ROOT = Path(__file__).parents[2]
HOLIDAYS = ROOT / "config/calendars/bank-holidays-england-and-wales.csv"
CALENDAR = WorkingCalendar.of(read_days(HOLIDAYS.name, HOLIDAYS.read_text("utf-8")))
TABLES = read_folder(ROOT / "tests/unit/fields/modulus").tables
COUNT = 200_000
MEMORY_COUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of file, and the feed that reads it with the options of a route."""

    feed: str
    format: str
    lines: Callable[[int], Iterator[str]]
    options: dict[str, object]
    today: date
    target: int

    @property
    def facts(self) -> Facts:
        """All that is known before a file is read."""
        return Facts(self.today, CALENDAR, history=History(), modulus_tables=TABLES)


CASES = (
    Case(
        "housing_benefit.postings",
        "hb-posting-fw1",
        posting_lines,
        {"authority_code": "9999"},
        date(2026, 4, 13),
        200_000,
    ),
    Case(
        "bacs.submission",
        "standard18",
        standard18_lines,
        {
            "service_user_number": "654321",
            "originating_accounts": [
                {"sort_code": "000199", "account_number": "20000015", "account_name": "EXAMPLE COUNCIL"}
            ],
        },
        date(2026, 11, 26),
        100_000,
    ),
)


def measures(count: int = COUNT) -> Iterator[Measure]:
    feeds = Door.load(None).feeds()
    for case in CASES:
        yield from speeds(case, feeds[case.feed], count)
        memory, seconds = whole_file(case)
        speed = MEMORY_COUNT / seconds
        yield Measure(f"{case.feed}: a million from disk, all checks", "records/s", speed, None, case.target)
        yield Measure(f"{case.feed}: peak memory of a million", "MB", memory, None, 250, most=True)


def speeds(case: Case, feed: Feed, count: int) -> Iterator[Measure]:
    data = "".join(case.lines(count)).encode("ascii")
    format = feed.formats[case.format]
    layouts: Sequence[Layout] = format.layouts  # type: ignore[attr-defined]  # every fixed-width format has them
    loop = _speed(count, lambda: naive.read(io.BytesIO(data), layouts))
    decoded = _speed(count, lambda: decode(format, data))
    yield Measure(f"{case.feed}: decode and field checks", "records/s", decoded, loop, 250_000)
    checked = _speed(count, lambda: validate(case, feed, data))
    yield Measure(f"{case.feed}: decode and all checks", "records/s", checked, loop, case.target)


def _speed(count: int, work: Callable[[], object]) -> float:
    """The best of three: other work on the machine only ever slows."""
    times = []
    for _ in range(3):
        gc.collect()
        start = process_time()
        work()
        times.append(process_time() - start)
    return count / min(times)


def decode(format: Format, data: bytes) -> None:
    for part in format.decode(io.BytesIO(data), None):
        assert isinstance(part, Chunk)
        assert not part.layout.field_findings(part)


def validate(case: Case, feed: Feed, data: bytes) -> Examined:
    return checked(case, feed, io.BytesIO(data))


def checked(case: Case, feed: Feed, stream: BinaryIO) -> Examined:
    """With every check that is made of a file: of its fields, its records, its whole, against history, the
    calendar and the modulus tables. What is made of items needs them and their rent accounts."""
    ctx = Context(feed.options.model_validate(case.options), case.facts, case.format)
    examined = examine(feed, stream, ctx, keep=0)
    examined.reading.history(ctx)
    return examined


def whole_file(case: Case, count: int = MEMORY_COUNT) -> tuple[float, float]:
    """Megabytes that a process of its own takes at most for a file of so many records, and the seconds of
    processor time for all checks on it."""
    command = [sys.executable, "-m", "tests.bench.memory", case.feed, str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])
