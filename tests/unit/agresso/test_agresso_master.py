"""The ledger's own lists (AGR09) and the rules of its accounts (AGR10), by the last copy of them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, Item, ItemState, Taken
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.journal import journals
from plugins.agresso.ledger_file import CHECKS
from plugins.agresso.master_checks import against_account_rules, copies_are_new, unknown_to_the_ledger
from plugins.agresso.master_data import moves
from plugins.agresso.settings import LedgerFileOptions, LedgerOptions
from tests.unit.agresso.kept import Kept
from tests.unit.agresso.worked import invoices

DAY = date(2026, 11, 2)


class Codes:
    """I2160 is STANDARD, which is S1; nothing else has a tax."""

    def value(self, name: str, code: str, on: date) -> str | None:
        return {"I2160": "STANDARD", "STANDARD": "S1", "20": "20"}.get(code)


def known(*rows: str, as_of: str = "2026-11-01") -> Kept:
    """The records of a copy, as rows of the master data bring them."""
    kept = Kept()
    ctx: Context[Any] = Context(LedgerOptions(), Facts(records=kept), "")
    for row in rows:
        kind, value, status, rule = (*row.split(","), "", "")[:4]
        data = {"client": "ZZ", "entry": kind, "value": value, "status": status or "N", "rule": rule}
        item = Item("MASTER_DATA", 1, value, 0, DAY, {**data, "as_at": as_of, "ext_ref": None})
        for move in moves(Taken("1", item, Disposition(ItemState.TAKEN)), ctx):
            kept.move(move)
    return kept


def context(kept: Kept) -> Context[Any]:
    options = LedgerOptions(client="ZZ", account_tax="of_accounts")
    return Context(options, Facts(today=DAY, codes=Codes(), records=kept), "")


def taken(account: str = "I2160") -> list[Taken]:
    data = {"account": account, "cost_centre": "HRA", "description": "x"}
    return [Taken("1", Item("JOURNAL", 1, "J1", 100, DAY, data), Disposition(ItemState.TAKEN))]


LISTS = ("ACCOUNT,I2160", "VOUCHER_TYPE,RJ", "TAX_CODE,S1", "DIMENSION,HRA,N,dim_1")


def unknown(*rows: str) -> list[str]:
    ctx = context(known(*rows))
    (one,) = journals(taken(), ctx)
    return [told.removeprefix("the ledger knows no active ") for told in unknown_to_the_ledger(one, ctx)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (LISTS, []),
        ((), []),
        (("ACCOUNT,I2160,C",), ["account I2160"]),
        (("ACCOUNT,I9999",), ["account I2160"]),
        (("VOUCHER_TYPE,XX",), ["voucher type RJ"]),
        (("VOUCHER_TYPE,RJ,C",), ["voucher type RJ"]),
        (("TAX_CODE,SO",), ["tax code S1"]),
        (("DIMENSION,GF,N,dim_1",), ["value HRA of dim_1"]),
        (("DIMENSION,HRA,C,dim_1",), ["value HRA of dim_1"]),
        (("DIMENSION,HRA,N,dim_2",), []),
        (("DIMENSION,GF,N,dim_1", "DIMENSION,HRA,N,dim_2"), ["value HRA of dim_1"]),
    ],
)
def test_what_the_last_copy_does_not_have_is_told(rows: tuple[str, ...], told: list[str]) -> None:
    assert unknown(*rows) == told


def test_by_an_old_copy_nothing_is_held_and_that_is_told() -> None:
    ctx = context(known("ACCOUNT,I9999", as_of="2026-10-20"))
    (one,) = journals(taken(), ctx)
    assert list(unknown_to_the_ledger(one, ctx)) == []
    (found,) = copies_are_new.run(taken(), ctx)
    assert "the copy of ACCOUNT is 13 days old" in found.message


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("MOOOOOO", []),
        ("BOOOOOO", ["account I2160 forbids dim_1, which is filled"]),
        ("MMOOOOO", ["account I2160 wants dim_2, which is blank"]),
        ("OOOOOOO S1", []),
        ("OOOOOOO R1", ["account I2160 has the tax code R1, and the line has S1"]),
        ("OOOOOOO -", ["account I2160 forbids a tax code, and the line has S1"]),
    ],
)
def test_a_rule_wants_forbids_and_fixes(rule: str, told: list[str]) -> None:
    ctx = context(known(f"ACCOUNT,I2160,N,{rule}"))
    (one,) = journals(taken(), ctx)
    assert list(against_account_rules(one, ctx)) == told


OF_A_FILE = (
    "ACCOUNT,I3100",
    "ACCOUNT,I3110",
    "ACCOUNT,I3120",
    "ACCOUNT,I3300",
    "ACCOUNT,B8900",
    "PAY_METHOD,IP",
    "CUSTOMER,900017",
    "CUSTOMER,800451",
)
OF_A_FILE += (
    "VOUCHER_TYPE,LI",
    "VOUCHER_TYPE,LC",
    "VOUCHER_TYPE,RR",
    "TAX_CODE,0",
    "TAX_CODE,SO",
    "TAX_CODE,S1",
)
OF_A_FILE += ("DIMENSION,LEASE,N,dim_1", "DIMENSION,BLK0042,N,dim_2")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"ACCOUNT,I3300": "ACCOUNT,I3300,C"}, ["AGR09 the ledger knows no active account I3300"]),
        ({"VOUCHER_TYPE,LC": "VOUCHER_TYPE,XX"}, ["AGR09 the ledger knows no active voucher type LC"] * 2),
        ({"TAX_CODE,S1": "TAX_CODE,S1,C"}, ["AGR09 the ledger knows no active tax code S1"] * 2),
        ({"DIMENSION,BLK0042,N,dim_2": "DIMENSION,BLK0042,C,dim_2"},
         ["AGR09 the ledger knows no active value BLK0042 of dim_2"] * 6),
        ({"PAY_METHOD,IP": "PAY_METHOD,CH"}, ["AGR22 the ledger knows no active payment method IP"] * 3),
        ({"CUSTOMER,800451": "CUSTOMER,800451,C"}, ["AGR09 the ledger knows no active customer 800451"]),
        ({"ACCOUNT,I3300": "ACCOUNT,I3300,N,MBOOOOO"},
         ["AGR10 account I3300 forbids dim_2, which is filled"]),
        ({"ACCOUNT,I3300": "ACCOUNT,I3300,N,MMMOOOO"}, ["AGR10 account I3300 wants dim_3, which is blank"]),
        ({"ACCOUNT,I3300": "ACCOUNT,I3300,N,MMOOOOO -"},
         ["AGR10 account I3300 forbids a tax code, and the line has S1"]),
    ],
)  # fmt: skip
def test_a_ready_made_file_is_checked_by_the_same_lists_and_rules(
    changed: dict[str, str], told: list[str]
) -> None:
    """Once for each line that differs in its codes; two AR lines of LC and LI are told each."""
    rows = (changed.get(row, row) for row in OF_A_FILE)
    ctx = Context(LedgerFileOptions(), Facts(today=DAY, records=known(*rows)), "gl07")
    found = examine(LEDGER_FILE, BytesIO(b"".join(written(invoices()))), ctx)
    lines = [Taken(str(item.line), item, Disposition(ItemState.TAKEN)) for item in found.items]
    told_of = [f"{one.id} {each.message}" for one in CHECKS for each in one.run(lines, ctx)]
    assert [one for one in told_of if not one.startswith("AGR15")] == told
