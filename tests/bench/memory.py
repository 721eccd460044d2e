"""Validate one large file from disk and print the most memory that the process held, in megabytes, and the
seconds of processor time that it took. Run as a child, so that nothing else counts: one thread, one core."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from hub.door.manager import Door
from tests.bench.bench_decode import CASES, checked


def read(feed_name: str, count: int) -> tuple[int, float]:
    """Decode and validate with every check; the number of records, and seconds without making the file."""
    case = next(case for case in CASES if case.feed == feed_name)
    feed = Door.load(None).feeds()[case.feed]
    with TemporaryDirectory(prefix="feedhub-bench-") as folder:
        path = Path(folder) / "large.txt"
        with path.open("w", encoding="ascii", newline="") as file:
            file.writelines(case.lines(count))
        with path.open("rb") as stream:
            start = process_time()
            records = checked(case, feed, stream).tally.records
            return records, process_time() - start


def peak() -> float:
    """Megabytes. On Linux `ru_maxrss` begins with that of the process that started this one, so that the
    status of its own memory is read; macOS counts in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        own = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text("ascii"), re.MULTILINE)
        assert own is not None
        return int(own[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


if __name__ == "__main__":
    records, seconds = read(sys.argv[1], int(sys.argv[2]))
    if records < int(sys.argv[2]):
        sys.exit(f"only {records} records were read")
    sys.stdout.write(f"{peak():.1f} {seconds:.3f}\n")
