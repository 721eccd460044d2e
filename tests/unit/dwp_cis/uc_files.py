"""Files of Universal Credit money written by hand, and what the hub makes of them before any is stored."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hub.checks.base import Context
from hub.model import Account, Facts, Finding, History, Record, Severity, Taken, Verdict
from hub.rent.register import AccountRegister
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.records import Asked, Snapshot
from plugins.dwp_cis.payments import THIRD_PARTY, UC

TODAY = date(2026, 4, 21)
HEAD = (
    "creditor_ref,schedule_ref,payment_date,bank_ref,tenancy_ref,nino,surname,forename,postcode,"
    "housing_amount,arrears_amount,total_amount,period_start,period_end,payment_type"
)
TPD_HEAD = (
    "creditor_no,schedule_no,schedule_date,benefit,nino,surname,initials,customer_ref,deduction_type,"
    "period_from,period_to,amount,line_type"
)
LINE: Mapping[str, str] = {
    "creditor_ref": "FAKECRN01",
    "schedule_ref": "S0008",
    "payment_date": "2026-04-17",
    "bank_ref": "",
    "tenancy_ref": "FAKE0001/1",
    "nino": "AB123456C",
    "surname": "TESTER",
    "forename": "ALEX",
    "postcode": "ZZ99 9ZZ",
    "housing_amount": "513.33",
    "arrears_amount": "0.00",
    "total_amount": "513.33",
    "period_start": "2026-03-11",
    "period_end": "2026-04-10",
    "payment_type": "MPTL",
}
DEDUCTION: Mapping[str, str] = {
    "creditor_no": "FAKECRN01",
    "schedule_no": "T0002",
    "schedule_date": "2026-04-20",
    "benefit": "UC",
    "nino": "AB123456C",
    "surname": "TESTER",
    "initials": "A",
    "customer_ref": "FAKE0001/1",
    "deduction_type": "RENT_ARREARS",
    "period_from": "2026-03-11",
    "period_to": "2026-04-10",
    "amount": "39.33",
    "line_type": "PAYMENT",
}


def line(**changes: str) -> str:
    told = {**LINE, **changes}
    return ",".join(told[name] for name in HEAD.split(","))


def deduction(**changes: str) -> str:
    told = {**DEDUCTION, **changes}
    return ",".join(told[name] for name in TPD_HEAD.split(","))


def payments(*lines: str, total: str = "") -> bytes:
    return "\n".join([HEAD, *lines, *([total] if total else []), ""]).encode()


def deductions(*lines: str) -> bytes:
    return "\n".join([TPD_HEAD, *lines, ""]).encode()


def account(number: int, **known: Any) -> Account:
    """The rent account FAKE000n/1."""
    made = Account(f"190000000{number}", f"FAKE000{number}/1", start_date=date(2020, 4, 6), balance=0)
    return replace(made, **known)


def tenant(number: int, nino: str, surname: str, forename: str, **known: Any) -> Record:
    made = Record(
        kind="tenant",
        key=f"FAKE000{number}/1/P{nino}",
        state="CURRENT",
        account=f"190000000{number}",
        personal={
            "nino": nino,
            "surname": surname,
            "forenames": forename,
            "corr_postcode": "ZZ99 9ZZ",
        },
    )
    return replace(made, **known)


ALEX = tenant(1, "AB123456C", "TESTER", "ALEX")
SAM = tenant(2, "CS100700A", "SAMPLE", "SAM")
ACCOUNTS = (account(1), account(2), account(3))


def facts(*accounts: Account, records: Sequence[Record] = (ALEX, SAM), **known: Any) -> Facts:
    lookups = (*UC.looks_up, *THIRD_PARTY.looks_up)
    everybody = [one.payment_ref for one in accounts or ACCOUNTS]
    snapshot = Snapshot(records, Asked("a test", lookups, everybody))
    register = AccountRegister(accounts or ACCOUNTS)
    made = Facts(today=TODAY, history=History(), register=register, records=snapshot)
    return replace(made, **known)


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
        minor = (Severity.WARNING, Severity.NOTE)
        return [(one.check, one.line) for one in self.findings if one.severity not in minor]

    @property
    def warned(self) -> list[str]:
        return [one.check for one in self.findings if one.severity is Severity.WARNING]

    @property
    def reasons(self) -> list[str | None]:
        return [(one.disposition.reason or "").partition(":")[0] or None for one in self.taken]

    @property
    def placed(self) -> list[tuple[str, int, str | None]]:
        """State, pence and account of each item."""
        return [(one.disposition.state.value, one.item.amount, one.disposition.account) for one in self.taken]


def read(data: bytes, known: Facts | None = None, **options: Any) -> Outcome:
    feed = THIRD_PARTY if data.lstrip(b"\xef\xbb\xbf").startswith(b"creditor_no") else UC
    format = next(iter(feed.formats))
    chosen = feed.options.model_validate({"creditor_refs": ["FAKECRN01"], **options})
    ctx = Context(chosen, known or facts(), format)
    examined = examine(feed, io.BytesIO(data), ctx)
    return Outcome(examined, judge(examined, ctx, "t"), ctx)
