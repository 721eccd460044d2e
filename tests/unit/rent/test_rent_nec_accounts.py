"""NEC's extract of revenue accounts fills the register."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hub.checks.base import Context
from hub.model import Account, Facts, Verdict
from hub.rent.accounts import ACCOUNTS, NEC, AccountOptions, account_rows
from hub.rent.codes import CodeMaps, parse_codes
from hub.rent.nec import REVENUE_ACCOUNT
from hub.rent.register import AccountRegister, accounts_in
from hub.transfer.examine import Examined, examine, judge
from tests.unit.rent.cash_files import TODAY

TYPES = "ate_code,account_type\nREN,MAIN\nSUS,SUSPENSE\nMW,MAJOR_WORKS\n"
CODES = CodeMaps({"nec_account_types": parse_codes(TYPES, "nec_account_types.csv")})
ROW = {
    "pay_ref": "9100001",
    "ate_code": "REN",
    "start_date": "06-APR-2020",
    "aun_code": "HRA",
    "tcy_alt_ref": "T0001",
    "check_digit": "G",
    "statement_bal": "-12.5",
    "alt_ref": "OLD1",
    "hb_claim_no": "90000012X",
    "account_no": "40154823",
    "account_name": "A TENANT",
    "sort_code": "000299",
}


def row(**values: str) -> str:
    cells = {field.name: "" for field in REVENUE_ACCOUNT.fields} | ROW | values
    return ",".join(cells.values())


def read(*rows: str, **options: Any) -> Examined:
    chosen = AccountOptions.model_validate({"account_types": "nec_account_types", **options})
    facts = Facts(today=TODAY, codes=CODES, register=AccountRegister([]))
    ctx = Context(chosen, facts, NEC)
    examined = examine(ACCOUNTS, io.BytesIO("\n".join([*rows, ""]).encode()), ctx)
    judge(examined, ctx, "t")
    return examined


def told(examined: Examined) -> list[tuple[str, int | None]]:
    return [(one.check, one.line) for one in examined.reading.findings.kept]


def register(*rows: str, **options: Any) -> dict[str, Account]:
    examined = read(*rows, **options)
    assert (examined.verdict, told(examined)) == (Verdict.ACCEPTED, [])
    return {one.payment_ref: one for one in accounts_in(account_rows(examined.items))}


def test_there_are_46_columns_as_the_supplier_says() -> None:
    assert len(REVENUE_ACCOUNT.fields) == 46
    assert ACCOUNTS.recognise(row().encode()) == NEC


def test_an_account_is_known_by_what_people_quote() -> None:
    account = register(row())["9100001G"]
    assert (account.tenancy_ref, account.rent_group, account.account_type) == ("T0001", "HRA", "MAIN")
    assert (account.balance, account.claim_ref, account.alt_refs) == (-1250, "90000012X", ("OLD1",))
    assert str(account.start_date) == "2020-04-06"
    assert register(row(), with_check_digit=False).keys() == {"9100001"}


@pytest.mark.parametrize(
    ("end", "status"), [("", "ACTIVE"), ("05-JUN-2030", "ENDED"), ("06-JUN-2030", "ACTIVE")]
)
def test_an_account_has_ended_once_its_last_day_has_come(end: str, status: str) -> None:
    assert register(row(end_date=end))["9100001G"].status == status


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"ate_code": "ODD"}, "E16"),
        ({"start_date": "2020-04-06"}, "E11"),
        ({"end_date": "05-APR-2020"}, "E20"),
        ({"pay_ref": ""}, "E13"),
        ({"statement_bal": "12,50"}, "E12"),
    ],
)
def test_a_bad_row_refuses_the_extract(values: dict[str, str], check: str) -> None:
    text = row(**values) if "," not in values.get("statement_bal", "") else row().replace("-12.5", '"12,50"')
    examined = read(row(pay_ref="9100002"), text)
    assert (check, 2) in told(examined)
    assert examined.verdict is Verdict.REJECTED


def test_the_landlords_check_digit_is_that_of_the_whole_reference() -> None:
    letter = {"engine": "letter", "digits": "7"}  # 9x8 + 1x7 + 1x2 = 81, 81 mod 11 = 4, 11 - 4 = 7: G
    assert told(read(row(), payment_reference=letter)) == []
    assert told(read(row(check_digit="H"), payment_reference=letter)) == [("E13", 1)]


def test_bank_details_stay_out_of_what_is_told() -> None:
    examined = read(row(account_name="A TENANT" * 9))
    assert told(examined) == [("E10", 1)]
    assert "TENANT" not in examined.reading.findings.kept[0].message
    assert all(not item.personal and "40154823" not in str(item.data) for item in read(row()).items)
