"""`bank.receipts`: one story in three formats, and what is wrong with a statement."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from hub.bank.receipts import RECEIPTS
from hub.model import Facts, History, Verdict
from hub.transfer.examine import examine, judge
from tests.banking import STORY, WRITERS, Entry, Statement, camt, csv, mt940
from tests.unit.bank.bank_files import context, known_account, read

Writer = Callable[..., bytes]
SOUND = Statement(123, 100_000, STORY)
formats = pytest.mark.parametrize(("format", "write"), WRITERS.items(), ids=list(WRITERS))


@formats
def test_the_three_formats_tell_one_story(format: str, write: Writer) -> None:
    seen = read(write(SOUND), format)
    assert seen.verdict is Verdict.ACCEPTED
    assert seen.told == set()
    assert [(item.kind, item.amount, item.on) for item in seen.lines] == [
        ("BANK_CREDIT", -103427, SOUND.day),
        ("BANK_DEBIT", 9820, SOUND.day),
        ("BANK_DEBIT", 500, SOUND.day),
        ("BANK_CREDIT", -39599, SOUND.day),
    ]
    assert [item.data["money"] for item in seen.lines] == ["dwp", None, None, "agency"]
    assert [item.data["within"] for item in seen.lines] == [10, None, None, 3]
    assert [item.data["bank_reference"] for item in seen.lines] == ["BK0001", "BK0002", "BK0003", "BK0004"]
    assert seen.lines[3].personal == {"reference": "R0044", "text": "FAKE AGENCY REMITTANCE, WEEK 44"}
    assert [item.reference for item in seen.lines][:2] == ["rent_income/2026-123/1", "rent_income/2026-123/2"]


@formats
def test_content_decides_which_format_it_is(format: str, write: Writer) -> None:
    assert RECEIPTS.recognise(write(SOUND)) == format


@formats
def test_totals_are_the_bank_s_own_sign(format: str, write: Writer) -> None:
    totals = read(write(SOUND), format).examined.tally.totals()
    told = {"count": 4, "value": "1327.06", "credits": "1430.26", "debits": "-103.20", "statements": 1}
    assert totals == told


@formats
def test_each_line_becomes_a_record_and_the_account_stands_as_the_statement_closes(
    format: str, write: Writer
) -> None:
    ctx = context(format)
    moves = read(write(SOUND), format).moves(ctx)
    lines = [move for move in moves if move.kind == "bank_line"]
    assert [(move.to, move.data["amount"], move.data["left"]) for move in lines] == [
        ("OPEN", 103427, 103427),
        ("OTHER", -9820, -9820),
        ("OTHER", -500, -500),
        ("OPEN", 39599, 39599),
    ]
    (account,) = [move for move in moves if move.kind == "bank_account"]
    assert (account.key, account.data["statement"], account.data["closing"]) == ("rent_income", "123", 232706)


@formats
@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"sort_code": "000299"}, "BANK-002"),
        ({"account_number": "20000016"}, "BANK-002"),
        ({"currency": "EUR"}, "BANK-003"),
    ],
)
def test_a_statement_that_is_not_ours_to_read_is_refused(
    format: str, write: Writer, changed: dict[str, str], check: str
) -> None:
    seen = read(write(replace(SOUND, **changed)), format)  # type: ignore[arg-type]
    assert seen.verdict is Verdict.REJECTED
    assert seen.told == {check}
    assert "000299" not in seen.messages
    assert "20000016" not in seen.messages


@pytest.mark.parametrize("write", [mt940, camt])
def test_a_statement_that_does_not_foot_is_refused_with_both_sums(write: Writer) -> None:
    format = "mt940" if write is mt940 else "camt053"
    seen = read(write(replace(SOUND, closes=232_707)), format)
    assert seen.told == {"BANK-004"}
    assert "2327.06, not to 2327.07" in seen.messages


def test_a_running_balance_that_jumps_is_refused_with_its_line() -> None:
    data = csv(SOUND).replace(b"1931.07", b"1931.08")
    findings = read(data, "bank-lines-csv1").examined.reading.findings.kept
    assert {(finding.check, finding.line) for finding in findings} == {("BANK-004", 4), ("BANK-004", 5)}


def two_pages(write: Writer) -> tuple[Statement, Statement]:
    first = replace(SOUND, entries=STORY[:2], page=1, of_pages=2)
    return first, replace(SOUND, opening=first.closing, entries=STORY[2:], page=2, of_pages=2)


@pytest.mark.parametrize(("format", "write"), [("mt940", mt940), ("camt053", camt)])
def test_a_statement_over_two_pages_is_one(format: str, write: Writer) -> None:
    seen = read(write(*two_pages(write)), format)
    assert (seen.verdict, seen.told) == (Verdict.ACCEPTED, set())
    assert [item.reference for item in seen.lines] == [
        "rent_income/2026-123/1",
        "rent_income/2026-123/2",
        "rent_income/2026-123.2/1",
        "rent_income/2026-123.2/2",
    ]


@pytest.mark.parametrize(("format", "write"), [("mt940", mt940), ("camt053", camt)])
def test_a_page_that_is_missing_holds_the_statement(format: str, write: Writer) -> None:
    first, second = two_pages(write)
    assert read(write(first), format).verdict is Verdict.HELD
    assert read(write(second), format).verdict is Verdict.HELD


@pytest.mark.parametrize(("format", "write"), [("mt940", mt940), ("camt053", camt)])
def test_pages_that_do_not_go_on_from_each_other_are_refused(format: str, write: Writer) -> None:
    first, second = two_pages(write)
    shifted = replace(second, opening=second.opening + 1)
    assert read(write(first, shifted), format).told == {"BANK-005"}
    assert "BANK-005" in read(write(first, first), format).told


def test_what_the_bank_sums_up_must_be_what_its_entries_come_to() -> None:
    for told in ("<NbOfNtries>4<", "<Sum>1533.46<", "<Amt>1327.06<", "<Sum>1430.26<", "<Sum>103.20<"):
        wrong = told.replace("4<", "5<").replace("6<", "7<").replace("0<", "1<")
        data = camt(SOUND).replace(told.encode(), wrong.encode(), 1)
        assert data != camt(SOUND), told
        assert read(data, "camt053").told == {"BANK-006"}, told


@formats
def test_a_statement_follows_the_one_before_it(format: str, write: Writer) -> None:
    assert read(write(SOUND), format, known_account()).verdict is Verdict.ACCEPTED


@formats
@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        ({"statement": "121"}, Verdict.HELD),
        ({"statement": "123"}, Verdict.ACCEPTED),  # another page of it; its own check sees a repeat
        ({"statement": "124"}, Verdict.REJECTED),
        ({"closing": 99_999}, Verdict.HELD),
        ({"year": "2025", "statement": "365"}, Verdict.REJECTED),
    ],
)
def test_gaps_are_held_and_what_was_passed_is_refused(
    format: str, write: Writer, before: dict[str, object], verdict: Verdict
) -> None:
    seen = read(write(SOUND), format, known_account(**before))
    gap = before == {"year": "2025", "statement": "365"}
    assert seen.verdict is (Verdict.HELD if gap else verdict)
    assert verdict is Verdict.ACCEPTED or seen.told == {"BANK-009"}


@formats
def test_numbers_may_begin_again_with_the_year(format: str, write: Writer) -> None:
    first = replace(SOUND, number=1, day=date(2027, 1, 4))
    before = known_account(year="2026", statement="254")
    assert read(write(first), format, before, today=first.day).verdict is Verdict.ACCEPTED


@formats
def test_a_statement_that_came_before_is_refused(format: str, write: Writer) -> None:
    history = History(used={"bank.receipts": frozenset({"rent_income/2026-123"})})
    assert read(write(SOUND), format, history=history).told == {"BANK-010"}


@formats
def test_a_day_that_has_not_come_is_held(format: str, write: Writer) -> None:
    seen = read(write(SOUND), format, today=date(2026, 11, 1))
    assert (seen.verdict, seen.told) == (Verdict.HELD, {"BANK-011"})


@formats
def test_a_line_that_the_bank_gave_before_waits_for_a_person(format: str, write: Writer) -> None:
    posted = frozenset({f"rent_income:{SOUND.day}:-103427:BK0001:"})
    seen = read(write(SOUND), format, history=History(posted=posted))
    assert (seen.verdict, seen.told) == (Verdict.ACCEPTED, {"BANK-012"})
    assert [one.disposition.state.value for one in seen.taken].count("HELD") == 1


@formats
def test_two_payments_alike_are_two(format: str, write: Writer) -> None:
    twice = (Entry(5000, "A TENANT RENT"), Entry(5000, "A TENANT RENT"))
    seen = read(write(replace(SOUND, entries=twice)), format)
    assert seen.told == set()
    assert len({item.reference for item in seen.lines}) == 2


@pytest.mark.parametrize(("format", "write"), [("mt940", mt940), ("camt053", camt)])
def test_a_statement_of_a_quiet_day_has_no_lines(format: str, write: Writer) -> None:
    seen = read(write(replace(SOUND, entries=())), format, known_account())
    assert (seen.verdict, len(seen.lines), len(seen.taken)) == (Verdict.ACCEPTED, 0, 1)


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "11"])
@pytest.mark.parametrize("prefix", ["", "n"])
def test_every_version_and_prefix_of_camt_reads_alike(version: str, prefix: str) -> None:
    seen = read(camt(SOUND, version=version, prefix=prefix), "camt053")
    assert seen.told == set()
    assert [item.amount for item in seen.lines] == [-103427, 9820, 500, -39599]
    assert RECEIPTS.recognise(camt(SOUND, version=version, prefix=prefix)) == "camt053"


def test_the_parts_of_a_collective_booking_are_lines_when_they_come_to_it() -> None:
    batch = Entry(103427, "DWP UC", bank_reference="BK1", parts=(("S0007", 53833), ("S0008", 49594)))
    seen = read(camt(replace(SOUND, entries=(batch,))), "camt053")
    assert [(item.amount, item.personal["reference"]) for item in seen.lines] == [
        (-53833, "S0007"),
        (-49594, "S0008"),
    ]
    assert seen.told == set()


def test_a_collective_booking_whose_parts_do_not_come_to_it_is_one_line_and_told() -> None:
    batch = Entry(103427, "DWP UC", parts=(("S0007", 53833), ("S0008", 49593)))
    seen = read(camt(replace(SOUND, entries=(batch,))), "camt053")
    assert [item.amount for item in seen.lines] == [-103427]
    assert (seen.verdict, seen.told) == (Verdict.ACCEPTED, {"BANK-007"})


def test_each_line_has_a_place_of_its_own_in_a_document_without_line_ends() -> None:
    batch = Entry(103427, "DWP UC", parts=(("S0007", 53833), ("S0008", 49594)))
    data = camt(replace(SOUND, entries=(batch, *STORY))).replace(b"\n", b"")
    lines = [one.item.line for one in read(data, "camt053").taken]
    assert len(set(lines)) == len(lines) == 7


def test_an_announced_entry_is_no_money_yet() -> None:
    data = camt(SOUND).replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1)
    data = data.replace(b">2327.06<", b">1292.79<")  # the closing balance, without it
    seen = read(data, "camt053")
    assert len(seen.lines) == 3
    assert seen.told == {"BANK-008"}


def test_a_bank_s_own_columns_are_named_by_the_route() -> None:
    data = b"Date,Narrative,Paid in,Paid out\n02/11/2026,DWP UC,1034.27,\n02/11/2026,CHARGES,,5\n"
    settings = {
        "columns": {"booked": "Date", "text": "Narrative", "credit": "Paid in", "debit": "Paid out"},
        "day_format": "%d/%m/%Y",
        "one_account": "20000015",
    }
    seen = read(data, "bank-lines-csv1", settings=settings)
    assert [(item.amount, item.data["money"]) for item in seen.lines] == [(-103427, "dwp"), (500, None)]
    assert [item.reference for item in seen.lines] == ["rent_income/2026-11-02/1", "rent_income/2026-11-02/2"]
    assert seen.told == {"BANK-004"}, "it says that no balance is told"
    assert seen.verdict is Verdict.ACCEPTED


def test_the_newest_line_may_come_first() -> None:
    head, *rows = csv(SOUND).splitlines(keepends=True)
    data = head + b"".join(reversed(rows))
    assert read(data, "bank-lines-csv1").told == {"BANK-004"}
    assert read(data, "bank-lines-csv1", settings={"newest_first": True}).told == set()


def test_a_header_row_without_its_columns_says_which_are_missing() -> None:
    seen = read(b"account,booked\n1,2\n", "bank-lines-csv1")
    assert seen.verdict is Verdict.UNREADABLE
    assert "credit, debit" in seen.messages


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b":62F:", b":62X:", "has no :62F: or :62M:"),
        (b":28C:123", b":28C:", ":28C: cannot be read"),
        (b":61:2611021102C", b":61:2611021102X", ":61: cannot be read"),
        (b"C1034,27", b"C1034.27", ":61: cannot be read"),
        (b"C1034,27", b"C1034,275", "pounds with two decimals"),
        (b":61:261102", b":61:261302", "a date as YYYY-MM-DD"),
        (b"{4:\r\n:20:", b"{4:\r\nX\r\n:20:", "stands outside any message"),
    ],
)
def test_a_broken_message_is_told_with_what_was_expected(old: bytes, new: bytes, told: str) -> None:
    data = mt940(SOUND).replace(old, new, 1)
    assert data != mt940(SOUND)
    seen = read(data, "mt940")
    assert told in seen.messages


def test_no_payer_and_no_bank_detail_is_told() -> None:
    data = mt940(replace(SOUND, entries=(Entry(100, "MR A TENANT 12-34-56 12345678"),)))
    seen = read(data.replace(b"C1,00NTRF", b"C1,001NTRF"), "mt940")
    assert seen.messages
    assert "TENANT" not in seen.messages
    assert "12345678" not in seen.messages


def test_without_a_store_what_needs_history_is_listed_as_not_checked() -> None:
    ctx = context("mt940")
    bare = replace(ctx, facts=Facts())
    examined = examine(RECEIPTS, io.BytesIO(mt940(SOUND)), bare)
    judge(examined, bare, "t")
    assert set(examined.reading.not_checked) == {"BANK-009", "BANK-010", "BANK-011", "BANK-012"}
