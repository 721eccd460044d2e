"""CSV files of bureau software: read with every check that makes sense without labels, and written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.errors import CannotRender
from hub.model import Severity, Verdict
from plugins.bacs.feeds import SUBMISSION
from plugins.bacs.settings import OwnCsv
from tests.unit.bacs.bacs_files import (
    FACTS,
    MOMENT,
    call,
    ddcall,
    gathered,
    golden,
    input_report,
    input_tally,
    request,
)
from tests.unit.bacs.test_bacs_refunds import GARAGES, MAIN, REFUND

PAYGATE = golden("submission/paygate.csv")
EAZIPAY = golden("submission/eazipay.csv")
SDDIRECT = golden("submission/sddirect.csv")
ACCESSPAY = golden("submission/accesspay_custom.csv")
CELL = {
    name: at
    for at, name in enumerate(
        (
            "sort_code",
            "account",
            "name",
            "amount",
            "code",
            "our_sort_code",
            "our_account",
            "user",
            "ref",
            "day",
        )
    )
}


def paygate(line: int, **cells: str) -> bytes:
    """The paygate file with cells of one line (from 1) changed."""
    rows = [row.split(",") for row in PAYGATE.decode().splitlines()]
    for name, text in cells.items():
        rows[line - 1][CELL[name]] = text
    return "".join(",".join(row) + "\r\n" for row in rows).encode()


def without_day(data: bytes) -> bytes:
    return b"".join(line.rpartition(b",")[0] + b"\r\n" for line in data.splitlines())


WRONG = [
    ("another number of columns", PAYGATE.replace(b"17,000199,20000015", b"17", 1), "S18-002", 1),
    ("a sort code of zeros", paygate(2, sort_code="000000"), "S18-010", 2),
    ("a short account", paygate(2, account="4859888"), "S18-010", 2),
    ("a blank name", paygate(2, name=""), "S18-021", 2),
    ("a blank service user name", paygate(2, user=""), "S18-021", 2),
    ("an amount with a comma", paygate(2, amount='"1,498.05"'), "S18-013", 2),
    ("an amount in pence", paygate(2, amount="49805"), "S18-013", 2),
    ("a negative amount", paygate(2, amount="-498.05"), "S18-013", 2),
    ("a payment of nothing", paygate(2, amount="0.00"), "S18-013", 2),
    ("an unknown code", paygate(2, code="1"), "S18-011", 2),
    ("a final collection", paygate(2, code="19"), "S18-011", 2),
    ("somebody else's account", paygate(2, our_account="20000016"), "S18-012", 2),
    ("a reference of a claim", paygate(2, ref="DDIC0010000456"), "S18-017", 2),
    ("a payee's reference in small letters", paygate(2, code="99", ref="Refund 000456"), "S18-003", 2),
    ("the same payment twice", PAYGATE + PAYGATE.splitlines(keepends=True)[0], "S18-018", 4),
    ("a Sunday", paygate(2, day="29/11/2026"), "S18-008", 2),
    ("no such day", paygate(2, day="31/11/2026"), "S18-008", 2),
    ("a day that is past", paygate(2, day="24/11/2026"), "S18-008", 2),
    ("no day", without_day(PAYGATE), "S18-008", 1),
]


@pytest.mark.parametrize(
    ("data", "check", "where"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_file_is_refused_with_its_code_and_line(data: bytes, check: str, where: int) -> None:
    outcome = request("paygate", data)
    assert outcome.verdict is Verdict.REJECTED
    assert (check, where) in outcome.told


def test_a_row_of_another_service_user_is_refused() -> None:
    outcome = request("eazipay", EAZIPAY.replace(b",654321,", b",654322,", 1))
    assert ("S18-005", 1) in outcome.told


@pytest.mark.parametrize("written", [b"30/11/2026", b"2026-11-30", b"30-NOV-2026", b"30-Nov-2026"])
def test_a_date_may_be_written_in_each_way_that_the_bureau_takes(written: bytes) -> None:
    outcome = request("eazipay", EAZIPAY.replace(b"30/11/2026", written))
    assert (outcome.told, {one.item.on for one in outcome.taken}) == ([], {date(2026, 11, 30)})


def test_the_day_may_be_the_one_on_which_the_tenant_is_debited() -> None:
    data = PAYGATE.replace(b"30/11/2026", b"01/12/2026")
    outcome = request("paygate", data, csv_day="entry", write_as="standard18")
    assert {one.item.on for one in outcome.taken} == {date(2026, 11, 30)}
    assert outcome.rendered()[1] == golden("submission/dd-collection-daily.txt")
    back = request("paygate", PAYGATE, write_as="eazipay").ctx
    assert back.options.csv_day == "processing"


def test_a_file_without_days_is_for_the_soonest_day_where_that_is_set() -> None:
    outcome = request("paygate", without_day(PAYGATE), undated="soonest")
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(f.check, f.line, f.severity) for f in outcome.findings] == [("S18-008", 1, Severity.WARNING)]
    assert {one.item.on for one in outcome.taken} == {date(2026, 11, 26)}


@pytest.mark.parametrize("columns", [6, 7, 8, 10, 11])
@pytest.mark.parametrize("titles", [True, False])
def test_a_file_of_sddirect_may_end_after_any_optional_column(columns: int, titles: bool) -> None:
    rows = [row.split(b",")[:columns] for row in SDDIRECT.splitlines()][0 if titles else 1 :]
    data = b"".join(b",".join(row) + b"\r\n" for row in rows)
    assert SUBMISSION.recognise(data) == "sddirect"
    outcome = request("sddirect", data, undated="soonest")
    assert (outcome.verdict, len(outcome.taken)) == (Verdict.ACCEPTED, 3)
    assert outcome.checks <= {"S18-008"}


def test_half_an_originating_account_is_none_of_ours() -> None:
    data = b"".join(line.rsplit(b",", 2)[0] + b"\r\n" for line in SDDIRECT.splitlines())
    assert ("S18-012", 2) in request("sddirect", data).told


def test_what_a_bureau_added_after_its_own_columns_is_left_alone() -> None:
    lines = [line + b',"U1","P1"' for line in ACCESSPAY.splitlines()]
    outcome = request("accesspay_custom", b"\r\n".join(lines))
    assert (outcome.verdict, outcome.told, len(outcome.taken)) == (Verdict.ACCEPTED, [], 3)


def test_names_that_bacs_would_change_are_counted_and_the_file_goes_on() -> None:
    outcome = request("paygate", paygate(2, name="Renée Tenant"))
    assert [(f.check, f.severity) for f in outcome.findings] == [("S18-003", Severity.WARNING)]
    assert "1 account name" in outcome.messages
    written = request("paygate", paygate(2, name="Renée Tenant"), write_as="standard18").rendered()[1]
    assert b"RENEE TENANT      \r\n" in written


def test_a_file_of_several_accounts_and_days_keeps_them() -> None:
    data = paygate(2, our_account="20000023", day="07/12/2026")
    outcome = request(
        "paygate", data, write_as="standard18", days="multi", originating_accounts=[MAIN, GARAGES]
    )
    assert outcome.told == []
    records = outcome.rendered()[1].decode().splitlines()[4:-3]
    contras = [(record[24:31], record[35:46], record[100:]) for record in records if "CONTRA" in record]
    assert contras == [("0000015", "00000062398", " 26334"), ("0000023", "00000049805", " 26341")]


def test_several_days_are_too_many_for_a_one_day_file() -> None:
    data = paygate(2, day="07/12/2026")
    assert ("S18-009", 2) in request("paygate", data, write_as="standard18").told
    assert request("paygate", data).told == []


def test_standard_18_may_be_turned_into_a_csv_layout() -> None:
    outcome = request("standard18", golden("submission/dd-collection-multi.txt"), write_as="paygate")
    assert not outcome.forwards
    rows = [row.split(",") for row in outcome.rendered()[1].decode().splitlines()]
    assert [(row[3], row[8], row[9]) for row in rows] == [
        ("521.48", "RENT0010000123", "30/11/2026"),
        ("498.05", "RENT0010000456", "30/11/2026"),
        ("130.37", "RENT0010000123", "07/12/2026"),
    ]


def test_credits_and_gathered_items_are_written_too() -> None:
    outcome = gathered((REFUND, "1900000011"), write_as="paygate")
    (row,) = outcome.rendered()[1].decode().splitlines()
    assert row == (
        "000299,40154823,RENE TENANT,75.00,99,000199,20000015,EXAMPLE COUNCIL,REFUND 0010000123,26/11/2026"
    )


def test_an_input_report_knows_a_file_by_what_it_adds_up_to() -> None:
    report = input_tally(input_report(golden("input_report/one-refused.xml")))
    received = request("paygate", PAYGATE).examined.tally
    assert received.identity() is None
    assert (
        received.goes_out_as() == report.names()[1] == "654321/2026-11-30..2026-11-30/3 of 1122.03/0 of 0.00"
    )
    other = request("paygate", paygate(2, amount="498.06")).examined.tally
    assert other.goes_out_as() not in report.names()


def test_so_it_knows_a_file_that_the_hub_wrote() -> None:
    report = input_tally(input_report(golden("input_report/one-refused.xml")))
    outcome = request("standard18", golden("submission/dd-collection-daily.txt"), write_as="paygate")
    write = SUBMISSION.output("submission").write
    assert write is not None
    made = write(outcome.carried, replace(outcome.ctx, moment=MOMENT))
    assert made.identity == report.names()[1]
    assert not {"serial", "file_number"} & made.summary.keys(), "no report would tell these"


def test_without_its_columns_an_own_layout_is_not_written() -> None:
    outcome = call(ddcall("RENT0010000123,1900000011,2026-12-01,521.48,17,RUN1"), write_as="csv")
    with pytest.raises(CannotRender, match="set the option csv"):
        outcome.rendered()


def test_a_written_file_is_read_back_before_it_leaves() -> None:
    outcome = call(ddcall("RENT0010000123,1900000011,2026-12-01,521.48,17,RUN1"), write_as="paygate")
    lower = outcome.ctx.options.model_copy(update={"file_limit": Decimal("1.00")})
    with pytest.raises(CannotRender, match="S18-020"):
        replace(outcome, ctx=replace(outcome.ctx, options=lower)).rendered()


MISTAKES = [
    ({"columns": ["sort_code", "account_number"]}, "needs the columns"),
    ({"columns": ["surname"]}, "unknown columns surname"),
    ({"columns": [*CELL]}, "unknown columns"),
]


@pytest.mark.parametrize(("values", "told"), MISTAKES)
def test_columns_that_cannot_be_meant_are_refused(values: dict[str, list[str]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        OwnCsv.model_validate(values)


NEEDED = ["sort_code", "account_number", "account_name", "amount", "transaction_code", "reference"]


def test_own_columns_need_as_many_titles_and_come_once() -> None:
    with pytest.raises(ValueError, match="another number of titles"):
        OwnCsv.model_validate({"columns": NEEDED, "titles": ["a"]})
    with pytest.raises(ValueError, match="twice"):
        OwnCsv.model_validate({"columns": [*NEEDED, "amount"]})
    assert OwnCsv.model_validate({"columns": [*NEEDED, "-", "-"]}).columns[-1] == "-"


def test_without_its_columns_an_own_layout_is_not_read() -> None:
    outcome = request("csv", b"x\n", csv=None)
    assert outcome.verdict is Verdict.UNREADABLE
    assert "set the option csv" in outcome.messages


def test_no_message_repeats_a_name_or_a_payers_account() -> None:
    data = paygate(2, name="", account="4859888x", our_account="20000016")
    told = request("paygate", data, replace(FACTS, register=None)).messages
    assert not any(secret in told for secret in ("TENANT", "4859888", "20000016", "000100"))
