"""What a file of receipts is refused for, and where each receipt goes, without a store: records are laid out,
and the checks and the matching of the feed itself are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from hub.checks.base import Context
from hub.model import Facts, Severity
from hub.transfer.examine import examine
from plugins.debt_agency.pay_feed import PAYMENT
from tests.remitting import WORKED, Paid, Remitted, pay_file
from tests.unit.debt_agency.receipts import DEBTS, PLANS, debt, findings, held, judged, paid_before


def test_the_worked_remittance_is_sound():
    examined, taken = judged(WORKED)
    assert findings(examined) == []
    assert [one.disposition.state for one in taken] == ["TAKEN", "NOTED", "TAKEN", "TAKEN", "NOTED"]
    told = examined.tally.totals()
    assert [told[name] for name in ("count", "value", "direct", "commission", "vat", "bank")] == [
        *(4, "558.33", "50.00", "93.62", "18.72", "395.99")
    ]


def wrong(**changes):
    """The worked remittance with something changed in its first receipt."""
    first, *others = WORKED.paid
    return replace(WORKED, paid=[replace(first, **changes), *others])


@pytest.mark.parametrize(
    ("remitted", "check", "line", "says"),
    [
        (wrong(commission="12.51"), "DA-08", 2, "commission is 12.51: expected 12.50"),
        (wrong(vat="2.49"), "DA-08", 2, "commission_vat is 2.49: expected 2.50"),
        (wrong(net="85.01"), "DA-08", 2, "net_remitted is 85.01: expected 85.00"),
        (wrong(rate="0.1300"), "DA-08", 2, "the rate is 0.1300: expected 0.1250"),
        (replace(WORKED, bank="396.00"), "DA-08", 6, "bank_amount is 396.00, the lines come to 395.99"),
        (replace(WORKED, basis="G"), "DA-08", 6, "the contract settles on the basis N"),
        (wrong(gross="-100.00"), "DA-07", 2, "-100.00 is no amount of a PA"),
        (wrong(reverses="T-0001"), "DA-07", 2, "a PA names the receipt"),
        (wrong(day="2026-04-06"), "DA-PAY", 2, "received on 2026-04-06"),
        (wrong(day="1900-01-01"), "FIELD", 2, "receipt_date"),
        (wrong(placement="1002013"), "FIELD", 2, "opened in a spreadsheet it loses its leading zeros"),
        (wrong(txn="T-0001"), "DA-06", 2, "this txn_id came before with other content"),
        (wrong(txn="T-0004"), "DA-06", 4, "the txn_id of line 2 with other content"),
        (
            Remitted("REM-2026-04", [Paid("0001002021", "PAR", "-25.00", "0.1250", "T-9", "T-77")]),
            *("DA-07", 2, "no receipt with this txn_id is known here"),
        ),
        (
            Remitted("REM-2026-04", [Paid("0001002021", "PAR", "-25.01", "0.1250", "T-9", "T-0001")]),
            *("DA-07", 2, "takes back 25.01, and 25.00 is left of it"),
        ),
        (
            Remitted("REM-2026-04", [Paid("0001002021", "DPR", "-25.00", "0.1250", "T-9", "T-0001")]),
            *("DA-07", 2, "a DPR cannot take back a PA"),
        ),
        (replace(WORKED, ref="REM-2026-03"), "DA-PAY", 6, "remittance REM-2026-03 came before"),
    ],
)
def test_a_remittance_that_cannot_stand_is_refused_whole_with_what_was_expected(remitted, check, line, says):
    examined, _ = judged(remitted)
    told = [message for id, at, message in findings(examined) if (id, at) == (check, line)]
    assert any(says in message for message in told), findings(examined)


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"agency": "OTHER"}, "SUSPENDED", "UNKNOWN_PLACEMENT"),
        ({"state": "DRAFT"}, "SUSPENDED", "UNKNOWN_PLACEMENT"),
        ({"state": "REJECTED"}, "SUSPENDED", "UNKNOWN_PLACEMENT"),
        ({"balance": 100_00}, "TAKEN", None),
        ({"balance": 99_99}, "TAKEN", "OVERPAID: 0.01"),
        ({"state": "HELD", "hold": ("BSP", "2026-03-30")}, "TAKEN", None),
        ({"state": "HELD", "hold": ("BKR", "2026-04-01")}, "SUSPENDED", "HELD_BKR"),
        ({"state": "HELD", "hold": ("BKR", "2026-04-02")}, "TAKEN", None),
        ({"state": "HELD", "hold": ("IVA", "2026-03-01")}, "SUSPENDED", "HELD_IVA"),
        ({"state": "HELD", "hold": ("DRO", "2026-03-01")}, "SUSPENDED", "HELD_DRO"),
        ({"state": "HELD", "hold": ("FRD", "2026-03-30")}, "SUSPENDED", "HELD_FRD"),
        ({"state": "RECALLED", "closed": {"on": "2026-03-20"}}, "TAKEN", "LATE_AFTER_CLOSE"),
        ({"state": "CLOSED", "closed": {"on": "2026-01-01"}}, "TAKEN", "LATE_AFTER_CLOSE"),
        ({"state": "CLOSED", "closed": {"on": "2025-12-31"}}, "SUSPENDED", "TOO_LATE"),
    ],
)
def test_a_receipt_goes_to_its_debts_account_or_to_suspense(changes, state, reason):
    changes = dict(changes)
    hold = changes.pop("hold", None)
    records = [debt("0001002013", **changes), *([held("7001234501", *hold)] if hold else [])]
    paid = Paid("0001002013", "PA", "100.00", "0.1250", "T-1")
    examined, taken = judged(Remitted("REM-1", [paid]), records=records)
    assert findings(examined) == []
    found = taken[0].disposition
    assert (found.state, (found.reason or "").startswith(reason or "")) == (state, True), found.reason
    assert (found.account or found.candidates[:1] or None) in ("7001234501", ("7001234501",), None)


def test_the_route_says_under_which_holds_the_council_keeps_no_money():
    records = [debt("0001002013", state="HELD"), held("7001234501", "DRO", "2026-03-01")]
    paid = Remitted("REM-1", [Paid("0001002013", "PA", "100.00", "0.1250", "T-1")])
    for not_kept, state in ((["BKR"], "TAKEN"), (["BKR", "DRO"], "SUSPENDED")):
        _, taken = judged(paid, records=records, not_kept=not_kept)
        assert taken[0].disposition.state == state


def test_a_debt_that_was_never_placed_is_never_guessed():
    examined, taken = judged(Remitted("REM-1", [Paid("0001002047", "PA", "100.00", "0.1250", "T-1")]))
    assert (taken[0].disposition.state, taken[0].disposition.candidates) == ("SUSPENDED", ())
    assert [check for check, *_ in findings(examined, Severity.WARNING)] == ["DA-09"]


def test_what_takes_back_suspended_money_is_suspended_with_it():
    back = Paid("0001002021", "PAR", "-25.00", "0.1250", "T-9", "T-0001")
    records = [*map(debt, DEBTS), paid_before("T-0001", state="SUSPENDED")]
    _, taken = judged(Remitted("REM-1", [back]), records=records)
    assert taken[0].disposition.reason.startswith("ORIGINAL_SUSPENDED")


def test_an_overpayment_may_be_suspended_whole():
    _, taken = judged(
        Remitted("REM-1", [Paid("0001002021", "PA", "612.09", "0.1250", "T-1")]), overpaid="suspend"
    )
    assert (taken[0].disposition.state, taken[0].disposition.reason) == (
        "SUSPENDED",
        "OVERPAID: 0.01 more than is owed",
    )


def test_two_receipts_that_come_to_more_than_the_debt_are_told_at_the_second():
    both = [Paid("0001002021", "PA", "400.00", "0.1250", f"T-{n}") for n in (1, 2)]
    examined, taken = judged(Remitted("REM-1", both))
    assert [one.disposition.reason for one in taken[:2]] == [
        None,
        "OVERPAID: 187.92 more than is owed; the account comes into credit",
    ]
    assert [(check, line) for check, line, _ in findings(examined, Severity.WARNING)] == [("DA-BALANCE", 3)]


def test_direct_payments_that_the_agency_was_not_told_of_are_told():
    both = [Paid("0001002013", "DP", "50.00", "0.1250", f"T-{n}") for n in (1, 2)]
    examined, _ = judged(Remitted("REM-1", both), records=[debt("0001002013", direct=-75_00)])
    said = "the agency counts 100.00 paid to the council directly, and was told of 75.00"
    assert findings(examined, Severity.WARNING) == [("DA-BALANCE", 3, f"DIRECT_UNTOLD: {said}")]


def test_without_a_contract_table_the_rate_is_the_files_own():
    examined, _ = judged(Remitted("REM-1", [Paid("0001002013", "PA", "100.00", "0.2000", "T-1")]), plans=[])
    assert findings(examined) == []


def test_a_contract_that_says_nothing_of_a_receipt_refuses_it():
    late = [{**PLANS[0], "valid_to": "2026-03-31"}, PLANS[1]]
    examined, _ = judged(WORKED, plans=late)
    (first, *_) = findings(examined)
    assert first[:2] == ("DA-08", 2)
    assert "no row for plan P1, stage 1, FTA, 273 days old, on 2026-04-01" in first[2]


def test_a_remittance_that_charges_without_an_invoice_is_told():
    examined, _ = judged(replace(WORKED, invoice="", vat_number=""))
    assert [message for check, _, message in findings(examined, Severity.WARNING) if check == "DA-VAT"] == [
        "REM-2026-04 charges commission and leaves commission_invoice_no blank",
        "REM-2026-04 charges commission and leaves agency_vat_no blank",
    ]


def test_two_remittances_of_a_file_are_each_summed_by_themselves():
    one, two = (
        Remitted(f"REM-{n}", [Paid("0001002013", "PA", f"{n}0.00", "0.1250", f"T-{n}")]) for n in (1, 2)
    )
    examined, _ = judged(one, replace(two, bank="17.01"))
    assert findings(examined) == [("DA-08", 5, "REM-2: bank_amount is 17.01, the lines come to 17.00")]


def test_receipts_that_no_remittance_sums_up_refuse_the_file():
    lines = pay_file(12, WORKED).split(b"\r\n")
    spoiled = b"\r\n".join(line for line in lines if not line.startswith(b"M,"))
    ctx = Context(PAYMENT.options(), Facts(), "canonical")
    examined = examine(PAYMENT, BytesIO(spoiled), ctx)
    assert ("DA-PAY", 2, "no M line sums up the receipts from here on") in findings(examined)


def test_a_contract_of_which_two_rows_could_count_is_a_mistake_of_the_configuration():
    told = {"council_id": "MIDBC", "agency_id": "ACMEDCA", "contract": [PLANS[0], PLANS[0]]}
    with pytest.raises(ValueError, match="two rows of P1 count from 2026-01-01 on"):
        PAYMENT.options.model_validate(told)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ACMEDCA_PAY_MIDBC_20260405_000012.csv", None),
        ("ACMEDCA_PAY_MIDBC_20260405_000013.csv", "file_seq is 000012, and the name says 000013"),
        ("ACMEDCA_RTN_MIDBC_20260405_000012.csv", "file_kind is PAY, and the name says RTN"),
        ("OTHER_PAY_MIDBC_20260405_000012.csv", "sender_id is ACMEDCA, and the name says OTHER"),
        ("as somebody called it.csv", None),
    ],
)
def test_a_file_is_what_its_name_says(name, says):
    examined, _ = judged(WORKED, name=name)
    told = [message for check, _, message in findings(examined) if check == "DA-04"]
    assert told == ([says] if says else [])


@pytest.mark.parametrize(("minute", "refused"), [(50, False), (49, True)])
def test_a_file_is_made_at_most_ten_minutes_after_it_came(minute, refused):
    """It says that it was made on 5 April at 5 o'clock, Greenwich time."""
    examined, _ = judged(WORKED, came_at=datetime(2026, 4, 5, 4, minute, tzinfo=UTC))
    assert [check for check, *_ in findings(examined)] == (["DA-04"] if refused else [])
