"""Many enquiries to a pretend DWP that takes only so many a second, with the hub killed in the middle and
started again: nobody whose answer is stored is asked again, and who was being asked is asked once more, as
the same.

    uv run python -m tests.long.dwp_enquiries [COUNT] [WORKERS] [A_SECOND]

By default 10,000 enquiries, 4 workers and 200 calls a second. Prints what it saw, and ends with 1 where
that is wrong.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic

from hub.clock.now import SystemClock, local_date
from hub.testing.dwp_api import Citizen, DwpApi
from tests.asking_dwp import HUB, Ground, enquiries, enquiry, policy

ROOT = Path(__file__).parents[2]
LETTERS = "ABCEGHJKLMNPRSTWXYZ"


@dataclass(frozen=True)
class Seen:
    """What the pretend DWP and the hub's own store say in the end.

    again:   correlation ids that were asked before the kill and once more after it
    stored:  of those asked before the kill, the ids whose answer the hub had stored
    answered: enquiries that have an outcome; attempts: by correlation id, how often the access record says
    that
             somebody was asked
    most:    the most often that any was asked
    """

    count: int
    workers: int
    before: int
    again: Collection[str]
    stored: Collection[str]
    answered: int
    attempts: dict[str, int]
    most: int
    intact: bool

    def wrong(self) -> list[str]:
        """What is not as it should be, in sentences."""
        faults = {
            f"{self.answered} of {self.count} were answered": self.answered != self.count,
            "nothing was stored before the kill": not self.stored,
            f"{len(set(self.again) & set(self.stored))} with a stored answer were asked again": bool(
                set(self.again) & set(self.stored)
            ),
            f"{len(self.again)} were asked again, and there are {self.workers} workers": len(self.again)
            > self.workers,
            f"one was asked {self.most} times": self.most > 2,
            "the access record does not show both of those asked again": any(
                self.attempts[one] != 2 for one in self.again
            ),
            "the access record's chain is broken": not self.intact,
        }
        return [sentence for sentence, applies in faults.items() if applies]


def people(count: int) -> list[Citizen]:
    """Invented, each with a number of its own."""
    return [
        Citizen(
            f"CS{n:06}{'ABCD'[n % 4]}",
            f"{LETTERS[n % 19]}ANTEST{LETTERS[n // 19 % 19]}",
            "PAT",
            f"{1940 + n // 10000 % 50}-{n % 12 + 1:02}-{n % 28 + 1:02}",
        )
        for n in range(count)
    ]


def ground_of(folder: Path, url: str, workers: int) -> Ground:
    made = Ground(folder, url, workers=workers, patience="60s")
    made.clock = SystemClock()  # type: ignore[assignment] - one for several processes
    made.write("hub.yaml", HUB.replace("{sample", "{an_hour: 1000000, a_day: 1000000, sample"))
    return made


def prepare(ground: Ground, citizens: list[Citizen]) -> None:
    """A policy that counts today, and the enquiries of one officer."""
    today = local_date(ground.clock.now())
    days = {"starts": today - timedelta(days=1), "ends": today + timedelta(days=30)}
    told = {name: day.isoformat() for name, day in days.items()}
    ground.agree(policy(**told, trained=told["starts"], signed=told["starts"]))
    rows = [enquiry(f"R{n}", one, asked_on=today.isoformat()) for n, one in enumerate(citizens)]
    outcome = ground.put("wanted", enquiries(*rows))
    assert outcome.state == "APPLIED", outcome


def child(folder: Path, url: str, workers: int) -> subprocess.Popen[bytes]:
    words = ["-m", "tests.long.dwp_enquiries", "--child", str(folder), url, str(workers)]
    return subprocess.Popen([sys.executable, *words], cwd=ROOT)


def work(folder: Path, url: str, workers: int) -> None:
    """One process of the hub: all that there is to ask, then what came of it."""
    with ground_of(folder, url, workers).hub() as hub:
        hub.run("dwp.ask")
        hub.run("dwp.ask")


def stored_in(folder: Path) -> set[str]:
    """The references of enquiries of which the answer to the first call is on disk, read past the hub."""
    (path,) = (folder / "config/state").glob("*.db")
    told = """
        select i.reference from call c join delivery d on d.id = c.delivery_id
        join item i on i.batch_id = d.transfer_id where c.name = 'match' and c.status is not null
    """
    with sqlite3.connect(path) as conn:
        found = {reference for (reference,) in conn.execute(told)}
    conn.close()
    return found


def run(folder: Path, count: int, workers: int, a_second: int, kill_at: int) -> Seen:
    """Ask, be killed after so many, be started again; everything that was seen."""
    with DwpApi(people(count)) as api:
        api.a_second = a_second
        ground = ground_of(folder, api.url, workers)
        prepare(ground, api.people)
        first = child(folder, api.url, workers)
        assert api.wait_until_asked(kill_at, timeout=600), "the hub asks nobody"
        first.kill()
        first.wait()
        before, stored = list(api.asked), stored_in(folder)
        again = child(folder, api.url, workers)
        assert again.wait() == 0
        with ground.hub() as hub, hub.look() as look:
            records = look.records("dwp_enquiry", limit=count + 1)
            intact = all(look.broken_move("dwp_enquiry", one.key) is None for one in records)
        ids = {one.key: str(one.data["correlation_id"]) for one in records}
        after = {one.correlation_id for one in api.asked[len(before) :]}
        times = Counter(one.correlation_id for one in api.asked)
        return Seen(
            count=count,
            workers=workers,
            before=len(before),
            again={one.correlation_id for one in before} & after,
            stored={ids[key] for key in stored},
            answered=sum(one.state == "ANSWERED" for one in records),
            attempts={ids[one.key]: int(one.data["asked"]) for one in records},
            most=max(times.values()),
            intact=intact,
        )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(count: int = 10_000, workers: int = 4, a_second: int = 200) -> int:
    started, kill_at = monotonic(), random.SystemRandom().randint(count // 4, count // 2)
    with tempfile.TemporaryDirectory(prefix="feedhub-dwp-") as folder:
        seen = run(Path(folder), count, workers, a_second, kill_at)
    _tell(
        f"{count} enquiries, {workers} workers, {a_second} calls a second: killed after {seen.before}, "
        f"{len(seen.stored)} of them stored; {len(seen.again)} asked once more; {seen.answered} answered; "
        f"{monotonic() - started:.0f} s"
    )
    for sentence in seen.wrong():
        _tell(f"WRONG: {sentence}")
    return 1 if seen.wrong() else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        work(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
