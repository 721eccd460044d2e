"""NEC's load file: its loader's numbered rules, read as checks and written as refusals."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.model import Account, Facts, RentTransaction, Verdict
from hub.rent.calendar import MONTHLY, RentCalendar, RentGroup, RentYears
from hub.rent.codes import CodeMaps, parse_codes
from hub.rent.nec import TRANSACTION
from hub.rent.nec_rules import RULES
from hub.rent.nec_transactions import NEC_LOAD, NEC_TRANSACTIONS, NecLoadOptions, NecOptions
from hub.rent.register import AccountRegister
from hub.transfer.examine import Examined, examine, judge
from tests.unit.rent.cash_files import MOMENT, TODAY
from tests.unit.rent.test_rent_profiles import CREDIT, UNPAID

NAMES = [field.name for field in TRANSACTION.fields]
PAGE = (
    "04-JUN-2030,1900000011,04-JUN-2030,Y,PAY,PPT,PP,N,,112.35,,,04-JUN-2030,,RB20300604-000001,,,N,"
    "PAYPOINT 0001,,,,,"
)
"""The example of the interface page."""

KNOWN = {
    "subtypes": {"PAY": ("PPT", "UNP")},
    "needs_subtype": ("PAY",),
    "payment_methods": ("PP", "DD"),
    "liability_groups": ("LSC",),
    "balance_periods_from": "2009-04-06",
    "balance_periods_to": "2031-04-06",
    "invoices": "nec_invoices",
}
CODES = CodeMaps(
    {
        "nec_types": parse_codes("type,nec\nRPY,PAY/PPT/PP\nRDN,PAY/UNP/DD\nODD,PAY\n", "n.csv"),
        "nec_invoices": parse_codes("invoice,pay_ref\nI1,1900000011\n", "i.csv"),
    }
)
CALENDAR = RentCalendar(groups={"HRA": RentGroup("HRA"), "LSC": RentGroup("LSC", periods=MONTHLY)})
DEBIT = {
    "trt_code": "DRS",
    "trs_code": "",
    "pmy_code": "",
    "dr": "98.20",
    "cr": "",
    "effective_date": "03-JUN-2030",
}


def row(**values: str) -> str:
    """The page's row with other values in some columns."""
    cells = dict(zip(NAMES, PAGE.split(","), strict=True))
    return ",".join({**cells, **values}.values())


def load(*rows: str, calendar: RentCalendar = CALENDAR, **options: Any) -> Examined:
    chosen = NecLoadOptions.model_validate({"control": "none", **KNOWN, **options})
    register = AccountRegister([Account("1900000011"), Account("LEASE1", rent_group="LSC")])
    facts = Facts(today=TODAY, register=register, rent_calendar=calendar, codes=CODES)
    ctx = Context(chosen, facts, "nec-transactions")
    examined = examine(NEC_LOAD, io.BytesIO("\n".join([*rows, ""]).encode()), ctx)
    judge(examined, ctx, "t")
    return examined


def told(examined: Examined) -> list[tuple[str, int | None]]:
    return [(one.check, one.line) for one in examined.reading.findings.kept if one.check != "CONTROL"]


def test_the_pages_row_is_taken() -> None:
    examined = load(PAGE)
    assert (examined.verdict, told(examined)) == (Verdict.ACCEPTED, [])
    assert examined.tally.totals() == {"count": 1, "value": "112.35", "dr": "0.00", "cr": "112.35"}
    assert [item.amount for item in examined.items] == [-11235]


BROKEN: dict[str, list[dict[str, str]]] = {
    "HDL117": [{"pay_ref": "1900000012"}],
    "HDL130": [{"trt_code": "ZZZ", "trs_code": ""}],
    "HDL131": [{"trs_code": ""}],
    "HDL132": [{"trs_code": "XXX"}],
    "HDL133": [{"pmy_code": "XX"}],
    "HDL137": [DEBIT | {"effective_date": "04-JUN-2030"}],
    "HDL973": [DEBIT | {"effective_date": "04-JUN-2030", "debit_effective_date": "05-JUN-2030"}],
    "HDL029": [
        DEBIT | {"pay_ref": "LEASE1"},
        DEBIT | {"pay_ref": "LEASE1", "debit_effective_date": "02-JUN-2030"},
    ],
    "HDL171": [{"effective_date": "07-APR-2031"}],
    "HDL95": [DEBIT | {"dr": ""}],
    "HDL138": [{"cr": ""}],
    "HDL139": [{"dr": "1.00"}],
    "HDL140": [{"vat_dr": "1.00", "vat_cr": "1.00", "cr": "", "trt_code": "DRS", **DEBIT}],
    "HDL141": [DEBIT | {"vat_cr": "1.00"}],
    "HDL142": [{"vat_dr": "1.00"}],
    "HDL143": [{"balance_ind": "Y"}],
    "HDL144": [{"balance_year": "2031"}],
    "HDL145": [{"balance_period": "10"}],
    "HDL146": [{"balance_year": "1999", "balance_period": "10"}],
    "HDL147": [
        {"balance_year": "2030", "balance_period": "53"},
        {"balance_year": "2030", "balance_period": "0"},
        {"balance_year": "2031", "balance_period": "54"},
        {"pay_ref": "LEASE1", "balance_year": "2030", "balance_period": "13"},
    ],
    "HDL175": [DEBIT | {"susp_pay_ref": "19X"}],
    "HD1-223": [{"effective_date": "04-JUN-2010"}],
    "HD2-891": [{"clin_invoice_ref": "I1", "allocate_to_clin": "Y", "trt_code": "HBS", "trs_code": ""}],
    "HD2-893": [{"clin_invoice_ref": "I2", "allocate_to_clin": "N"}],
    "HD2-892": [{"clin_invoice_ref": "I1"}, {"allocate_to_clin": "X"}],
}
CASES = [(rule, values) for rule, some in BROKEN.items() for values in some]


@pytest.mark.parametrize(("rule", "values"), CASES, ids=[rule for rule, _ in CASES])
def test_each_rule_of_the_loader_is_found_under_its_number(rule: str, values: dict[str, str]) -> None:
    examined = load(PAGE, row(**values))
    assert (rule, 2) in told(examined)
    assert all(line == 2 for _, line in told(examined))
    assert examined.verdict is Verdict.REJECTED


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in RULES} == BROKEN.keys() - {"HDL117"}


SOUND = {
    "a debit on a Monday": DEBIT,
    "a month's debit of a leaseholder": DEBIT | {"pay_ref": "LEASE1", "effective_date": "01-JUN-2030"},
    "month 12": {"pay_ref": "LEASE1", "balance_year": "2030", "balance_period": "12"},
    "the last day that NEC has a period for": {"effective_date": "06-APR-2031"},
    "a debit of nothing": DEBIT | {"dr": "0"},
    "a debit with its own debit date": DEBIT
    | {"effective_date": "04-JUN-2030", "debit_effective_date": "03-JUN-2030"},
    "week 53 of a long year": {"balance_year": "2031", "balance_period": "53"},
    "19 years ago": {"effective_date": "05-JUN-2011"},
    "to suspense": {"susp_pay_ref": "19X"},
    "with an invoice": {"clin_invoice_ref": "I1", "allocate_to_clin": "N"},
    "VAT on its own side": {"vat_cr": "1.00"},
    "whole pounds": {"cr": "112"},
    "no accounting date": {"date": ""},
}


@pytest.mark.parametrize("values", SOUND.values(), ids=SOUND.keys())
def test_what_the_loader_takes_is_taken(values: dict[str, str]) -> None:
    assert told(load(row(**values))) == []


def test_periods_are_those_of_the_landlords_own_calendar() -> None:
    """Here the year 2031 starts a week late, so that 2030 has the 53 weeks."""
    late = RentCalendar(RentYears({2031: date(2030, 4, 8)}), CALENDAR.groups)
    assert told(load(row(balance_year="2030", balance_period="53"), calendar=late)) == []
    assert told(load(row(balance_year="2031", balance_period="53"), calendar=late)) == [("HDL147", 1)]


def test_what_only_necs_own_tables_tell_is_told_as_not_checked() -> None:
    examined = load(PAGE, liability_groups=(), balance_periods_to=None, invoices=None)
    assert {"HDL029", "HDL171", "HD2-893"} <= set(examined.reading.not_checked)


def test_codes_that_the_council_does_not_name_are_not_held_against_a_row() -> None:
    values = {"trs_code": "ANY", "pmy_code": "AN"}
    assert told(load(row(**values), subtypes={}, needs_subtype=[], payment_methods=None)) == []


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"effective_date": "31-JUN-2030"}, "E11"),
        ({"effective_date": "04-JUN-0006"}, "E11"),
        ({"effective_date": "04-Jun-2030"}, "E11"),
        ({"effective_date": "04/06/2030"}, "E11"),
        ({"cr": "-112.35"}, "E12"),
        ({"cr": "112.355"}, "E12"),
        ({"text": "x" * 241}, "E10"),
    ],
)
def test_a_bad_field_refuses_the_file(values: dict[str, str], check: str) -> None:
    assert told(load(row(**values)))[0] == (check, 1)


def test_its_totals_are_agreed_by_a_person_or_set() -> None:
    assert load(PAGE, control="hold").verdict is Verdict.HELD
    assert load(PAGE, control="hold", expected_count=1, expected_total="112.35").verdict is Verdict.ACCEPTED
    assert load(PAGE, control="hold", expected_count=1, expected_total="112.34").verdict is Verdict.REJECTED


def written(*postings: RentTransaction, **options: Any) -> list[list[str]]:
    moment = replace(MOMENT, numbers={"nec_batch": 1})
    ctx = Context(NecOptions.model_validate({**KNOWN, **options}), Facts(codes=CODES), "", moment)
    rendered = NEC_TRANSACTIONS.write(postings, ctx)
    assert rendered.name == "DL_HRA_TRANSACTIONS_FH20300604-000001.csv"
    return [line.split(",") for line in rendered.data.decode().splitlines()]


def test_a_posting_becomes_a_row_with_its_money_on_one_side() -> None:
    paid, unpaid = (dict(zip(NAMES, cells, strict=True)) for cells in written(CREDIT, UNPAID))
    assert (paid["dr"], paid["cr"], unpaid["dr"], unpaid["cr"]) == ("", "112.35", "98.20", "")
    assert (paid["trt_code"], paid["trs_code"], paid["pmy_code"]) == ("PAY", "UNP", "DD")
    assert (paid["date"], paid["effective_date"], paid["payment_date"]) == (
        "05-JUN-2030",
        "05-JUN-2030",
        "04-JUN-2030",
    )


def test_what_is_written_passes_the_loaders_rules() -> None:
    rows = [",".join(cells) for cells in written(replace(CREDIT, payment_ref="1900000011", type_code="RPY"))]
    assert told(load(*rows)) == []


def test_every_type_without_a_meaning_is_named_and_nothing_is_written() -> None:
    odd = [replace(CREDIT, type_code=code) for code in ("RPY", "RCP", "ODD", "")]
    with pytest.raises(CannotRender, match=r"nec_types says of \(none\), ODD, RCP nothing .*\(E16\)"):
        written(*odd)


@pytest.mark.parametrize(
    ("posting", "rule"),
    [
        (replace(CREDIT, post_date=date(2010, 6, 4)), "HD1-223"),
        (replace(UNPAID, type_code="RPY"), None),
        (replace(CREDIT, type_code="RDN", payment_ref="19X 1"), "pay_ref"),
        (replace(CREDIT, narrative="x" * 241), "text"),
    ],
)
def test_a_posting_that_the_loader_would_refuse_is_not_written(
    posting: RentTransaction, rule: str | None
) -> None:
    if rule is None:
        assert written(posting)
        return
    with pytest.raises(CannotRender, match=rule):
        written(posting)


def test_rules_are_refusals_by_number_when_written() -> None:
    with pytest.raises(CannotRender, match=r"T2: HDL132: UNP is no subtype .*; .*T1: HDL133|HDL132.*HDL133"):
        written(CREDIT, subtypes={"PAY": ("PPT",)}, payment_methods=("PP",))


def test_what_goes_to_the_suspense_account_names_its_original() -> None:
    out = replace(UNPAID, kind="TRANSFER", payment_ref="SUS1", original_payment_ref="19X")
    pair = (out, replace(out, payment_ref="1900000011", amount=-9820))
    first, second = (
        dict(zip(NAMES, cells, strict=True)) for cells in written(*pair, suspense_account="SUS1")
    )
    assert (first["susp_pay_ref"], second["susp_pay_ref"]) == ("19X", "")


def test_an_external_reference_keeps_its_end() -> None:
    (cells,) = written(replace(CREDIT, external_ref="CashFile20300605.dat:000001"))
    assert cells[NAMES.index("external_ref")] == "shFile20300605.dat:000001"
