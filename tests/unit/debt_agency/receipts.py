"""Files of receipts read and judged without a store: the records that they are about are laid out here."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from hub.checks.base import Context
from hub.model import Facts, History, Record, Severity
from hub.transfer.examine import examine, judge
from hub.transfer.records import Snapshot
from plugins.debt_agency.pay_feed import PAYMENT
from tests.remitting import pay_file

DEBTS = {  # placement: rent account, plan, stage, kind of debt, pence
    "0001002013": ("7001234501", "P1", 1, "FTA", 2197_37),
    "0001002021": ("7001239902", "P1", 1, "RCG", 612_08),
    "0001002039": ("7001244410", "P2", 2, "FTA", 3626_75),
}
PLANS = [
    {"plan": "P1", "valid_from": "2026-01-01", "rate": "0.1250"},
    {"plan": "P2", "stage": 2, "valid_from": "2026-01-01", "rate": "0.1800"},
]


class Codes:
    """The council's rates of tax, as the code map has them."""

    def value(self, name, code, on):
        return {"STANDARD": "20", "OUTSIDE": "0"}[code]


def debt(reference, state="ACTIVE", **changes):
    account, plan, stage, debt_type, due = DEBTS[reference]
    data = {
        "agency": "ACME", "stage": stage, "debt_type": debt_type, "plan": plan, "total_due": due,
        "balance": due, "paid": 0, "placed_on": "2026-03-02", "debt_from": "2025-06-02", **changes,
    }  # fmt: skip
    return Record(kind="placement", key=reference, state=state, account=account, data=data)


def paid_before(txn, content="", state="POSTED", agency="ACME", **changes):
    data = {
        "placement_ref": "0001002021", "kind": "PA", "gross": 25_00, "rate": "0.1250", "vat_percent": "20",
        "minimum": 0, "reversed": 0, "item": "first.1", "content": content, **changes,
    }  # fmt: skip
    return Record(kind="debt_receipt", key=f"{agency}/{txn}", state=state, data=data)


def held(account, code, since):
    data = {"kind": "OTHER", "code": code, "from": since, "until": None}
    return Record(kind="hold", key=f"{account}/{code}", state="ACTIVE", account=account, data=data)


KNOWN = (*map(debt, DEBTS), paid_before("T-0001"))


def read(data):
    """All that is found in a file, on a careful route."""
    examined, _ = looked_at(data)
    return examined.reading.findings.kept


def judged(*remitted, **how):
    return looked_at(pay_file(12, *remitted), **how)


def looked_at(data, records=KNOWN, plans=PLANS, name=None, came_at=None, **options):
    told = {"council_id": "MIDBC", "agency_id": "ACMEDCA", "agency": "ACME", "contract": plans, **options}
    before = History(used={"debt_agency.remittance:ACME": frozenset({"REM-2026-03"})})
    came = {"file_name": name, "came_at": came_at}
    facts = Facts(date(2026, 4, 6), history=before, records=Snapshot(records), codes=Codes(), **came)
    ctx = Context(PAYMENT.options.model_validate(told), facts, "canonical")
    examined = examine(PAYMENT, BytesIO(data), ctx)
    return examined, judge(examined, ctx, "T")


def findings(examined, severity=Severity.ERROR):
    found = examined.reading.findings.kept
    return [(one.check, one.line, one.message) for one in found if one.severity is severity]
