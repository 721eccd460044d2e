"""Files of payments in each format, evidently fake, and what the hub makes of them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from hub.checks.base import Context
from hub.model import (
    Account,
    Facts,
    Finding,
    History,
    ItemState,
    LastTransfer,
    Moment,
    RentTransaction,
    Severity,
    Taken,
    Verdict,
)
from hub.rent.calendar import RentCalendar
from hub.rent.cash.feed import RENT_CASH
from hub.rent.cash.options import CASH, CashOptions
from hub.rent.codes import CodeMaps, parse_codes
from hub.rent.register import AccountRegister
from hub.transfer.examine import Examined, examine, judge, money
from hub.transfer.records import Snapshot

TODAY = date(2030, 6, 5)
MOMENT = Moment(datetime(2030, 6, 5, 5, 30, tzinfo=UTC), date(2030, 6, 4), "01jx0000000000000pretend1")

METHODS = """code,type
PPT,RPY
CRD,RCP
DDN,RDN
STO,RSO
"""
CHANNELS = "channel,method\nP,PPT\nT,PPT\nN,CRD\n"
CODES = CodeMaps(
    {
        "cash_methods": parse_codes(METHODS, "cash_methods.csv"),
        "allpay_channels": parse_codes(CHANNELS, "allpay_channels.csv"),
    }
)
ACCOUNTS = (
    Account("1900000011", "0190001/01", rent_group="HRA", balance=20_000),
    Account("1900000029", "0190002/01", rent_group="HRA", balance=30_000),
    Account("1900000037", "0190003/02", rent_group="GPS", balance=0),
)

LINE = "1900000011PAYPOINT 0001       PPT+000112.3504/06/203001"
PAGE = (
    LINE,
    "1900000029WEB CARD            CRD+000250.0004/06/203002",
    "1900000037DD RETURN           DDN-000098.2004/06/203003",
    "19000000X7STANDING ORDER      STO+000075.1004/06/203004",
)
"""The example of the interface page: 339.25, of which 75.10 finds no account."""


def cash(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("cp1252")


def allpay(*lines: str, total: str, count: int) -> bytes:
    ends = ["", f"Total Amount Updated onto System: {total:>17}"]
    return cash(*lines, *ends, f"Total Transactions updated onto System: {count:>17}")


def renttran(*details: str, trailer: str, number: str = "000124") -> bytes:
    header = f"H,RENTTRAN,1.0,FAKESHIRE,INCOME,2030-06-05T02:00:11+01:00,2030-06-04,{number},GBP"
    rows = [f"D,{line},{detail}" for line, detail in enumerate(details, start=1)]
    return cash(header, *rows, f"T,{trailer}")


@dataclass(frozen=True)
class Outcome:
    examined: Examined
    taken: Sequence[Taken]
    ctx: Context[Any]

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
    def reasons(self) -> list[str]:
        return [one.disposition.reason or "" for one in self.taken]

    @property
    def money(self) -> dict[ItemState, int]:
        return {state: pence for state, (_, pence) in money(self.taken).items()}

    @property
    def postings(self) -> list[RentTransaction]:
        """What the rent system is told."""
        makes = RENT_CASH.output("postings").makes
        assert makes is not None
        going = [one for one in self.taken if one.disposition.state is ItemState.TAKEN]
        return [each for one in going for each in makes(one, replace(self.ctx, moment=MOMENT))]


def facts(*accounts: Account, **known: Any) -> Facts:
    """A day, an empty history, the code maps, and the accounts given (else three)."""
    made = Facts(
        today=TODAY,
        history=History(),
        register=AccountRegister(accounts or ACCOUNTS),
        records=Snapshot(()),
        codes=CODES,
        rent_calendar=RentCalendar(),
    )
    return replace(made, **known)


def posted_before(earlier: Outcome) -> Facts:
    """The facts for a file that follows another."""
    keys = frozenset(RENT_CASH.item_key(one.item) or "" for one in earlier.taken)
    return facts(history=History(posted=keys))


def weeks(nets: Sequence[int], last: date = date(2030, 5, 28)) -> History:
    """A file each week before, of these nets, the newest first."""
    recent = [
        LastTransfer(f"t{week}", date.fromordinal(last.toordinal() - 7 * week), 1, net, {"net": net})
        for week, net in enumerate(nets)
    ]
    return History(last=recent[0], recent=recent)


def read(data: bytes, known: Facts | None = None, *, format: str = CASH, **options: Any) -> Outcome:
    """What the hub makes of a file, whose totals nobody compares unless the options say so."""
    chosen: Mapping[str, Any] = {"control": "none", "methods": {"allpay": "allpay_channels"}, **options}
    ctx = Context(CashOptions.model_validate(chosen), known or facts(), format)
    examined = examine(RENT_CASH, io.BytesIO(data), ctx)
    return Outcome(examined, judge(examined, ctx, "t"), ctx)
