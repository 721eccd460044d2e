"""The modulus check over a made-up table that reaches every exception, and the folder that it lies in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli.check_field import check_field
from hub.config.modulus_tables import read_folder
from hub.errors import ConfigError, DataError
from hub.fields.modulus import Tables, Verdict, parse_substitutions, parse_weights

FOLDER = Path(__file__).with_name("modulus")
with (FOLDER / "modulus-sample-cases.csv").open(encoding="ascii", newline="") as stream:
    CASES = list(csv.DictReader(stream))

# From the formats page: real layouts of three rows, invented accounts.
WORKED = """\
000000 000000 MOD11    0    0    0    0    0    0    7    5    8    3    4    6    2    1
499273 499273 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1
180002 180002 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1   14
"""


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_folder(FOLDER).tables


@pytest.mark.parametrize("case", CASES, ids=[f"{case['sort_code']}-{case['case'][:40]}" for case in CASES])
def test_each_case_of_the_made_up_table(tables: Tables, case: dict[str, str]) -> None:
    assert tables.check(case["sort_code"], case["account_number"]) == case["expected"]


def test_the_cases_reach_every_exception(tables: Tables) -> None:
    assert {row.exception for row in tables.rows} == set(range(15))


@pytest.mark.parametrize(
    "code, account", [("000000", "58177632"), ("499273", "12345678"), ("180002", "00000190")]
)
def test_the_worked_examples_pass_and_one_digit_more_fails(code: str, account: str) -> None:
    tables = Tables(parse_weights(WORKED), {})
    assert tables.check(code, account) is Verdict.VALID
    wrong = f"{account[:4]}{(int(account[4]) + 1) % 10}{account[5:]}"
    assert tables.check(code, wrong) is Verdict.INVALID


@pytest.mark.parametrize(
    "line, said",
    [
        ("000100 000199 MOD12" + " 1" * 14, "unknown method"),
        ("000100 000199 MOD10" + " 1" * 14 + " 15", "unknown exception"),
        ("000100 000199 MOD10" + " 1" * 13, "fourteen weights"),
        ("000199 000100 MOD10" + " 1" * 14, "two sort codes"),
        ("000100 000199 MOD10" + " x" * 14, "not a row"),
    ],
)
def test_a_wrong_row_refuses_the_table_with_its_line(line: str, said: str) -> None:
    with pytest.raises(DataError, match=f"line 4 of the weight table .*{said}"):
        parse_weights(WORKED + line)


def test_a_wrong_substitution_refuses_the_table_with_its_line() -> None:
    with pytest.raises(DataError, match="line 2 of the substitution table"):
        parse_substitutions("000901 000910\n000902\n")


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no weight table"):
        read_folder(tmp_path)
    with pytest.raises(ConfigError, match="is no folder"):
        read_folder(tmp_path / "none")


def test_two_weight_tables_are_one_too_many(tmp_path: Path) -> None:
    for name in ("valacdos-1.txt", "valacdos-2.txt"):
        (tmp_path / name).write_text(WORKED, encoding="ascii")
    with pytest.raises(ConfigError, match="more than one weight table: valacdos-1.txt, valacdos-2.txt"):
        read_folder(tmp_path)


def test_other_tables_have_another_hash(tmp_path: Path) -> None:
    (tmp_path / "valacdos.txt").write_text(WORKED, encoding="ascii")
    assert read_folder(tmp_path).sha256 != read_folder(FOLDER).sha256


def test_the_command_reads_the_tables_of_a_folder() -> None:
    cases = str(FOLDER / "modulus-sample-cases.csv")
    told = CliRunner().invoke(
        check_field, ["bank_account", "--csv", cases, "--set", f"tables={FOLDER}", "--json"]
    )
    statuses = [row["status"] for row in json.loads(told.stdout)]
    presumed = {"not_covered", "not_checkable"}
    expected = ["cannot_be_checked" if c["expected"] in presumed else c["expected"] for c in CASES]
    assert statuses == expected
