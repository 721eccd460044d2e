"""What the contract with an agency decides beside rates: how long a debt stays there, what may be forgone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.checks.base import Context
from hub.model import Disposition, Facts, Item, ItemState, Moment, Record, Taken
from hub.transfer.records import Snapshot
from plugins.debt_agency import returns
from plugins.debt_agency.feeds import PLACEMENT, RETURN
from plugins.debt_agency.pay_records import into_the_ledger
from tests.unit.debt_agency.receipts import PLANS, debt

DAY = date(2026, 3, 2)
US = {"council_id": "MIDBC", "agency_id": "ACMEDCA", "agency": "ACME"}


@pytest.mark.parametrize(("row", "day"), [({}, "2026-09-02"), ({"term_days": 90}, "2026-05-31")])
def test_a_debt_is_planned_to_be_taken_back_when_its_contract_says(row, day):
    options = PLACEMENT.options.model_validate({**US, "contract": [{**PLANS[0], **row}, PLANS[1]]})
    moment = Moment(datetime(2026, 3, 2, 16, tzinfo=UTC), DAY, "T")
    ctx = Context(options, Facts(DAY, records=Snapshot([])), "batch", moment)
    told = {"stage": 1, "debt_type": "FTA", "debt_from": "2025-06-02"}
    placed = Taken(
        "T.1", Item("PLACEMENT", 1, "100201", 2197_37, DAY, told), Disposition(ItemState.TAKEN, "7")
    )
    (move,) = PLACEMENT.leaves([placed], ctx)
    assert (move.data["placed_on"], move.data["planned_recall"]) == ("2026-03-02", day)


@pytest.mark.parametrize(
    ("percent", "left", "asked"),
    [(0, 1, True), (10, 219_73, False), (10, 219_74, True), (100, 2197_37, False)],
)
def test_a_settlement_beyond_what_the_agency_may_forgo_is_asked_about(percent, left, asked):
    rows = [{**PLANS[0], "settlement_percent": percent}]
    options = RETURN.options.model_validate({**US, "contract": rows})
    placement = debt("0001002013", balance=left)
    ctx = Context(options, Facts(DAY, records=Snapshot([placement])), "canonical")
    data = {"close_code": "SIF", "final_balance": left, "evidence_ref": None}
    one = Taken("T.1", Item("RETURN", 2, "0001002013", 0, DAY, data), Disposition(ItemState.NOTED, "7"))
    codes = [move.data.get("code") for move in returns.moves(one, ctx)]
    assert ("SETTLED_UNASKED" in codes) is asked


def given_back(invoice):
    accounts = ("bank_account", "offset_account", "control_account")
    ledger = {**{name: name.upper() for name in accounts}, "supplier_ref": "S4471", "cost_centre": None}
    lines = [{"text": "Commission", "net": -3_13, "vat": -63, "gross": -3_76}]
    data = {
        "ledger": {**ledger, "order_no": None}, "charged": -3_76, "invoice": invoice, "bank": 0,
        "deducted": -25_00, "cash": -25_00, "on": "2026-04-03", "due": "2026-05-03", "lines": lines,
    }  # fmt: skip
    return Record(kind="debt_remittance", key="ACME/REM-9", state="SETTLED", data=data)


def test_commission_that_is_given_back_is_the_agencys_credit_note():
    record = given_back("CN-1")
    credit, *journal = into_the_ledger(None, record, Facts())
    told = credit.item
    assert (credit.waits_as, told.reference, told.amount) == ("SUPPLIER_INVOICE", "CN-1", -3_76)
    assert {one.item.data["account"]: one.item.amount for one in journal} == {
        "OFFSET_ACCOUNT": -25_00,
        "CONTROL_ACCOUNT": 25_00,
    }
    assert list(into_the_ledger(record, replace(record, version=2), Facts())) == []


def test_a_credit_without_a_number_is_asked_for():
    task, *_ = into_the_ledger(None, given_back(None), Facts())
    assert task.title == "ACME/REM-9 gives back 3.76 and names no credit note: ask the agency for its number"
