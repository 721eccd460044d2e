"""The month's end: each voucher with what became of it, what moved each account, and what is received and not
invoiced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import ItemState, Record, Reported, ReportedItem
from plugins.agresso.month_end import REPORTS, accruals, movements, vouchers
from plugins.agresso.rent_control import REPORTS as REPORTS_OF_RENTS
from plugins.agresso.reports import lines

FIRST, LAST, DAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 4)


def item(key: str, kind: str, reference: str, amount: int, on: date = DAY, **data: Any) -> ReportedItem:
    return ReportedItem(
        id=key, feed="", kind=kind, reference=reference, amount=amount, on=on, state=ItemState.SENT,
        account=None, reason=None, data=data, route=None, came=None,
    )  # fmt: skip


def said(key: str, status: str, amount: int, **data: Any) -> ReportedItem:
    told = {"trans_type": "GL", "ext_ref": key, "ext_inv_ref": None, "status": status, "error_text": None}
    told |= {"agresso_voucher_no": "26004411" if status == "POSTED" else None, "period": "202608"}
    return item("f", "LEDGER_POSTING", key, amount, **{**told, **data})


READY = {"batch_id": "B", "voucher_type": "RJ", "voucher_no": "1"}
SENT = (
    item("1", "JOURNAL", "J1", 1000, account="B1000"),
    item("2", "JOURNAL", "J1", -1000, account="I2100"),
    item("3", "JOURNAL", "J2", 500, on=date(2026, 11, 9), account="B1900"),
    item("4", "JOURNAL", "J2", -500, on=date(2026, 11, 9), account="B1000"),
    item("5", "INVOICE", "LSC1", 700),
    item("6", "WRITE_OFF", "W1", -30),
    item("7", "LEDGER_LINE", "S/1", 90, account="B1000", ext_ref="S/1", trans_type="GL", **READY),
    item("8", "JOURNAL", "J0", 1, on=date(2026, 10, 31), account="B1000"),
)
TOLD = (
    said("1", "POSTED", 1005),
    said("2", "POSTED", -1000),
    said("3", "POSTED", 500),
    said("None", "POSTED", 700, trans_type="AR", ext_ref=None, ext_inv_ref="LSC1"),
    said("6", "REJECTED", -30),
    said("S/1", "POSTED", 90),
)


def reported(records: Mapping[str, Any] | None = None) -> Reported:
    return Reported(FIRST, LAST, LAST, [*SENT, *TOLD], records or {})


def test_feedback_without_our_key_finds_the_document_and_a_sources_own_key_its_line() -> None:
    assert {row["reference"]: row["outcome"] for row in lines(reported())} == {
        "J1": "POSTED", "J2": "UNKNOWN", "LSC1": "POSTED", "W1": "REJECTED", "S/1": "POSTED",
    }  # fmt: skip


def test_each_voucher_is_posted_amended_rejected_or_not_reconciled_and_the_total_is_theirs() -> None:
    told = [
        (row["reference"], row["outcome"], row["sent"], row["posted"], row["unknown"])
        for row in vouchers(reported())
    ]
    assert told == [
        ("J1", "AMENDED", 1000, 1005, "0"),
        ("J2", "UNRECONCILED", 500, 500, "1"),
        ("LSC1", "POSTED", 700, 700, "0"),
        ("W1", "REJECTED", -30, 0, "0"),
        ("B/RJ/1", "POSTED", 90, 90, "0"),
        ("", "UNRECONCILED", 2260, 2295, "1"),
    ]


def test_an_account_is_moved_by_week_and_kind_and_in_all() -> None:
    told = [row for row in movements(reported()) if row["account"] == "B1000"]
    assert [
        (str(row["week"]), row["kind"], row["sent"], row["difference"], row["unknown"]) for row in told
    ] == [
        ("2026-11-02", "JOURNAL", 1000, 5, "0"),
        ("2026-11-02", "LEDGER_LINE", 90, 0, "0"),
        ("2026-11-09", "JOURNAL", -500, 500, "1"),
        ("None", "TOTAL", 590, 505, "1"),
    ]


READY_MADE = {"LEDGER_LINE/B1000": "CONTROL", "LEDGER_LINE/I2100": "BENEFIT"}
ACCOUNTS = READY_MADE | {
    "B1000": "CONTROL",
    "I2100": "CHARGES",
    "B1900": "CASH",
    "DEBTORS": "CONTROL",
    "BANK:1": "CASH",
}


def control(*balances: tuple[str, int]) -> list[tuple[Any, ...]]:
    """Beside the journals, entries that the hub has booked, and a debt of the sales ledger."""
    more = (
        item("20", "LEDGER_ENTRY", "E1", 40, side="BANK", which="1"),
        item("21", "LEDGER_ENTRY", "E1", -40, side="DEBTORS"),
        item("22", "WRITE_OFF", "W2", -9, invoice_no="LSC1"),
        item("23", "JOURNAL", "J3", 8, account="I9999"),
        item("24", "JOURNAL", "J3", -8, account="I2100"),
        item("25", "LEDGER_LINE", "S/2", -60, account="I2100", ext_ref="S/2", trans_type="GL", **READY),
    )
    records = {
        "agresso_movement": [
            Record(kind="agresso_movement", key=key, state="KNOWN", data={"movement": what})
            for key, what in ACCOUNTS.items()
        ],
        "rent_balance": [
            Record(kind="rent_balance", key=day, state="TOLD", data={"pence": pence})
            for day, pence in balances
        ],
    }
    made = Reported(FIRST, LAST, LAST, [*SENT, *more, *TOLD], records)
    return [
        (row["what"], row["sent"], row["posted"], row["difference"])
        for report in REPORTS_OF_RENTS
        for row in report.rows(made)
    ]


def test_the_rent_debtors_control_opens_moves_and_closes_beside_the_rent_systems_balance() -> None:
    """J1 charges 10.00, J2 and E1 are cash of 5.00 and 0.40, W1 writes 0.30 off; J3 does not touch it. A
    ready-made voucher, whose lines have keys of their own, is benefit of 0.60 by the ledger's accounts."""
    assert control(("2026-10-30", 700), ("2026-10-31", 5000), ("2026-11-30", 5435)) == [
        ("OPENING", 5000, 5000, 0),
        ("CHARGES", 1000, 1000, 0),
        ("CASH", -540, -500, 40),
        ("BENEFIT", 60, 0, -60),
        ("WRITE_OFFS", -30, 0, 30),
        ("REFUNDS", 0, 0, 0),
        ("CLOSING", 5490, 5500, 10),
        ("RENT_LEDGER", 5435, None, -55),
    ]


def test_without_a_balance_from_before_there_is_neither_opening_nor_closing() -> None:
    told = {what: (sent, difference) for what, sent, _, difference in control(("2026-11-30", 5435))}
    assert (told["OPENING"], told["CLOSING"]) == ((None, None), (None, None))
    assert (told["CHARGES"], told["RENT_LEDGER"]) == ((1000, 0), (5435, None))


def test_a_row_without_any_key_of_ours_is_joined_by_what_it_answers() -> None:
    answer = replace(said("9", "POSTED", -500, ext_ref=None), answers="4")
    told = list(movements(Reported(FIRST, LAST, LAST, [*SENT, *TOLD, answer], {})))
    assert [row["posted"] for row in told if (row["account"], row["kind"]) == ("B1000", "TOTAL")] == [595]


def test_every_row_fits_its_table() -> None:
    told = reported({"agresso_order": [], "agresso_movement": [], "rent_balance": []})
    for report in (*REPORTS, *REPORTS_OF_RENTS):
        for row in report.rows(told):
            assert report.layout.texts(row)


def test_what_was_received_and_is_not_invoiced_is_accrued() -> None:
    lines = {
        "1": {"ordered": 184000, "ordered_qty": "1", "received_qty": "0", "invoiced": 20000},
        "2": {"ordered": 5000, "ordered_qty": "2", "received_qty": "2", "invoiced": 5000},
    }
    data = {"supplier": "700123", "lines": lines, "receipts": {"GR1": {"line": "1", "net": 46000}}}
    order = Record(kind="agresso_order", key="45000017", state="OPEN", data=data)
    (row,) = accruals(reported({"agresso_order": [order]}))
    assert (row["order_id"], row["line_no"], row["accrual"]) == ("45000017", "1", 26000)
