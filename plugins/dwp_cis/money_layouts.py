"""The layouts of Universal Credit money: what is paid to the landlord direct, and what is deducted for
arrears.

Source: formats page dwp_cis.md, sections 8.1 and 8.2. **Both are this project's own**: neither the portal's
export nor the schedule is published. Columns are found by name, and a route's `columns` say what a
council's file calls them.
"""

from __future__ import annotations

from hub.api import Code, Day, Digits, Layout, Literal, Matching, Pounds, Table, column

APA, TPD = "uc-apa-csv1", "dwp-tpd-csv1"
DAY, POUNDS = Day("%Y-%m-%d"), Pounds()
MPTL, BOTH, RECALL = "MPTL", "BOTH", "RECALL"


def _text(most: int) -> Matching:
    return Matching(rf"[^\x00-\x1f\x7f-\x9f]{{0,{most}}}", f"text of up to {most} characters")


PAYMENT = Layout(
    "payment",
    (
        column("creditor_ref", _text(20), note="the landlord's number at DWP (CRN)"),
        column("schedule_ref", _text(20), required=False),
        column("payment_date", DAY, note="when the money should reach the bank"),
        column("bank_ref", _text(18), required=False),
        column("tenancy_ref", _text(24), required=False, note="as held at DWP"),
        column("nino", _text(13), required=False, personal=True),
        column("surname", _text(35), personal=True),
        column("forename", _text(70), required=False, personal=True),
        column("postcode", _text(8), required=False, personal=True),
        column("housing_amount", POUNDS),
        column("arrears_amount", POUNDS),
        column("total_amount", POUNDS),
        column("period_start", DAY, required=False),
        column("period_end", DAY, required=False),
        column("payment_type", Code(MPTL, "TPD", BOTH)),
    ),
)
PAYMENT_TOTAL = Layout(
    "payment total",
    (
        column("record", Literal("#TOTAL")),
        column("count", Digits()),
        column("housing", POUNDS),
        column("arrears", POUNDS),
        column("total", POUNDS),
    ),
    tag="#TOTAL",
)
DEDUCTION = Layout(
    "deduction",
    (
        column("creditor_no", _text(20)),
        column("schedule_no", _text(20)),
        column("schedule_date", DAY),
        column("benefit", Code("UC", "IS", "JSA", "ESA", "PC")),
        column("nino", _text(13), required=False, personal=True),
        column("surname", _text(35), personal=True),
        column("initials", _text(10), required=False, personal=True),
        column("customer_ref", _text(24), required=False),
        column("deduction_type", Code("RENT_ARREARS", "SERVICE", "FUEL", "WATER", "OTHER")),
        column("period_from", DAY, required=False),
        column("period_to", DAY, required=False),
        column("amount", POUNDS),
        column("line_type", Code("PAYMENT", RECALL)),
    ),
)
DEDUCTION_TOTAL = Layout(
    "deduction total",
    (column("record", Literal("#TOTAL")), column("count", Digits()), column("amount", POUNDS)),
    tag="#TOTAL",
)
PAYMENTS_TABLE = Table(PAYMENT, total=PAYMENT_TOTAL)
DEDUCTIONS_TABLE = Table(DEDUCTION, total=DEDUCTION_TOTAL)
