"""`feedhub check-field`: one or many, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.transfer.inspect import masked
from tests.unit.cli.running import Feedhub


def test_each_value_gets_its_own_answer_in_order(feedhub: Feedhub) -> None:
    ran = feedhub("check-field", "postcode", "ab12de", "A1", "--json")
    assert [(one["row"], one["status"], one["normal"]) for one in ran.json] == [
        (1, "valid", "AB1 2DE"),
        (2, "invalid", None),
    ]
    assert ran.json[1]["reason"]


@pytest.mark.parametrize(
    ("values", "code"), [(["AB1 2DE"], 0), (["AB1 2DE", "A1"], 1), (["A1"], 1), (["AB1 2DE", "AB1 2AB"], 0)]
)
def test_the_exit_code_says_whether_one_is_invalid(feedhub: Feedhub, values: list[str], code: int) -> None:
    assert feedhub("check-field", "postcode", *values).code == code


def test_what_cannot_be_checked_is_no_failure_and_says_what_is_missing(feedhub: Feedhub) -> None:
    ran = feedhub("check-field", "bank_account", "00-02-99", "40154823", "--json")
    assert ran.code == 0
    assert ran.json[0]["status"] == "cannot_be_checked"
    assert "modulus tables" in ran.json[0]["reason"]


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        ("bank_account", ["000299", "40154823"], "**-**-99 ****4823"),
        ("sort_code", ["000299"], "**-**-99"),
        ("account_number", ["40154823"], "****4823"),
        ("nino", ["AB123456C"], "******56C"),
    ],
)
def test_personal_data_stays_off_the_screen(
    feedhub: Feedhub, kind: str, values: list[str], shown: str
) -> None:
    out = feedhub("check-field", kind, *values).out
    assert shown in out
    assert not any(value[:-4] in out for value in values)


def test_screens_mask_bank_details_as_transfers_do(feedhub: Feedhub) -> None:
    for kind, value in {"sort_code": "000299", "account_number": "40154823"}.items():
        assert masked(kind, value) in feedhub("check-field", kind, value).out


def test_programs_get_back_what_they_gave(feedhub: Feedhub) -> None:
    [told] = feedhub("check-field", "nino", "AB123456C", "--json").json
    assert told["normal"] == "AB123456C"
    assert "123456" not in told["reason"]


def test_a_value_may_be_negative(feedhub: Feedhub) -> None:
    [told] = feedhub("check-field", "money", "-12.34", "--json").json
    assert (told["status"], told["normal"]) == ("valid", "-12.34")


def test_a_mistyped_option_is_no_value(feedhub: Feedhub) -> None:
    ran = feedhub("check-field", "money", "12.34", "--jsn")
    assert ran.code == 2
    assert "No such option" in ran.err and "--jsn" in ran.err


def test_a_csv_is_checked_row_by_row_by_its_header(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("name,account_number,sort_code\nA,40154823,000299\nB,4015482,000299\n", "utf-8-sig")
    ran = feedhub("check-field", "bank_account", "--csv", table, "--json")
    assert [(one["row"], one["status"]) for one in ran.json] == [(1, "cannot_be_checked"), (2, "invalid")]
    assert len(ran.out.splitlines()) == 4  # one object a line between the brackets


def test_blank_rows_count_so_that_a_row_is_found_again(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text('postcode,note\nAB1 2DE,"two\nlines"\n\nA1,\n', "utf-8")
    ran = feedhub("check-field", "postcode", "--csv", table, "--json")
    assert [(one["row"], one["line"], one["status"]) for one in ran.json] == [
        (1, 2, "valid"),
        (3, 5, "invalid"),
    ]


def test_a_cell_that_is_not_there_is_missing(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("sort_code,account_number\n000299\n", "utf-8")
    [told] = feedhub("check-field", "bank_account", "--csv", table, "--json").json
    assert (told["status"], told["reason"]) == ("invalid", "account_number is missing")


def test_the_header_of_a_csv_may_be_in_capitals(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("Name, Postcode \nA,AB1 2DE\n", "utf-8")
    assert feedhub("check-field", "postcode", "--csv", table).code == 0


def test_a_header_that_names_a_part_twice_is_unclear(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("postcode,Postcode\nAB1 2DE,A1\n", "utf-8")
    ran = feedhub("check-field", "postcode", "--csv", table)
    assert ran.code == 2
    assert "must name postcode, once" in ran.err


def test_a_csv_without_a_part_is_a_usage_error(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("account\n40154823\n", "utf-8")
    ran = feedhub("check-field", "bank_account", "--csv", table)
    assert ran.code == 2
    assert "must name sort_code, account_number" in ran.err


def test_a_csv_in_another_encoding_is_a_sentence(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_bytes("postcode\nAB1 2DE é\n".encode("cp1252"))
    ran = feedhub("check-field", "postcode", "--csv", table)
    assert ran.code == 2
    assert "UTF-8" in ran.err


def test_an_empty_csv_has_no_rows(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("postcode\n", "utf-8")
    ran = feedhub("check-field", "postcode", "--csv", table, "--json")
    assert (ran.code, ran.json) == (0, [])


def test_a_setting_reaches_the_kind(feedhub: Feedhub) -> None:
    value = "31/01/2026"
    assert feedhub("check-field", "date", value).code == 1
    assert feedhub("check-field", "date", value, "--set", "format=%d/%m/%Y").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["iban", "1"], "Known: account_number"),
        (["bank_account", "000299"], "2 parts: sort_code, account_number"),
        (["postcode"], "either values or --csv"),
        (["postcode", "AB1 2DE", "--set", "colour=red"], "no setting colour"),
    ],
)
def test_a_wrong_call_says_what_is_right(feedhub: Feedhub, arguments: list[str], says: str) -> None:
    ran = feedhub("check-field", *arguments)
    assert ran.code == 2
    assert says in ran.err
