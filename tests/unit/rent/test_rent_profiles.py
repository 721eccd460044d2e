"""What the rent system's profiles carry, and what they refuse to write."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.checks.base import Context
from hub.config.endpoints import FolderEndpoint
from hub.connectors.folder import FolderConnector
from hub.errors import CannotRender, RemoteRefused
from hub.model import Chunk, Facts, Moment, RentTransaction, Unreadable
from hub.rent.renttran import GENERIC_RENTTRAN, RENTTRAN, RenttranOptions
from hub.rent.universal_housing import CASH, CASH_LINE, UNIVERSAL_HOUSING_CASH, CashOptions

MOMENT = Moment(
    datetime(2030, 6, 5, 1, 0, 11, tzinfo=UTC),
    date(2030, 6, 4),
    "01jx0000000000000pretend1",
    {"file_seq": 123},
)
UNPAID = RentTransaction(
    transaction_id="T1",
    payment_ref="1900000037",
    tenancy_ref="0190003/02",
    kind="REVERSAL",
    method_code="DDN",
    type_code="RDN",
    transaction_date=date(2030, 6, 4),
    post_date=date(2030, 6, 5),
    amount=9820,
    narrative="DD RETURN",
)
CREDIT = replace(UNPAID, transaction_id="T2", kind="RECEIPT", amount=-11235, method_code="PPT")


def context(options: Any, moment: Moment | None = MOMENT) -> Context[Any]:
    return Context(options, Facts(), "", moment)


def cash(*postings: RentTransaction, **options: Any) -> bytes:
    return UNIVERSAL_HOUSING_CASH.write(postings, context(CashOptions(**options))).data


def renttran(*postings: RentTransaction) -> bytes:
    return GENERIC_RENTTRAN.write(postings, context(RenttranOptions(landlord="FAKESHIRE"))).data


def test_a_cash_file_counts_money_received_the_other_way_round() -> None:
    rendered = UNIVERSAL_HOUSING_CASH.write([UNPAID, CREDIT], context(CashOptions()))
    assert [line[33:43] for line in rendered.data.decode().splitlines()] == ["-000098.20", "+000112.35"]
    assert rendered.summary == {"records": 2, "file_total": "14.15"}


def test_the_source_code_and_line_ends_are_the_targets() -> None:
    assert cash(UNPAID, source_code="07", line_ends="crlf").endswith(b"04/06/203007\r\n")
    assert cash(UNPAID).endswith(b"04/06/203003\n")


@pytest.mark.parametrize("options", [{"source_code": "3"}, {"line_ends": "cr"}, {"sourcecode": "03"}])
def test_wrong_options_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CashOptions(**options)


def cash_names(options: CashOptions) -> set[str]:
    """The names of two files of one day."""
    moments = [replace(MOMENT, transfer_id=f"01jx0000000000000pretend{n}") for n in (1, 2)]
    return {UNIVERSAL_HOUSING_CASH.write([UNPAID], context(options, moment)).name for moment in moments}


def test_a_cash_file_has_the_name_that_its_loader_wants() -> None:
    (name,) = cash_names(CashOptions())
    assert re.fullmatch(r"CashFile\d{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])\.dat", name)


def test_two_cash_files_of_one_day_have_two_names_where_the_rent_system_takes_any() -> None:
    names = {"CashFile20300604_pretend1.dat", "CashFile20300604_pretend2.dat"}
    assert cash_names(CashOptions(suffix="id")) == names


def test_a_second_cash_file_of_a_day_never_takes_the_place_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    first, second = cash(UNPAID), cash(CREDIT)
    name = cash_names(CashOptions()).pop()
    with FolderConnector().open("rent", FolderEndpoint(type="folder", path=tmp_path), str) as session:
        session.put("receipts", name, BytesIO(first), len(first), sha256(first).hexdigest())
        with pytest.raises(RemoteRefused, match="is there already with other content"):
            session.put("receipts", name, BytesIO(second), len(second), sha256(second).hexdigest())
    assert (tmp_path / "receipts" / name).read_bytes() == first
    assert [path.name for path in (tmp_path / "receipts").iterdir()] == [name]


CANNOT_BE_CASH = {
    "another kind": (replace(UNPAID, kind="BENEFIT", amount=-100), "REVERSAL only"),
    "a reference of 11": (replace(UNPAID, payment_ref="19000000371"), "payment_ref"),
    "no reference": (replace(UNPAID, payment_ref=""), "payment_ref"),
    "a million": (replace(UNPAID, amount=100_000_000), "amount"),
    "no method": (replace(UNPAID, method_code=None), "method"),
    "a long method": (replace(UNPAID, method_code="DDUN"), "method"),
    "a character beyond cp1252": (replace(UNPAID, narrative="\u0141\u00f3d\u017a"), "cp1252"),
}


@pytest.mark.parametrize(("posting", "told"), CANNOT_BE_CASH.values(), ids=CANNOT_BE_CASH.keys())
def test_what_a_cash_line_cannot_carry_is_not_written(posting: RentTransaction, told: str) -> None:
    with pytest.raises(CannotRender, match=told):
        cash(CREDIT, posting)


AGAINST_THE_RULES = {
    "E19: a receipt that adds to the debt": replace(CREDIT, amount=11235),
    "a benefit that adds to the debt": replace(CREDIT, kind="BENEFIT", amount=1),
    "a reversal that pays": replace(UNPAID, amount=-9820),
    "a debit that pays": replace(UNPAID, kind="DEBIT", amount=-1),
    "no money": replace(CREDIT, amount=0),
    "an unknown kind": replace(CREDIT, kind="GIFT"),
    "more than ten million": replace(UNPAID, amount=1_000_000_000),
    "E20: a transfer without its pair": replace(UNPAID, kind="TRANSFER", amount=500),
}


@pytest.mark.parametrize("posting", AGAINST_THE_RULES.values(), ids=AGAINST_THE_RULES.keys())
def test_a_posting_against_the_canonical_rules_is_not_written(posting: RentTransaction) -> None:
    for write in (cash, renttran):
        with pytest.raises(CannotRender):
            write(posting)


def test_all_postings_against_the_rules_are_told_at_once() -> None:
    with pytest.raises(CannotRender, match=r"posting T1.*; posting T2"):
        renttran(replace(UNPAID, amount=-1), replace(CREDIT, amount=1))


def test_a_transfer_goes_with_its_pair_and_a_debit_may_be_nothing() -> None:
    there = replace(UNPAID, kind="TRANSFER", amount=500)
    written = renttran(there, replace(there, amount=-500), replace(there, kind="DEBIT", amount=0))
    assert b"T,3,5.00,-5.00,0.00," in written


def test_a_generic_file_is_named_after_landlord_day_and_number() -> None:
    rendered = GENERIC_RENTTRAN.write([UNPAID], context(RenttranOptions(landlord="FAKESHIRE")))
    assert rendered.name == "RENTTRAN_FAKESHIRE_20300604_000123.csv"
    assert rendered.summary == {"records": 1, "net": "98.20", "file_seq": 123}


def test_numbers_run_without_gap_for_each_landlord() -> None:
    (number,) = GENERIC_RENTTRAN.numbers
    scopes = {number.scope([], context(RenttranOptions(landlord=name))) for name in ("FAKESHIRE", "MOCKTON")}
    assert len(scopes) == 2
    assert number.policy == "no_gap"


@pytest.mark.parametrize("landlord", ["", "../X", "Fakeshire", "A,B", "FAKESHIRE\n"])
def test_a_landlord_that_would_spoil_the_name_is_refused(landlord: str) -> None:
    with pytest.raises(ValidationError):
        RenttranOptions(landlord=landlord)


def test_formulas_stay_text_and_controls_become_blanks() -> None:
    line = renttran(replace(UNPAID, narrative='=HYPERLINK("x")\nnext')).decode().splitlines()[1]
    assert ',"=HYPERLINK(""x"") next",' in line


def test_a_narrative_over_240_is_refused() -> None:
    with pytest.raises(CannotRender, match="narrative"):
        renttran(replace(UNPAID, narrative="x" * 241))


def test_nothing_is_written_before_the_moment_is_drawn() -> None:
    with pytest.raises(CannotRender, match="not known here"):
        UNIVERSAL_HOUSING_CASH.write([UNPAID], context(CashOptions(), None))


postings = st.builds(
    replace,
    st.just(UNPAID),
    payment_ref=st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True),
    amount=st.integers(1, 99_999_999),
    narrative=st.text(st.characters(codec="cp1252"), max_size=40),
    transaction_date=st.dates(date(1900, 1, 1), date(9999, 12, 31)),
)


@given(st.lists(postings, min_size=1, max_size=5), st.sampled_from(["lf", "crlf"]))
def test_every_cash_line_has_55_bytes_and_reads_back(written: list[RentTransaction], ends: str) -> None:
    data = cash(*written, line_ends=ends)
    assert len(data) == len(written) * (55 + len({"lf": "\n", "crlf": "\r\n"}[ends]))
    (chunk,) = CASH.decode(BytesIO(data), None)
    assert isinstance(chunk, Chunk)
    assert CASH_LINE.field_findings(chunk) == []
    for posting, record in zip(written, chunk.rows(), strict=True):
        assert record["payment_ref"].strip() == posting.payment_ref
        assert CASH_LINE.field("amount").kind.read(record["amount"]) == -posting.amount
        assert CASH_LINE.field("date_paid").kind.read(record["date_paid"]) == posting.transaction_date


@given(st.lists(postings, max_size=5))
def test_generic_totals_are_those_of_the_postings(written: list[RentTransaction]) -> None:
    last = renttran(*written).decode().splitlines()[-1].split(",")
    digits = sum(int("0" + "".join(filter(str.isdigit, each.payment_ref))) for each in written)
    assert last[1] == str(len(written))
    assert int(last[4].replace(".", "")) == sum(each.amount for each in written)
    assert int(last[5]) == digits % 10**12


LINE = b"1900000011PAYPOINT 0001       PPT+000112.3504/06/203001"


@pytest.mark.parametrize(
    "line", [LINE[:-1], LINE + b" ", LINE[:20] + b"\0" + LINE[21:], LINE[:20] + b"\n" + LINE[21:]]
)
def test_a_cash_line_of_another_length_is_no_cash_line(line: bytes) -> None:
    parts = list(CASH.decode(BytesIO(line + b"\n"), None))
    assert parts
    assert all(isinstance(part, Unreadable) and part.check == "E10" for part in parts)


BAD_CASH = {
    "amount without places": (b"+000112.35", b"+00011235.", "E12"),
    "amount with comma": (b"+000112.35", b"+0001,12.3", "E12"),
    "amount without sign": (b"+000112.35", b"0000112.35", "E12"),
    "31 June": (b"04/06/2030", b"31/06/2030", "E11"),
    "other order": (b"04/06/2030", b"2030-06-31", "E11"),
    "no date": (b"04/06/2030", b"00/00/0000", "E11"),
    "year 6": (b"04/06/2030", b"04/06/0006", "E11"),
    "blank method": (b"PPT", b"   ", "E16"),
}


@pytest.mark.parametrize(("good", "bad", "check"), BAD_CASH.values(), ids=BAD_CASH.keys())
def test_a_cash_line_with_a_bad_field_is_told(good: bytes, bad: bytes, check: str) -> None:
    (chunk,) = CASH.decode(BytesIO(LINE.replace(good, bad) + b"\n"), None)
    assert isinstance(chunk, Chunk)
    assert [finding.check for _, finding in CASH_LINE.field_findings(chunk)] == [check]


def test_money_with_a_blank_reference_is_read_because_it_goes_to_suspense() -> None:
    (chunk,) = CASH.decode(BytesIO(LINE.replace(b"1900000011", b" " * 10) + b"\n"), None)
    assert isinstance(chunk, Chunk)
    assert CASH_LINE.field_findings(chunk) == []


def test_the_generic_file_is_read_by_its_own_format() -> None:
    assert RENTTRAN.recognises(renttran(UNPAID))
