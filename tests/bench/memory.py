"""Read one large file and print the most memory that the process held, in megabytes. Run as a child."""

from __future__ import annotations

import sys

from hub.door.manager import Door
from tests.bench.bench_decode import CASES, checked
from tests.bench.made import Streamed


def read(feed_name: str, count: int) -> int:
    """Decode and validate; the number of records."""
    case = next(case for case in CASES if case.feed == feed_name)
    feed = Door.load(None).feeds()[case.feed]
    return checked(case, feed, Streamed(case.lines(count))).tally.records  # type: ignore[arg-type]


def peak() -> float:
    """Megabytes; Linux counts in KiB, macOS in bytes."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    records = read(sys.argv[1], int(sys.argv[2]))
    if records < int(sys.argv[2]):
        sys.exit(f"only {records} records were read")
    sys.stdout.write(f"{peak():.1f}\n")
