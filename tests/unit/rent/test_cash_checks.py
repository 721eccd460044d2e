"""What must be refused or looked at in a file of payments: rent system interface, 4.4, 6.5 and 6.6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hub.model import Account, ItemState, Record, Verdict
from hub.model import ItemState as S
from hub.rent.cash.options import ALLPAY, CARD, EXPORT43, RENTTRAN, CashOptions
from hub.rent.cash.totals import TOLD, TOTALS
from hub.transfer.records import Snapshot
from tests.unit.rent.cash_files import (
    LINE,
    PAGE,
    Outcome,
    allpay,
    cash,
    facts,
    read,
    renttran,
    weeks,
)

SAMPLES = Path(__file__).parent / "samples"
PAID = f" 000001{'1900000011':<16}{'112.35':>9}T04/06/2030"
ROW = "1900000011,0190001/01,RECEIPT,PPT,RPY,2030-06-04,2030-06-05,-112.35,0.00,X:1,PAYPOINT,,"
SUMS = "1,0.00,-112.35,-112.35,1900000011"

BAD_LINES = {
    "54 bytes": (LINE[:-1], "E10"),
    "56 bytes": (LINE + "1", "E10"),
    "NUL": (LINE.replace("PAYPOINT", "PAY\0OINT"), "E10"),
    "an embedded newline": (LINE.replace("PAYPOINT", "PAY\nOINT"), "E10"),
    "amount without places": (LINE.replace("+000112.35", "+00011235."), "E12"),
    "amount with a comma": (LINE.replace("+000112.35", "+0001,12.3"), "E12"),
    "amount without sign": (LINE.replace("+000112.35", "0000112.35"), "E12"),
    "no money": (LINE.replace("112.35", "000.00"), "E12"),
    "31 June": (LINE.replace("04/06", "31/06"), "E11"),
    "ISO": (LINE.replace("04/06/2030", "2030-06-31"), "E11"),
    "two digits": (LINE.replace("04/06/2030", "04/06/30  "), "E11"),
    "no date": (LINE.replace("04/06/2030", "00/00/0000"), "E11"),
    "year 6": (LINE.replace("2030", "0006"), "E11"),
    "too long ago": (LINE.replace("2030", "2028"), "E11"),
    "ahead": (LINE.replace("04/06", "07/06"), "E11"),
}


@pytest.mark.parametrize(("line", "check"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_cash_line_refuses_the_file_with_its_number(line: str, check: str) -> None:
    outcome = read(cash(LINE, line, LINE.replace("PPT", "CRD")))
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.told[0] == (check, 2)


def test_dates_count_within_a_window_that_the_route_sets() -> None:
    old = cash(LINE.replace("2030", "2028"))
    assert read(old, back_months=25, stale_after_days=None).verdict is Verdict.ACCEPTED
    assert read(cash(LINE.replace("04/06", "07/06")), ahead_days=2).verdict is Verdict.ACCEPTED


def test_a_file_dated_last_monday_is_stale() -> None:
    outcome = read(cash(LINE), facts(today=date(2030, 6, 11)))
    assert outcome.told == [("E07", None)]
    assert read(cash(LINE), facts(today=date(2030, 6, 9))).told == []


RENTTRAN_ROWS = {
    "a receipt above zero": (ROW.replace("-112.35", "112.35"), "1,112.35,0.00,112.35,1900000011", "E19"),
    "a reversal below zero": (ROW.replace("RECEIPT", "REVERSAL"), SUMS, "E19"),
    "a benefit": (ROW.replace("RECEIPT", "BENEFIT"), SUMS, "E16"),
    "VAT of the other sign": (ROW.replace(",0.00,X", ",18.72,X"), SUMS, "E20"),
    "VAT above the amount": (ROW.replace(",0.00,X", ",-112.36,X"), SUMS, "E20"),
    "a transfer without its pair": (ROW.replace("RECEIPT", "TRANSFER"), SUMS, "E20"),
    "trailer count": (ROW, SUMS.replace("1,", "4,", 1), "E02"),
    "trailer net by a penny": (ROW, SUMS.replace("-112.35,19", "-112.34,19"), "E03"),
    "hash total": (ROW, SUMS.replace("11", "12"), "E04"),
    "31 June": (ROW.replace("2030-06-04", "2030-06-31"), SUMS, "E11"),
    "three decimals": (ROW.replace("-112.35", "-112.350"), SUMS, "E12"),
    "a blank type": (ROW.replace("RPY", ""), SUMS, "E16"),
    "too few columns": (ROW[:-1], SUMS, "E10"),
}


@pytest.mark.parametrize(("row", "trailer", "check"), RENTTRAN_ROWS.values(), ids=RENTTRAN_ROWS.keys())
def test_a_bad_renttran_is_refused(row: str, trailer: str, check: str) -> None:
    outcome = read(renttran(row, trailer=trailer), format=RENTTRAN)
    assert outcome.verdict is Verdict.REJECTED
    assert check in {one for one, _ in outcome.told}


def test_the_same_id_twice_in_a_file_is_refused() -> None:
    sums = "2,0.00,-224.70,-224.70,3800000022"
    assert read(renttran(ROW, ROW, trailer=sums), format=RENTTRAN).told == [("E18", 3)]


@pytest.mark.parametrize(
    ("number", "told", "verdict"),
    [
        ("000123", [("E05", 1)], Verdict.REJECTED),
        ("000124", [], Verdict.ACCEPTED),
        ("000126", [("E05", 1)], Verdict.HELD),
    ],
)
def test_the_sequence_of_files_has_no_gap(number: str, told: list[tuple[str, int]], verdict: Verdict) -> None:
    before = weeks([1])
    assert before.last is not None
    known = facts(history=replace(before, last=replace(before.last, summary={"file_seq": 123})))
    outcome = read(renttran(ROW, trailer=SUMS, number=number), known, format=RENTTRAN)
    assert (outcome.told, outcome.verdict) == (told, verdict)


def test_a_closed_period_takes_nothing() -> None:
    row = ROW.replace("2030-06-05", "2030-06-02")  # the Sunday before this rent week
    closed = read(renttran(row, trailer=SUMS), format=RENTTRAN, open_weeks=0)
    assert closed.told == [("E17", 2)]
    assert read(renttran(row, trailer=SUMS), format=RENTTRAN, open_weeks=1).told == []


def test_a_transfer_whose_other_leg_finds_no_account_is_refused_whole() -> None:
    legs = [
        ROW.replace("RECEIPT", "TRANSFER"),
        ROW.replace("RECEIPT", "TRANSFER")
        .replace("-112.35", "112.35")
        .replace("1900000011", "19X")
        .replace("X:1", "X:2"),
    ]
    sums = "2,112.35,-112.35,0.00,1900000030"
    assert read(renttran(*legs, trailer=sums), format=RENTTRAN).told == [("E20", 2)]
    known = facts(Account("1900000011"), Account("19X"))
    assert read(renttran(*legs, trailer=sums), known, format=RENTTRAN).states == [S.TAKEN, S.TAKEN]


def test_the_vat_of_a_payment_is_posted_with_it() -> None:
    outcome = read(renttran(ROW.replace(",0.00,X", ",-18.72,X"), trailer=SUMS), format=RENTTRAN)
    assert (outcome.verdict, [one.vat_amount for one in outcome.postings]) == (Verdict.ACCEPTED, [-1872])


def test_a_feed_that_takes_files_in_part_refuses_only_the_line() -> None:
    rows = [ROW, ROW.replace("RECEIPT", "REVERSAL").replace("X:1", "X:2")]
    data = renttran(*rows, trailer="2,0.00,-224.70,-224.70,3800000022")
    assert read(data, format=RENTTRAN).verdict is Verdict.REJECTED
    outcome = read(data, format=RENTTRAN, partial=True)
    assert (outcome.verdict, outcome.states) == (Verdict.ACCEPTED, [S.TAKEN, S.REJECTED])
    assert sum(outcome.money.values()) == -22470


def test_text_that_looks_like_a_formula_is_text() -> None:
    row = ROW.replace("PAYPOINT", '"=HYPERLINK(""x"")"')
    outcome = read(renttran(row, trailer=SUMS), format=RENTTRAN)
    assert (outcome.verdict, outcome.postings[0].narrative) == (Verdict.ACCEPTED, '=HYPERLINK("x")')


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ok", []),
        ("bad_total", [("E03", 5)]),
        ("bad_count", [("E02", 6)]),
        ("blank_total", [("E03", 5)]),
        ("blank_count", [("E10", 6)]),
        ("no_trailer", [("E01", None)]),
        ("bad_date", [("E11", 1)]),
        ("bad_amount", [("E12", 1)]),
        ("short_line", [("E10", 1)]),
    ],
)
def test_the_sample_files_are_read_as_their_readme_says(
    name: str, told: list[tuple[str, int | None]]
) -> None:
    data = (SAMPLES / f"payments_{name}.txt").read_bytes()
    outcome = read(data, format=ALLPAY)
    assert outcome.told == told
    assert outcome.verdict is (Verdict.REJECTED if told else Verdict.ACCEPTED)
    if name == "ok":
        assert [one.item.data["code"] for one in outcome.taken] == ["T", "P", "N"]
        assert outcome.examined.tally.totals() == {"count": 3, "value": "200.00"}


ORDERS = {
    "a payment after the totals": cash(
        PAID, "", *allpay(total="112.35", count=1).decode().split("\n")[1:3], PAID
    ),
    "the totals swapped": cash(
        PAID, "", *reversed(allpay(total="112.35", count=1).decode().split("\n")[1:3])
    ),
    "no empty line": cash(PAID, *allpay(total="112.35", count=1).decode().split("\n")[1:3]),
    "a total twice": allpay(PAID, total="112.35", count=1) + allpay(total="112.35", count=1),
    "the empty line twice": allpay(PAID, "", total="112.35", count=1),
    "no payment": allpay(total="0.00", count=0),
}


@pytest.mark.parametrize("data", ORDERS.values(), ids=ORDERS.keys())
def test_an_allpay_file_that_is_not_whole_is_refused(data: bytes) -> None:
    outcome = read(data, format=ALLPAY)
    assert outcome.verdict is Verdict.REJECTED
    assert "E01" in {check for check, _ in outcome.told}


@pytest.mark.parametrize("total", ["112.34", "112.36", "-112.35"])
def test_a_total_of_allpay_is_compared_to_the_penny_both_ways(total: str) -> None:
    assert read(allpay(PAID, total=total, count=1), format=ALLPAY).told == [("E03", 3)]


def test_an_empty_file_is_taken_where_the_route_says_so_and_its_totals_are_zero() -> None:
    assert read(allpay(total="0.00", count=0), format=ALLPAY, allow_empty=True).verdict is Verdict.ACCEPTED
    assert read(b"", allow_empty=True).verdict is not Verdict.ACCEPTED


@pytest.mark.parametrize("format", ["universal_housing.cash", EXPORT43])
def test_a_file_without_control_total_waits_until_a_person_has_agreed_it(format: str) -> None:
    data = cash(*PAGE) if format != EXPORT43 else cash("91000010004.06.2030PP  0000010001     11235")
    outcome = read(data, format=format, control="hold")
    assert outcome.verdict is Verdict.HELD
    assert outcome.told == [("CONTROL", None)]


@pytest.mark.parametrize(
    ("count", "total", "checks"),
    [(4, "339.25", set()), (5, "339.25", {"E02"}), (4, "339.24", {"E03"}), (5, "1.00", {"E02", "E03"})],
)
def test_totals_may_be_set_for_a_file(count: int, total: str, checks: set[str]) -> None:
    outcome = read(cash(*PAGE), control="hold", expected_count=count, expected_total=total)
    assert {check for check, _ in outcome.told} == checks
    assert outcome.verdict is (Verdict.REJECTED if checks else Verdict.ACCEPTED)


def told_apart(count: int, total: int) -> Outcome:
    record = Record(kind=TOTALS, key="INCOME/2030-06-04", state=TOLD, data={"count": count, "total": total})
    known = facts(records=Snapshot([record]))
    return read(cash(*PAGE), known, control="hold", totals_from="INCOME")


def test_a_file_is_compared_with_what_its_sender_told_apart() -> None:
    assert told_apart(4, 33925).verdict is Verdict.ACCEPTED
    assert told_apart(5, 33925).told == [("E02", None)]
    assert told_apart(4, 33924).told == [("E03", None)]
    missing = read(cash(*PAGE), control="hold", totals_from="INCOME")
    assert (missing.verdict, missing.told) == (Verdict.HELD, [("E02", None)])


def test_two_equal_lines_are_told_and_taken() -> None:
    outcome = read(cash(LINE, LINE))
    assert (outcome.verdict, outcome.states) == (Verdict.ACCEPTED, [S.TAKEN, S.TAKEN])
    assert [one.line for one in outcome.findings if one.check == "TWICE"] == [2]


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [("+010000.00", Verdict.ACCEPTED), ("+010000.01", Verdict.HELD), ("-010000.01", Verdict.HELD)],
)
def test_a_large_line_waits_for_a_person(amount: str, verdict: Verdict) -> None:
    data = cash(LINE.replace("+000112.35", amount))
    assert read(data).verdict is verdict
    assert read(data, largest_line=None).verdict is Verdict.ACCEPTED
    assert read(data, largest_line="20000.00").verdict is Verdict.ACCEPTED


LIKE = [10_000, 11_000, 12_000, 10_500, 11_500, 11_000, 10_000, 12_000]
"""Mean 110.00, standard deviation 8.02."""


@pytest.mark.parametrize(
    ("net", "verdict"),
    [
        ("112.35", Verdict.ACCEPTED),
        ("134.05", Verdict.ACCEPTED),
        ("134.09", Verdict.HELD),
        ("085.00", Verdict.HELD),
    ],
)
def test_a_net_unlike_the_last_eight_of_its_weekday_waits(net: str, verdict: Verdict) -> None:
    data = cash(LINE.replace("112.35", net))
    outcome = read(data, facts(history=weeks(LIKE)))
    assert outcome.verdict is verdict
    assert read(data, facts(history=weeks(LIKE)), deviations=None).verdict is Verdict.ACCEPTED


def test_nothing_is_compared_until_there_are_eight_and_only_the_same_weekday() -> None:
    far = cash(LINE.replace("112.35", "999.99"))
    assert read(far, facts(history=weeks(LIKE[:7]))).verdict is Verdict.ACCEPTED
    assert read(far, facts(history=weeks(LIKE, last=date(2030, 5, 29)))).verdict is Verdict.ACCEPTED
    assert read(far, facts(history=weeks(LIKE[:4])), like_days=4).verdict is Verdict.HELD


CARD_ROW = (
    "S,P,04062030 101500,1,1,C,L,{reference},{amount},0.00,,,,,PAYMENT,A TENANT,PSP{number},POST OFFICE,"
    "PPT,8,,,,,,,,,,,,"
)
HEADER = ",".join(f"Column {number}" for number in range(1, 33))
BARCODE = "90000000000800910000109"


def card(*rows: str) -> bytes:
    return cash(HEADER, *rows, "TRAILER,1", "END")


def card_row(reference: str = BARCODE, amount: str = "112.35", number: int = 1) -> str:
    return CARD_ROW.format(reference=reference, amount=amount, number=number)


def test_a_card_network_file_pays_the_account_of_the_barcode() -> None:
    rules = {"card": {"issuer": "90000000"}, "add_check": True, "check": {"engine": "letter"}}
    rows = [card_row(), card_row("90000000000200910000109", number=2), card_row("910000", number=3)]
    outcome = read(card(*rows), facts(Account("91000010G")), format=CARD, card_references=rules)
    assert outcome.states == [S.TAKEN, S.SUSPENDED, S.SUSPENDED]
    assert "not for rent" in outcome.reasons[1]
    (posting,) = outcome.postings
    assert (posting.payment_ref, posting.amount, posting.external_ref) == ("91000010G", -11235, "PSP1")
    assert str(posting.transaction_date) == "2030-06-04"


CUT = {
    "without trailer": cash(HEADER, card_row(), card_row(number=2)),
    "one trailer line": cash(HEADER, card_row(), card_row(number=2), "END"),
    "without header": cash(card_row(), card_row(number=2), "TRAILER", "END"),
    "nothing": b"",
}


@pytest.mark.parametrize("data", CUT.values(), ids=CUT.keys())
def test_a_card_network_file_that_was_cut_is_refused(data: bytes) -> None:
    assert read(data, format=CARD).verdict in (Verdict.REJECTED, Verdict.UNREADABLE)


def test_how_many_trailer_lines_there_are_is_the_routes_to_say() -> None:
    assert read(cash(HEADER, card_row(), "END"), format=CARD, trailer_lines=1).states == [S.SUSPENDED]


def test_an_account_without_its_check_letter_gets_it() -> None:
    line = "91000010004.06.2030PP  0000010001     11235"
    rules = {"add_check": True, "check": {"engine": "letter"}}
    outcome = read(cash(line), facts(Account("91000010G")), format=EXPORT43, references=rules)
    assert (outcome.states, outcome.examined.tally.totals()["value"]) == ([S.WAITING], "112.35")
    assert "the method PP is not in cash_methods" in outcome.reasons[0]


@pytest.mark.parametrize(
    ("bad", "check"),
    [
        ("91000010004.06.2030PP  0000010001    -11235", "E12"),
        ("91000010004.06.2030PP  0000010001         0", "E12"),
        ("91000010004/06/2030PP  0000010001     11235", "E11"),
        ("91000010004.06.2030    0000010001     11235", "E16"),
        ("91000010004.06.2030PP  000001000      11235", "E10"),
    ],
)
def test_a_bad_line_of_the_export_is_refused(bad: str, check: str) -> None:
    assert read(cash(bad), format=EXPORT43).told[0] == (check, 1)


def test_money_in_comes_to_what_becomes_of_it_whatever_that_is() -> None:
    lines = [*PAGE, LINE.replace("PPT", "XXX"), LINE.replace("1900000011", "?         ")]
    outcome = read(cash(*lines))
    assert -sum(outcome.money.values()) == outcome.examined.tally.value == 56395
    assert set(outcome.money) == {S.TAKEN, S.SUSPENDED, ItemState.WAITING}


def test_totals_come_in_twos() -> None:
    with pytest.raises(ValueError, match="set together"):
        CashOptions(expected_count=1)
