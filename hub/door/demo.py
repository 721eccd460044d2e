"""What a plug-in brings to `feedhub demo`: scenes: days on which files lie ready, routes run, people act."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from hub.model import format_pounds


@dataclass(frozen=True, slots=True)
class Tenant:
    """A pretend tenant. All of it is invented; sort codes that start with 00 belong to no bank.

    opening_pence: what the rent account owes when the story begins; rent_pence: of a week
    """

    number: int
    payment_ref: str
    tenancy_ref: str
    claim_ref: str | None
    mandate_ref: str
    account_name: str
    sort_code: str
    account_number: str
    rent_pence: int
    opening_pence: int


@dataclass(frozen=True, slots=True)
class Export:
    """One detail of a generic CSV: its payment reference, its pence for the totals, and all its columns."""

    payment_ref: str
    pence: int
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """The pretend council on one day.

    folder:      the directory behind an endpoint's folder
    finished_at: when the partners finished the files that they put there (a POSIX time stamp)
    """

    day: date
    tenants: Sequence[Tenant]
    folder: Callable[[str, str], Path]
    finished_at: float

    def put(self, endpoint: str, folder: str, name: str, content: bytes) -> None:
        """A file that a partner has finished writing, in time for the hub to find it."""
        directory = self.folder(endpoint, folder)
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
        os.utime(directory / name, (self.finished_at, self.finished_at))

    def export(self, feed: str, folder: str, sequence: int, rows: Sequence[Export]) -> None:
        """A generic CSV export of the pretend rent system, with its control totals."""
        name = f"{feed}_FAKESHIRE_{self.day:%Y%m%d}_{sequence:06d}.csv"
        self.put("rent", folder, name, _generic_csv(feed, self.day, sequence, rows).encode())


class Desk(Protocol):
    """Where a pretend person sits, with Feed hub's command line before them.

    folder: their own files
    """

    @property
    def folder(self) -> Path: ...

    @property
    def stage(self) -> Stage: ...

    def feedhub(self, *words: object) -> None:
        """Give a command; it is shown with what it says, be it that they may not."""

    def look(self, *words: object) -> Any:
        """What a command tells as JSON. Nothing is shown."""


class Partners(Protocol):
    """What may go wrong at the pretend partners."""

    def away(self, endpoint: str) -> None:
        """Its server cuts off whoever connects."""

    def back(self, endpoint: str) -> None:
        """It is as it should be again."""

    def lose_answer(self, call: str) -> None:
        """The rent system's API does the next such call (`post`) and cuts the line before it answers; so does
        the fraud team with the next `referral`, and the financial system's with the next batch (`ledger`)."""

    def dwp_is(self, how: str) -> None:
        """From now on DWP is `away` (a page says so), `slow` (slower than anybody waits), `busy` (it takes no
        more calls for a while), or `well` again."""


@dataclass(frozen=True, slots=True)
class Act:
    """A pretend person (a login of the demo's `people:`) does something with the hub's commands."""

    who: str
    does: Callable[[Desk], None]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Something happens at a partner."""

    says: str
    does: Callable[[Partners], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """The administrator changes the configuration: what `was` there, once below the line that `below` begins,
    `becomes` this. `below`: such as `  discretionary:`; empty = in the whole file."""

    file: str
    was: str
    becomes: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """What somebody's books say, as the partners keep them: rows of what, how many, and pence."""

    title: str
    read: Callable[[Stage], Sequence[tuple[str, int, int]]]


Step = str | Act | Meanwhile | Edit | Books
"""What happens on a day; a text is the name of a route, which runs."""


class Story(StrEnum):
    """What a demo tells: what the hub does, or one month of many accounts."""

    TOUR = "tour"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Scene:
    """On `day`, `prepare` lays files out (and may read what was delivered before); then one step after the
    other, each a quarter of an hour after the one before."""

    day: date
    title: str
    prepare: Callable[[Stage], None]
    steps: tuple[Step, ...]
    story: Story = Story.TOUR

    @property
    def routes(self) -> tuple[str, ...]:
        """Those that run on the day."""
        return tuple(dict.fromkeys(step for step in self.steps if isinstance(step, str)))


def account_export(tenant: Tenant, day: date, ended: str = "") -> Export:
    """A rent account of the pretend rent system (RENTACC) on a day, which may have ended."""
    return Export(
        tenant.payment_ref,
        tenant.opening_pence,
        [
            tenant.payment_ref, tenant.tenancy_ref, "MAIN", "HRA", "ENDED" if ended else "ACTIVE", "SECURE",
            "2019-04-01", ended, f"P{tenant.number:06d}", "", "WEEKLY", format_pounds(tenant.opening_pence),
            f"{day}T05:00:00Z", "", "", tenant.claim_ref or "", "",
        ],
    )  # fmt: skip


def mandate_export(tenant: Tenant, status: str) -> Export:
    """Its Direct Debit mandate (MANDATE)."""
    return Export(
        tenant.payment_ref,
        0,
        [
            tenant.mandate_ref, tenant.payment_ref, tenant.account_name, tenant.sort_code,
            tenant.account_number, status, "1", "MONTHLY", "VARIABLE", "2024-04-01", "",
        ],
    )  # fmt: skip


def nothing_new(stage: Stage) -> None:
    """No partner lays anything out."""


def _generic_csv(feed: str, day: date, sequence: int, rows: Sequence[Export]) -> str:
    """Rent system interface, section 6.3: written here in a few lines of its own, as a rent system would."""
    lines = [f"H,{feed},1.0,FAKESHIRE,RENTS,{day}T06:00:00+00:00,{day},{sequence:06d},GBP"]
    lines += [",".join(["D", str(number), *row.columns]) for number, row in enumerate(rows, start=1)]
    debits, credits = (sum(row.pence for row in rows if (row.pence > 0) is sign) for sign in (True, False))
    hashed = sum(int(row.payment_ref) for row in rows) % 10**12
    sums = ",".join(format_pounds(pence) for pence in (debits, credits, debits + credits))
    lines.append(f"T,{len(rows)},{sums},{hashed}")
    return "\n".join(lines) + "\n"
