"""Posting files written and read by hand, so that the plug-in's own layouts are not their own judge."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hub.checks.base import Context
from hub.model import (
    Account,
    Facts,
    Finding,
    History,
    Item,
    ItemState,
    LastTransfer,
    Severity,
    Taken,
    Verdict,
)
from hub.rent.register import AccountRegister
from hub.transfer.examine import Examined, examine, judge, money
from plugins.housing_benefit.feeds import POSTINGS
from plugins.housing_benefit.settings import FW1

MONDAY = date(2026, 3, 30)
SUNDAY = date(2026, 4, 12)
TODAY = date(2026, 4, 13)
OPTIONS: dict[str, Any] = {"codes": {"DHP": "RDH", "DHR": "RDH"}, "authority_code": "9999"}


@dataclass(frozen=True)
class Row:
    """One posting; amounts are pence in the file's own sign. `posted` is worked out unless it is given."""

    claim: str = "90000012X"
    rent_ref: str = "FAKE0001/1"
    entry: str = "HBE"
    weekly: int = 11234
    gross: int = 22468
    recovered: int = 0
    posted: int | None = None
    first: str = "20260330"
    last: str = "20260412"
    posting_date: str = "20260413"
    adjustment: str = "0"
    change: str = "0"
    original: str = ""
    ha_code: str = "01"

    @property
    def post(self) -> int:
        return self.gross - self.recovered if self.posted is None else self.posted

    def fixed(self) -> str:
        amounts = f"{self.weekly:+010d}{self.gross:+010d}{self.recovered:+010d}{self.post:+010d}"
        dates = f"{self.first}{self.last}{self.adjustment}{self.change}"
        start = f"D{self.claim:9}{self.ha_code:2}{self.rent_ref:24}{self.posting_date}{self.entry}"
        return f"{start}{amounts}{dates}{self.original:15}"

    def csv(self) -> str:
        pounds = [_pounds(pence) for pence in (self.weekly, self.gross, self.recovered, self.post)]
        days = [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (self.posting_date, self.first, self.last)]
        cells = [self.claim, self.ha_code, self.rent_ref, days[0], self.entry, *pounds, *days[1:]]
        return ",".join([*cells, self.adjustment, self.change, self.original])


ADJUSTMENT = Row(entry="HBA", gross=-5425, weekly=0, adjustment="1", original="000041-0000117")
OVERPAYMENT = Row(entry="OPD", gross=-4000, weekly=0)


def posting_file(*rows: Row, sequence: int = 42, flag: str = "L", **header: str) -> bytes:
    """A fixed-width file with right totals. `header` may set run, start, end, weeks, authority or source."""
    said = {"authority": "9999", "source": "ACAD", "run": "20260413", "start": "20260330", "end": "20260412"}
    said |= {"weeks": "02", **header}
    head = f"HHBPOST01{said['authority']}{said['source']}{said['run']}{said['start']}{said['end']}"
    lines = [f"{head}{said['weeks']}{sequence:06d}{flag}{'':70}", *(row.fixed() for row in rows)]
    return "".join(f"{line}\n" for line in [*lines, trailer(rows)]).encode("latin-1")


def trailer(rows: Sequence[Row]) -> str:
    gross, recovered = sum(row.gross for row in rows), sum(row.recovered for row in rows)
    posted, hashed = sum(row.post for row in rows), sum(int(row.claim[:8]) for row in rows) % 10**9
    return f"T{len(rows):07d}{gross:+013d}{recovered:+013d}{posted:+013d}{hashed:09d}{'':64}"


CSV_NAMES = (
    "claim_ref,ha_code,rent_ref,posting_date,entry_type,weekly,gross,recovered,posted,from_date,to_date,"
    "adjustment,change,original"
)


def csv_file(*rows: Row) -> bytes:
    sums = [sum(row.gross for row in rows), sum(row.recovered for row in rows), sum(row.post for row in rows)]
    total = ",".join(["#TOTAL", str(len(rows)), *map(_pounds, sums)])
    return "\r\n".join([CSV_NAMES, *(row.csv() for row in rows), total, ""]).encode()


def _pounds(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def account(number: int, **known: Any) -> Account:
    """The rent account FAKE000n/1."""
    made = Account(f"190000000{number}", f"FAKE000{number}/1", start_date=date(2020, 4, 6), balance=0)
    return replace(made, **known)


ACCOUNTS = (account(1), account(2), account(3))


@dataclass(frozen=True)
class Outcome:
    """What the hub makes of a file, before anything is stored or sent."""

    examined: Examined
    taken: Sequence[Taken]
    ctx: Context[Any] = field(repr=False)

    @property
    def verdict(self) -> Verdict:
        return self.examined.verdict

    @property
    def findings(self) -> Sequence[Finding]:
        return self.examined.reading.findings.kept

    @property
    def told(self) -> list[tuple[str, int | None]]:
        """(check, line) of each finding that changes something."""
        minor = (Severity.WARNING, Severity.NOTE)
        return [(one.check, one.line) for one in self.findings if one.severity not in minor]

    @property
    def warned(self) -> list[str]:
        return [one.check for one in self.findings if one.severity is Severity.WARNING]

    @property
    def states(self) -> list[ItemState]:
        return [one.disposition.state for one in self.taken]

    @property
    def reasons(self) -> list[str | None]:
        """The word that each decision begins with."""
        return [(one.disposition.reason or "").partition(":")[0] or None for one in self.taken]

    @property
    def money(self) -> dict[ItemState, int]:
        return {state: pence for state, (_, pence) in money(self.taken).items()}

    @property
    def items(self) -> list[Item]:
        return [one.item for one in self.taken]


def facts(*accounts: Account, **known: Any) -> Facts:
    """A day, an empty history and the accounts given (else three)."""
    made = Facts(today=TODAY, history=History(), register=AccountRegister(accounts or ACCOUNTS))
    return replace(made, **known)


def after(earlier: Outcome, **known: Any) -> Facts:
    """The facts for a file that follows another; `known` of the other may differ from what it was."""
    tally = earlier.examined.tally
    last = LastTransfer("t0", SUNDAY, tally.records, tally.value, tally.summary())
    return facts(history=History(last=replace(last, **known)))


def read(data: bytes, known: Facts | None = None, *, format: str = FW1, **options: Any) -> Outcome:
    chosen = POSTINGS.options.model_validate(OPTIONS | options)
    ctx = Context(chosen, known or facts(), format)
    examined = examine(POSTINGS, io.BytesIO(data), ctx)
    return Outcome(examined, judge(examined, ctx, "t"), ctx)


def days_later(days: int, day: date = SUNDAY) -> str:
    return f"{day + timedelta(days=days):%Y%m%d}"
