"""`feedhub check-field`: one or many, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_bank_details_stay_off_the_screen(feedhub: Feedhub) -> None:
    out = feedhub("check-field", "bank_account", "000299", "40154823").out
    assert "4823" in out
    assert "000299" not in out and "40154823" not in out


def test_a_csv_is_checked_row_by_row_by_its_header(feedhub: Feedhub, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("name,account_number,sort_code\nA,40154823,000299\nB,4015482,000299\n", "utf-8-sig")
    ran = feedhub("check-field", "bank_account", "--csv", table, "--json")
    assert [(one["row"], one["status"]) for one in ran.json] == [(1, "cannot_be_checked"), (2, "invalid")]
    assert len(ran.out.splitlines()) == 4  # one object a line between the brackets


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
