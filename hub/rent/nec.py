"""Record layouts of NEC Housing's load files (rent system interface, 2.3 and 2.7).

Columns and widths are those of the supplier's load kit for 5.x to 6.18, which is for taking data over. How
one council's day-to-day interface is set up is not published: what differs is configurable. Amounts are two
unsigned columns, debit and credit; dates are `DD-MON-YYYY`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.formats.delimited import Delimited
from hub.formats.layout import Field, Layout, column
from hub.formats.types import FIRST_YEAR, FieldType, Matching
from hub.model import format_pounds
from hub.rent.canonical import text_up_to
from hub.rent.receipts import Quoted

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class NamedDay(Matching):
    """A real calendar date as `DD-MON-YYYY`, months in English capitals whatever the machine's language."""

    def __init__(self) -> None:
        months = "|".join(_MONTHS)
        super().__init__(f"[0-9]{{2}}-(?:{months})-[0-9]{{4}}", "a date as DD-MON-YYYY, such as 04-JUN-2030")

    def sound(self, text: str) -> bool:
        try:
            return self.read(text).year >= FIRST_YEAR
        except ValueError:
            return False

    def read(self, text: str) -> date:
        day, month, year = text.split("-")
        return date(int(year), _MONTHS.index(month) + 1, int(day))

    def _text(self, value: Any) -> str:
        if not isinstance(value, date):
            raise self._refusal()
        return f"{value.day:02d}-{_MONTHS[value.month - 1]}-{value.year:04d}"


class NecPounds(Matching):
    """Pounds with up to two decimals, as pence inside: a number of width 11,2.

    signed: whether a minus may lead (balances); amounts have a column for each side instead
    """

    def __init__(self, *, signed: bool = False) -> None:
        self.signed = signed
        told = "pounds below 1,000,000,000" if signed else "pounds below 1,000,000,000 without a sign"
        super().__init__(rf"{'-?' if signed else ''}[0-9]{{1,9}}(?:\.[0-9]{{1,2}})?", told)

    def read(self, text: str) -> int:
        whole, _, part = text.partition(".")
        pence = int(whole.removeprefix("-") + part.ljust(2, "0"))
        return -pence if whole.startswith("-") else pence

    def _text(self, value: Any) -> str:
        if not isinstance(value, int) or (value < 0 and not self.signed):
            raise self._refusal()
        return format_pounds(value)


class Number(Matching):
    """A whole number of so many digits."""

    def __init__(self, digits: int) -> None:
        super().__init__(f"[0-9]{{1,{digits}}}", f"a whole number of up to {digits} digits")

    def read(self, text: str) -> int:
        return int(text)

    def _text(self, value: Any) -> str:
        if not isinstance(value, int):
            raise self._refusal()
        return str(value)


REFERENCE = Matching(r"[A-Z0-9/\-]{1,25}", expected="a reference of up to 25 capitals, digits, / and -")
DAY, AMOUNT = NamedDay(), NecPounds()


def _optional(name: str, kind: FieldType, check: str = "E10") -> Field:
    return column(name, kind, required=False, check=check)


def _text(name: str, width: int, *, personal: bool = False) -> Field:
    return column(name, text_up_to(width), required=False, check="E10", personal=personal)


TRANSACTION = Layout(
    "nec transaction",
    (
        _optional("date", DAY, "E11"),
        column("pay_ref", Quoted(REFERENCE), check="HDL117"),
        column("effective_date", DAY, check="E11"),
        _text("statement_ind", 1),
        column("trt_code", text_up_to(10), check="HDL130"),
        _text("trs_code", 10),
        _text("pmy_code", 10),
        _text("balance_ind", 1),
        *(_optional(name, AMOUNT, "E12") for name in ("dr", "cr", "vat_dr", "vat_cr")),
        _optional("payment_date", DAY, "E11"),
        _text("hde_claim_no", 25),
        _text("external_ref", 25),
        _optional("balance_year", Number(4), "HDL146"),
        _optional("balance_period", Number(2), "HDL147"),
        _text("summarise_ind", 1),
        _text("text", 240),
        _optional("debit_effective_date", DAY, "E11"),
        _text("susp_pay_ref", 25),
        _text("ext_description", 25),
        _text("clin_invoice_ref", 25),
        _text("allocate_to_clin", 1),
    ),
)
TRANSACTIONS = Delimited((TRANSACTION,), encoding="cp1252", structure="E10")

_BANK = (("bank_name", 35), ("account_no", 30), ("account_name", 35), ("sort_code", 30), ("branch_name", 30))
REVENUE_ACCOUNT = Layout(
    "nec revenue account",
    (
        column("pay_ref", REFERENCE, check="E13"),
        column("ate_code", text_up_to(10), check="E16"),
        _text("class_code", 10),
        column("start_date", DAY, check="E11"),
        column("aun_code", text_up_to(20), check="E16"),
        _text("tcy_alt_ref", 30),
        _text("report_pro_refno", 25),
        _text("ade_code", 10),
        _text("par_alt_ref", 20),
        _text("check_digit", 1),
        _optional("debit_to_date", DAY, "E11"),
        _optional("statement_to_date", DAY, "E11"),
        _optional("statement_bal", NecPounds(signed=True), "E12"),
        _text("alt_ref", 25),
        _optional("end_date", DAY, "E11"),
        _text("hb_claim_no", 25),
        _optional("review_date", DAY, "E11"),
        _optional("next_bal_date", DAY, "E11"),
        _text("epo_code", 8),
        *(_text(f"{name}_ind", 1) for name in ("recoverable", "vat", "dispute", "suspend_statement")),
        _text("pmy_code", 2),
        _optional("pme_start_date", DAY, "E11"),
        _text("ppc_code", 10),
        _text("first_dd_taken_ind", 1),
        *(_text(name, width, personal=True) for name, width in _BANK),
        _optional("bad_start_date", DAY, "E11"),
        _text("landlord_bank_account", 30),
        _text("par_org_ind", 1),
        _text("payer_ref", 20),
        _text("pct_amount", 12),
        _text("pct_percentage", 9),
        _text("bty_code", 4),
        _text("day_due", 2),
        *(_text(f"lease_key_{number}", 30) for number in (1, 2, 3)),
        *(_text(f"second_language_name_{number}", 80, personal=True) for number in (1, 2)),
        _text("res_ind", 1),
    ),
)
REVENUE_ACCOUNTS = Delimited((REVENUE_ACCOUNT,), encoding="cp1252", structure="E10")
COLUMNS = len(REVENUE_ACCOUNT.fields)
"""46."""
