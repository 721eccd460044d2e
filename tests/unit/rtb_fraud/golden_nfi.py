"""The golden exports for the NFI: which file is of which data set, and the options that read it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from hub.checks.base import Context
from hub.door.feed import Feed
from hub.model import Disposition, Facts, Item, ItemState, Moment, Rendered, Taken
from hub.transfer.examine import Examined, examine
from plugins.rtb_fraud.match_work import STATUS_SHEET, sheet
from plugins.rtb_fraud.nfi_extracts import (
    CREDITORS,
    FORMAT,
    OTHER,
    PAYMENTS,
    PAYROLL,
    RTB,
    TENANTS,
    WAITING_LIST,
)
from tests.golden.catalogue import COUNCIL_TAX

HERE = Path(__file__).parents[2] / "golden" / "rtb_fraud"
TODAY = date(2026, 10, 5)
CASES: dict[str, tuple[Feed, str, dict[str, object]]] = {
    "tenants": (
        TENANTS,
        "nfi_tenants.txt",
        {"lookups": {"tenancy_type": {"SEC": "secure", "INT": "introductory"}}},
    ),
    "rtb": (RTB, "nfi_rtb.csv", {"sources": {"home_phone": "Home telephone"}}),
    "waiting_list": (WAITING_LIST, "nfi_waiting_list.txt", {}),
    "creditors": (
        CREDITORS,
        "nfi_creditors.txt",
        {"lookups": {"creditor_type": {"COM": "company", "SOL": "sole trader"}}},
    ),
    "payments": (
        PAYMENTS,
        "nfi_payments.txt",
        {"lookups": {"payment_method": {"BACS": "direct credit", "CHQ": "cheque"}}},
    ),
    "payroll": (PAYROLL, "nfi_payroll.txt", {}),
    "council_tax": (OTHER, "nfi_council_tax.txt", COUNCIL_TAX),
}


def context(dataset: str) -> Context:
    feed, _, options = CASES[dataset]
    moment = Moment(datetime(2026, 10, 5, 9, tzinfo=UTC), TODAY, "t1", {"file": 1})
    return Context(feed.options.model_validate(options), Facts(today=TODAY), FORMAT, moment)


def read(dataset: str, data: bytes | None = None) -> Examined:
    feed, name, _ = CASES[dataset]
    data = (HERE / name).read_bytes() if data is None else data
    return examine(feed, BytesIO(data), context(dataset))


def write(dataset: str, output: str = "extract") -> Rendered:
    """What leaves of the golden export."""
    feed, name, _ = CASES[dataset]
    out, ctx = feed.output(output), context(dataset)
    carried = [Taken("i1", item, Disposition(ItemState.TAKEN)) for item in read(dataset).items]
    if out.rewrite is not None:
        return out.rewrite(BytesIO((HERE / name).read_bytes()), carried, ctx)
    assert out.write is not None
    return out.write(carried, ctx)


def status_sheet() -> Rendered:
    """The status sheet of two matches, one of them decided twice."""
    told = {"cycle": "2026/27", "report_no": "101", "closed_at": None}
    said = [
        {"match_id": "M0001", "status": "OPENED"},
        {"match_id": "M0002", "status": "NOT_SELECTED"},
        {
            "match_id": "M0001",
            "status": "CLOSED_FRAUD",
            "outcome": "FRAUD_TENANCY_RECOVERED",
            "value_prevented": 9_300_000,
            "recovering": "N",
            "closed_at": "2027-02-01",
        },
    ]
    items = [
        Item("NFI_STATUS", 0, f"2026/27:101:{one['match_id']}", 0, TODAY, {**told, **one}) for one in said
    ]
    carried = [Taken(f"i{n}", item, Disposition(ItemState.TAKEN)) for n, item in enumerate(items)]
    moment = Moment(datetime(2027, 2, 1, 16, tzinfo=UTC), date(2027, 2, 1), "t1")
    return sheet(carried, Context(STATUS_SHEET.options(), Facts(), "batch", moment))
