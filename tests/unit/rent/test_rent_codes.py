"""Code maps: dated, complete in their mistakes, and never a guess."""

from __future__ import annotations

from datetime import date

import pytest

from hub.errors import ConfigError
from hub.rent.codes import parse_codes

DAY = date(2030, 6, 4)
DATED = """\ufeffcharge,becomes,description,valid_from,valid_to
DR3,CONTINGENCY,Contingency,,2021-03-31
DR3,REFUSE,Refuse collection,2021-04-01,
"""


def test_a_plain_map_of_two_columns_holds_on_any_day() -> None:
    codes = parse_codes(
        "source_code,receipt_type,description\nPPT,RPY,Paypoint/Post Office\nDDN,RDN,Unpaid\n", "m.csv"
    )
    assert codes.value("PPT", DAY) == "RPY"
    assert codes.value("DDN", date(1999, 1, 1)) == "RDN"


@pytest.mark.parametrize("code", ["XXX", "ppt", "PPT ", ""])
def test_nothing_unmapped_is_guessed(code: str) -> None:
    assert parse_codes("source_code,receipt_type\nPPT,RPY\n", "m.csv").value(code, DAY) is None


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2021, 3, 31), "CONTINGENCY"), (date(2021, 4, 1), "REFUSE"), (date(2030, 1, 1), "REFUSE")],
)
def test_a_code_that_was_used_again_means_what_it_meant_on_the_day(day: date, value: str) -> None:
    assert parse_codes(DATED, "m.csv").value("DR3", day) == value


def test_a_gap_between_two_meanings_is_unmapped() -> None:
    text = "code,value,valid_from,valid_to\nA,X,,2020-01-31\nA,Y,2020-03-01,\n"
    assert parse_codes(text, "m.csv").value("A", date(2020, 2, 15)) is None


def test_every_mistake_is_told_with_file_and_line() -> None:
    text = (
        "code,value,valid_from,valid_to\nA,X,2020-01-01,\nA,Y,2021-01-01,\n"
        "B,,,\nC,Z,01/02/2020,\nD,Z,2021-01-02,2021-01-01\nE,Z\n"
    )
    with pytest.raises(ConfigError) as error:
        parse_codes(text, "config/codes/m.csv")
    assert [mistake.split(":")[0] for mistake in error.value.mistakes] == [
        f"config/codes/m.csv line {line}" for line in (3, 4, 5, 6, 7)
    ]
    assert "mapped on line 2 already" in error.value.mistakes[0]


@pytest.mark.parametrize("header", ["", "code", "code,value,until"])
def test_other_columns_are_a_mistake(header: str) -> None:
    with pytest.raises(ConfigError, match=r"m\.csv line 1: expected the columns"):
        parse_codes(header + "\n", "m.csv")
