"""Schedules written by hand, so that the plug-in's own layout is not its own judge."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from hub.checks.base import Context
from hub.model import Facts
from hub.transfer.examine import examine, judge
from plugins.housing_benefit.schedules import SCHEDULE_FEED
from tests.unit.housing_benefit.posting_files import Outcome, facts

FORMAT = "hb-landlord-schedule-csv1"
NAMES = (
    "schedule_no,creditor_ref,payment_date,claim_ref,tenant_name,address,postcode,rent_ref,period_from,"
    "period_to,weekly_hb,gross,deduction,deduction_reason,deduction_claim_ref,net"
)
SECRET = "Person Nobody"


@dataclass(frozen=True)
class Paid:
    """A row; pence. The net is worked out unless it is given."""

    claim: str = "90000012X"
    rent_ref: str = "FAKE0001/1"
    weekly: int = 100_00
    gross: int = 400_00
    deduction: int = 0
    debtor: str = ""
    net: int | None = None
    number: str = "S0042"
    creditor: str = "FAKE-CRED-1"
    on: str = "2026-04-17"
    first: str = "2026-03-16"
    last: str = "2026-04-12"

    @property
    def pays(self) -> int:
        return self.gross - self.deduction if self.net is None else self.net

    def text(self) -> str:
        amounts = [pounds(pence) for pence in (self.weekly, self.gross, self.deduction)]
        cells = [self.number, self.creditor, self.on, self.claim, SECRET, "1 Secret Street", "ZZ1 1ZZ"]
        cells += [self.rent_ref, self.first, self.last, *amounts, "a reason", self.debtor, pounds(self.pays)]
        return ",".join(cells)


def pounds(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def schedule(*rows: Paid) -> bytes:
    sums = [sum(row.gross for row in rows), sum(row.deduction for row in rows), sum(row.pays for row in rows)]
    total = ",".join(["#TOTAL", str(len(rows)), *map(pounds, sums)])
    return "\r\n".join([NAMES, *(row.text() for row in rows), total, ""]).encode()


def read(data: bytes, known: Facts | None = None, **options: Any) -> Outcome:
    chosen = SCHEDULE_FEED.options.model_validate({"creditor_refs": ["FAKE-CRED-1"], **options})
    ctx = Context(chosen, known or facts(), FORMAT)
    examined = examine(SCHEDULE_FEED, io.BytesIO(data), ctx)
    return Outcome(examined, judge(examined, ctx, "t"), ctx)
